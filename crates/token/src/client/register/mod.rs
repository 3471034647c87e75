//! What a client may register: every rule on metadata, in one place for the command line, the console and, once it is
//! switched on, dynamic registration (RFC 7591 2, OpenID Connect Registration 2).
//!
//! Everything wrong is told at once. Which members there are, says [`members`]; documents in JSON are read in
//! [`document`], ids are judged and made in [`client_id`]; the rules stand in `grants`, `texts`, `uris` and `policy`.

pub mod client_id;
pub mod document;
mod grants;
pub mod judge;
mod members;
mod policy;
mod texts;
mod uris;
mod warnings;

use std::fmt;

use protocol::ErrorCode;
use serde_json::Value;

use self::members::Standing;
use super::metadata::{ClientMetadata, ClientPolicy};
use crate::resource::Catalogue;

pub use client_id::{check_client_id, generate_client_id};
pub use document::{
    OperatorDocument, PolicyWords, RegistrationDocument, parse_document, parse_operator_document,
};
pub use judge::JudgeUrl;
pub use warnings::Warnings;

/// The largest metadata, as JSON in bytes.
pub const MAX_METADATA_BYTES: usize = 64 * 1024;
/// The most values a list may have.
const MAX_LIST: usize = 50;
/// The longest URI, in bytes.
const MAX_URI_BYTES: usize = 2000;

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
        let (field, value) = (shown(field), shown(value));
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

/// What a registration is held against, beside the rules that are the same everywhere.
#[derive(Clone, Copy)]
pub struct Against<'a> {
    /// Where this provider would send requests.
    pub urls: &'a dyn JudgeUrl,
    /// The APIs and scopes there are.
    pub catalogue: &'a Catalogue,
}

/// Judges metadata together with the operator's policy.
///
/// # Errors
/// Everything that is wrong.
pub fn validate(
    metadata: &ClientMetadata,
    policy: &ClientPolicy,
    against: Against<'_>,
) -> Result<Warnings, Vec<RegistrationFault>> {
    let mut faults = Vec::new();
    faults.extend(uris::check(metadata, against.urls));
    faults.extend(grants::check(metadata, policy));
    faults.extend(texts::check(metadata, against));
    faults.extend(check_others(metadata));
    faults.extend(policy::check(metadata, policy));
    faults.extend(check_size(metadata));
    if faults.is_empty() {
        Ok(warnings::of(metadata, policy, against.catalogue))
    } else {
        Err(faults)
    }
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

fn refused_member(name: &str, value: &Value) -> Option<String> {
    match members::find(name).map(|member| member.standing) {
        Some(Standing::Ours | Standing::Operators) => {
            Some("is not the client's to say; leave it out of the metadata".into())
        }
        Some(Standing::Promise) if *value != Value::Bool(false) => {
            Some("is not offered here yet; leave it out".into())
        }
        _ => members::refused(name, value),
    }
}

/// What may be shown of a member's value: of a secret, nothing.
fn text_of(name: &str, value: &Value) -> String {
    let ours = members::find(name).is_some_and(|member| member.standing == Standing::Ours);
    match value {
        _ if ours => String::new(),
        Value::String(text) => text.clone(),
        Value::Null | Value::Array(_) | Value::Object(_) => String::new(),
        other => other.to_string(),
    }
}

fn check_size(metadata: &ClientMetadata) -> Option<RegistrationFault> {
    let bytes = serde_json::to_string(metadata).map_or(usize::MAX, |json| json.len());
    let reason = "the metadata is larger than 64 KiB";
    (bytes > MAX_METADATA_BYTES).then(|| RegistrationFault::metadata("metadata", "", reason))
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
