//! The document that describes a person: standard claims under their names (OpenID Connect Core 5.1), and beside them
//! `groups`, `roles` and `attributes`.

use identity::Profile;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// What a document, or flags over it, say about a person. Unsaid things are `None`.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct UserDocument {
    pub(crate) username: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) email_verified: Option<bool>,
    pub(crate) profile: Profile,
    pub(crate) groups: Option<Vec<String>>,
    pub(crate) roles: Option<Vec<String>>,
    pub(crate) attributes: Option<Map<String, Value>>,
}

impl UserDocument {
    /// Reads a document.
    ///
    /// # Errors
    /// The first thing that is wrong with it, unknown members included: they are typing errors more often than not.
    pub(crate) fn parse(json: &str) -> Result<Self, String> {
        let mut members: Map<String, Value> =
            serde_json::from_str(json).map_err(|error| format!("metadata: not a JSON object: {error}"))?;
        // The name of the claim, and what everybody calls it.
        let claimed = take(&mut members, "preferred_username")?;
        Ok(Self {
            username: take(&mut members, "username")?.or(claimed),
            email: take(&mut members, "email")?,
            email_verified: take(&mut members, "email_verified")?,
            groups: take(&mut members, "groups")?,
            roles: take(&mut members, "roles")?,
            attributes: take(&mut members, "attributes")?,
            profile: serde_json::from_value(Value::Object(members))
                .map_err(|error| format!("metadata: {error}"))?,
        })
    }
}

/// Takes a member out of the document.
fn take<T: DeserializeOwned>(members: &mut Map<String, Value>, name: &str) -> Result<Option<T>, String> {
    let value = members.remove(name).unwrap_or_default();
    serde_json::from_value(value).map_err(|error| format!("metadata: {name}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_claims_groups_roles_and_attributes() {
        let document = UserDocument::parse(
            r#"{"preferred_username": "alice", "email": "a@example.org", "nickname": "Al", "groups": ["staff"],
                "roles": [], "attributes": {"badge": 7}, "address": {"country": "FR"}}"#,
        )
        .unwrap();
        assert_eq!(document.username.as_deref(), Some("alice"));
        assert_eq!(document.profile.nickname.as_deref(), Some("Al"));
        assert_eq!(document.groups, Some(vec!["staff".into()]));
        assert_eq!(document.roles, Some(Vec::new()));
        assert_eq!(document.email_verified, None);
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for json in [
            "[]",
            "{",
            r#"{"pasword": "x"}"#,
            r#"{"password": "x"}"#,
            r#"{"groups": "staff"}"#,
            r#"{"email": 1}"#,
        ] {
            assert!(UserDocument::parse(json).is_err(), "{json}");
        }
    }
}
