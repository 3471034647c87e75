//! Client metadata as a JSON document (RFC 7591 2), read with errors a person can act on.
//!
//! There are two authors. What a client says about itself is a [`RegistrationDocument`]; what an operator writes is an
//! [`OperatorDocument`], which may hold the operator's own decisions beside it. A client that writes those down is refused.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::members::{self, Standing};
use super::{MAX_METADATA_BYTES, RegistrationFault, text_of};
use crate::client::metadata::{ClientMetadata, ClientPolicy, OfflineAccess, RefreshRotation, SigningAlg};

/// A client's own registration document taken apart.
#[derive(Debug, Clone, PartialEq)]
pub struct RegistrationDocument {
    /// The id the document names. RFC 7591 has no such member in requests; documents that were exported do.
    pub client_id: Option<String>,
    /// The metadata; not validated yet.
    pub metadata: ClientMetadata,
}

/// An operator's document taken apart.
#[derive(Debug, Clone, PartialEq)]
pub struct OperatorDocument {
    /// What could have been the client's own.
    pub registration: RegistrationDocument,
    /// What the operator decided.
    pub policy: PolicyWords,
}

/// The members of [`ClientPolicy`] a document names; the others stay as they are.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct PolicyWords {
    first_party: Option<bool>,
    require_pkce: Option<bool>,
    resources: Option<Vec<String>>,
    access_token_alg: Option<SigningAlg>,
    resource_server_of: Option<Vec<String>>,
    offline_access: Option<OfflineAccess>,
    refresh_rotation: Option<RefreshRotation>,
}

impl PolicyWords {
    /// Puts what was said over what there is.
    pub fn apply(self, policy: &mut ClientPolicy) {
        policy.first_party = self.first_party.unwrap_or(policy.first_party);
        policy.require_pkce = self.require_pkce.unwrap_or(policy.require_pkce);
        policy.access_token_alg = self.access_token_alg.or(policy.access_token_alg);
        policy.offline_access = self.offline_access.or(policy.offline_access);
        policy.refresh_rotation = self.refresh_rotation.or(policy.refresh_rotation);
        for (own, said) in [
            (&mut policy.resources, self.resources),
            (&mut policy.resource_server_of, self.resource_server_of),
        ] {
            if let Some(said) = said {
                *own = said;
            }
        }
    }
}

/// Dates Signet writes into its answers; an exported document carries them, and they mean nothing here.
const DATES: [&str; 2] = ["client_id_issued_at", "client_secret_expires_at"];
/// The same of what `signet client show` prints.
const SHOWN: [&str; 3] = ["created_at", "updated_at", "client_secrets"];

/// Reads what a client says about itself.
///
/// # Errors
/// All members of the wrong type or with values not offered here.
pub fn parse_document(json: &str) -> Result<RegistrationDocument, Vec<RegistrationFault>> {
    parse_members(parse_object(json)?)
}

/// Reads what an operator writes about a client; the answer of `signet client show` is such a document.
///
/// # Errors
/// All members of the wrong type or with values not offered here.
pub fn parse_operator_document(json: &str) -> Result<OperatorDocument, Vec<RegistrationFault>> {
    let mut members = parse_object(json)?;
    // A client is made enabled; what was disabled is not switched on by copying it.
    members.retain(|name, value| {
        !SHOWN.contains(&name.as_str()) && (name, &*value) != (&"enabled".to_owned(), &Value::Bool(true))
    });
    let names = members::all(Standing::Operators).map(|member| member.name);
    let policy: Map<_, _> = names.filter_map(|name| members.remove_entry(name)).collect();
    let wrong = faults(&policy);
    match parse_members(members) {
        Ok(registration) if wrong.is_empty() => Ok(OperatorDocument {
            registration,
            policy: typed(policy)?,
        }),
        Ok(_) => Err(wrong),
        Err(more) => Err(wrong.into_iter().chain(more).collect()),
    }
}

fn parse_members(mut members: Map<String, Value>) -> Result<RegistrationDocument, Vec<RegistrationFault>> {
    let wrong = faults(&members);
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let client_id = match members.remove("client_id") {
        Some(Value::String(id)) => Some(id),
        _ => None,
    };
    let said = members.remove("response_types");
    let grant_types = members.remove("grant_types").map(typed).transpose()?;
    let mut metadata: ClientMetadata = typed(members)?;
    if let Some(grant_types) = grant_types {
        metadata.set_grant_types(grant_types);
    }
    if let Some(said) = said {
        metadata.response_types = typed(said)?;
    }
    Ok(RegistrationDocument { client_id, metadata })
}

/// Everything that does not look as it must.
fn faults(members: &Map<String, Value>) -> Vec<RegistrationFault> {
    let refused = members.iter().filter_map(|(name, value)| {
        let reason = members::refused(name, value)?;
        Some(RegistrationFault::metadata(name, &text_of(name, value), reason))
    });
    refused.collect()
}

/// Values of known shapes into their types.
fn typed<T: DeserializeOwned>(value: impl Into<Value>) -> Result<T, Vec<RegistrationFault>> {
    serde_json::from_value(value.into())
        .map_err(|error| vec![RegistrationFault::metadata("metadata", "", error.to_string())])
}

fn parse_object(json: &str) -> Result<Map<String, Value>, Vec<RegistrationFault>> {
    let refuse = |reason: String| Err(vec![RegistrationFault::metadata("metadata", "", reason)]);
    if json.len() > MAX_METADATA_BYTES {
        return refuse("the document is larger than 64 KiB".into());
    }
    match serde_json::from_str(json) {
        Ok(Value::Object(mut members)) => {
            // RFC 7591 2: null says the same as leaving the member out.
            members.retain(|name, value| !value.is_null() && !DATES.contains(&name.as_str()));
            Ok(members)
        }
        Ok(_) => refuse("the document is not a JSON object".into()),
        Err(error) => refuse(format!("the document is not JSON: {error}")),
    }
}
