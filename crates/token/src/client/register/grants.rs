//! Grant types a client may register, and what must go with them (RFC 7591 2.1).

use super::RegistrationFault;
use crate::client::metadata::{AuthMethod, ClientMetadata, ClientPolicy};

const OFFERED: [&str; 3] = ["authorization_code", "refresh_token", "client_credentials"];
const THERE_ARE: &str = "there are \"authorization_code\", \"refresh_token\" and \"client_credentials\"";

/// Registered grant types (RFC 7591 2, RFC 8628, RFC 8693, OpenID CIBA) that are known by name.
const NOT_YET: [&str; 5] = [
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:ietf:params:oauth:grant-type:token-exchange",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "urn:ietf:params:oauth:grant-type:saml2-bearer",
    "urn:openid:params:grant-type:ciba",
];

/// Everything wrong with grant types and response types.
pub(super) fn check(metadata: &ClientMetadata, policy: &ClientPolicy) -> Vec<RegistrationFault> {
    let grants = metadata.grant_types.iter().filter_map(|name| {
        Some(RegistrationFault::metadata(
            "grant_types",
            name,
            refused_grant(name)?,
        ))
    });
    let types = metadata
        .response_types
        .iter()
        .filter(|name| *name != "code")
        .map(|name| {
            let reason = "is not offered here; \"code\" is the only response type";
            RegistrationFault::metadata("response_types", name, reason)
        });
    let faults: Vec<_> = grants.chain(types).collect();
    if faults.is_empty() {
        mismatch(metadata, policy).into_iter().collect()
    } else {
        faults
    }
}

fn refused_grant(name: &str) -> Option<String> {
    match name {
        _ if OFFERED.contains(&name) => None,
        "password" | "implicit" => {
            Some("is not offered to any client (RFC 9700 2.1.2, 2.4); use \"authorization_code\"".into())
        }
        _ if NOT_YET.contains(&name) => Some(format!("is not offered here yet; {THERE_ARE}")),
        _ => Some(format!("is not a grant type; {THERE_ARE}")),
    }
}

/// What of grant types, response types and the rest does not go together.
fn mismatch(metadata: &ClientMetadata, policy: &ClientPolicy) -> Option<RegistrationFault> {
    let has = |name: &str| metadata.grant_types.iter().any(|own| own == name);
    let confidential = metadata.token_endpoint_auth_method != AuthMethod::None;
    if has("authorization_code") == metadata.response_types.is_empty() {
        let reason =
            "\"code\" and the grant type \"authorization_code\" go together (RFC 7591 2.1); register both";
        return Some(RegistrationFault::metadata("response_types", "", reason));
    }
    if has("client_credentials") && !confidential {
        let reason = "is for clients that authenticate, which a public client cannot (RFC 6749 4.4)";
        return Some(RegistrationFault::metadata(
            "grant_types",
            "client_credentials",
            reason,
        ));
    }
    // The server of an API asks about tokens and needs none itself.
    let server_alone =
        metadata.grant_types.is_empty() && confidential && !policy.resource_server_of.is_empty();
    if has("authorization_code") || has("client_credentials") || server_alone {
        return None;
    }
    let reason = if metadata.grant_types.is_empty() {
        "is empty; only the server of an API, a confidential client with \"resource_server_of\", needs no grant"
    } else {
        "names no way to begin; register \"authorization_code\""
    };
    Some(RegistrationFault::metadata("grant_types", "", reason))
}
