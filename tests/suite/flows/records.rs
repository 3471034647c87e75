//! What is written down, how much of it, and who may read it.

use admin::statistics::{self, Measure};
use admin::{Actor, AdminFault, Role};
use kernel::Timestamp;

use super::{all, find_as, id_of, opened, with_role};
use crate::actors::attacker::{Attacker, VERIFIER, basic, redemption};
use crate::actors::browser::encode;
use crate::actors::{Browser, RelyingParty};
use crate::cast::{PASSWORD, SECRET};
use crate::rig::Provider;

/// Everything that is written down, as it is stored.
fn written(provider: &Provider) -> String {
    provider.administer(|ports, _| {
        let since = Timestamp::from_secs(0);
        let glances = ports.recent_flows(None, since, 100_000)?;
        let mut text = String::new();
        for glance in &glances {
            let flow = ports.flow(&glance.id, since)?.unwrap();
            text += &format!("{flow:?}\n{}\n", serde_json::to_string(&flow.refused).unwrap());
        }
        Ok(text)
    })
}

#[test]
fn secrets_are_never_among_it() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let tokens = RelyingParty::new(&provider, "web").sign_in(
        &mut Browser::new(&provider),
        "alice",
        "openid offline_access",
    );
    let id_token = tokens.id_token.to_string();
    let refresh = tokens.refresh.clone().unwrap();
    let code = attacker.code("web", &[]);
    // Each in its place, in somebody else's, as a name, and where nobody reads it.
    attacker.redeem("web2", &code).refused("invalid_grant");
    attacker.token_with(Some(&basic("web", "a-wrong-secret-of-mine")), &redemption(&code));
    attacker.token_with(
        None,
        &[
            ("client_id", "post"),
            ("client_secret", SECRET),
            ("grant_type", "x"),
        ],
    );
    attacker.token(
        "web",
        &[("grant_type", "refresh_token"), ("refresh_token", &code)],
    );
    attacker.token("web", &[("grant_type", "authorization_code"), ("code", &refresh)]);
    attacker.token(
        "web",
        &[
            ("grant_type", "password"),
            ("username", "alice"),
            ("password", PASSWORD),
        ],
    );
    attacker.token(
        "web",
        &[(&refresh, "1"), ("grant_type", "x"), ("clientSecret", SECRET)],
    );
    attacker.token(
        "web",
        &[
            ("grant_type", "x"),
            ("assertion", &id_token),
            ("token", &tokens.access),
        ],
    );
    let in_url = encode(&[("client_secret", SECRET), ("code", &code)]);
    attacker.post(
        &format!("/token?{in_url}"),
        Some(&basic("web", SECRET)),
        &redemption(&code),
    );
    attacker.introspect("spa", &tokens.access);
    for (name, value) in [
        ("id_token_hint", &*id_token),
        ("request", &*id_token),
        ("login_hint", "alice@example.org"),
        ("code_verifier", VERIFIER),
    ] {
        attacker.authorize("web", &[(name, Some(value)), ("response_type", None)]);
    }
    let mut browser = Browser::new(&provider);
    let page = browser.open(&attacker.authorize_url("web", &[])).page();
    browser.send_form(
        &page,
        &[("username", PASSWORD), ("password", "Wrong-Password-Of-Mine")],
    );
    browser.get(&provider.url(&format!(
        "/logout?{}",
        encode(&[("id_token_hint", &id_token[1..])])
    )));

    let written = written(&provider);
    assert!(written.contains("Redacted"), "{written}");
    let secrets = [
        &*code,
        &*refresh,
        &*id_token,
        &id_token[1..],
        &*tokens.access,
        SECRET,
        "a-wrong-secret-of-mine",
        PASSWORD,
        "Wrong-Password-Of-Mine",
        "alice@example.org",
        VERIFIER,
    ];
    for secret in secrets {
        assert!(!written.contains(secret), "{secret} in {written}");
        // Nor enough of it to be of use.
        assert!(
            !written.contains(&secret[..secret.len() / 2]),
            "half of {secret} in {written}"
        );
    }
}

#[test]
fn five_thousand_bad_requests_leave_a_few() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let url = attacker.authorize_url("web", &[("redirect_uri", Some("https://evil.test/"))]);
    let mut browser = Browser::new(&provider);
    for _ in 0..5000 {
        assert_eq!(browser.get(&url).status, 400);
    }
    assert_eq!(all(&provider).len(), 60);
    // A minute later there is room for somebody's own.
    provider.wait(61);
    let page = browser.get(&url);
    assert_eq!(
        opened(&provider, &page.headers).refused.error,
        "redirect_uri_mismatch"
    );
}

#[test]
fn they_are_gone_after_a_day() {
    let provider = Provider::start();
    let page = Attacker(&provider).authorize("nobody", &[]);
    provider.wait(24 * 3600 - 1);
    opened(&provider, &page.headers);
    provider.wait(1);
    let found = find_as(&provider, Actor::cli(), &id_of(&page.headers));
    assert!(matches!(found, Err(AdminFault::NotFound { .. })));
}

#[test]
fn what_succeeds_costs_nothing_more_and_what_fails_one_unit_of_work() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let mut browser = Browser::new(&provider);
    browser.sign_in(&attacker.authorize_url("web", &[]), "alice");
    let silent = attacker.authorize_url("web", &[("prompt", Some("none"))]);
    let succeeding = provider.least_work(|| assert_eq!(browser.get(&silent).status, 303));
    assert_eq!(succeeding, (0, 1));
    let mut code = String::new();
    let departing = provider.least_work(|| {
        let landed = browser.get(&silent).location().unwrap();
        code = landed
            .split_once("code=")
            .unwrap()
            .1
            .split('&')
            .next()
            .unwrap()
            .to_owned();
        attacker.redeem("web", &code).granted();
    });
    assert_eq!(departing, (0, 2));
    assert_eq!(all(&provider), []);
    let before = provider.storage.work();
    for _ in 0..20 {
        attacker
            .token("web", &[("grant_type", "x")])
            .refused("unsupported_grant_type");
    }
    // Records that wait are written together.
    assert_eq!(all(&provider).len(), 20);
    let after = provider.storage.work();
    assert!((1..=20).contains(&(after.1 - before.1)), "{before:?} {after:?}");
}

#[test]
fn an_answer_does_not_depend_on_its_record() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    provider.storage.take_away();
    let lost = attacker.authorize("web", &[("client_id", None)]);
    provider.storage.bring_back();
    assert_eq!(lost.status, 400);
    let kept = attacker.authorize("web", &[("client_id", None)]);
    opened(&provider, &kept.headers);
    assert_eq!(all(&provider).len(), 1);
}

#[test]
fn who_may_not_see_them_does_not_and_people_are_for_those_who_may_see_people() {
    let provider = Provider::start();
    let mut browser = Browser::new(&provider);
    let page = browser.open(&provider.url("/login")).page();
    let page = browser.send_form(&page, &[("username", "alice"), ("password", "wrong")]);
    let id = id_of(&page.headers);
    let found = |role| find_as(&provider, with_role(role), &id);
    assert!(found(Role::Support).unwrap().refused.user.is_some());
    assert_eq!(found(Role::ClientManager).unwrap().refused.user, None);
    assert!(matches!(found(Role::KeyOperator), Err(AdminFault::Forbidden(_))));
    let listed = |role| {
        let actor = with_role(role);
        provider.administer(move |ports, ctx| Ok(admin::flows::recent(ports, ctx, &actor, None)))
    };
    assert!(listed(Role::Auditor).unwrap()[0].user.is_some());
    assert_eq!(listed(Role::ClientManager).unwrap()[0].user, None);
    assert!(matches!(listed(Role::KeyOperator), Err(AdminFault::Forbidden(_))));
}

#[test]
fn numbers_of_the_hour_add_up() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let series = |role| {
        let actor = with_role(role);
        provider.administer(move |ports, ctx| statistics::series(ports, ctx, &actor, 24))
    };
    let code = attacker.code("web", &[]);
    attacker.redeem("web", &code).granted();
    provider.store_statistics();
    provider.store_statistics();
    let hours = series(Role::KeyOperator);
    assert_eq!(hours.len(), 24);
    let now = hours.last().unwrap();
    assert_eq!(now.count(Measure::Logins, "success"), 1);
    assert_eq!(now.count(Measure::Tokens, "authorization_code"), 1);
    assert_eq!(now.sessions(), Some(1));
    assert!(now.p95().is_some());
    assert!(hours[..23].iter().all(|hour| hour.total(Measure::Answers) == 0));
    provider.wait(3600);
    attacker.code("web", &[]);
    provider.store_statistics();
    let hours = series(Role::Auditor);
    assert_eq!(hours[22].count(Measure::Logins, "success"), 1);
    assert_eq!(
        (hours[23].count(Measure::Logins, "success"), hours[23].sessions()),
        (1, Some(2))
    );
    let nobody = Actor::person(kernel::id::UserId::generate(&kernel::SystemEntropy), []);
    let refused = provider.administer(move |ports, ctx| Ok(statistics::series(ports, ctx, &nobody, 24)));
    assert!(matches!(refused, Err(AdminFault::Forbidden(_))));
}
