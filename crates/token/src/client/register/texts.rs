//! Words a client registers: names people see, scopes, authentication contexts.

use protocol::Scope;

use super::members::base_name;
use super::{Against, MAX_LIST, RegistrationFault};
use crate::client::metadata::ClientMetadata;

const MAX_NAME_CHARS: usize = 255;

/// Everything wrong with them.
pub(super) fn check(metadata: &ClientMetadata, against: Against<'_>) -> Vec<RegistrationFault> {
    let mut faults = check_names(metadata);
    faults.extend(check_scope(metadata));
    faults.extend(check_contexts(metadata));
    faults.extend(check_id_token_claims(metadata, against));
    faults.extend(check_lengths(metadata));
    faults
}

/// Text people see, in every language, and text about the software.
fn check_names(metadata: &ClientMetadata) -> Vec<RegistrationFault> {
    let names = metadata
        .client_name
        .iter()
        .map(|name| ("client_name", name.as_str()));
    let others = metadata
        .other
        .iter()
        .filter(|(name, _)| ["client_name", "software_id", "software_version"].contains(&base_name(name)))
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default()));
    let contacts = metadata
        .contacts
        .iter()
        .map(|contact| ("contacts", contact.as_str()));
    names
        .chain(others)
        .chain(contacts)
        .filter_map(|(field, text)| Some(RegistrationFault::metadata(field, text, refused_text(text)?)))
        .collect()
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

/// Requests list them separated by spaces (OpenID Connect Core 3.1.2.1), so none may have one.
fn check_contexts(metadata: &ClientMetadata) -> Vec<RegistrationFault> {
    let legal = |value: &str| {
        let visible = value.bytes().all(|b| b.is_ascii_graphic());
        visible && (1..=MAX_NAME_CHARS).contains(&value.len())
    };
    let reason = "must be 1 to 255 printable ASCII characters without spaces";
    let bad = metadata.default_acr_values.iter().filter(|value| !legal(value));
    bad.map(|value| RegistrationFault::metadata("default_acr_values", value, reason))
        .collect()
}

/// Scopes about people; what an API's scope would put into an ID token, nobody could say.
fn check_id_token_claims(metadata: &ClientMetadata, against: Against<'_>) -> Vec<RegistrationFault> {
    let refused = |token: &str| match token {
        "openid" | "offline_access" => Some("gives no claims about a person"),
        _ if !is_scope_token(token) => Some("is not a scope (RFC 6749 3.3)"),
        _ if against.catalogue.is_about_people(token) => None,
        _ if against.catalogue.knows(token) => Some("belongs to an API; name a scope about people"),
        _ => None,
    };
    let bad = metadata.id_token_claims.iter();
    bad.filter_map(|token| {
        Some(RegistrationFault::metadata(
            "id_token_claims",
            token,
            refused(token)?,
        ))
    })
    .collect()
}

/// Exactly one legal token.
fn is_scope_token(token: &str) -> bool {
    !token.contains(' ') && Scope::parse(token).is_ok_and(|scope| !scope.is_empty())
}

fn check_lengths(metadata: &ClientMetadata) -> Vec<RegistrationFault> {
    let lists = [
        ("contacts", metadata.contacts.len()),
        ("default_acr_values", metadata.default_acr_values.len()),
        ("allowed_cors_origins", metadata.allowed_cors_origins.len()),
        ("id_token_claims", metadata.id_token_claims.len()),
    ];
    let long = lists.into_iter().filter(|(_, length)| *length > MAX_LIST);
    long.map(|(field, _)| RegistrationFault::metadata(field, "", "has more than 50 values"))
        .collect()
}
