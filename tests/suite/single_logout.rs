//! Signing out of one app ends the others: OpenID Connect Back-Channel Logout 1.0, and what a sign-out takes back.

use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{DecodingKey, Validation};
use serde_json::{Value, json};

use crate::actors::browser::{encode, http};
use crate::actors::logout_listener::{LogoutListener, Reply};
use crate::actors::{Attacker, Browser, Landing, RelyingParty, Tokens};
use crate::cast::CALLBACK;
use crate::rig::Provider;

/// Lets clients hear of sign-outs at the listener.
fn tell(provider: &Provider, clients: &[&str], listener: &LogoutListener) {
    for client_id in clients {
        let (client_id, uri) = ((*client_id).to_owned(), listener.uri());
        provider.administer(move |ports, _| {
            let mut client = ports.client(&client_id)?.unwrap();
            client.metadata.backchannel_logout_uri = Some(uri);
            ports.update_client(&client)?;
            Ok(())
        });
    }
}

fn segment(token: &str, index: usize) -> Value {
    let encoded = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(encoded).unwrap()).unwrap()
}

fn sid(tokens: &Tokens) -> Value {
    segment(&tokens.id_token, 1)["sid"].clone()
}

/// The claims of a logout token, verified by a library of somebody else's with the published keys.
#[track_caller]
fn verified(provider: &Provider, token: &str) -> Value {
    let keys: JwkSet =
        serde_json::from_str(&http().get(provider.url("/jwks")).send().unwrap().text().unwrap()).unwrap();
    let header = jsonwebtoken::decode_header(token).unwrap();
    assert_eq!(header.typ.as_deref(), Some("logout+jwt"));
    let key = DecodingKey::from_jwk(keys.find(header.kid.as_deref().unwrap()).unwrap()).unwrap();
    let mut rules = Validation::new(header.alg);
    // The story's clock is its own.
    rules.validate_exp = false;
    rules.validate_aud = false;
    rules.set_issuer(&[&provider.issuer]);
    let claims = jsonwebtoken::decode::<Value>(token, &key, &rules).unwrap().claims;
    assert_eq!(
        claims["events"],
        json!({ "http://schemas.openid.net/event/backchannel-logout": {} })
    );
    let life = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert!((1..=120).contains(&life), "{life}");
    assert!(claims.get("nonce").is_none());
    claims
}

fn sign_out(provider: &Provider, browser: &mut Browser, hint: &str) -> Landing {
    let query = encode(&[("id_token_hint", hint)]);
    browser.open(&provider.url(&format!("/logout?{query}")))
}

fn is_signed_in(provider: &Provider, browser: &mut Browser, username: &str) -> bool {
    let page = browser.open(&provider.url("/account")).page();
    page.body.contains(username)
}

#[test]
fn every_app_of_the_session_hears_of_its_end_and_nobody_else() {
    let provider = Provider::start();
    let listener = LogoutListener::start();
    tell(&provider, &["web", "web2", "post"], &listener);
    let _notifier = provider.notifier();
    let mut alice = Browser::new(&provider);
    let tokens = RelyingParty::new(&provider, "web").sign_in(&mut alice, "alice", "");
    let second = RelyingParty::new(&provider, "web2");
    let departure = second.depart("", &[]);
    let landed = alice.open(&departure.url).app();
    let other = second.finish(departure, &landed);
    assert_eq!(sid(&tokens), sid(&other));
    let mut bob = Browser::new(&provider);
    RelyingParty::new(&provider, "web").sign_in(&mut bob, "bob", "");

    sign_out(&provider, &mut alice, &tokens.id_token);
    let mut told: Vec<String> = [listener.token(), listener.token()]
        .iter()
        .map(|token| {
            let claims = verified(&provider, token);
            assert_eq!(claims["sid"], sid(&tokens));
            assert_eq!(claims["sub"], json!(tokens.subject));
            claims["aud"].as_str().unwrap().to_owned()
        })
        .collect();
    told.sort();
    assert_eq!(told, ["web", "web2"]);

    // Bob's session at the same app is another session: its end is heard on its own, and as the next thing.
    let page = bob.open(&provider.url("/logout")).page();
    bob.submit(&page, &[]);
    let claims = verified(&provider, &listener.token());
    assert_ne!(claims["sid"], sid(&tokens));
    assert_eq!(listener.more(), 0);
}

#[test]
fn an_app_that_was_away_is_told_again_with_the_same_jti() {
    let provider = Provider::start();
    let listener = LogoutListener::start();
    tell(&provider, &["web"], &listener);
    let canary = LogoutListener::start();
    let _notifier = provider.notifier();
    let mut browser = Browser::new(&provider);
    let tokens = RelyingParty::new(&provider, "web").sign_in(&mut browser, "alice", "");
    listener.reply(Reply::Status(500, String::new()));
    sign_out(&provider, &mut browser, &tokens.id_token);
    let first = verified(&provider, &listener.token());
    // A redirect is no answer, and is not followed.
    listener.reply(Reply::Status(302, format!("location: {}\r\n", canary.uri())));
    let second = verified(&provider, &listener.patiently(&provider));
    listener.reply(Reply::Status(200, String::new()));
    let third = verified(&provider, &listener.patiently(&provider));
    assert_eq!(first["jti"], second["jti"]);
    assert_eq!(first["jti"], third["jti"]);
    assert!(third["iat"].as_i64() > first["iat"].as_i64());
    assert_eq!(canary.more(), 0);
}

#[test]
fn nobody_waits_for_an_app_that_says_nothing() {
    let provider = Provider::start();
    let listener = LogoutListener::start();
    tell(&provider, &["web"], &listener);
    listener.reply(Reply::Silence);
    let _notifier = provider.notifier();
    let mut browser = Browser::new(&provider);
    let tokens = RelyingParty::new(&provider, "web").sign_in(&mut browser, "alice", "");
    let page = sign_out(&provider, &mut browser, &tokens.id_token).page();
    assert!(page.title().starts_with("Signed out"));
    assert!(!is_signed_in(&provider, &mut browser, "alice"));
    // The app has its notice, keeps the connection open, and has still not answered.
    listener.token();
    assert_eq!(listener.more(), 0);
}

#[test]
fn what_was_issued_in_the_session_is_refused_and_offline_access_goes_on_where_it_may() {
    let provider = Provider::start();
    let mut browser = Browser::new(&provider);
    let web = RelyingParty::new(&provider, "web");
    let tokens = web.sign_in(&mut browser, "alice", "offline_access");
    let spa = RelyingParty::public(&provider, "spa", CALLBACK);
    let departure = spa.depart("offline_access", &[]);
    let landed = browser.open(&departure.url).app();
    let public = spa.finish(departure, &landed);
    provider.wait(1);
    sign_out(&provider, &mut browser, &tokens.id_token);
    provider.wait(1);
    for access in [&tokens.access, &public.access] {
        assert_eq!(Attacker(&provider).userinfo(access).status, 401);
    }
    // A confidential client's offline access was given for when the person is away.
    let next = web.refresh(tokens.refresh.as_deref().unwrap()).unwrap();
    assert_eq!(web.userinfo(&next.access).unwrap(), tokens.subject);
    // A public client cannot prove who it is: its access ends with the session.
    assert!(spa.refresh(public.refresh.as_deref().unwrap()).is_err());
}

#[test]
fn an_operator_decides_what_a_sign_out_does_to_offline_access() {
    let provider = Provider::start();
    provider.administer(|ports, _| {
        for (client_id, kept) in [
            ("web", token::client::OfflineAccess::EndsWithSession),
            ("spa", token::client::OfflineAccess::SurvivesLogout),
        ] {
            let mut client = ports.client(client_id)?.unwrap();
            client.policy.offline_access = Some(kept);
            ports.update_client(&client)?;
        }
        Ok(())
    });
    let mut browser = Browser::new(&provider);
    let web = RelyingParty::new(&provider, "web");
    let tokens = web.sign_in(&mut browser, "alice", "offline_access");
    let spa = RelyingParty::public(&provider, "spa", CALLBACK);
    let departure = spa.depart("offline_access", &[]);
    let landed = browser.open(&departure.url).app();
    let public = spa.finish(departure, &landed);
    sign_out(&provider, &mut browser, &tokens.id_token);
    assert!(web.refresh(tokens.refresh.as_deref().unwrap()).is_err());
    assert!(spa.refresh(public.refresh.as_deref().unwrap()).is_ok());
}

#[test]
fn a_hint_ends_one_accounts_session_and_a_question_all_of_the_browsers() {
    let provider = Provider::start();
    let mut browser = Browser::new(&provider);
    let web = RelyingParty::new(&provider, "web");
    let alice = web.sign_in(&mut browser, "alice", "");
    provider.wait(1);
    let departure = web.depart("", &[("prompt", "login")]);
    let landed = browser.sign_in(&departure.url, "bob");
    let bob = web.finish(departure, &landed);
    assert_ne!(sid(&alice), sid(&bob));
    sign_out(&provider, &mut browser, &bob.id_token);
    assert!(is_signed_in(&provider, &mut browser, "alice"));
    assert_eq!(Attacker(&provider).userinfo(&bob.access).status, 401);
    assert_eq!(Attacker(&provider).userinfo(&alice.access).status, 200);

    provider.wait(1);
    let departure = web.depart("", &[("prompt", "login")]);
    let landed = browser.sign_in(&departure.url, "bob");
    let bob = web.finish(departure, &landed);
    let page = browser.open(&provider.url("/logout")).page();
    for name in ["alice", "bob"] {
        assert!(page.body.contains(name), "{name} is told");
    }
    browser.submit(&page, &[]);
    for access in [&alice.access, &bob.access] {
        assert_eq!(Attacker(&provider).userinfo(access).status, 401);
    }
}

#[test]
fn a_request_sent_twice_ends_what_it_names_and_nobody_else() {
    let provider = Provider::start();
    let mut browser = Browser::new(&provider);
    let web = RelyingParty::new(&provider, "web");
    web.sign_in(&mut browser, "alice", "");
    for _ in 0..5 {
        provider.wait(1);
        let departure = web.depart("", &[("prompt", "login")]);
        let landed = browser.sign_in(&departure.url, "bob");
        let bob = web.finish(departure, &landed);
        thread::scope(|scope| {
            for _ in 0..2 {
                let (mut twin, hint, provider) = (browser.clone(), &bob.id_token, &provider);
                scope.spawn(move || sign_out(provider, &mut twin, hint));
            }
        });
        assert!(is_signed_in(&provider, &mut browser, "alice"));
        // Once more, when nobody of that name is left: it is asked about.
        let page = sign_out(&provider, &mut browser, &bob.id_token).page();
        assert!(page.title().starts_with("Sign out"), "{}", page.title());
        assert!(is_signed_in(&provider, &mut browser, "alice"));
    }
}

#[test]
fn a_silent_app_does_not_keep_the_others_waiting() {
    const SESSIONS: usize = 12;
    let provider = Provider::start();
    let (silent, listener) = (LogoutListener::start(), LogoutListener::start());
    silent.reply(Reply::Silence);
    tell(&provider, &["web"], &silent);
    tell(&provider, &["web2"], &listener);
    let mut hints = Vec::new();
    for _ in 0..SESSIONS {
        let mut browser = Browser::new(&provider);
        let tokens = RelyingParty::new(&provider, "web").sign_in(&mut browser, "alice", "");
        hints.push((browser, tokens.id_token));
    }
    let mut last = Browser::new(&provider);
    let tokens = RelyingParty::new(&provider, "web2").sign_in(&mut last, "bob", "");
    for (browser, hint) in &mut hints {
        sign_out(&provider, browser, hint);
    }
    sign_out(&provider, &mut last, &tokens.id_token);
    let _notifier = provider.notifier();
    listener.token();
    // Most of the silent app's notices have not even left.
    assert!(silent.more() < SESSIONS);
}
