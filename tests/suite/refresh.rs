//! Refresh tokens (RFC 6749 6, RFC 9700 4.14): each is good for one successor, and a second use is theft.

use identity::inbox::Inbox as _;
use kernel::Policy;
use std::time::Duration;
use token::client::RefreshRotation;

use crate::actors::attacker::{Answer, Attacker, basic};
use crate::actors::{Browser, RelyingParty};
use crate::apis;
use crate::cast::SECRET;
use crate::rig::Provider;

/// Tokens of `web` with offline access.
fn granted(provider: &Provider) -> Answer {
    let attacker = Attacker(provider);
    let answer = attacker.redeem("web", &attacker.code("web", &[]));
    answer.granted();
    answer
}

#[test]
fn every_refresh_brings_the_next_token() {
    let provider = Provider::start();
    let web = RelyingParty::new(&provider, "web");
    let mut tokens = web.sign_in(&mut Browser::new(&provider), "alice", "profile offline_access");
    for _ in 0..3 {
        let next = web.refresh(tokens.refresh.as_ref().unwrap()).unwrap();
        assert_ne!(next.refresh, tokens.refresh);
        assert_eq!(next.subject, tokens.subject);
        assert_eq!(next.auth_time, tokens.auth_time);
        assert_eq!(web.userinfo(&next.access).unwrap(), tokens.subject);
        tokens = next;
    }
}

#[test]
fn a_retry_gets_the_same_successor() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let first = granted(&provider);
    let old = first.text("refresh_token");
    let successor = attacker.refresh("web", old);
    provider.wait(59);
    let retried = attacker.refresh("web", old);
    assert_eq!(retried.text("refresh_token"), successor.text("refresh_token"));
    attacker.refresh("web", retried.text("refresh_token")).granted();
}

#[test]
fn a_replay_after_the_grace_kills_the_family() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let first = granted(&provider);
    let second = attacker.refresh("web", first.text("refresh_token"));
    provider.wait(60);
    attacker
        .refresh("web", first.text("refresh_token"))
        .refused("invalid_grant");
    attacker
        .refresh("web", second.text("refresh_token"))
        .refused("invalid_grant");
    assert_eq!(attacker.userinfo(second.granted()).status, 401);
    // The owner is told, once, by name of the app.
    let letters = provider.inbox.letters();
    assert_eq!(letters.len(), 1);
    assert!(letters[0].to.contains("alice@example.org"));
    assert!(letters[0].text.contains("The web app"), "{}", letters[0].text);
}

#[test]
fn the_grace_ends_when_the_successor_is_used() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let first = granted(&provider);
    let second = attacker.refresh("web", first.text("refresh_token"));
    let third = attacker.refresh("web", second.text("refresh_token"));
    attacker
        .refresh("web", first.text("refresh_token"))
        .refused("invalid_grant");
    attacker
        .refresh("web", third.text("refresh_token"))
        .refused("invalid_grant");
}

#[test]
fn without_a_grace_a_retry_is_a_replay() {
    let provider = Provider::with(Policy {
        refresh_grace: Duration::ZERO,
        ..Policy::default()
    });
    let attacker = Attacker(&provider);
    let first = granted(&provider);
    let second = attacker.refresh("web", first.text("refresh_token"));
    attacker
        .refresh("web", first.text("refresh_token"))
        .refused("invalid_grant");
    attacker
        .refresh("web", second.text("refresh_token"))
        .refused("invalid_grant");
}

#[test]
fn two_tabs_at_once_get_one_successor() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let first = granted(&provider);
    let old = first.text("refresh_token");
    let answers: Vec<_> = std::thread::scope(|scope| {
        let tabs: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| attacker.refresh("web", old)))
            .collect();
        tabs.into_iter().map(|tab| tab.join().unwrap()).collect()
    });
    for answer in &answers {
        assert_eq!(answer.text("refresh_token"), answers[0].text("refresh_token"));
    }
}

/// A provider at which the refresh tokens of `web` do not rotate, and tokens of it.
fn without_rotation() -> (Provider, Answer) {
    let provider = Provider::start();
    apis::change(&provider, "web", |web| {
        web.policy.refresh_rotation = Some(RefreshRotation::Off);
    });
    let tokens = granted(&provider);
    (provider, tokens)
}

#[test]
fn without_rotation_the_same_token_goes_on_working() {
    let (provider, first) = without_rotation();
    let attacker = Attacker(&provider);
    let token = first.text("refresh_token");
    for _ in 0..3 {
        let answer = attacker.refresh("web", token);
        assert_eq!(attacker.userinfo(answer.granted()).status, 200);
        assert!(answer.json["refresh_token"].is_null());
        provider.wait(90);
    }
    let told = attacker.introspect("web", token).json;
    assert_eq!(told["active"], true);
    assert!(told["iat"].is_null(), "when it was issued is not kept");
    assert!(provider.inbox.letters().is_empty(), "nobody was robbed");
    attacker.revoke("web", token, &[]);
    attacker.refresh("web", token).refused("invalid_grant");
}

#[test]
fn without_rotation_use_keeps_a_token_from_growing_idle_and_not_old() {
    const DAY: u64 = 86_400;
    let (provider, used) = without_rotation();
    let attacker = Attacker(&provider);
    let idle = granted(&provider);
    for _ in 0..8 {
        provider.wait(20 * DAY);
        attacker.refresh("web", used.text("refresh_token")).granted();
    }
    attacker
        .refresh("web", idle.text("refresh_token"))
        .refused("invalid_grant");
    provider.wait(20 * DAY);
    attacker
        .refresh("web", used.text("refresh_token"))
        .refused("invalid_grant");
}

#[test]
fn turning_rotation_off_and_on_forgives_no_replay() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let rotate = |rotation| {
        apis::change(&provider, "web", move |web| {
            web.policy.refresh_rotation = Some(rotation)
        });
        apis::eventually(|| {
            let tokens = granted(&provider);
            let next = attacker.refresh("web", tokens.text("refresh_token"));
            next.json["refresh_token"].is_null() == (rotation == RefreshRotation::Off)
        });
    };
    let (one, other) = (granted(&provider), granted(&provider));
    let second = attacker.refresh("web", one.text("refresh_token"));
    rotate(RefreshRotation::Off);
    // A retry still gets the successor, until that is used.
    let retried = attacker.refresh("web", one.text("refresh_token"));
    assert_eq!(retried.text("refresh_token"), second.text("refresh_token"));
    attacker.refresh("web", second.text("refresh_token")).granted();
    attacker
        .refresh("web", one.text("refresh_token"))
        .refused("invalid_grant");
    attacker
        .refresh("web", second.text("refresh_token"))
        .refused("invalid_grant");

    let kept = other.text("refresh_token");
    attacker.refresh("web", kept).granted();
    rotate(RefreshRotation::On);
    let next = attacker.refresh("web", kept);
    assert_ne!(next.text("refresh_token"), kept);
    provider.wait(60);
    attacker.refresh("web", kept).refused("invalid_grant");
    attacker
        .refresh("web", next.text("refresh_token"))
        .refused("invalid_grant");
}

#[test]
fn offline_access_is_asked_for_and_registered_for() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let online = attacker.redeem("web", &attacker.code("web", &[("scope", Some("openid"))]));
    online.granted();
    assert!(online.json["refresh_token"].is_null());
    let unregistered = attacker.redeem("codes", &attacker.code("codes", &[]));
    unregistered.granted();
    assert!(unregistered.json["refresh_token"].is_null());
    assert_eq!(unregistered.text("scope"), "openid");
}

#[test]
fn a_scope_may_be_narrowed_for_once_and_never_widened() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let code = attacker.code("web", &[("scope", Some("openid email offline_access"))]);
    let first = attacker.redeem("web", &code);
    let ask = |token: &str, scope: &str| {
        attacker.token(
            "web",
            &[
                ("grant_type", "refresh_token"),
                ("refresh_token", token),
                ("scope", scope),
            ],
        )
    };
    ask(first.text("refresh_token"), "openid profile").refused("invalid_scope");
    let narrow = ask(first.text("refresh_token"), "openid");
    assert_eq!(narrow.text("scope"), "openid");
    assert!(attacker.userinfo(narrow.granted()).json["email"].is_null());
    let full = attacker.refresh("web", narrow.text("refresh_token"));
    assert_eq!(
        attacker.userinfo(full.granted()).text("email"),
        "alice@example.org"
    );
}

#[test]
fn another_clients_token_is_no_token() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let first = granted(&provider);
    attacker
        .refresh("web2", first.text("refresh_token"))
        .refused("invalid_grant");
    attacker.refresh("web", first.text("refresh_token")).granted();
}

#[test]
fn tokens_are_not_taken_for_one_another() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let first = granted(&provider);
    for wrong in ["access_token", "id_token"] {
        attacker
            .refresh("web", first.text(wrong))
            .refused("invalid_grant");
    }
    for wrong in ["refresh_token", "id_token"] {
        assert_eq!(attacker.userinfo(first.text(wrong)).status, 401, "{wrong}");
    }
}

#[test]
fn a_family_grows_old_and_an_idle_one_dies() {
    const DAY: u64 = 86_400;
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let idle = granted(&provider);
    let mut busy = granted(&provider);
    for _ in 0..8 {
        provider.wait(20 * DAY);
        busy = attacker.refresh("web", busy.text("refresh_token"));
        busy.granted();
    }
    attacker
        .refresh("web", idle.text("refresh_token"))
        .refused("invalid_grant");
    provider.wait(20 * DAY);
    attacker
        .refresh("web", busy.text("refresh_token"))
        .refused("invalid_grant");
}

#[test]
fn a_locked_person_and_a_disabled_client_get_nothing() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let first = granted(&provider);
    provider.administer(|ports, ctx| {
        admin::users::lock(ports, ctx, &admin::Actor::named("suite"), "alice").map(drop)
    });
    attacker
        .refresh("web", first.text("refresh_token"))
        .refused("invalid_grant");
    assert_eq!(attacker.userinfo(first.granted()).status, 401);
}

#[test]
fn what_was_allowed_can_be_taken_back() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let refused = |taken: &Answer| {
        attacker
            .refresh("web", taken.text("refresh_token"))
            .refused("invalid_grant");
        let answer = attacker.userinfo(taken.granted());
        assert_eq!((answer.status, answer.text("error")), (401, "invalid_token"));
        let told = attacker.introspect("web", taken.granted());
        assert_eq!(told.json, serde_json::json!({ "active": false }));
    };

    let withdrawn = granted(&provider);
    let sub = attacker.userinfo(withdrawn.granted()).text("sub").to_owned();
    let of = sub.clone();
    provider.administer(move |ports, ctx| {
        token::ending::consent(ports, ctx, of.parse().unwrap(), "web")?;
        Ok(())
    });
    refused(&withdrawn);

    let (online, offline) = (granted(&provider), granted(&provider));
    provider.administer(move |ports, ctx| {
        token::ending::everything_of(ports, ctx, sub.parse().unwrap(), None)?;
        Ok(())
    });
    refused(&online);
    refused(&offline);

    let unregistered = granted(&provider);
    crate::apis::change(&provider, "web", |web| {
        web.metadata.scope = Some("openid".to_owned());
        web.metadata.grant_types = vec!["authorization_code".to_owned()];
    });
    crate::apis::eventually(|| {
        let answer = attacker.refresh("web", unregistered.text("refresh_token"));
        answer.status == 400 && answer.text("error") == "unauthorized_client"
    });
}

#[test]
fn offline_access_of_a_public_client_ends_with_its_session() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let mut browser = Browser::new(&provider);
    let spa = RelyingParty::public(&provider, "spa", crate::cast::CALLBACK);
    let tokens = spa.sign_in(&mut browser, "alice", "offline_access");
    let tokens = spa.refresh(tokens.refresh.as_ref().unwrap()).unwrap();
    let asked = browser.open(&provider.url("/logout")).page();
    browser.submit(&asked, &[]).page();
    assert!(
        spa.refresh(tokens.refresh.as_ref().unwrap())
            .unwrap_err()
            .contains("invalid_grant")
    );
    // Nor can it be used with somebody else's secret.
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", tokens.refresh.as_deref().unwrap()),
    ];
    attacker
        .token_with(Some(&basic("web", SECRET)), &form)
        .refused("invalid_grant");
}
