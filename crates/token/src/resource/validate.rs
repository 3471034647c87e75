//! What resources and scopes of an operator may look like. Pure rules; what else is registered is not looked at.

use std::collections::BTreeMap;

use identity::validate::{InvalidValue, description};
use kernel::Issuer;
use protocol::Scope;
use protocol::scope::STANDARD;
use session::revocation::LONGEST_ACCESS_TTL;
use url::Url;

use super::{ApiResource, ClaimScope};
use crate::claims;

const MAX_IDENTIFIER_BYTES: usize = 2000;
const MAX_NAME_CHARS: usize = 255;
const MAX_CLAIMS: usize = 50;

/// Judges an API.
///
/// # Errors
/// All that is wrong.
pub fn resource(resource: &ApiResource, issuer: &Issuer) -> Result<(), Vec<InvalidValue>> {
    let mut wrong = Vec::new();
    let identifier = &resource.identifier;
    if let Some(reason) = refused_identifier(identifier) {
        wrong.push(invalid(
            "identifier",
            format!("\"{}\" {reason}", identifier.escape_debug()),
        ));
    } else if identifier.trim_end_matches('/') == issuer.as_str() {
        wrong.push(invalid(
            "identifier",
            "is this provider itself; an API has a name of its own",
        ));
    }
    wrong.extend(resource.name.as_deref().and_then(|name| refused_name(name).err()));
    let standard = resource.scopes.iter().filter(|token| STANDARD.contains(token));
    wrong.extend(
        standard.map(|token| invalid("scopes", format!("\"{token}\" is about people, not about an API"))),
    );
    if let Some(ttl) = resource.access_ttl
        && (ttl.is_zero() || ttl > LONGEST_ACCESS_TTL)
    {
        wrong.push(invalid(
            "access_ttl",
            "must be longer than nothing and at most a day",
        ));
    }
    all(wrong)
}

/// Judges a scope that gives claims about people.
///
/// # Errors
/// All that is wrong.
pub fn claim_scope(scope: &ClaimScope) -> Result<(), Vec<InvalidValue>> {
    let mut wrong = Vec::new();
    let name = &scope.name;
    if name.contains(' ') || Scope::parse(name).map_or(true, |parsed| parsed.is_empty()) {
        wrong.push(invalid("name", "is not a scope (RFC 6749 3.3)"));
    } else if name == "offline_access" {
        wrong.push(invalid(
            "name",
            "offline_access is about refresh tokens and gives no claims",
        ));
    }
    wrong.extend(
        scope
            .description
            .as_deref()
            .and_then(|text| description(text).err()),
    );
    wrong.extend(mapping(&scope.claims));
    all(wrong)
}

/// Why `uri` cannot name an API: it must be an absolute URI without fragment (RFC 8707 2). Nothing if it can.
pub(crate) fn refused_identifier(uri: &str) -> Option<&'static str> {
    let fits = Url::parse(uri).is_ok() && !uri.contains('#') && uri.len() <= MAX_IDENTIFIER_BYTES;
    let clean = uri
        .bytes()
        .all(|b| b.is_ascii_graphic() && b != b'\\' && b != b'"');
    (!(fits && clean)).then_some("is not an absolute URI without a fragment (RFC 8707 2)")
}

fn mapping(mapped: &BTreeMap<String, String>) -> Vec<InvalidValue> {
    let mut wrong = Vec::new();
    if mapped.is_empty() || mapped.len() > MAX_CLAIMS {
        wrong.push(invalid(
            "claims",
            "must be 1 to 50, each a claim and the attribute it takes its value from",
        ));
    }
    for (claim, attribute) in mapped {
        let shown = claim.escape_debug();
        let reason = if claims::is_of_the_protocol(claim) {
            "is a claim of the protocol"
        } else if claims::is_reserved(claim) {
            "is a standard claim"
        } else if !is_name(claim) {
            "is not 1 to 255 printable characters without spaces"
        } else if attribute.trim().is_empty() || description(attribute).is_err() {
            "takes its value from an attribute whose name is not one line of text"
        } else {
            continue;
        };
        wrong.push(invalid("claims", format!("\"{shown}\" {reason}")));
    }
    wrong
}

fn is_name(claim: &str) -> bool {
    let visible = claim.chars().all(|c| !c.is_control() && !c.is_whitespace());
    visible && (1..=MAX_NAME_CHARS).contains(&claim.chars().count())
}

fn refused_name(name: &str) -> Result<(), InvalidValue> {
    let unfit = name.trim().is_empty() || name.chars().count() > MAX_NAME_CHARS || description(name).is_err();
    if unfit {
        return Err(invalid("name", "is not one line of 1 to 255 characters"));
    }
    Ok(())
}

fn invalid(field: &'static str, reason: impl Into<String>) -> InvalidValue {
    InvalidValue {
        field,
        reason: reason.into(),
    }
}

fn all(wrong: Vec<InvalidValue>) -> Result<(), Vec<InvalidValue>> {
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use kernel::Timestamp;

    use super::*;

    fn api(identifier: &str, scopes: &str, ttl: u64) -> ApiResource {
        ApiResource {
            identifier: identifier.into(),
            name: None,
            scopes: Scope::parse(scopes).unwrap(),
            access_token_alg: None,
            access_ttl: Some(Duration::from_secs(ttl)),
            created_at: Timestamp::from_secs(0),
            updated_at: Timestamp::from_secs(0),
        }
    }

    fn judged(api: &ApiResource) -> Vec<&'static str> {
        let wrong = resource(api, &Issuer::new("https://id.test"))
            .err()
            .unwrap_or_default();
        wrong.into_iter().map(|it| it.field).collect()
    }

    #[test]
    fn apis_have_absolute_names_of_their_own() {
        for good in [
            "https://api.test",
            "https://api.test/v1?tenant=1",
            "urn:example:notes",
            "api://notes",
        ] {
            assert_eq!(judged(&api(good, "notes:read", 600)), [""; 0], "{good}");
        }
        for bad in [
            "",
            "notes",
            "/notes",
            "//api.test/",
            "https://api.test/#",
            "https://api.test/#part",
            "https://api.test/a b",
            "https://api.test/\u{e9}",
            "https://api.test\\x",
            "https://id.test",
            "https://id.test/",
        ] {
            assert_eq!(judged(&api(bad, "notes:read", 600)), ["identifier"], "{bad}");
        }
        assert_eq!(judged(&api("urn:x", "notes:read email", 600)), ["scopes"]);
        assert_eq!(judged(&api("urn:x", "", 0)), ["access_ttl"]);
        assert_eq!(judged(&api("urn:x", "", 86_400)), [""; 0]);
        assert_eq!(judged(&api("urn:x", "", 86_401)), ["access_ttl"]);
    }

    #[test]
    fn scopes_give_claims_that_nobody_else_means() {
        let scope = |name: &str, claims: &[(&str, &str)]| ClaimScope {
            name: name.into(),
            description: None,
            claims: claims
                .iter()
                .map(|(claim, from)| ((*claim).into(), (*from).into()))
                .collect(),
            created_at: Timestamp::from_secs(0),
            updated_at: Timestamp::from_secs(0),
        };
        for name in ["employee", "profile", "https://claims.test/employee"] {
            assert_eq!(
                claim_scope(&scope(name, &[("badge", "badge number")])),
                Ok(()),
                "{name}"
            );
        }
        for name in ["", "a b", "a\"b", "offline_access"] {
            assert!(
                claim_scope(&scope(name, &[("badge", "badge")])).is_err(),
                "{name}"
            );
        }
        for claim in [
            "sub",
            "iss",
            "scope",
            "events",
            "email",
            "groups",
            "updated_at",
            "",
            "a b",
        ] {
            assert!(
                claim_scope(&scope("employee", &[(claim, "badge")])).is_err(),
                "{claim}"
            );
        }
        assert!(claim_scope(&scope("employee", &[])).is_err());
        assert!(claim_scope(&scope("employee", &[("badge", " ")])).is_err());
    }
}
