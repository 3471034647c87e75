//! What is said about a person, where, and for what.

use serde_json::{Value, json};

use crate::actors::browser::param;
use crate::actors::{Attacker, Browser};
use crate::apis::{self, part};
use crate::rig::Provider;

/// A provider where more is known about alice, and where `web` may ask for `hr`, a scope of the operator's.
fn provider() -> Provider {
    let provider = apis::provider();
    apis::define_scope(&provider, "hr", &[("team", "team"), ("desk", "desk")]);
    provider.administer(|ports, _| {
        let mut alice = ports.user_by_login(&identity::LoginKey::of("alice"))?.unwrap();
        alice.profile.phone_number = Some("+33 1 23".into());
        alice.profile.address = serde_json::from_value(json!({ "locality": "Paris" })).unwrap();
        alice.roles = vec!["editor".into()];
        alice.attributes = json!({ "team": ["red", "blue"] }).as_object().unwrap().clone();
        ports.update_user(&alice)?;
        Ok(())
    });
    apis::change(&provider, "web", |web| {
        let all = "openid profile email address phone groups roles hr offline_access";
        web.metadata.scope = Some(all.to_owned());
        web.metadata.id_token_claims = vec!["roles".into(), "hr".into(), "email".into()];
    });
    provider
}

/// Without what the protocol says.
fn about(mut claims: Value) -> Value {
    let members = claims.as_object_mut().unwrap();
    members.retain(|name, _| !token::claims::PROTOCOL.contains(&name.as_str()));
    claims
}

#[test]
fn every_scope_has_its_claims_at_userinfo() {
    let provider = provider();
    let attacker = Attacker(&provider);
    let all = apis::tokens(
        &provider,
        "web",
        "openid profile email address phone groups roles hr",
        &[],
    );
    let told = attacker.userinfo(all.granted()).json;
    assert_eq!(told["preferred_username"], "alice");
    assert!(told["updated_at"].is_i64());
    assert_eq!(
        (&told["email"], &told["email_verified"]),
        (&json!("alice@example.org"), &json!(true))
    );
    assert_eq!(
        (&told["phone_number"], &told["phone_number_verified"]),
        (&json!("+33 1 23"), &json!(false))
    );
    assert_eq!(told["address"], json!({ "locality": "Paris" }));
    assert_eq!(
        (&told["groups"], &told["roles"]),
        (&json!([]), &json!(["editor"]))
    );
    assert_eq!(told["team"], json!(["red", "blue"]));
    assert!(told.get("desk").is_none(), "nobody knows it");
    let bare = apis::tokens(&provider, "web", "openid", &[]);
    let told = attacker.userinfo(bare.granted()).json;
    assert_eq!(about(told), json!({}));
}

#[test]
fn an_id_token_says_what_the_client_registered_for_and_was_granted() {
    let provider = provider();
    let granted = apis::tokens(&provider, "web", "openid profile roles hr offline_access", &[]);
    let expected = json!({ "roles": ["editor"], "team": ["red", "blue"] });
    assert_eq!(about(part(granted.text("id_token"), 1)), expected);
    let next = Attacker(&provider).refresh("web", granted.text("refresh_token"));
    assert_eq!(about(part(next.text("id_token"), 1)), expected);
    let bare = apis::tokens(&provider, "web", "openid profile", &[]);
    assert_eq!(about(part(bare.text("id_token"), 1)), json!({}));
}

#[test]
fn a_wish_nested_beyond_sense_is_refused_at_once() {
    let provider = provider();
    let value = format!("{}1{}", "[".repeat(120), "]".repeat(120));
    let wish = format!("{{\"userinfo\":{{\"email\":{{\"value\":{value}}}}}}}");
    let url = Attacker(&provider).authorize_url("web", &[("claims", Some(&wish))]);
    let landed = Browser::new(&provider).open(&url).app();
    assert_eq!(param(&landed, "error").as_deref(), Some("invalid_request"));
}

#[test]
fn single_claims_are_asked_for_by_name() {
    let provider = provider();
    let attacker = Attacker(&provider);
    let wish = json!({
        "id_token": { "email": { "essential": true }, "auth_time": null },
        "userinfo": { "name": null, "phone_number": null, "desk": null },
    })
    .to_string();
    let asked = [("scope", Some("openid")), ("claims", Some(wish.as_str()))];
    let answer = attacker.redeem("web", &attacker.code("web", &asked));
    assert_eq!(
        about(part(answer.text("id_token"), 1)),
        json!({ "email": "alice@example.org" })
    );
    assert_eq!(
        about(attacker.userinfo(answer.granted()).json),
        json!({ "name": "alice Example", "phone_number": "+33 1 23" })
    );
}
