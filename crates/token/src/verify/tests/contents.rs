//! Attacks on what tokens say: numbers, missing claims, other issuers, time, and the states of keys.

use super::*;

#[test]
fn numbers_are_numbers() {
    let ring = ring();
    let kid = signer(&ring).kid();
    let header = format!(r#"{{"typ":"at+jwt","kid":"{kid}","alg":"ES256"}}"#);
    let odd = [
        r#""9999999999""#,
        r#""x""#,
        "null",
        "[]",
        "[1763000000]",
        "{}",
        "true",
        "1e400",
        "-1",
        "1763000000.5",
        "1.7e9",
        "9223372036854775808",
        "9223372036854775807",
        "18446744073709551616",
    ];
    for name in ["exp", "iat", "nbf"] {
        for value in odd {
            let mut claims = claims();
            claims.as_object_mut().unwrap().remove(name);
            let rest = claims.to_string();
            let payload = format!(r#"{{"{name}":{value},{}"#, &rest[1..]);
            let token = sign_raw(&ring, &header, &payload);
            assert!(
                matches!(verdict(&ring, &token), Err(TokenFault::BadClaims)),
                "{name}: {value}"
            );
        }
    }
    let twice = format!(r#"{{"exp":9999999999,{}"#, &claims().to_string()[1..]);
    assert_eq!(
        verdict(&ring, &sign_raw(&ring, &header, &twice)),
        Err(TokenFault::BadClaims)
    );
}

#[test]
fn claims_are_there_and_of_their_types() {
    let ring = ring();
    for name in ["iss", "sub", "aud", "client_id", "exp", "iat", "jti"] {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(name);
        assert_eq!(
            verdict(&ring, &sign(&ring, &claims)),
            Err(TokenFault::BadClaims),
            "{name}"
        );
        assert!(
            verdict(&ring, &sign(&ring, &with(name, Value::Null))).is_err(),
            "{name}"
        );
    }
    for name in ["scope", "grant", "sid", "jti"] {
        for value in [json!(null), json!(7), json!(["openid"]), json!("\"")] {
            assert_eq!(
                verdict(&ring, &sign(&ring, &with(name, value))),
                Err(TokenFault::BadClaims),
                "{name}"
            );
        }
    }
    for aud in [json!([]), json!([7]), json!({}), json!(1)] {
        assert_eq!(
            verdict(&ring, &sign(&ring, &with("aud", aud))),
            Err(TokenFault::BadClaims)
        );
    }
}

#[test]
fn other_issuers_are_not_us() {
    let ring = ring();
    for iss in [
        "https://id.example.com/",
        "https://ID.example.com",
        "http://id.example.com",
        "https://evil.test",
        "",
    ] {
        let token = sign(&ring, &with("iss", json!(iss)));
        assert_eq!(verdict(&ring, &token), Err(TokenFault::WrongIssuer), "{iss}");
    }
    let several = sign(&ring, &with("iss", json!(["https://id.example.com"])));
    assert_eq!(verdict(&ring, &several), Err(TokenFault::BadClaims));
}

#[test]
fn time_is_judged_by_our_clock() {
    let ring = ring();
    for name in ["iat", "nbf"] {
        assert!(
            verdict(&ring, &sign(&ring, &with(name, json!(1_763_000_008)))).is_ok(),
            "{name}"
        );
        let late = sign(&ring, &with(name, json!(1_763_000_061)));
        assert_eq!(verdict(&ring, &late), Err(TokenFault::NotYetValid), "{name}");
    }
    let (ctx, clock) = ctx();
    let token = sign(&ring, &claims());
    clock.advance(Duration::from_millis(599_999));
    assert!(access_token(&ring, &ctx, &token).is_ok());
    clock.advance(Duration::from_millis(1));
    assert_eq!(access_token(&ring, &ctx, &token), Err(TokenFault::Expired));
}

#[test]
fn hints_may_be_old_but_only_ours_and_for_one_client() {
    let ring = ring();
    let (ctx, clock) = ctx();
    let issued = tokens(&ring, SigningAlg::RS256);
    clock.advance(Duration::from_secs(400 * 86_400));
    assert!(id_token_hint(&ring, &ctx, &issued.id_token.unwrap()).is_ok());
    let hint = |claims: &Value| id_token_hint(&ring, &ctx, &signer(&ring).sign_jws("JWT", claims).unwrap());
    assert_eq!(
        hint(&with("iss", json!("https://evil.test"))),
        Err(TokenFault::WrongIssuer)
    );
    assert_eq!(
        hint(&with("aud", json!(["web", "other"]))),
        Err(TokenFault::BadClaims)
    );
    assert_eq!(hint(&with("sub", json!("alice"))), Err(TokenFault::BadClaims));
    assert_eq!(
        hint(&with("exp", json!("1763000000"))),
        Err(TokenFault::BadClaims)
    );
    assert_eq!(hint(&with("sid", json!(null))), Err(TokenFault::BadClaims));
}

#[test]
fn retired_keys_prove_hints_and_revoked_ones_nothing() {
    let issued = tokens(&ring(), SigningAlg::ES256);
    let id_token = issued.id_token.unwrap();
    let after = |state: KeyState| {
        let mut rows = database().keys;
        rows.retain(|row| row.state == KeyState::Active);
        for row in &mut rows {
            row.state = state;
        }
        let ring = KeyRing::load(&rows, &master()).unwrap();
        (
            verdict(&ring, &issued.access_token).err(),
            id_token_hint(&ring, &ctx().0, &id_token).err(),
        )
    };
    assert_eq!(after(KeyState::Retiring), (None, None));
    assert_eq!(after(KeyState::Retired), (Some(TokenFault::UnknownKey), None));
    assert_eq!(
        after(KeyState::Revoked),
        (Some(TokenFault::UnknownKey), Some(TokenFault::UnknownKey))
    );
}
