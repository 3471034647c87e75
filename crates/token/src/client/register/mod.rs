//! What a client may register: every rule on metadata, in one place for the command line, the console and, once it is
//! switched on, dynamic registration (RFC 7591 2, OpenID Connect Registration 2).
//!
//! Everything wrong is told at once. URIs have their own rules in [`uris`], documents in JSON are read in [`document`],
//! ids are judged and made in [`client_id`].

pub mod client_id;
pub mod document;
mod judge;
mod uris;

use std::fmt;

use protocol::scope::STANDARD;
use protocol::{ErrorCode, Scope};
use serde_json::Value;
use url::Url;

use super::metadata::{ApplicationType, AuthMethod, ClientMetadata, ClientPolicy};

pub use client_id::{check_client_id, generate_client_id};
pub use document::{RegistrationDocument, parse_document};
pub use judge::JudgeUrl;

/// The largest metadata, as JSON in bytes.
pub const MAX_METADATA_BYTES: usize = 64 * 1024;
/// The most values a list may have.
const MAX_LIST: usize = 50;
/// The longest URI, in bytes.
const MAX_URI_BYTES: usize = 2000;
const MAX_NAME_CHARS: usize = 255;

const OFFERED_GRANTS: [&str; 2] = ["authorization_code", "refresh_token"];

/// Registered grant types (RFC 7591 2, RFC 8628, RFC 8693, OpenID CIBA) that are known by name.
const OTHER_GRANTS: [&str; 8] = [
    "client_credentials",
    "implicit",
    "password",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:ietf:params:oauth:grant-type:token-exchange",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "urn:ietf:params:oauth:grant-type:saml2-bearer",
    "urn:openid:params:grant-type:ciba",
];

/// Members that promise protection. To keep them and not to act on them would be a lie.
const UNKEPT_PROMISES: [&str; 14] = [
    "require_pushed_authorization_requests",
    "require_signed_request_object",
    "dpop_bound_access_tokens",
    "tls_client_certificate_bound_access_tokens",
    "id_token_encrypted_response_alg",
    "id_token_encrypted_response_enc",
    "userinfo_signed_response_alg",
    "userinfo_encrypted_response_alg",
    "userinfo_encrypted_response_enc",
    "authorization_signed_response_alg",
    "authorization_encrypted_response_alg",
    "authorization_encrypted_response_enc",
    "introspection_signed_response_alg",
    "introspection_encrypted_response_alg",
];

/// Members of other specifications that are kept as they came and do nothing yet.
const KEPT_ONLY: [&str; 11] = [
    "backchannel_logout_uri",
    "backchannel_logout_session_required",
    "frontchannel_logout_uri",
    "frontchannel_logout_session_required",
    "initiate_login_uri",
    "default_acr_values",
    "jwks",
    "jwks_uri",
    "request_uris",
    "sector_identifier_uri",
    "software_statement",
];

/// Members only Signet or its operator may write; in a client's own metadata they would shadow the real ones.
const NOT_THE_CLIENTS: [&str; 13] = [
    "client_id",
    "client_secret",
    "client_secret_expires_at",
    "client_id_issued_at",
    "registration_access_token",
    "registration_client_uri",
    "first_party",
    "require_pkce",
    "resources",
    "access_token_alg",
    "enabled",
    "created_at",
    "updated_at",
];

/// Something in the metadata that cannot be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationFault {
    /// `invalid_redirect_uri` or `invalid_client_metadata` (RFC 7591 3.2.2).
    pub code: ErrorCode,
    /// The member at fault.
    pub field: String,
    /// The value as text, escaped and shortened; empty where there is no one value.
    pub value: String,
    /// What is wrong and what to do, as one or two clauses.
    pub reason: String,
}

impl RegistrationFault {
    fn metadata(field: &str, value: &str, reason: impl Into<String>) -> Self {
        let (field, value) = (field.to_owned(), shown(value));
        Self {
            code: ErrorCode::InvalidClientMetadata,
            field,
            value,
            reason: reason.into(),
        }
    }

    fn redirect(field: &str, value: &str, reason: impl Into<String>) -> Self {
        Self {
            code: ErrorCode::InvalidRedirectUri,
            ..Self::metadata(field, value, reason)
        }
    }
}

impl fmt::Display for RegistrationFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value.as_str() {
            "" => write!(f, "{}: {}", self.field, self.reason),
            value => write!(f, "{} \"{value}\": {}", self.field, self.reason),
        }
    }
}

impl std::error::Error for RegistrationFault {}

/// What was registered all the same, but may surprise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Warnings(pub Vec<String>);

/// Judges metadata together with the operator's policy.
///
/// # Errors
/// Everything that is wrong.
pub fn validate(
    metadata: &ClientMetadata,
    policy: &ClientPolicy,
) -> Result<Warnings, Vec<RegistrationFault>> {
    let mut faults = Vec::new();
    faults.extend(uris::check(metadata));
    faults.extend(check_grants(metadata));
    faults.extend(check_names(metadata));
    faults.extend(check_scope(metadata));
    faults.extend(check_others(metadata));
    faults.extend(check_resources(policy));
    faults.extend(check_size(metadata));
    if faults.is_empty() {
        Ok(warnings(metadata))
    } else {
        Err(faults)
    }
}

/// Grant types offered here, and response types that go with them (RFC 7591 2.1).
fn check_grants(metadata: &ClientMetadata) -> Vec<RegistrationFault> {
    let mut faults: Vec<_> = metadata
        .grant_types
        .iter()
        .filter_map(|name| {
            Some(RegistrationFault::metadata(
                "grant_types",
                name,
                refused_grant(name)?,
            ))
        })
        .collect();
    let refused_types = metadata.response_types.iter().filter(|name| *name != "code");
    faults.extend(refused_types.map(|name| {
        RegistrationFault::metadata(
            "response_types",
            name,
            "is not offered here; \"code\" is the only response type",
        )
    }));
    let has_code_grant = metadata
        .grant_types
        .iter()
        .any(|name| name == "authorization_code");
    let has_code_type = metadata.response_types.iter().any(|name| name == "code");
    if has_code_grant != has_code_type && faults.is_empty() {
        let reason =
            "\"code\" and the grant type \"authorization_code\" go together (RFC 7591 2.1); register both";
        faults.push(RegistrationFault::metadata("response_types", "", reason));
    } else if !has_code_grant && faults.is_empty() {
        let reason = "names no way to begin; register \"authorization_code\"";
        faults.push(RegistrationFault::metadata("grant_types", "", reason));
    }
    faults
}

fn refused_grant(name: &str) -> Option<&'static str> {
    match name {
        _ if OFFERED_GRANTS.contains(&name) => None,
        "password" | "implicit" => {
            Some("is not offered to any client (RFC 9700 2.1.2, 2.4); use \"authorization_code\"")
        }
        _ if OTHER_GRANTS.contains(&name) => {
            Some("is not offered here yet; there are \"authorization_code\" and \"refresh_token\"")
        }
        _ => Some("is not a grant type; there are \"authorization_code\" and \"refresh_token\""),
    }
}

/// Text people see.
fn check_names(metadata: &ClientMetadata) -> Vec<RegistrationFault> {
    let contacts = metadata
        .contacts
        .iter()
        .map(|contact| ("contacts", contact.as_str()));
    let translated = metadata
        .other
        .iter()
        .filter(|(name, _)| base_name(name) == "client_name");
    let mut faults: Vec<_> = metadata
        .client_name
        .iter()
        .map(|name| ("client_name", name.as_str()))
        .chain(translated.map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default())))
        .chain(contacts)
        .filter_map(|(field, text)| Some(RegistrationFault::metadata(field, text, refused_text(text)?)))
        .collect();
    if metadata.contacts.len() > MAX_LIST {
        faults.push(RegistrationFault::metadata(
            "contacts",
            "",
            "has more than 50 values",
        ));
    }
    faults
}

fn refused_text(text: &str) -> Option<&'static str> {
    let unseen = |c: char| {
        c.is_control()
            || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
    };
    if text.trim().is_empty() {
        Some("must not be empty; leave the member out instead")
    } else if text.chars().any(unseen) {
        Some("contains a control or invisible character")
    } else if text.chars().nth(MAX_NAME_CHARS).is_some() {
        Some("is longer than 255 characters")
    } else {
        None
    }
}

fn check_scope(metadata: &ClientMetadata) -> Option<RegistrationFault> {
    let scope = metadata.scope.as_deref()?;
    let reason = "is not a list of at most 100 scopes separated by spaces (RFC 6749 3.3)";
    Scope::parse(scope)
        .is_err()
        .then(|| RegistrationFault::metadata("scope", scope, reason))
}

/// Members without a field of their own: what they promise must be kept, what they name must not be ours.
fn check_others(metadata: &ClientMetadata) -> Vec<RegistrationFault> {
    let mut faults: Vec<_> = metadata
        .other
        .iter()
        .filter_map(|(name, value)| {
            let reason = refused_member(name, value)?;
            Some(RegistrationFault::metadata(name, &text_of(name, value), reason))
        })
        .collect();
    if metadata.other.contains_key("jwks") && metadata.other.contains_key("jwks_uri") {
        let reason = "stands beside \"jwks_uri\"; a client has one or the other (RFC 7591 2)";
        faults.push(RegistrationFault::metadata("jwks", "", reason));
    }
    faults
}

fn refused_member(name: &str, value: &Value) -> Option<&'static str> {
    let base = base_name(name);
    if NOT_THE_CLIENTS.contains(&base) {
        return Some("is not the client's to say; leave it out of the metadata");
    }
    if UNKEPT_PROMISES.contains(&base) && !matches!(value, Value::Null | Value::Bool(false)) {
        return Some("is not offered here yet; leave it out");
    }
    match (base, value) {
        ("subject_type", Value::String(kind)) if kind == "public" => None,
        ("subject_type", _) => Some("is not offered here yet; \"public\" is the only subject type"),
        ("jwks", value) if !value["keys"].is_array() => {
            Some("is not a JWK set, an object with \"keys\" (RFC 7517 5)")
        }
        _ => None,
    }
}

/// What may be shown of a member's value: of a secret, nothing.
fn text_of(name: &str, value: &Value) -> String {
    match value {
        _ if NOT_THE_CLIENTS.contains(&name) => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(_) | Value::Object(_) => String::new(),
        other => other.to_string(),
    }
}

/// Absolute URIs without fragment (RFC 8707 2).
fn check_resources(policy: &ClientPolicy) -> Vec<RegistrationFault> {
    let refused = policy.resources.iter().filter_map(|uri| {
        let fits = Url::parse(uri).is_ok() && !uri.contains('#') && uri.len() <= MAX_URI_BYTES;
        let clean = uri.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
        let reason = "is not an absolute URI without a fragment (RFC 8707 2)";
        (!(fits && clean)).then(|| RegistrationFault::metadata("resources", uri, reason))
    });
    let many = (policy.resources.len() > MAX_LIST)
        .then(|| RegistrationFault::metadata("resources", "", "has more than 50 values"));
    refused.chain(many).collect()
}

fn check_size(metadata: &ClientMetadata) -> Option<RegistrationFault> {
    let bytes = serde_json::to_string(metadata).map_or(usize::MAX, |json| json.len());
    let reason = "the metadata is larger than 64 KiB";
    (bytes > MAX_METADATA_BYTES).then(|| RegistrationFault::metadata("metadata", "", reason))
}

fn warnings(metadata: &ClientMetadata) -> Warnings {
    let mut warnings = Vec::new();
    let scope = metadata
        .scope
        .as_deref()
        .and_then(|scope| Scope::parse(scope).ok());
    if let Some(scope) = &scope {
        warnings.extend(
            scope
                .iter()
                .filter(|token| !STANDARD.contains(token))
                .map(|token| {
                    format!(
                        "scope \"{}\": nobody here defines it; it is kept and ignored",
                        shown(token)
                    )
                }),
        );
    }
    if metadata.application_type == ApplicationType::Native
        && metadata.token_endpoint_auth_method != AuthMethod::None
    {
        let text = "an app on a device cannot keep a secret (RFC 8252 8.5); \"none\" is meant for it";
        warnings.push(format!("token_endpoint_auth_method: {text}"));
    }
    let kept = metadata
        .other
        .keys()
        .filter(|name| KEPT_ONLY.contains(&base_name(name)));
    warnings.extend(kept.map(|name| format!("{name}: is kept, but nothing here acts on it yet")));
    Warnings(warnings)
}

/// The name without its language tag (`client_name#de`, RFC 7591 2.2).
fn base_name(name: &str) -> &str {
    name.split('#').next().unwrap_or(name)
}

/// A value for people's eyes: escaped, at most 80 characters.
fn shown(value: &str) -> String {
    let mut text: String = value.chars().take(80).flat_map(char::escape_debug).collect();
    if value.chars().nth(80).is_some() {
        text.push_str("...");
    }
    text
}

#[cfg(test)]
mod tests;
