//! Tokens signed with the provider's own key that do not say what its tokens say.

use serde_json::{Value, json};

use super::forge::{Forge, KINDS, Kind};
use crate::actors::Attacker;

#[test]
fn dates_that_are_no_numbers() {
    let forge = Forge::new();
    let odd = [
        "\"9999999999\"",
        "\"x\"",
        "null",
        "[]",
        "[9999999999]",
        "{}",
        "true",
        "1e400",
        "-1",
        "9999999999.5",
        "9223372036854775808",
        "18446744073709551616",
    ];
    for kind in KINDS {
        for name in ["exp", "iat", "nbf"] {
            for value in odd {
                let token = forge.with_raw_claim(kind, name, value);
                forge.assert_refused(&token, &format!("{name} {value}"));
            }
        }
        for name in ["exp", "iat"] {
            forge.assert_refused(&forge.with_claim(kind, name, None), name);
        }
        let mut twice = forge.claims(kind).to_string();
        twice.insert_str(1, "\"exp\":9999999999,");
        let twice = forge.signed(&forge.header(kind), &twice);
        forge.assert_refused(&twice, "exp twice");
    }
    forge.assert_unchanged();
}

#[test]
fn other_issuers_and_nobody_to_read_it() {
    let forge = Forge::new();
    let issuer = forge.provider.issuer.clone();
    let issuers: [Option<Value>; 6] = [
        None,
        Some(json!("https://evil.test")),
        Some(json!(format!("{issuer}/"))),
        Some(json!(issuer.replace("http:", "HTTP:"))),
        Some(json!([issuer])),
        Some(json!("")),
    ];
    let audiences = [
        None,
        Some(json!([])),
        Some(json!(null)),
        Some(json!({})),
        Some(json!([7])),
    ];
    for kind in KINDS {
        for iss in &issuers {
            let token = forge.with_claim(kind, "iss", iss.as_ref());
            forge.assert_refused(&token, "iss");
        }
        for aud in &audiences {
            let token = forge.with_claim(kind, "aud", aud.as_ref());
            forge.assert_refused(&token, "aud");
        }
    }
    // Nobody's API, and another client's application.
    for kind in KINDS {
        let token = forge.with_claim(kind, "aud", Some(&json!("https://other.test")));
        assert_eq!(Attacker(&forge.provider).userinfo(&token).status, 401);
        assert_eq!(forge.call_api(&token), 401);
    }
    let for_another = forge.with_claim(Kind::Id, "aud", Some(&json!("web2")));
    let several = forge.with_claim(Kind::Id, "aud", Some(&json!(["web", "web2"])));
    for token in [for_another, several] {
        assert!(forge.authorization_refuses(&token));
    }
    forge.assert_unchanged();
}

#[test]
fn one_kind_of_token_taken_for_another() {
    let forge = Forge::new();
    for (kind, typ) in [
        (Kind::Access, "JWT"),
        (Kind::Access, "logout+jwt"),
        (Kind::Access, "dpop+jwt"),
        (Kind::Id, "logout+jwt"),
        (Kind::Id, "oauth-authz-req+jwt"),
    ] {
        let token = forge.with_header(kind, &json!({ "typ": typ }));
        forge.assert_refused(&token, typ);
    }
    // With the typ of the other kind the claims still are not those of the other kind.
    let id_as_access = forge.with_header(Kind::Id, &json!({ "typ": "at+jwt" }));
    forge.assert_refused(&id_as_access, "an ID token dressed up");
    // Every kind at the doors of the other.
    assert_eq!(forge.call_api(forge.genuine(Kind::Id)), 401);
    forge.assert_no_hint(forge.genuine(Kind::Access), "an access token");
    forge.assert_unchanged();
}

#[test]
fn clocks_may_disagree_a_little() {
    let forge = Forge::new();
    let now = forge.claims(Kind::Access)["iat"].as_u64().unwrap();
    for name in ["iat", "nbf"] {
        for kind in KINDS {
            let late = forge.with_claim(kind, name, Some(&json!(now + 70)));
            forge.assert_refused(&late, name);
        }
        let early = forge.with_claim(Kind::Access, name, Some(&json!(now + 8)));
        forge.assert_believed(Kind::Access, &early);
    }
    // What is over is over; only the API, whose clock is its own, waits half a minute.
    let over = forge.with_claim(Kind::Access, "exp", Some(&json!(now - 31)));
    assert_eq!(Attacker(&forge.provider).userinfo(&over).status, 401);
    assert_eq!(forge.call_api(&over), 401);
    // A hint may be old.
    let old = forge.with_claim(Kind::Id, "exp", Some(&json!(now - 86_400)));
    forge.assert_believed(Kind::Id, &old);
}
