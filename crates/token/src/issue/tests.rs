use std::time::{Duration, UNIX_EPOCH};

use kernel::id::{GrantId, Sid, TokenId, UserId};
use kernel::{SystemEntropy, Timestamp};
use openidconnect::core::{CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKeySet};
use openidconnect::{AccessToken, AccessTokenHash, ClientId, IssuerUrl, Nonce};
use protocol::Scope;
use serde_json::{Value, json};
use session::Authentication;
use session::authentication::Amr;

use super::*;
use crate::keys::testing::{NOW, ctx, ring};

fn plan(alg: SigningAlg) -> IssuePlan {
    let authentication = Authentication {
        at: Timestamp::from_secs(1_762_999_000),
        methods: vec![Amr::Pwd],
    };
    let sid = Sid::generate(&SystemEntropy);
    IssuePlan {
        subject: UserId::generate(&SystemEntropy).to_string(),
        client_id: "web".into(),
        access_token_alg: alg,
        access_ttl: Duration::from_secs(300),
        id_token: Some(IdTokenPlan {
            alg,
            nonce: Some("n \"1".into()),
            sid,
            authentication: authentication.clone(),
            person: serde_json::Map::new(),
        }),
        scope: Scope::parse("openid email").unwrap(),
        audience: vec!["https://id.example.com".into()],
        userinfo_claims: Vec::new(),
        authentication: Some(authentication),
        sid: Some(sid),
        grant: Some(GrantId::generate(&SystemEntropy, NOW)),
        issued_at: NOW,
        token_id: TokenId::generate(&SystemEntropy, NOW),
    }
}

fn part(token: &str, at: usize) -> Value {
    let segment = token.split('.').nth(at).unwrap();
    serde_json::from_slice(&kernel::digest::from_base64url(segment).unwrap()).unwrap()
}

#[test]
fn an_independent_client_verifies_id_tokens_from_the_served_keys() {
    let ((ctx, _), ring) = (ctx(), ring());
    for alg in SigningAlg::ALL {
        let issued = issue(&plan(alg), &ring, &ctx).unwrap();
        let keys: CoreJsonWebKeySet = serde_json::from_str(&ring.jwks().json).unwrap();
        let issuer = IssuerUrl::new("https://id.example.com".into()).unwrap();
        let verifier = CoreIdTokenVerifier::new_public_client(ClientId::new("web".into()), issuer, keys)
            .set_allowed_algs([crate::keys::openid_alg(alg)])
            .set_time_fn(|| (UNIX_EPOCH + Duration::from_secs(1_763_000_001)).into());
        let token: CoreIdToken = issued.id_token.unwrap().parse().unwrap();
        let claims = token.claims(&verifier, &Nonce::new("n \"1".into())).unwrap();
        let key = token.signing_key(&verifier).unwrap();
        let at_hash = AccessTokenHash::from_token(
            &AccessToken::new(issued.access_token),
            token.signing_alg().unwrap(),
            key,
        );
        assert_eq!(claims.access_token_hash(), Some(&at_hash.unwrap()), "{alg}");
    }
}

#[test]
fn id_tokens_say_exactly_what_they_must() {
    let ((ctx, _), ring) = (ctx(), ring());
    let plan = plan(SigningAlg::ES256);
    let token = issue(&plan, &ring, &ctx).unwrap().id_token.unwrap();
    let kid = ring.signer(SigningAlg::ES256).unwrap().kid();
    assert_eq!(part(&token, 0), json!({ "alg": "ES256", "kid": kid }));
    let mut claims = part(&token, 1);
    // Half of SHA-256, base64url (OpenID Connect Core 3.1.3.6).
    assert_eq!(claims["at_hash"].take().as_str().unwrap().len(), 22);
    claims.as_object_mut().unwrap().remove("at_hash");
    assert_eq!(
        claims,
        json!({
            "iss": "https://id.example.com", "sub": plan.subject, "aud": ["web"], "nonce": "n \"1",
            "iat": 1_763_000_000, "exp": 1_763_000_600, "auth_time": 1_762_999_000,
            "acr": "1", "amr": ["pwd"], "sid": plan.sid.unwrap().to_string(),
        })
    );
}

#[test]
fn claims_about_the_person_stand_beside_those_of_the_protocol() {
    let ((ctx, _), ring) = (ctx(), ring());
    let mut plan = plan(SigningAlg::ES256);
    plan.userinfo_claims = vec!["email".into()];
    let person =
        json!({ "name": "Alice", "email_verified": true, "address": { "locality": "Paris" }, "team": [1] });
    plan.id_token.as_mut().unwrap().person = person.as_object().unwrap().clone();
    let issued = issue(&plan, &ring, &ctx).unwrap();
    let claims = part(&issued.id_token.unwrap(), 1);
    for (name, value) in person.as_object().unwrap() {
        assert_eq!(claims[name], *value, "{name}");
    }
    assert_eq!(claims["sub"], plan.subject.as_str());
    assert_eq!(part(&issued.access_token, 1)["userinfo_claims"], json!(["email"]));
}

#[test]
fn a_resource_server_verifies_access_tokens_from_the_served_keys() {
    let ((ctx, _), ring) = (ctx(), ring());
    let set: jsonwebtoken::jwk::JwkSet = serde_json::from_str(&ring.jwks().json).unwrap();
    for alg in SigningAlg::ALL {
        let plan = plan(alg);
        let token = issue(&plan, &ring, &ctx).unwrap().access_token;
        let header = jsonwebtoken::decode_header(&token).unwrap();
        assert_eq!(header.typ.as_deref(), Some("at+jwt"));
        let jwk = set.find(&header.kid.unwrap()).unwrap();
        let key = jsonwebtoken::DecodingKey::from_jwk(jwk).unwrap();
        let mut validation = jsonwebtoken::Validation::new(alg.as_str().parse().unwrap());
        validation.set_audience(&["https://id.example.com"]);
        validation.set_issuer(&["https://id.example.com"]);
        validation.validate_exp = false;
        let claims = jsonwebtoken::decode::<Value>(&token, &key, &validation)
            .unwrap()
            .claims;
        assert_eq!(
            claims,
            json!({
                "iss": "https://id.example.com", "sub": plan.subject, "aud": "https://id.example.com",
                "client_id": "web", "iat": 1_763_000_000, "exp": 1_763_000_300, "jti": plan.token_id.to_string(),
                "scope": "openid email", "auth_time": 1_762_999_000, "acr": "1",
                "sid": plan.sid.unwrap().to_string(), "grant": plan.grant.unwrap().to_string(),
            })
        );
    }
}

#[test]
fn what_there_is_not_leaves_no_claim() {
    let ((ctx, _), ring) = (ctx(), ring());
    let bare = IssuePlan {
        id_token: None,
        scope: Scope::default(),
        audience: vec!["https://a.example".into(), "https://b.example".into()],
        authentication: None,
        sid: None,
        grant: None,
        ..plan(SigningAlg::ES256)
    };
    let issued = issue(&bare, &ring, &ctx).unwrap();
    assert_eq!((issued.expires_in, &issued.id_token), (300, &None));
    let claims = part(&issued.access_token, 1);
    assert_eq!(claims["aud"], json!(["https://a.example", "https://b.example"]));
    let mut names: Vec<_> = claims.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["aud", "client_id", "exp", "iat", "iss", "jti", "sub"]);
}

#[test]
fn signatures_have_the_registered_lengths() {
    let ((ctx, _), ring) = (ctx(), ring());
    // RFC 7518 3.3 and 3.4, RFC 8032 5.1.6; base64url of 256 and 64 bytes.
    for (alg, length) in [
        (SigningAlg::RS256, 342),
        (SigningAlg::PS256, 342),
        (SigningAlg::ES256, 86),
        (SigningAlg::ES384, 128),
        (SigningAlg::EdDSA, 86),
    ] {
        let issued = issue(&plan(alg), &ring, &ctx).unwrap();
        for token in [issued.access_token, issued.id_token.unwrap()] {
            assert_eq!(token.rsplit('.').next().unwrap().len(), length, "{alg}");
        }
    }
}

#[test]
fn nothing_is_issued_without_audience_or_key() {
    let ((ctx, _), ring) = (ctx(), ring());
    let nobody = IssuePlan {
        audience: Vec::new(),
        ..plan(SigningAlg::ES256)
    };
    assert!(matches!(issue(&nobody, &ring, &ctx), Err(IssueFault::NoAudience)));
    let empty = KeyRing::load(&[], &crate::keys::testing::master()).unwrap();
    assert!(matches!(
        issue(&plan(SigningAlg::ES256), &empty, &ctx),
        Err(IssueFault::NoKey(SigningAlg::ES256))
    ));
}

#[test]
fn issued_tokens_print_blank() {
    let issued = issue(&plan(SigningAlg::EdDSA), &ring(), &ctx().0).unwrap();
    assert!(!format!("{issued:?}").contains(&issued.access_token));
}

#[test]
fn odd_times_do_not_break_the_calendar() {
    let ((ctx, _), ring) = (ctx(), ring());
    for millis in [i64::MIN, -1, i64::MAX] {
        let mut plan = plan(SigningAlg::EdDSA);
        plan.issued_at = Timestamp::from_millis(millis);
        plan.id_token.as_mut().unwrap().authentication.at = Timestamp::from_millis(millis);
        assert!(issue(&plan, &ring, &ctx).is_ok());
    }
}
