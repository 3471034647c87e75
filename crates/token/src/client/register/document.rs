//! Client metadata as a JSON document (RFC 7591 2), read with errors a person can act on.

use serde_json::{Map, Value};

use super::{MAX_METADATA_BYTES, RegistrationFault};
use crate::client::metadata::ClientMetadata;

/// A registration document taken apart.
#[derive(Debug, Clone, PartialEq)]
pub struct RegistrationDocument {
    /// The id the document names. RFC 7591 has no such member in requests; documents that were exported do.
    pub client_id: Option<String>,
    /// The metadata; not validated yet.
    pub metadata: ClientMetadata,
}

/// What a member must look like, for members with a field of their own.
enum Shape {
    Text,
    List,
    Number,
    Flag,
    OneOf(&'static [&'static str]),
}

const SHAPES: [(&str, Shape); 17] = [
    ("redirect_uris", Shape::List),
    ("post_logout_redirect_uris", Shape::List),
    (
        "token_endpoint_auth_method",
        Shape::OneOf(&["client_secret_basic", "client_secret_post", "none"]),
    ),
    ("grant_types", Shape::List),
    ("response_types", Shape::List),
    ("client_name", Shape::Text),
    ("client_uri", Shape::Text),
    ("logo_uri", Shape::Text),
    ("tos_uri", Shape::Text),
    ("policy_uri", Shape::Text),
    ("scope", Shape::Text),
    ("contacts", Shape::List),
    ("application_type", Shape::OneOf(&["web", "native"])),
    (
        "id_token_signed_response_alg",
        Shape::OneOf(&["RS256", "ES256", "EdDSA"]),
    ),
    ("default_max_age", Shape::Number),
    ("require_auth_time", Shape::Flag),
    ("client_id", Shape::Text),
];

/// Dates Signet writes into its answers; an exported document carries them, and they mean nothing here.
const BOOKKEEPING: [&str; 2] = ["client_id_issued_at", "client_secret_expires_at"];

/// Reads a registration document.
///
/// # Errors
/// All members of the wrong type or with values not offered here.
pub fn parse_document(json: &str) -> Result<RegistrationDocument, Vec<RegistrationFault>> {
    let mut members = parse_object(json).map_err(|fault| vec![fault])?;
    // RFC 7591 2: null says the same as leaving the member out.
    members.retain(|name, value| !value.is_null() && !BOOKKEEPING.contains(&name.as_str()));
    let faults: Vec<_> = SHAPES
        .iter()
        .filter_map(|(name, shape)| {
            let value = members.get(*name)?;
            let reason = shape.refused(value)?;
            Some(RegistrationFault::metadata(
                name,
                value.as_str().unwrap_or_default(),
                reason,
            ))
        })
        .collect();
    if !faults.is_empty() {
        return Err(faults);
    }
    let client_id = match members.remove("client_id") {
        Some(Value::String(id)) => Some(id),
        _ => None,
    };
    let metadata = serde_json::from_value(Value::Object(members))
        .map_err(|error| vec![RegistrationFault::metadata("metadata", "", error.to_string())])?;
    Ok(RegistrationDocument { client_id, metadata })
}

fn parse_object(json: &str) -> Result<Map<String, Value>, RegistrationFault> {
    let refuse = |reason: String| Err(RegistrationFault::metadata("metadata", "", reason));
    if json.len() > MAX_METADATA_BYTES {
        return refuse("the document is larger than 64 KiB".into());
    }
    match serde_json::from_str(json) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => refuse("the document is not a JSON object".into()),
        Err(error) => refuse(format!("the document is not JSON: {error}")),
    }
}

impl Shape {
    fn refused(&self, value: &Value) -> Option<String> {
        match self {
            Shape::Text => (!value.is_string()).then(|| "is not a string".into()),
            Shape::Number => (!value.is_u64()).then(|| "is not a whole number of seconds".into()),
            Shape::Flag => (!value.is_boolean()).then(|| "is neither true nor false".into()),
            Shape::List => {
                let strings = value
                    .as_array()
                    .is_some_and(|list| list.iter().all(Value::is_string));
                (!strings).then(|| "is not a list of strings".into())
            }
            Shape::OneOf(offered) => {
                let known = value.as_str().is_some_and(|text| offered.contains(&text));
                (!known).then(|| format!("is not offered here; there are {}", quoted(offered)))
            }
        }
    }
}

fn quoted(offered: &[&str]) -> String {
    offered
        .iter()
        .map(|value| format!("\"{value}\""))
        .collect::<Vec<_>>()
        .join(", ")
}
