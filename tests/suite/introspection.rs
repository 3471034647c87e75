//! Introspection (RFC 7662): whom a token concerns hears what it says, everybody else that it is not active.

use serde_json::{Value, json};

use crate::actors::Attacker;
use crate::actors::attacker::{Answer, basic};
use crate::actors::browser::{Browser, http, param};
use crate::apis::{self, MAPS, NOTES, part};
use crate::cast::SECRET;
use crate::rig::Provider;

fn tokens(provider: &Provider) -> Answer {
    apis::tokens(provider, "web", "openid notes.read offline_access", &[NOTES])
}

/// What `caller` is told; always an answer that may not be kept.
#[track_caller]
fn told(provider: &Provider, caller: &str, token: &str) -> Value {
    let answer = Attacker(provider).introspect(caller, token);
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(answer.headers["content-type"], "application/json");
    answer.json
}

fn nothing() -> Value {
    json!({ "active": false })
}

#[test]
fn a_token_says_everything_to_its_client_and_to_the_api_it_is_for() {
    let provider = apis::provider();
    let own = tokens(&provider);
    let claims = part(own.granted(), 1);
    let expected = json!({
        "active": true, "token_type": "Bearer", "username": "alice", "client_id": "web", "scope": "openid notes.read offline_access",
        "sub": claims["sub"], "aud": [NOTES, provider.issuer], "iss": provider.issuer, "jti": claims["jti"],
        "iat": claims["iat"], "exp": claims["exp"], "auth_time": claims["auth_time"], "acr": "1", "sid": claims["sid"],
    });
    assert_eq!(told(&provider, "web", own.granted()), expected);
    assert_eq!(told(&provider, "notes", own.granted()), expected);
}

#[test]
fn others_hear_nothing() {
    let provider = apis::provider();
    let own = tokens(&provider);
    assert_eq!(told(&provider, "web2", own.granted()), nothing());
    let maps = apis::tokens(&provider, "web", "openid maps.read", &[MAPS]);
    assert_eq!(told(&provider, "notes", maps.granted()), nothing());
    for caller in ["notes", "web2"] {
        assert_eq!(
            told(&provider, caller, own.text("refresh_token")),
            nothing(),
            "{caller}"
        );
    }
}

#[test]
fn a_clients_own_token_has_no_person() {
    let provider = apis::provider();
    let answer = Attacker(&provider).token("svc", &[("grant_type", "client_credentials")]);
    let told = told(&provider, "notes", answer.granted());
    assert_eq!((&told["active"], &told["sub"]), (&json!(true), &json!("svc")));
    for absent in ["username", "sid", "auth_time", "acr"] {
        assert!(told.get(absent).is_none(), "{absent}");
    }
}

#[test]
fn only_those_who_prove_themselves_may_ask() {
    let provider = apis::provider();
    let attacker = Attacker(&provider);
    let own = tokens(&provider);
    let token = ("token", own.granted());
    attacker
        .post("/introspect", None, &[token])
        .refused("invalid_client");
    for client_id in ["spa", "web", "nobody"] {
        let bare = [("client_id", client_id), token];
        attacker
            .post("/introspect", None, &bare)
            .refused("invalid_client");
    }
    attacker
        .post("/introspect", Some(&basic("notes", "wrong")), &[token])
        .refused("invalid_client");
    let bearer = format!("Bearer {}", own.granted());
    attacker
        .post("/introspect", Some(&bearer), &[token])
        .refused("invalid_client");
    let auth = basic("notes", SECRET);
    attacker
        .post("/introspect", Some(&auth), &[])
        .refused("invalid_request");
    attacker
        .post("/introspect", Some(&auth), &[token, token])
        .refused("invalid_request");
    let read = http().get(provider.url("/introspect")).send().unwrap();
    assert_eq!(read.status().as_u16(), 405);
}

#[test]
fn what_is_no_token_is_not_active() {
    let provider = apis::provider();
    let own = tokens(&provider);
    let (access, refresh) = (own.granted(), own.text("refresh_token"));
    let bent = |token: &str| {
        [
            token[..token.len() - 1].to_owned(),
            token[1..].to_owned(),
            format!("{token}A"),
            format!("{token}="),
            token.to_uppercase(),
            format!(" {token}"),
            token.replacen(|c: char| c.is_ascii_lowercase(), "%", 1),
        ]
    };
    let others = [
        "nonsense".to_owned(),
        "..".to_owned(),
        own.text("id_token").to_owned(),
    ];
    for token in bent(access).into_iter().chain(bent(refresh)).chain(others) {
        assert_eq!(told(&provider, "web", &token), nothing(), "{token}");
    }
    provider.wait(600);
    assert_eq!(told(&provider, "web", access), nothing(), "expired");
}

#[test]
fn a_refresh_token_is_its_clients_affair_until_it_is_spent() {
    let provider = apis::provider();
    let attacker = Attacker(&provider);
    let first = tokens(&provider);
    let told_of = |answer: &Answer| told(&provider, "web", answer.text("refresh_token"));
    let about = told_of(&first);
    assert_eq!(
        (&about["active"], &about["username"]),
        (&json!(true), &json!("alice"))
    );
    assert!(
        about.get("token_type").is_none(),
        "that would say it is an access token"
    );
    let second = attacker.refresh("web", first.text("refresh_token"));
    assert_eq!(told_of(&first), nothing());
    assert_eq!(told_of(&second)["active"], true);
    provider.wait(30 * 86_400);
    assert_eq!(told_of(&second), nothing(), "idle for too long");
}

#[test]
fn whatever_ends_a_token_is_known_at_once() {
    let provider = apis::provider();
    let attacker = Attacker(&provider);

    let mut browser = Browser::new(&provider);
    let url = attacker.authorize_url("web", &[("scope", Some("openid offline_access"))]);
    let code = param(&browser.sign_in(&url, "alice"), "code").unwrap();
    let of_session = attacker.redeem("web", &code);
    let asked = browser.open(&provider.url("/logout")).page();
    assert_eq!(told(&provider, "web", of_session.granted())["active"], true);
    browser.submit(&asked, &[]).page();
    assert_eq!(
        told(&provider, "web", of_session.granted()),
        nothing(),
        "signed out"
    );
    provider.wait(1);
    let offline = attacker.refresh("web", of_session.text("refresh_token"));
    assert_eq!(
        told(&provider, "web", offline.granted())["active"],
        true,
        "offline access goes on"
    );

    let code = attacker.code("web", &[]);
    let of_code = attacker.redeem("web", &code);
    attacker.redeem("web", &code).refused("invalid_grant");
    assert_eq!(
        told(&provider, "web", of_code.granted()),
        nothing(),
        "the code was used twice"
    );

    provider.administer(|ports, ctx| {
        admin::users::lock(ports, ctx, &admin::Actor::named("suite"), "alice").map(drop)
    });
    for name in ["access_token", "refresh_token"] {
        assert_eq!(told(&provider, "web", offline.text(name)), nothing(), "locked");
    }
}

#[test]
fn it_asks_storage_for_nothing_once_everybody_is_known() {
    let provider = apis::provider();
    let own = tokens(&provider);
    let work = provider.least_work(|| assert_eq!(told(&provider, "notes", own.granted())["active"], true));
    assert_eq!(work, (0, 0));
    let attacker = Attacker(&provider);
    let work = provider.least_work(|| assert_eq!(attacker.userinfo(own.granted()).status, 200));
    assert_eq!(work, (0, 0));
}

#[test]
fn storage_that_is_away_makes_nobody_inactive() {
    let provider = apis::provider();
    let attacker = Attacker(&provider);
    let own = tokens(&provider);
    provider.storage.take_away();
    for token in [own.text("refresh_token"), own.granted()] {
        // The person of the access token was never asked for before.
        let answer = attacker.introspect("web", token);
        assert_eq!(
            (answer.status, answer.text("error")),
            (503, "temporarily_unavailable")
        );
    }
    let answer = attacker.userinfo(own.granted());
    assert_eq!(
        (answer.status, answer.text("error")),
        (503, "temporarily_unavailable")
    );
    provider.storage.bring_back();
    assert_eq!(told(&provider, "web", own.granted())["active"], true);
}
