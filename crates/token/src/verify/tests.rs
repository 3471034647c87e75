//! Attacks on tokens that come back: confusion of algorithms, keys, types and numbers.

mod contents;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use kernel::SystemEntropy;
use openidconnect::PrivateSigningKey as _;
use serde_json::{Value, json};
use session::Authentication;
use session::authentication::Amr;

use super::*;
use crate::client::SigningAlg;
use crate::issue::{IdTokenPlan, IssuePlan, issue};
use crate::keys::testing::{NOW, ctx, database, master, ring};
use crate::keys::{KeyState, Signer};

fn signer(ring: &KeyRing) -> &Signer {
    ring.signer(SigningAlg::ES256).unwrap()
}

fn claims() -> Value {
    json!({
        "iss": "https://id.example.com", "sub": UserId::generate(&SystemEntropy), "aud": "https://id.example.com",
        "client_id": "web", "iat": 1_763_000_000, "exp": 1_763_000_600, "scope": "openid",
        "jti": TokenId::generate(&SystemEntropy, NOW),
    })
}

fn with(name: &str, value: Value) -> Value {
    let mut changed = claims();
    changed[name] = value;
    changed
}

/// A token signed with our own active ES256 key over any header and payload text.
fn sign_raw(ring: &KeyRing, header: &str, payload: &str) -> String {
    let message = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(payload)
    );
    let signer = signer(ring);
    let signature = signer.sign(&signer.openid_alg(), message.as_bytes()).unwrap();
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn sign(ring: &KeyRing, claims: &Value) -> String {
    signer(ring).sign_jws("at+jwt", claims).unwrap()
}

fn verdict(ring: &KeyRing, token: &str) -> Result<AccessClaims, TokenFault> {
    access_token(ring, &ctx().0, token)
}

fn tokens(ring: &KeyRing, alg: SigningAlg) -> crate::issue::Issued {
    let authentication = Authentication {
        at: NOW,
        methods: vec![Amr::Pwd],
    };
    let sid = Sid::generate(&SystemEntropy);
    let plan = IssuePlan {
        subject: UserId::generate(&SystemEntropy).to_string(),
        client_id: "web".into(),
        access_token_alg: alg,
        access_ttl: Duration::from_secs(600),
        id_token: Some(IdTokenPlan {
            alg,
            nonce: None,
            sid,
            authentication: authentication.clone(),
            person: serde_json::Map::new(),
        }),
        scope: Scope::parse("openid").unwrap(),
        audience: vec!["https://id.example.com".into()],
        userinfo_claims: vec!["email".into()],
        authentication: Some(authentication),
        sid: Some(sid),
        grant: Some(GrantId::generate(&SystemEntropy, NOW)),
        issued_at: NOW,
        token_id: TokenId::generate(&SystemEntropy, NOW),
    };
    issue(&plan, ring, &ctx().0).unwrap()
}

#[test]
fn what_we_issue_we_believe() {
    let ring = ring();
    for alg in SigningAlg::ALL {
        let issued = tokens(&ring, alg);
        let access = verdict(&ring, &issued.access_token).unwrap();
        assert_eq!((access.client_id.as_str(), access.aud.len()), ("web", 1));
        assert_eq!((access.iat, access.jti.issued_at()), (NOW, NOW));
        assert!(access.scope.contains("openid") && access.grant.is_some());
        assert_eq!((access.auth_time, access.acr.as_deref()), (Some(NOW), Some("1")));
        assert_eq!(access.userinfo_claims, ["email"]);
        assert_eq!(ring.signer(alg).unwrap().kid(), access.kid);
        assert_eq!(
            access.user().map(|user| user.to_string()),
            Some(access.sub.clone())
        );
        let hint = id_token_hint(&ring, &ctx().0, &issued.id_token.unwrap()).unwrap();
        assert_eq!(
            (hint.sub.to_string(), hint.client_id, hint.sid),
            (access.sub, access.client_id, access.sid)
        );
    }
}

#[test]
fn one_kind_of_token_is_never_taken_for_another() {
    let ring = ring();
    let issued = tokens(&ring, SigningAlg::ES256);
    assert_eq!(
        verdict(&ring, issued.id_token.as_deref().unwrap()),
        Err(TokenFault::WrongType)
    );
    let hint = |token: &str| id_token_hint(&ring, &ctx().0, token);
    assert_eq!(hint(&issued.access_token), Err(TokenFault::WrongType));
    let id_claims = with("aud", json!("web"));
    for typ in [
        "logout+jwt",
        "at+jwt",
        "application/at+jwt",
        "secevent+jwt",
        "dpop+jwt",
        "jwt",
        "",
    ] {
        let token = signer(&ring).sign_jws(typ, &id_claims).unwrap();
        assert_eq!(hint(&token), Err(TokenFault::WrongType), "{typ}");
    }
    assert!(hint(&signer(&ring).sign_jws("JWT", &id_claims).unwrap()).is_ok());
    for typ in [
        "AT+JWT",
        "at+jwt ",
        "JWT",
        "application/application/at+jwt",
        "logout+jwt",
    ] {
        let token = signer(&ring).sign_jws(typ, &claims()).unwrap();
        assert_eq!(verdict(&ring, &token), Err(TokenFault::WrongType), "{typ}");
    }
    assert!(
        verdict(
            &ring,
            &signer(&ring).sign_jws("application/at+jwt", &claims()).unwrap()
        )
        .is_ok()
    );
}

#[test]
fn no_algorithm_is_no_token() {
    let ring = ring();
    let kid = signer(&ring).kid();
    let payload = URL_SAFE_NO_PAD.encode(claims().to_string());
    for alg in [
        r#""none""#,
        r#""None""#,
        r#""nOnE""#,
        r#""NONE""#,
        r#""""#,
        "null",
        "0",
        "[]",
        r#"["ES256"]"#,
        "{}",
    ] {
        let header = format!(r#"{{"typ":"at+jwt","kid":"{kid}","alg":{alg}}}"#);
        let head = URL_SAFE_NO_PAD.encode(&header);
        for token in [
            format!("{head}.{payload}."),
            sign_raw(&ring, &header, &claims().to_string()),
        ] {
            assert_eq!(verdict(&ring, &token), Err(TokenFault::Malformed), "{alg}");
            assert!(id_token_hint(&ring, &ctx().0, &token).is_err(), "{alg}");
        }
    }
    let without = sign_raw(
        &ring,
        &format!(r#"{{"typ":"at+jwt","kid":"{kid}"}}"#),
        &claims().to_string(),
    );
    assert_eq!(verdict(&ring, &without), Err(TokenFault::Malformed));
}

#[test]
fn a_public_key_is_no_hmac_secret() {
    let (ring, rows) = (ring(), database().keys);
    for row in rows {
        let jwk: Value = serde_json::from_str(&row.public_jwk).unwrap();
        let raw = jwk["n"].as_str().or(jwk["x"].as_str()).unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(raw).unwrap();
        let pem = format!(
            "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
            STANDARD.encode(&bytes)
        );
        for secret in [
            row.public_jwk.as_bytes(),
            raw.as_bytes(),
            &bytes,
            pem.as_bytes(),
            b"",
        ] {
            let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256);
            header.typ = Some("at+jwt".into());
            header.kid = Some(row.kid.clone());
            let key = jsonwebtoken::EncodingKey::from_secret(secret);
            let token = jsonwebtoken::encode(&header, &claims(), &key).unwrap();
            assert_eq!(verdict(&ring, &token), Err(TokenFault::WrongAlgorithm));
        }
    }
}

#[test]
fn the_key_dictates_the_algorithm() {
    let ring = ring();
    let kid = signer(&ring).kid();
    for alg in ["RS256", "PS256", "EdDSA", "ES384", "HS512"] {
        let header = format!(r#"{{"typ":"at+jwt","kid":"{kid}","alg":"{alg}"}}"#);
        let token = sign_raw(&ring, &header, &claims().to_string());
        assert_eq!(verdict(&ring, &token), Err(TokenFault::WrongAlgorithm), "{alg}");
    }
    for alg in ["es256", "ES256K", "ES512", "Es256", " ES256"] {
        let header = format!(r#"{{"typ":"at+jwt","kid":"{kid}","alg":"{alg}"}}"#);
        let token = sign_raw(&ring, &header, &claims().to_string());
        assert_eq!(verdict(&ring, &token), Err(TokenFault::Malformed), "{alg}");
    }
}

#[test]
fn only_keys_we_know_count() {
    let ring = ring();
    let long = "k".repeat(8000);
    let other = ring.signer(SigningAlg::EdDSA).unwrap().kid();
    for kid in [
        "../../x",
        "' OR 1=1 --",
        "",
        &long,
        &signer(&ring).kid().to_uppercase(),
        "k-",
        "\\u0000",
    ] {
        let header = format!(r#"{{"typ":"at+jwt","kid":"{kid}","alg":"ES256"}}"#);
        let token = sign_raw(&ring, &header, &claims().to_string());
        assert_eq!(verdict(&ring, &token), Err(TokenFault::UnknownKey), "{kid}");
    }
    for kid in ["null", "7", "[]"] {
        let header = format!(r#"{{"typ":"at+jwt","kid":{kid},"alg":"ES256"}}"#);
        assert!(
            verdict(&ring, &sign_raw(&ring, &header, &claims().to_string())).is_err(),
            "{kid}"
        );
    }
    let no_kid = sign_raw(&ring, r#"{"typ":"at+jwt","alg":"ES256"}"#, &claims().to_string());
    assert_eq!(verdict(&ring, &no_kid), Err(TokenFault::UnknownKey));
    let swapped = sign_raw(
        &ring,
        &format!(r#"{{"typ":"at+jwt","kid":"{other}","alg":"ES256"}}"#),
        "{}",
    );
    assert_eq!(verdict(&ring, &swapped), Err(TokenFault::WrongAlgorithm));
}

#[test]
fn keys_in_headers_are_ignored() {
    let ring = ring();
    let (mut attacker_ctx, _) = ctx();
    attacker_ctx.entropy = std::sync::Arc::new(SystemEntropy);
    let row = crate::keys::generate(SigningAlg::ES256, KeyState::Active, &master(), &attacker_ctx).unwrap();
    let attacker = KeyRing::load(std::slice::from_ref(&row), &master()).unwrap();
    let own = signer(&ring).kid();
    for kid in [own, row.kid.as_str()] {
        let jwk = &row.public_jwk;
        let header = format!(
            r#"{{"typ":"at+jwt","kid":"{kid}","alg":"ES256","jwk":{jwk},"jku":"https://evil.test"}}"#
        );
        let token = sign_raw(&attacker, &header, &claims().to_string());
        let expected = if kid == own {
            TokenFault::BadSignature
        } else {
            TokenFault::UnknownKey
        };
        assert_eq!(verdict(&ring, &token), Err(expected));
    }
}

#[test]
fn extensions_we_do_not_know_are_refused() {
    let ring = ring();
    let kid = signer(&ring).kid();
    for extension in [
        r#""crit":["b64"],"b64":false"#,
        r#""crit":[]"#,
        r#""zip":"DEF""#,
        r#""enc":"A256GCM""#,
    ] {
        let header = format!(r#"{{"typ":"at+jwt","kid":"{kid}","alg":"ES256",{extension}}}"#);
        let token = sign_raw(&ring, &header, &claims().to_string());
        assert_eq!(verdict(&ring, &token), Err(TokenFault::Malformed), "{extension}");
    }
}

#[test]
fn shapes_that_are_no_token() {
    let ring = ring();
    let token = sign(&ring, &claims());
    for bad in [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "a.b",
        &format!("{token}."),
        &format!(".{token}"),
        &"é.".repeat(2),
    ] {
        assert_eq!(verdict(&ring, bad), Err(TokenFault::Malformed), "{bad}");
    }
    assert_eq!(verdict(&ring, &".".repeat(1_000_000)), Err(TokenFault::TooLong));
    assert_eq!(
        verdict(&ring, &".".repeat(MAX_TOKEN_LEN)),
        Err(TokenFault::Malformed)
    );
    assert_eq!(
        verdict(&ring, &"a".repeat(MAX_TOKEN_LEN + 1)),
        Err(TokenFault::TooLong)
    );
    let message = &token[..token.rfind('.').unwrap()];
    assert_eq!(
        verdict(&ring, &format!("{message}.")),
        Err(TokenFault::BadSignature)
    );
}

#[test]
fn a_token_seen_before_is_spared_its_signature_and_nothing_else() {
    let ring = ring();
    let issued = tokens(&ring, SigningAlg::ES256);
    let (ctx, clock) = ctx();
    for _ in 0..3 {
        assert!(access_token(&ring, &ctx, &issued.access_token).is_ok());
    }
    // Somebody else's signature under the same words is another token.
    let other = tokens(&ring, SigningAlg::ES256).access_token;
    let (words, _) = issued.access_token.rsplit_once('.').unwrap();
    let (_, signature) = other.rsplit_once('.').unwrap();
    let forged = format!("{words}.{signature}");
    assert_eq!(access_token(&ring, &ctx, &forged), Err(TokenFault::BadSignature));
    // An ID token whose signature is known is still no access token.
    let id_token = issued.id_token.unwrap();
    assert!(id_token_hint(&ring, &ctx, &id_token).is_ok());
    assert_eq!(access_token(&ring, &ctx, &id_token), Err(TokenFault::WrongType));
    clock.advance(Duration::from_secs(600));
    assert_eq!(
        access_token(&ring, &ctx, &issued.access_token),
        Err(TokenFault::Expired)
    );
}

#[test]
fn bent_tokens_break() {
    let ring = ring();
    let token = sign(&ring, &claims());
    assert!(verdict(&ring, &token).is_ok());
    for at in 0..token.len() {
        assert!(verdict(&ring, &token[..at]).is_err(), "cut at {at}");
        let mut bent = token.clone().into_bytes();
        bent[at] = if bent[at].is_ascii_lowercase() {
            bent[at].to_ascii_uppercase()
        } else {
            b'a'
        };
        if bent != token.as_bytes() {
            assert!(
                verdict(&ring, std::str::from_utf8(&bent).unwrap()).is_err(),
                "bent at {at}"
            );
        }
    }
    for odd in [
        format!("{token}="),
        format!("{token} "),
        format!(" {token}"),
        format!("{token}\n"),
        token.replace('_', "/"),
    ] {
        assert!(odd == token || verdict(&ring, &odd).is_err());
    }
    let signature = URL_SAFE_NO_PAD.decode(token.rsplit('.').next().unwrap()).unwrap();
    let padded = format!(
        "{}.{}",
        &token[..token.rfind('.').unwrap()],
        URL_SAFE.encode(signature)
    );
    assert_eq!(verdict(&ring, &padded), Err(TokenFault::Malformed));
}

#[test]
fn clients_learn_only_that_a_token_expired() {
    let expired = OAuthError::from(TokenFault::Expired);
    assert_eq!(
        (expired.code, expired.description.as_ref()),
        (ErrorCode::InvalidToken, "The access token has expired")
    );
    let forged = OAuthError::from(TokenFault::BadSignature);
    assert_eq!(forged, OAuthError::from(TokenFault::UnknownKey));
}
