//! Clients that speak for themselves (RFC 6749 4.4).

use serde_json::json;

use crate::actors::Attacker;
use crate::actors::attacker::Answer;
use crate::apis::{self, MAPS, NOTES, part};
use crate::rig::Provider;

fn ask(provider: &Provider, form: &[(&str, &str)]) -> Answer {
    let all = [&[("grant_type", "client_credentials")], form].concat();
    Attacker(provider).token("svc", &all)
}

#[test]
fn a_service_gets_a_token_of_its_own() {
    let provider = apis::provider();
    let answer = ask(&provider, &[]);
    let claims = part(answer.granted(), 1);
    assert_eq!(
        (&claims["sub"], &claims["client_id"]),
        (&json!("svc"), &json!("svc"))
    );
    assert_eq!(claims["aud"], json!([MAPS, NOTES]));
    assert_eq!(answer.text("scope"), "notes.read maps.read");
    for absent in ["sid", "grant", "auth_time", "acr", "nonce"] {
        assert!(claims.get(absent).is_none(), "{absent}");
    }
    for absent in ["refresh_token", "id_token"] {
        assert!(answer.json.get(absent).is_none(), "{absent}");
    }
}

#[test]
fn it_asks_for_what_it_was_given_and_nothing_else() {
    let provider = apis::provider();
    let notes = ask(&provider, &[("scope", "notes.read")]);
    assert_eq!(part(notes.granted(), 1)["aud"], NOTES);
    for wrong in [
        "notes.write",
        "openid",
        "profile",
        "offline_access",
        "nonsense",
        "notes.read openid",
        "\u{7f}",
    ] {
        ask(&provider, &[("scope", wrong)]).refused("invalid_scope");
    }
    for wrong in ["https://other.test", "nonsense"] {
        ask(&provider, &[("resource", wrong)]).refused("invalid_target");
    }
    let twice = [("scope", "notes.read"), ("scope", "notes.read")];
    ask(&provider, &twice).refused("invalid_request");
}

#[test]
fn its_token_opens_no_door_for_people() {
    let provider = apis::provider();
    let attacker = Attacker(&provider);
    let elsewhere = ask(&provider, &[]);
    assert_eq!(attacker.userinfo(elsewhere.granted()).status, 401);
    let issuer = provider.issuer.clone();
    let here = ask(&provider, &[("resource", &issuer)]);
    assert!(here.json.get("scope").is_none(), "nothing was granted: {here:?}");
    let answer = attacker.userinfo(here.granted());
    assert_eq!((answer.status, answer.text("error")), (403, "insufficient_scope"));
}

#[test]
fn only_a_client_that_registered_for_it_and_is_enabled_may() {
    let provider = apis::provider();
    let attacker = Attacker(&provider);
    let form = [("grant_type", "client_credentials")];
    attacker.token("web", &form).refused("unauthorized_client");
    let public = [form[0], ("client_id", "spa")];
    apis::change(&provider, "spa", |spa| {
        spa.metadata.grant_types.push("client_credentials".into())
    });
    attacker.token_with(None, &public).refused("unauthorized_client");
    let own = ask(&provider, &[]);
    apis::change(&provider, "svc", |svc| svc.enabled = false);
    apis::eventually(|| ask(&provider, &[]).status == 401);
    ask(&provider, &[]).refused("invalid_client");
    let told = attacker.introspect("notes", own.granted());
    assert_eq!(told.json, json!({ "active": false }));
}

#[test]
fn it_asks_storage_for_nothing_once_it_is_known() {
    let provider = apis::provider();
    let work = provider.least_work(|| drop(ask(&provider, &[("scope", "notes.read")])));
    assert_eq!(work, (0, 0));
}
