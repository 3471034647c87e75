//! Revocation (RFC 7009): a client gives back what it no longer needs, and it is refused at once.

use serde_json::json;

use crate::actors::Attacker;
use crate::actors::attacker::{Answer, basic};
use crate::actors::browser::{Browser, http};
use crate::actors::relying_party::RelyingParty;
use crate::apis::{self, NOTES};
use crate::cast::{CALLBACK, SECRET};
use crate::rig::Provider;

fn tokens(provider: &Provider) -> Answer {
    apis::tokens(provider, "web", "openid notes.read offline_access", &[NOTES])
}

/// RFC 7009 2.2: 200, and nothing to read.
#[track_caller]
fn done(answer: &Answer) {
    assert_eq!((answer.status, answer.body.as_str()), (200, ""), "{answer:?}");
    assert!(answer.headers.get("content-type").is_none(), "{answer:?}");
    assert_eq!(answer.headers["cache-control"], "no-store");
}

#[test]
fn a_refresh_token_takes_everything_of_its_grant_along() {
    let provider = apis::provider();
    let attacker = Attacker(&provider);
    let first = tokens(&provider);
    let second = attacker.refresh("web", first.text("refresh_token"));
    done(&attacker.revoke("web", second.text("refresh_token"), &[]));
    for old in [&first, &second] {
        attacker
            .refresh("web", old.text("refresh_token"))
            .refused("invalid_grant");
        assert_eq!(attacker.userinfo(old.granted()).status, 401);
        for caller in ["web", "notes"] {
            let told = attacker.introspect(caller, old.granted());
            assert_eq!(told.json, json!({ "active": false }), "{caller}");
        }
    }
    done(&attacker.revoke("web", second.text("refresh_token"), &[]));
}

#[test]
fn a_spent_refresh_token_does_too() {
    let provider = apis::provider();
    let attacker = Attacker(&provider);
    let first = tokens(&provider);
    let second = attacker.refresh("web", first.text("refresh_token"));
    done(&attacker.revoke("web", first.text("refresh_token"), &[]));
    attacker
        .refresh("web", second.text("refresh_token"))
        .refused("invalid_grant");
}

#[test]
fn an_access_token_goes_alone() {
    let provider = apis::provider();
    let attacker = Attacker(&provider);
    let first = tokens(&provider);
    done(&attacker.revoke("web", first.granted(), &[]));
    assert_eq!(attacker.userinfo(first.granted()).status, 401);
    let second = attacker.refresh("web", first.text("refresh_token"));
    assert_eq!(attacker.userinfo(second.granted()).status, 200);
}

#[test]
fn a_wrong_hint_is_no_hindrance() {
    let provider = apis::provider();
    let attacker = Attacker(&provider);
    for hint in ["refresh_token", "access_token", "nonsense", ""] {
        let tokens = tokens(&provider);
        let hint = [("token_type_hint", hint)];
        done(&attacker.revoke("web", tokens.granted(), &hint));
        assert_eq!(attacker.userinfo(tokens.granted()).status, 401);
        done(&attacker.revoke("web", tokens.text("refresh_token"), &hint));
        attacker
            .refresh("web", tokens.text("refresh_token"))
            .refused("invalid_grant");
    }
}

#[test]
fn nobody_revokes_what_is_not_theirs_or_nothing() {
    let provider = apis::provider();
    let attacker = Attacker(&provider);
    let own = tokens(&provider);
    for name in ["access_token", "refresh_token", "id_token"] {
        done(&attacker.revoke("web2", own.text(name), &[]));
    }
    let access = own.granted();
    let odd = [
        "nonsense",
        "a.b.c",
        "...",
        &access[1..],
        &access[..access.len() - 1],
        &"x".repeat(60_000),
    ];
    for token in odd {
        done(&attacker.revoke("web", token, &[]));
    }
    done(&attacker.revoke("web", own.text("id_token"), &[]));
    assert_eq!(attacker.userinfo(access).status, 200);
    attacker.refresh("web", own.text("refresh_token")).granted();
    provider.wait(601);
    done(&attacker.revoke("web", access, &[]));
}

#[test]
fn a_public_client_says_who_it_is() {
    let provider = apis::provider();
    let attacker = Attacker(&provider);
    let spa = RelyingParty::public(&provider, "spa", CALLBACK);
    let tokens = spa.sign_in(&mut Browser::new(&provider), "alice", "offline_access");
    let form = [
        ("client_id", "spa"),
        ("token", tokens.refresh.as_deref().unwrap()),
    ];
    done(&attacker.post("/revoke", None, &form));
    assert!(spa.userinfo(&tokens.access).is_err());
    assert!(spa.refresh(tokens.refresh.as_ref().unwrap()).is_err());
}

#[test]
fn what_is_no_request_is_refused() {
    let provider = apis::provider();
    let attacker = Attacker(&provider);
    let auth = basic("web", SECRET);
    let post = |form: &[(&str, &str)]| attacker.post("/revoke", Some(&auth), form);
    post(&[]).refused("invalid_request");
    post(&[("token", "")]).refused("invalid_request");
    post(&[("token", "a"), ("token", "b")]).refused("invalid_request");
    let twice = [("token", "a"), ("token_type_hint", "x"), ("token_type_hint", "x")];
    post(&twice).refused("invalid_request");
    let token = [("token", "a")];
    attacker.post("/revoke", None, &token).refused("invalid_client");
    attacker
        .post("/revoke", Some(&basic("web", "wrong")), &token)
        .refused("invalid_client");
    attacker
        .post("/revoke?token=a", Some(&auth), &token)
        .refused("invalid_request");
    let nameless = [("client_id", "web"), ("token", "a")];
    attacker
        .post("/revoke", None, &nameless)
        .refused("invalid_client");
    let read = http().get(provider.url("/revoke")).send().unwrap();
    assert_eq!(read.status().as_u16(), 405);
    assert_eq!(read.headers()["allow"], "POST, OPTIONS");
}

#[test]
fn storage_that_is_away_is_no_success() {
    let provider = apis::provider();
    let attacker = Attacker(&provider);
    let own = tokens(&provider);
    provider.storage.take_away();
    for name in ["access_token", "refresh_token"] {
        let answer = attacker.revoke("web", own.text(name), &[]);
        assert_eq!(
            (answer.status, answer.text("error")),
            (503, "temporarily_unavailable")
        );
        assert!(answer.headers.contains_key("retry-after"));
    }
    provider.storage.bring_back();
    assert_eq!(attacker.userinfo(own.granted()).status, 200);
    done(&attacker.revoke("web", own.text("refresh_token"), &[]));
    assert_eq!(attacker.userinfo(own.granted()).status, 401);
}
