//! Death at each unit of work of an operation, one by one: before its commit, and after it but before anybody is answered.
//! Afterwards the database is whole, a retry finds the old state or the new one, and nothing counts twice.

use std::cell::RefCell;

use identity::inbox::Inbox as _;
use reqwest::Method;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde_json::{Value, json};

use super::family::Fate;
use super::remains;
use crate::actors::attacker::Answer;
use crate::actors::{Attacker, Browser, Landing, Page};
use crate::api::Operator;
use crate::cast::PASSWORD;
use crate::rig::Provider;
use crate::storage::Death;

const NEW: &str = "a brand new pass phrase";

/// What whoever asked saw of it.
struct Seen {
    status: u16,
    headers: HeaderMap,
}

impl From<Answer> for Seen {
    fn from(answer: Answer) -> Self {
        Self {
            status: answer.status,
            headers: answer.headers,
        }
    }
}

impl From<Page> for Seen {
    fn from(page: Page) -> Self {
        Self {
            status: page.status,
            headers: page.headers,
        }
    }
}

/// Has `act` done on what `scene` prepared, dying at another point each time, and lets `afterwards` find out what became of it.
fn at_every_point<S>(
    scene: impl Fn(&Provider) -> S,
    act: impl Fn(&Provider, &S) -> Seen,
    afterwards: impl Fn(&Provider, &S) -> Fate,
) {
    for (death, expected) in [
        (Death::BeforeCommit, Fate::Undone),
        (Death::AfterCommit, Fate::Done),
    ] {
        let mut fates = Vec::new();
        for number in 1.. {
            let provider = Provider::start();
            let scene = scene(&provider);
            provider.storage.die_at(number, death);
            let seen = act(&provider, &scene);
            let died = provider.storage.is_away();
            provider.storage.bring_back();
            if !died {
                assert!(seen.status < 400, "{}", seen.status);
                break;
            }
            assert_eq!(seen.status, 503, "death at {number}, {death:?}");
            assert!(seen.headers.contains_key(RETRY_AFTER));
            remains::are_whole(&provider.file());
            fates.push(afterwards(&provider, &scene));
            remains::are_whole(&provider.file());
        }
        // What was asked for happens in the last of its units of work.
        assert_eq!(fates.last(), Some(&expected), "{death:?}: {fates:?}");
        assert!(
            fates.iter().rev().skip(1).all(|fate| *fate == Fate::Undone),
            "{fates:?}"
        );
    }
}

fn fate(done: bool) -> Fate {
    if done { Fate::Done } else { Fate::Undone }
}

fn opens(provider: &Provider, username: &str, password: &str) -> bool {
    let mut browser = Browser::new(provider);
    let page = browser.open(&Attacker(provider).authorize_url("web", &[])).page();
    let landing = browser.submit(&page, &[("username", username), ("password", password)]);
    matches!(landing, Landing::App(_))
}

/// Which of two passwords is alice's. It is exactly one.
fn has_new_password(provider: &Provider) -> Fate {
    let both = (opens(provider, "alice", PASSWORD), opens(provider, "alice", NEW));
    assert_ne!(both.0, both.1);
    fate(both.1)
}

#[test]
fn a_code_is_spent_with_its_tokens_or_not_at_all() {
    at_every_point(
        |provider| Attacker(provider).code("web", &[]),
        |provider, code| Attacker(provider).redeem("web", code).into(),
        |provider, code| {
            let attacker = Attacker(provider);
            let retry = attacker.redeem("web", code);
            if retry.status == 200 {
                attacker.userinfo(retry.granted());
                return Fate::Undone;
            }
            // Nobody has what it was spent for, and nobody ever will.
            retry.refused("invalid_grant");
            assert_eq!(provider.rows("grants WHERE revoked_at IS NULL"), 0);
            Fate::Done
        },
    );
}

#[test]
fn a_refresh_token_has_one_successor_whenever_its_answer_was_lost() {
    at_every_point(
        |provider| {
            let attacker = Attacker(provider);
            let answer = attacker.redeem("web", &attacker.code("web", &[]));
            answer.text("refresh_token").to_owned()
        },
        |provider, token| Attacker(provider).refresh("web", token).into(),
        |provider, token| {
            let attacker = Attacker(provider);
            let before = provider.rows("refresh_tokens");
            let retry = attacker.refresh("web", token);
            retry.granted();
            assert_eq!(provider.rows("refresh_tokens"), 2);
            let next = attacker.refresh("web", retry.text("refresh_token"));
            next.granted();
            attacker.refresh("web", token).refused("invalid_grant");
            attacker
                .refresh("web", next.text("refresh_token"))
                .refused("invalid_grant");
            fate(before == 2)
        },
    );
}

#[test]
fn a_token_is_given_back_or_still_good() {
    at_every_point(
        |provider| {
            let attacker = Attacker(provider);
            let answer = attacker.redeem("web", &attacker.code("web", &[]));
            [answer.granted(), answer.text("refresh_token")].map(str::to_owned)
        },
        |provider, [_, refresh]| Attacker(provider).revoke("web", refresh, &[]).into(),
        |provider, [access, refresh]| {
            let attacker = Attacker(provider);
            let is_active = || attacker.introspect("web", access).json["active"] == true;
            let done = !is_active();
            assert_eq!(
                provider.rows("grants WHERE revoked_at IS NOT NULL"),
                i64::from(done)
            );
            assert_eq!(attacker.revoke("web", refresh, &[]).status, 200);
            assert!(!is_active());
            fate(done)
        },
    );
}

#[test]
fn whoever_signs_in_is_in_or_at_the_door() {
    at_every_point(
        |provider| {
            let mut browser = Browser::new(provider);
            let page = browser.open(&Attacker(provider).authorize_url("web", &[])).page();
            (RefCell::new(browser), page)
        },
        |_, (browser, page)| {
            let fields = [("username", "alice"), ("password", PASSWORD)];
            browser.borrow_mut().send_form(page, &fields).into()
        },
        |provider, (browser, page)| {
            let sessions = provider.rows("sessions");
            let fields = [("username", "alice"), ("password", PASSWORD)];
            let mut browser = browser.borrow_mut();
            // Whose session begins with a cookie that never came stands at the door again.
            let landing = match browser.submit(page, &fields) {
                Landing::Page(door) => browser.submit(&door, &fields),
                landed => landed,
            };
            assert!(matches!(landing, Landing::App(_)), "{landing:?}");
            fate(sessions == 1)
        },
    );
}

#[test]
fn consent_is_remembered_with_its_code_or_asked_for_again() {
    at_every_point(
        |provider| {
            let mut browser = Browser::new(provider);
            let url = Attacker(provider).authorize_url("other", &[]);
            let page = browser.sign_in_as(&url, "alice").page();
            (RefCell::new(browser), page)
        },
        |_, (browser, page)| {
            browser
                .borrow_mut()
                .send_form(page, &[("decision", "allow")])
                .into()
        },
        |provider, (browser, page)| {
            let counts = || (provider.rows("consents"), provider.rows("grants"));
            let before = counts();
            assert_eq!(before.0, before.1);
            let landing = browser.borrow_mut().submit(page, &[("decision", "allow")]);
            if before.0 == 0 {
                assert!(matches!(landing, Landing::App(_)), "{landing:?}");
                assert_eq!(counts(), (1, 1));
            }
            // Who begins anew is not asked twice for the same.
            let again = browser
                .borrow_mut()
                .open(&Attacker(provider).authorize_url("other", &[]));
            assert!(matches!(again, Landing::App(_)), "{again:?}");
            fate(before.0 == 1)
        },
    );
}

#[test]
fn a_password_that_is_changed_is_the_old_one_or_the_new_one() {
    at_every_point(
        |provider| {
            let mut browser = Browser::new(provider);
            let door = browser.open(&provider.url("/account/password")).page();
            let page = browser
                .submit(&door, &[("username", "alice"), ("password", PASSWORD)])
                .page();
            (RefCell::new(browser), page)
        },
        |_, (browser, page)| {
            let fields = [("password", PASSWORD), ("new_password", NEW)];
            browser.borrow_mut().send_form(page, &fields).into()
        },
        |provider, _| has_new_password(provider),
    );
}

#[test]
fn a_link_for_a_new_password_is_spent_with_it_or_still_good() {
    at_every_point(
        |provider| {
            let mut browser = Browser::new(provider);
            let door = browser.open(&provider.url("/reset")).page();
            browser.submit(&door, &[("username", "alice")]).page();
            let text = provider.inbox.letters().remove(0).text;
            let link = text
                .split_whitespace()
                .find(|word| word.contains("/reset/"))
                .unwrap();
            let page = browser.open(link).page();
            (RefCell::new(browser), page)
        },
        |_, (browser, page)| browser.borrow_mut().send_form(page, &[("password", NEW)]).into(),
        |provider, (browser, page)| {
            let spent = provider.rows("password_resets WHERE spent_at IS NOT NULL");
            let fate = has_new_password(provider);
            assert_eq!(spent == 1, fate == Fate::Done);
            browser.borrow_mut().submit(page, &[("password", NEW)]).page();
            assert_eq!(has_new_password(provider), Fate::Done, "who tries again has it");
            fate
        },
    );
}

#[test]
fn a_person_is_made_once_or_not_at_all() {
    let carol = json!({"username": "carol", "email": "carol@example.org", "password": PASSWORD});
    let create = |operator: &Operator<'_>| {
        operator.send(
            Method::POST,
            "/users",
            &[("idempotency-key", "a-key")],
            Some(&carol),
        )
    };
    at_every_point(
        |provider| drop(Operator::owner(provider)),
        |provider, ()| create(&Operator::of(provider, "robot")).into(),
        |provider, ()| {
            let rows = || provider.rows("users WHERE username = 'carol'");
            let before = rows();
            let retry = create(&Operator::of(provider, "robot"));
            assert_eq!(retry.status, 201, "{retry:?}");
            assert_eq!(rows(), 1);
            assert!(opens(provider, "carol", PASSWORD));
            fate(before == 1)
        },
    );
}

#[test]
fn keys_are_turned_with_a_spare_or_not_at_all() {
    let turn = json!({"alg": "EdDSA", "force": true, "reason": "a drill"});
    let active = |operator: &Operator<'_>| -> String {
        let keys: Vec<Value> = operator.get("/keys").json["items"].as_array().unwrap().clone();
        let active = keys
            .iter()
            .find(|key| key["alg"] == "EdDSA" && key["state"] == "active");
        active.unwrap()["kid"].as_str().unwrap().to_owned()
    };
    at_every_point(
        |provider| {
            let operator = Operator::owner(provider);
            active(&operator)
        },
        |provider, _| Operator::of(provider, "robot").post("/keys/rotate", &turn).into(),
        |provider, before| {
            let operator = Operator::of(provider, "robot");
            let after = active(&operator);
            assert_eq!(operator.post("/keys/rotate", &turn).status, 200);
            assert_ne!(active(&operator), after);
            fate(after != *before)
        },
    );
}
