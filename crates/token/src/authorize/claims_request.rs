//! The `claims` parameter (OpenID Connect Core 5.5): single claims, asked for by name.

use std::collections::BTreeMap;

use kernel::id::UserId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What is asked about one claim. `null` on the wire says nothing more than "this one, please".
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClaimWish {
    /// Whether the client says it cannot do without (Core 5.5.1). A claim that is not known is left out all the same.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub essential: bool,
    /// The one value that will do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// The values that will do, in order of preference.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Value>,
}

/// Claims asked for by name, by where they are to appear.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClaimsRequest {
    /// At userinfo.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub userinfo: BTreeMap<String, ClaimWish>,
    /// In the ID token.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub id_token: BTreeMap<String, ClaimWish>,
}

/// Why `claims` makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClaimsFault {
    /// Not a JSON object.
    #[error("claims is not a JSON object")]
    NotAnObject,
    /// `userinfo` or `id_token` is something else than an object.
    #[error("userinfo and id_token in claims must be JSON objects")]
    Part,
    /// What is said about a claim is neither null nor an object whose members have their types.
    #[error("a claim in claims must be null, or an object with essential, value or values")]
    Wish,
    /// More claims, or more values of one, than anybody has a use for.
    #[error("claims asks for too much")]
    TooMany,
}

impl ClaimWish {
    /// The values that will do; none means any.
    pub fn acceptable(&self) -> impl Iterator<Item = &Value> {
        self.value.iter().chain(&self.values)
    }
}

impl ClaimsRequest {
    /// Claims in one part, and values of one claim, at most.
    const MOST: usize = 100;

    /// Reads the parameter. Members nobody defined are ignored (Core 5.5).
    ///
    /// # Errors
    /// [`ClaimsFault`].
    pub fn parse(json: &str) -> Result<Self, ClaimsFault> {
        let mut members: Map<String, Value> =
            serde_json::from_str(json).map_err(|_| ClaimsFault::NotAnObject)?;
        let mut part = |name: &str| read_part(members.remove(name).unwrap_or_default());
        Ok(Self {
            userinfo: part("userinfo")?,
            id_token: part("id_token")?,
        })
    }

    /// Whether nothing was asked for.
    pub fn is_empty(&self) -> bool {
        self.userinfo.is_empty() && self.id_token.is_empty()
    }

    /// All names, some perhaps twice.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.userinfo
            .keys()
            .chain(self.id_token.keys())
            .map(String::as_str)
    }

    /// Those claims for which `keep` says yes.
    #[must_use]
    pub fn filter(mut self, keep: impl Fn(&str) -> bool) -> Self {
        self.userinfo.retain(|name, _| keep(name));
        self.id_token.retain(|name, _| keep(name));
        self
    }

    /// The people an ID token may be about, where it asks for `sub` with a value (Core 3.1.2.2, 5.5.1). A value that is
    /// nobody's `sub` is nobody.
    pub fn subjects(&self) -> Option<Vec<UserId>> {
        let wish = self.id_token.get("sub")?;
        wish.acceptable().next()?;
        let people = wish.acceptable().filter_map(|value| value.as_str()?.parse().ok());
        Some(people.collect())
    }

    /// Whether an ID token must say one of the `acr` values, none of which is in `offered` (Core 5.5.1.1).
    pub fn demands_another_acr(&self, offered: &[&str]) -> bool {
        let Some(wish) = self.id_token.get("acr").filter(|wish| wish.essential) else {
            return false;
        };
        let mut acceptable = wish.acceptable().peekable();
        let can_be_met = |value: &Value| value.as_str().is_some_and(|acr| offered.contains(&acr));
        acceptable.peek().is_some() && !acceptable.any(can_be_met)
    }
}

fn read_part(part: Value) -> Result<BTreeMap<String, ClaimWish>, ClaimsFault> {
    let claims = match part {
        Value::Null => return Ok(BTreeMap::new()),
        Value::Object(claims) => claims,
        _ => return Err(ClaimsFault::Part),
    };
    if claims.len() > ClaimsRequest::MOST {
        return Err(ClaimsFault::TooMany);
    }
    claims
        .into_iter()
        .map(|(name, wish)| Ok((name, read_wish(wish)?)))
        .collect()
}

fn read_wish(wish: Value) -> Result<ClaimWish, ClaimsFault> {
    if wish.is_null() {
        return Ok(ClaimWish::default());
    }
    if !wish.is_object() {
        return Err(ClaimsFault::Wish);
    }
    // Derived reading would take an object that says `values: null`, or an array for the wish as a whole.
    let wish: ClaimWish = serde_json::from_value(wish).map_err(|_| ClaimsFault::Wish)?;
    if wish.values.len() > ClaimsRequest::MOST {
        return Err(ClaimsFault::TooMany);
    }
    // The request is kept inside documents of our own, and readers of JSON give up at some depth.
    if wish.acceptable().any(|value| is_deeper_than(value, DEEPEST)) {
        return Err(ClaimsFault::Wish);
    }
    Ok(wish)
}

/// Levels of lists and objects a wished value may have. Standard claims have one at most.
const DEEPEST: usize = 4;

fn is_deeper_than(value: &Value, levels: usize) -> bool {
    let inner: Box<dyn Iterator<Item = &Value>> = match value {
        Value::Array(list) => Box::new(list.iter()),
        Value::Object(members) => Box::new(members.values()),
        _ => return false,
    };
    match levels.checked_sub(1) {
        None => true,
        Some(left) => inner.into_iter().any(|value| is_deeper_than(value, left)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::SystemEntropy;
    use serde_json::json;

    fn parse(json: &Value) -> ClaimsRequest {
        ClaimsRequest::parse(&json.to_string()).unwrap()
    }

    #[test]
    fn the_example_of_the_specification_is_read() {
        let claims = parse(&json!({
            "userinfo": {
                "given_name": { "essential": true },
                "nickname": null,
                "email": { "essential": true },
                "http://example.info/claims/groups": null
            },
            "id_token": {
                "auth_time": { "essential": true },
                "acr": { "values": ["urn:mace:incommon:iap:silver"] }
            }
        }));
        assert!(claims.userinfo["given_name"].essential && !claims.userinfo["nickname"].essential);
        assert!(claims.userinfo.contains_key("http://example.info/claims/groups"));
        assert_eq!(
            claims.id_token["acr"].values,
            [json!("urn:mace:incommon:iap:silver")]
        );
        assert_eq!(claims.names().count(), 6);
        assert!(!claims.demands_another_acr(&["1"]), "a wish is no demand");
    }

    #[test]
    fn what_nobody_defined_is_ignored() {
        let claims = parse(&json!({
            "purpose": ["anything"],
            "userinfo": { "name": { "essential": true, "purpose": "to greet you" } },
            "id_token": null
        }));
        assert_eq!(claims.names().collect::<Vec<_>>(), ["name"]);
        assert!(parse(&json!({})).is_empty());
    }

    #[test]
    fn wrong_types_are_refused() {
        for (text, fault) in [
            ("", ClaimsFault::NotAnObject),
            ("[]", ClaimsFault::NotAnObject),
            ("\"name\"", ClaimsFault::NotAnObject),
            ("{\"userinfo\":{}", ClaimsFault::NotAnObject),
            ("{\"userinfo\":[]}", ClaimsFault::Part),
            ("{\"id_token\":\"sub\"}", ClaimsFault::Part),
            ("{\"id_token\":{\"sub\":true}}", ClaimsFault::Wish),
            ("{\"id_token\":{\"sub\":[]}}", ClaimsFault::Wish),
            ("{\"id_token\":{\"sub\":\"alice\"}}", ClaimsFault::Wish),
            (
                "{\"userinfo\":{\"name\":{\"essential\":\"yes\"}}}",
                ClaimsFault::Wish,
            ),
            ("{\"userinfo\":{\"name\":{\"values\":\"a\"}}}", ClaimsFault::Wish),
            ("{\"userinfo\":{\"name\":{\"values\":null}}}", ClaimsFault::Wish),
        ] {
            assert_eq!(ClaimsRequest::parse(text), Err(fault), "{text}");
        }
        let deep = format!("{{\"userinfo\":{}", "[".repeat(8000));
        assert_eq!(ClaimsRequest::parse(&deep), Err(ClaimsFault::NotAnObject));
    }

    #[test]
    fn there_are_bounds() {
        let many: Map<String, Value> = (0..101).map(|i| (format!("c{i}"), Value::Null)).collect();
        let crowd = json!({ "userinfo": many }).to_string();
        assert_eq!(ClaimsRequest::parse(&crowd), Err(ClaimsFault::TooMany));
        let values = json!({ "id_token": { "acr": { "values": vec!["x"; 101] } } }).to_string();
        assert_eq!(ClaimsRequest::parse(&values), Err(ClaimsFault::TooMany));
    }

    #[test]
    fn a_subject_with_a_value_names_people() {
        let (alice, bob) = (UserId::generate(&SystemEntropy), UserId::generate(&SystemEntropy));
        let subjects = |wish: Value| parse(&json!({ "id_token": { "sub": wish } })).subjects();
        assert_eq!(subjects(Value::Null), None);
        assert_eq!(subjects(json!({ "essential": true })), None);
        assert_eq!(subjects(json!({ "value": alice })), Some(vec![alice]));
        assert_eq!(
            subjects(json!({ "values": [bob, alice] })),
            Some(vec![bob, alice])
        );
        assert_eq!(subjects(json!({ "value": "somebody" })), Some(vec![]));
        assert_eq!(subjects(json!({ "value": 7 })), Some(vec![]));
        assert_eq!(
            parse(&json!({ "userinfo": { "sub": { "value": alice } } })).subjects(),
            None
        );
    }

    #[test]
    fn an_essential_acr_must_be_one_of_ours() {
        let demands =
            |wish: Value| parse(&json!({ "id_token": { "acr": wish } })).demands_another_acr(&["1"]);
        assert!(demands(json!({ "essential": true, "value": "2" })));
        assert!(demands(json!({ "essential": true, "values": ["urn:x", "2"] })));
        assert!(!demands(json!({ "essential": true, "values": ["urn:x", "1"] })));
        assert!(!demands(json!({ "essential": true })));
        assert!(!demands(json!({ "value": "2" })));
        assert!(!demands(Value::Null));
    }
}
