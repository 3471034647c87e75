//! One test per refusal, with a provider of one key.

use serde_json::json;

use super::*;
use crate::testing::{keys, sign};

const ISSUER: &str = "http://localhost:8080";
const NOW: u32 = 1_763_785_200;

fn header() -> Value {
    json!({ "typ": "logout+jwt", "alg": "EdDSA", "kid": "k" })
}

fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": "notes", "iat": NOW, "exp": NOW + 120, "jti": "j-1", "sid": "s-1", "sub": "alice",
        "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
    })
}

fn judge(token: &str) -> Result<LogoutToken, LogoutFault> {
    let expected = Expected {
        issuer: ISSUER,
        client_id: "notes",
        now: Timestamp::from_secs(i64::from(NOW)),
    };
    verify(token, &keys(1), &expected)
}

/// What becomes of the token with a member of `part` replaced, or removed when `value` is `None`.
fn changed(mut part: Value, name: &str, value: Option<Value>) -> Value {
    let members = part.as_object_mut().unwrap();
    match value {
        Some(value) => members.insert(name.to_owned(), value),
        None => members.remove(name),
    };
    part
}

fn with_claim(name: &str, value: Option<Value>) -> Result<LogoutToken, LogoutFault> {
    judge(&sign(1, &header(), &changed(claims(), name, value)))
}

fn with_header(name: &str, value: Option<Value>) -> Result<LogoutToken, LogoutFault> {
    judge(&sign(1, &changed(header(), name, value), &claims()))
}

#[test]
fn a_good_token_names_what_ends() {
    let token = judge(&sign(1, &header(), &claims())).unwrap();
    assert_eq!(token.whom, LoggedOut::Session("s-1".to_owned()));
    assert_eq!(token.jti, "j-1");
    let token = with_claim("sid", None).unwrap();
    assert_eq!(token.whom, LoggedOut::Person("alice".to_owned()));
}

#[test]
fn the_audience_may_be_a_list_and_the_type_may_be_long() {
    assert!(with_claim("aud", Some(json!(["calendar", "notes"]))).is_ok());
    assert!(with_header("typ", Some(json!("application/logout+jwt"))).is_ok());
}

#[test]
fn another_type_is_refused() {
    for typ in [Some("JWT"), Some("at+jwt"), None] {
        assert_eq!(
            with_header("typ", typ.map(Value::from)),
            Err(LogoutFault::Malformed)
        );
    }
}

#[test]
fn what_is_no_jwt_is_refused() {
    let long = "a".repeat(MAX_LEN + 1);
    for token in ["", "a.b", "a.b.c", "e30.e30.s", long.as_str()] {
        assert_eq!(judge(token), Err(LogoutFault::Malformed), "{token:.10}");
    }
    for crit in [json!(["exp"]), json!(null)] {
        assert_eq!(with_header("crit", Some(crit)), Err(LogoutFault::Malformed));
    }
}

#[test]
fn unknown_keys_and_algorithms_that_are_not_the_keys_are_refused() {
    for (name, value) in [
        ("kid", Some(json!("other"))),
        ("kid", None),
        ("alg", Some(json!("HS256"))),
        ("alg", Some(json!("none"))),
    ] {
        assert_eq!(
            with_header(name, value.clone()),
            Err(LogoutFault::UnknownKey),
            "{name}: {value:?}"
        );
    }
    assert_eq!(
        with_header("alg", Some(json!("RS256"))),
        Err(LogoutFault::BadSignature)
    );
}

#[test]
fn a_foreign_signature_is_refused() {
    assert_eq!(
        judge(&sign(2, &header(), &claims())),
        Err(LogoutFault::BadSignature)
    );
}

#[test]
fn other_issuers_and_other_audiences_are_refused() {
    assert_eq!(
        with_claim("iss", Some(json!("http://localhost:8080/"))),
        Err(LogoutFault::WrongIssuer)
    );
    for aud in [json!("calendar"), json!([])] {
        assert_eq!(with_claim("aud", Some(aud)), Err(LogoutFault::WrongAudience));
    }
}

#[test]
fn time_counts() {
    assert_eq!(with_claim("exp", Some(json!(NOW))), Err(LogoutFault::WrongTime));
    assert!(with_claim("iat", Some(json!(NOW + 30))).is_ok());
    assert_eq!(
        with_claim("iat", Some(json!(NOW + 31))),
        Err(LogoutFault::WrongTime)
    );
}

#[test]
fn a_nonce_is_refused_whatever_it_is() {
    for nonce in [json!("n"), json!(null)] {
        assert_eq!(with_claim("nonce", Some(nonce)), Err(LogoutFault::HasNonce));
    }
}

#[test]
fn missing_or_odd_claims_are_refused() {
    for name in ["iss", "aud", "iat", "exp", "jti", "events"] {
        assert_eq!(with_claim(name, None), Err(LogoutFault::BadClaims), "{name}");
    }
    for (name, value) in [
        ("exp", json!("1763785320")),
        ("iat", json!(-1)),
        ("jti", json!("")),
        ("sid", json!(null)),
        ("events", json!({})),
        (
            "events",
            json!({ "http://schemas.openid.net/event/backchannel-logout": true }),
        ),
    ] {
        assert_eq!(
            with_claim(name, Some(value)),
            Err(LogoutFault::BadClaims),
            "{name}"
        );
    }
    let nobody = changed(changed(claims(), "sid", None), "sub", None);
    assert_eq!(judge(&sign(1, &header(), &nobody)), Err(LogoutFault::BadClaims));
}
