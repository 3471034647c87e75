//! The operator's decisions about a client, judged: which APIs it may name, of which it is the server, whether its refresh
//! tokens rotate.

use super::{MAX_LIST, RegistrationFault};
use crate::client::metadata::{AuthMethod, ClientMetadata, ClientPolicy, RefreshRotation};
use crate::resource::validate::refused_identifier;

/// Everything wrong with the policy.
pub(super) fn check(metadata: &ClientMetadata, policy: &ClientPolicy) -> Vec<RegistrationFault> {
    let mut faults = Vec::new();
    for (field, list) in lists(policy) {
        faults.extend(list.iter().filter_map(|uri| {
            let reason = refused_identifier(uri)?;
            Some(RegistrationFault::metadata(field, uri, reason))
        }));
        if list.len() > MAX_LIST {
            faults.push(RegistrationFault::metadata(field, "", "has more than 50 values"));
        }
    }
    let public = metadata.token_endpoint_auth_method == AuthMethod::None;
    if public && !policy.resource_server_of.is_empty() {
        let reason =
            "asks about other people's tokens, so the client must authenticate (RFC 7662 2.1); it is public";
        faults.push(RegistrationFault::metadata("resource_server_of", "", reason));
    }
    if public && policy.refresh_rotation == Some(RefreshRotation::Off) {
        let reason = "leaves a stolen refresh token unnoticed, so the client must authenticate (RFC 9700 2.2.2); it is public";
        faults.push(RegistrationFault::metadata("refresh_rotation", "off", reason));
    }
    faults
}

/// Members that name APIs.
pub(super) fn lists(policy: &ClientPolicy) -> [(&'static str, &[String]); 2] {
    [
        ("resources", &policy.resources),
        ("resource_server_of", &policy.resource_server_of),
    ]
}
