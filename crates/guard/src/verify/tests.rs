//! One test per refusal, and the tokens that must pass.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use crate::testing::{
    AUDIENCE, KeyServer, NOW, SigningKey, StillClock, builder, claims, full_set, guard, set, wait,
};
use crate::{AccessToken, Refusal, SignatureAlgorithm, TokenFault};

fn verify(token: &str) -> Result<AccessToken, TokenFault> {
    wait(guard().verify(token)).map_err(fault)
}

fn fault(refusal: Refusal) -> TokenFault {
    match refusal {
        Refusal::Invalid(fault) => fault,
        other => panic!("{other}"),
    }
}

fn key() -> &'static SigningKey {
    SigningKey::of(Algorithm::ES256)
}

/// What becomes of a token with `name` replaced, or removed when `value` is `None`.
fn with_claim(name: &str, value: Option<Value>) -> Result<AccessToken, TokenFault> {
    let mut claims = claims();
    let members = claims.as_object_mut().unwrap();
    match value {
        Some(value) => members.insert(name.to_owned(), value),
        None => members.remove(name),
    };
    verify(&key().token(&claims))
}

fn with_header(name: &str, value: Option<Value>) -> Result<AccessToken, TokenFault> {
    let mut header = key().header();
    let members = header.as_object_mut().unwrap();
    match value {
        Some(value) => members.insert(name.to_owned(), value),
        None => members.remove(name),
    };
    verify(&key().sign(&header, &claims()))
}

#[test]
fn a_good_token_tells_everything() {
    let token = verify(&key().token(&claims())).unwrap();
    assert_eq!((token.sub.as_str(), token.client_id.as_str()), ("alice", "web"));
    assert_eq!((token.jti.as_str(), token.sid.as_deref()), ("t-1", Some("s-1")));
    assert!(token.scope.contains("notes.read") && !token.scope.contains("notes"));
    assert_eq!((token.iat, token.exp), (NOW, NOW + 600));
    assert_eq!(token.other["groups"], json!(["staff"]));
}

#[test]
fn every_algorithm_verifies() {
    for alg in SignatureAlgorithm::ALL {
        let token = SigningKey::of(alg.jose()).token(&claims());
        assert!(verify(&token).is_ok(), "{alg:?}");
    }
}

#[test]
fn one_audience_may_stand_alone() {
    assert!(with_claim("aud", Some(json!(AUDIENCE))).is_ok());
}

#[test]
fn a_missing_scope_is_an_empty_one() {
    assert!(with_claim("scope", None).unwrap().scope.is_empty());
}

#[test]
fn refuses_what_is_too_long() {
    assert_eq!(verify(&"a".repeat(16 * 1024 + 1)), Err(TokenFault::TooLong));
}

#[test]
fn refuses_what_is_no_jwt() {
    let dots = ".".repeat(16 * 1024);
    for token in [
        "",
        "opaque",
        "a.b",
        "a.b.c",
        "a.b.c.d",
        "e30.e30.",
        "..",
        dots.as_str(),
    ] {
        assert_eq!(verify(token), Err(TokenFault::Malformed), "{token:.20}");
    }
}

#[test]
fn refuses_unsigned_tokens() {
    let encode = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let header = json!({ "typ": "at+jwt", "alg": "none", "kid": "es" });
    let token = format!("{}.{}.", encode(&header), encode(&claims()));
    assert_eq!(verify(&token), Err(TokenFault::Malformed));
}

#[test]
fn refuses_critical_extensions() {
    for (name, value) in [
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("zip", json!("DEF")),
        ("enc", json!("A256GCM")),
    ] {
        assert_eq!(
            with_header(name, Some(value)),
            Err(TokenFault::Malformed),
            "{name}"
        );
    }
}

#[test]
fn accepts_the_full_media_type() {
    assert!(with_header("typ", Some(json!("application/at+jwt"))).is_ok());
}

#[test]
fn refuses_other_types_of_token() {
    for typ in [Some("JWT"), Some("logout+jwt"), Some("at+jwt2"), None] {
        assert_eq!(
            with_header("typ", typ.map(Value::from)),
            Err(TokenFault::WrongType),
            "{typ:?}"
        );
    }
}

#[test]
fn refuses_unknown_keys() {
    for kid in [Some("elsewhere"), Some("../../etc/passwd"), None] {
        assert_eq!(
            with_header("kid", kid.map(Value::from)),
            Err(TokenFault::UnknownKey),
            "{kid:?}"
        );
    }
}

#[test]
fn refuses_an_algorithm_that_is_not_the_keys() {
    // The same RSA key, so the signature would fit.
    let (rs, ps) = (SigningKey::of(Algorithm::RS256), SigningKey::of(Algorithm::PS256));
    let mut header = rs.header();
    header["kid"] = ps.header()["kid"].clone();
    assert_eq!(
        verify(&rs.sign(&header, &claims())),
        Err(TokenFault::WrongAlgorithm)
    );
}

#[test]
fn refuses_a_public_key_used_as_a_secret() {
    assert_eq!(
        with_header("alg", Some(json!("HS256"))),
        Err(TokenFault::WrongAlgorithm)
    );
}

#[test]
fn believes_no_key_in_the_header() {
    let stranger = SigningKey::of(Algorithm::EdDSA);
    let mut header = stranger.header();
    header["kid"] = json!("mine");
    header["jwk"] = stranger.jwk();
    header["jku"] = json!("https://evil.example/jwks");
    assert_eq!(
        verify(&stranger.sign(&header, &claims())),
        Err(TokenFault::UnknownKey)
    );
}

#[test]
fn refuses_a_signature_that_does_not_fit() {
    let (one, mut forged) = (key().token(&claims()), claims());
    forged["sub"] = json!("bob");
    let other = key().token(&forged);
    let (message, _) = other.rsplit_once('.').unwrap();
    let (_, signature) = one.rsplit_once('.').unwrap();
    assert_eq!(
        verify(&format!("{message}.{signature}")),
        Err(TokenFault::BadSignature)
    );
}

#[test]
fn refuses_claims_that_are_missing() {
    for name in ["iss", "sub", "aud", "client_id", "exp", "iat", "jti"] {
        assert_eq!(with_claim(name, None), Err(TokenFault::BadClaims), "{name}");
    }
}

#[test]
fn refuses_claims_of_another_type() {
    for (name, value) in [
        ("exp", json!((NOW + 600).to_string())),
        ("exp", json!(1e18)),
        ("exp", json!(u64::MAX)),
        ("exp", json!(null)),
        ("iat", json!(-1)),
        ("iat", json!(NOW as f64 + 0.5)),
        ("nbf", json!(null)),
        ("nbf", json!("0")),
        ("aud", json!([])),
        ("aud", json!([AUDIENCE, 7])),
        ("aud", json!(7)),
        ("sub", json!("")),
        ("sub", json!(["alice"])),
        ("jti", json!("")),
        ("client_id", json!("")),
        ("scope", json!(["notes.read"])),
        ("scope", json!("a\"b")),
        ("scope", json!(null)),
    ] {
        assert_eq!(
            with_claim(name, Some(value.clone())),
            Err(TokenFault::BadClaims),
            "{name}: {value}"
        );
    }
}

#[test]
fn refuses_claims_that_are_no_object_or_say_something_twice() {
    let header = key().header().to_string();
    let twice = claims().to_string().replacen('{', r#"{"sub":"bob","#, 1);
    for text in ["[]", "7", "{", "", twice.as_str()] {
        assert_eq!(
            verify(&key().sign_text(&header, text)),
            Err(TokenFault::BadClaims),
            "{text:.20}"
        );
    }
}

#[test]
fn refuses_other_issuers_to_the_letter() {
    for iss in [
        "https://id.example.com/",
        "https://ID.example.com",
        "http://id.example.com",
        "",
    ] {
        assert_eq!(
            with_claim("iss", Some(json!(iss))),
            Err(TokenFault::WrongIssuer),
            "{iss}"
        );
    }
}

#[test]
fn refuses_tokens_for_another_api() {
    for aud in [
        json!("https://id.example.com"),
        json!(["https://api.example.com/"]),
        json!("https://api.example"),
    ] {
        assert_eq!(
            with_claim("aud", Some(aud.clone())),
            Err(TokenFault::WrongAudience),
            "{aud}"
        );
    }
}

#[test]
fn times_are_judged_with_a_little_leeway() {
    for (name, last_good, first_bad, fault) in [
        ("exp", NOW - 29, NOW - 30, TokenFault::Expired),
        ("iat", NOW + 30, NOW + 31, TokenFault::NotYetValid),
        ("nbf", NOW + 30, NOW + 31, TokenFault::NotYetValid),
    ] {
        assert!(with_claim(name, Some(json!(last_good))).is_ok(), "{name}");
        assert_eq!(with_claim(name, Some(json!(first_bad))), Err(fault), "{name}");
    }
}

#[test]
fn leeway_is_bounded() {
    let guard = builder(&StillClock::default())
        .leeway(std::time::Duration::from_secs(3600))
        .build(KeyServer::answering(full_set()));
    let mut claims = claims();
    claims["exp"] = json!(NOW - 60);
    let refusal = wait(guard.verify(&key().token(&claims))).unwrap_err();
    assert_eq!(fault(refusal), TokenFault::Expired);
}

#[test]
fn an_api_may_accept_fewer_algorithms() {
    let guard = builder(&StillClock::default())
        .algorithms(&[SignatureAlgorithm::EdDSA])
        .build(KeyServer::answering(full_set()));
    assert!(wait(guard.verify(&SigningKey::of(Algorithm::EdDSA).token(&claims()))).is_ok());
    let refusal = wait(guard.verify(&key().token(&claims()))).unwrap_err();
    assert_eq!(fault(refusal), TokenFault::UnknownKey);
}

#[test]
fn keys_for_other_uses_do_not_count() {
    for (name, value) in [
        ("use", json!("enc")),
        ("key_ops", json!(["sign"])),
        ("alg", json!("RS256")),
        ("alg", json!("RSA-OAEP")),
        ("crv", json!("P-384")),
        ("kty", json!("oct")),
    ] {
        let mut jwk = key().jwk();
        jwk[name] = value;
        let server = KeyServer::answering(set(&[jwk, SigningKey::of(Algorithm::EdDSA).jwk()]));
        let guard = builder(&StillClock::default()).build(server);
        let refusal = wait(guard.verify(&key().token(&claims()))).unwrap_err();
        assert_eq!(fault(refusal), TokenFault::UnknownKey, "{name}");
    }
}

#[test]
fn a_key_that_does_not_say_is_meant_for_the_usual_algorithm() {
    let mut jwk = SigningKey::of(Algorithm::RS256).jwk();
    jwk.as_object_mut().unwrap().remove("alg");
    let guard = builder(&StillClock::default()).build(KeyServer::answering(set(&[jwk])));
    assert!(wait(guard.verify(&SigningKey::of(Algorithm::RS256).token(&claims()))).is_ok());
    let mut header = SigningKey::of(Algorithm::PS256).header();
    header["kid"] = json!("rs");
    let refusal = wait(guard.verify(&SigningKey::of(Algorithm::PS256).sign(&header, &claims()))).unwrap_err();
    assert_eq!(fault(refusal), TokenFault::WrongAlgorithm);
}
