//! What operations cost the database: units of work, counted. Introspection, userinfo and client credentials are counted
//! beside their own stories; time is measured by `tests/load`, not here.

mod filled;
mod found;
mod statements;
mod trips;

use crate::actors::browser::{http, param};
use crate::actors::{Attacker, Browser};
use crate::rig::Provider;

#[test]
fn what_everybody_may_read_asks_storage_for_nothing() {
    let provider = Provider::start();
    for path in ["/.well-known/openid-configuration", "/jwks"] {
        let url = provider.url(path);
        let work = provider.least_work(|| assert_eq!(http().get(&url).send().unwrap().status(), 200));
        assert_eq!(work, (0, 0), "{path}");
    }
}

#[test]
fn a_code_is_given_and_redeemed_in_one_unit_of_work_each() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let mut browser = Browser::new(&provider);
    let url = attacker.authorize_url("web", &[]);
    browser.sign_in(&url, "alice");

    let mut codes = Vec::new();
    let given = provider.least_work(|| {
        let landed = browser.open(&url).app();
        codes.push(param(&landed, "code").unwrap());
    });
    assert_eq!(given, (0, 1));
    let redeemed = provider.least_work(|| {
        let code = codes.pop().unwrap();
        attacker.redeem("web", &code).granted();
    });
    assert_eq!(redeemed, (0, 1));
}

#[test]
fn a_refresh_is_one_unit_of_work() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let first = attacker.redeem("web", &attacker.code("web", &[]));
    let mut token = first.text("refresh_token").to_owned();
    let work = provider.least_work(|| {
        let refreshed = attacker.refresh("web", &token);
        assert_ne!(refreshed.text("refresh_token"), token);
        token = refreshed.text("refresh_token").to_owned();
    });
    assert_eq!(work, (0, 1));
}

#[test]
fn a_sign_in_is_three_units_of_work_that_write() {
    let provider = Provider::start();
    let url = Attacker(&provider).authorize_url("web", &[]);
    let work = provider.least_work(|| drop(Browser::new(&provider).sign_in(&url, "alice")));
    // The request is saved; the guess is counted before the password is looked at; the session begins and the code is given.
    // What is read: the request, for its page and for its form, and what is due for it.
    assert_eq!(work, (3, 3));
}

#[test]
fn a_page_that_is_only_looked_at_writes_nothing() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let mut browser = Browser::new(&provider);
    let sign_in = browser.open(&attacker.authorize_url("other", &[])).page().url;
    let (_, written) = provider.least_work(|| drop(browser.open(&sign_in).page()));
    assert_eq!(written, 0);
    let consent = browser
        .sign_in_as(&attacker.authorize_url("other", &[]), "alice")
        .page()
        .url;
    assert!(consent.contains("/consent/"), "{consent}");
    let (_, written) = provider.least_work(|| drop(browser.open(&consent).page()));
    assert_eq!(written, 0);
}
