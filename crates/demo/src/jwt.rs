//! A token taken apart for people to look at. Nothing here verifies anything, and no signature is ever shown whole.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use kernel::Timestamp;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The readable parts of a signed token (RFC 7519 in the compact form of RFC 7515 7.1).
pub(crate) struct DecodedJwt {
    header: Members,
    claims: Members,
    /// Length of the signature, in characters.
    pub(crate) signature_length: usize,
}

impl DecodedJwt {
    /// Takes a token apart; `None` if it is not a signed JWT.
    pub(crate) fn parse(token: &str) -> Option<Self> {
        let mut parts = token.split('.');
        let (header, claims, signature) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        Some(Self {
            header: decode(header)?,
            claims: decode(claims)?,
            signature_length: signature.len(),
        })
    }

    /// The header as indented JSON.
    pub(crate) fn header(&self) -> String {
        pretty(&self.header)
    }

    /// The claims as indented JSON, in the token's own order.
    pub(crate) fn claims(&self) -> String {
        pretty(&self.claims)
    }

    /// A member of the header that is text, such as `alg` or `kid`.
    pub(crate) fn header_text(&self, name: &str) -> Option<&str> {
        self.header.get(name)?.as_str()
    }

    /// A claim that is text, such as `sid`.
    pub(crate) fn claim_text(&self, name: &str) -> Option<&str> {
        self.claims.get(name)?.as_str()
    }

    /// When it ends (RFC 7519 4.1.4).
    pub(crate) fn expires_at(&self) -> Option<Timestamp> {
        self.claims.get("exp")?.as_i64().map(Timestamp::from_secs)
    }
}

/// Any value as indented JSON.
pub(crate) fn pretty(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn decode(part: &str) -> Option<Members> {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

/// The members of a JSON object in the order they were written, which is the order their author wanted.
struct Members(Vec<(String, Value)>);

impl Members {
    fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }
}

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(InOrder)
    }
}

struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str, claims: &str) -> String {
        let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.c2lnbmF0dXJl", encode(header), encode(claims))
    }

    #[test]
    fn shows_members_in_their_own_order() {
        let jwt = DecodedJwt::parse(&token(
            r#"{"alg":"ES256","kid":"k1"}"#,
            r#"{"sub":"s","aud":"a","exp":60}"#,
        ))
        .unwrap();
        assert_eq!(
            jwt.claims(),
            "{\n  \"sub\": \"s\",\n  \"aud\": \"a\",\n  \"exp\": 60\n}"
        );
        assert_eq!(
            (jwt.header_text("kid"), jwt.header_text("typ")),
            (Some("k1"), None)
        );
        assert_eq!(
            (jwt.expires_at(), jwt.signature_length),
            (Some(Timestamp::from_secs(60)), 12)
        );
        assert!(!(jwt.header() + &jwt.claims()).contains("c2lnbmF0dXJl"));
    }

    #[test]
    fn what_is_no_jwt_is_not_taken_apart() {
        for other in ["", "opaque", "a.b", "a.b.c", "e30.e30.s.more", "e30.W10.s"] {
            assert!(DecodedJwt::parse(other).is_none(), "{other}");
        }
    }
}
