//! Answers that travel in a form or a fragment (OAuth 2.0 Form Post Response Mode, Multiple Response Types 2.1).

use std::collections::BTreeMap;

use url::Url;

use crate::actors::browser::{http, param};
use crate::actors::{Attacker, Browser, Page};
use crate::cast::CALLBACK;
use crate::rig::Provider;

const FORM_POST: (&str, Option<&str>) = ("response_mode", Some("form_post"));

/// A page that takes an answer to the app: where it goes, and what it says.
#[track_caller]
fn answer(page: &Page) -> (String, BTreeMap<String, String>) {
    assert_eq!((page.status, page.location()), (200, None), "{page:?}");
    assert!(page.title().starts_with("Continue"), "{}", page.title());
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("script-src 'self'") && !policy.contains("unsafe"),
        "{policy}"
    );
    assert!(
        !policy.contains("form-action"),
        "Chromium would stop the form: {policy}"
    );
    assert_eq!(page.body.matches("<script").count(), 1);
    assert!(
        page.body
            .contains("<button class=\"button main\">Continue</button>")
    );
    page.answer().expect("a form")
}

#[test]
fn a_code_arrives_in_a_form() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let mut browser = Browser::new(&provider);
    let url = attacker.authorize_url("web", &[FORM_POST]);
    let page = browser.sign_in_as(&url, "alice").page();
    let (action, fields) = answer(&page);
    assert_eq!(action, CALLBACK);
    assert_eq!(fields.keys().collect::<Vec<_>>(), ["code", "iss", "state"]);
    assert_eq!(fields["state"], "a state & more");
    assert_eq!(fields["iss"], provider.issuer);
    attacker.redeem("web", &fields["code"]).granted();
    // Where somebody is signed in, it comes at once, and silently too.
    for extra in [None, Some("none")] {
        let url = attacker.authorize_url("web", &[FORM_POST, ("prompt", extra)]);
        assert!(answer(&browser.get(&url)).1.contains_key("code"));
    }
}

#[test]
fn the_script_is_ours_and_stands_in_a_file() {
    let provider = Provider::start();
    let page = Attacker(&provider).authorize("web", &[FORM_POST, ("prompt", Some("none"))]);
    answer(&page);
    let (_, rest) = page
        .body
        .split_once("<script src=\"")
        .expect("a script in a file");
    let (source, _) = rest.split_once('"').unwrap();
    let script = http().get(provider.url(source)).send().unwrap();
    assert_eq!(script.status().as_u16(), 200);
    assert!(
        script.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/javascript")
    );
    assert!(
        script.headers()["cache-control"]
            .to_str()
            .unwrap()
            .contains("immutable")
    );
}

#[test]
fn errors_arrive_there_too_however_early() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    for (name, value, error) in [
        ("prompt", Some("none"), "login_required"),
        ("prompt", Some("none login"), "invalid_request"),
        ("response_type", None, "invalid_request"),
        ("response_type", Some("token"), "unsupported_response_type"),
        ("request", Some("e30.e30."), "request_not_supported"),
        ("scope", Some("admin"), "invalid_scope"),
        ("claims", Some("[]"), "invalid_request"),
    ] {
        let page = attacker.authorize("web", &[FORM_POST, (name, value)]);
        let (action, fields) = answer(&page);
        assert_eq!((&*action, &*fields["error"]), (CALLBACK, error));
        assert_eq!(fields["state"], "a state & more");
        assert_eq!(fields["iss"], provider.issuer);
        assert_eq!(page.header("set-cookie"), "", "a refusal leaves nothing behind");
    }
    // Denying is an answer like any other.
    let mut browser = Browser::new(&provider);
    let url = attacker.authorize_url("other", &[FORM_POST]);
    let page = browser.sign_in_as(&url, "alice").page();
    let denied = browser.submit(&page, &[("decision", "deny")]).page();
    assert_eq!(answer(&denied).1["error"], "access_denied");
}

#[test]
fn a_hostile_state_comes_back_as_it_was() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let all: String = (' '..='~').collect();
    for state in [
        "\"><script>alert(1)</script>",
        "' onload='alert(1)",
        "&lt;&#34;&quot;&amp;",
        &*all,
        &"-._~".repeat(32),
        &"<".repeat(4096),
        "été \u{1f511}",
    ] {
        let changes = [FORM_POST, ("state", Some(state)), ("prompt", Some("none"))];
        let page = attacker.authorize("web", &changes);
        assert_eq!(answer(&page).1["state"], state);
        let at = attacker.authorize("web", &changes[1..]);
        let url = Url::parse(&at.location().unwrap()).unwrap();
        assert_eq!(param(&url, "state").as_deref(), Some(state));
    }
    let page = attacker.authorize("web", &[FORM_POST, ("state", None), ("prompt", Some("none"))]);
    assert!(!answer(&page).1.contains_key("state"));
}

#[test]
fn what_a_form_cannot_carry_is_refused_in_the_query() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let broken = attacker.authorize("web", &[FORM_POST, ("state", Some("two\nlines"))]);
    let url = Url::parse(&broken.location().unwrap()).unwrap();
    assert_eq!(param(&url, "error").as_deref(), Some("invalid_request"));
    let usual = attacker.authorize_url("web", &[FORM_POST]);
    let twice = Browser::new(&provider).get(&format!("{usual}&response_mode=form_post"));
    let url = Url::parse(&twice.location().unwrap()).unwrap();
    assert_eq!(param(&url, "error").as_deref(), Some("invalid_request"));
    assert_eq!(param(&url, "state"), None);
}

#[test]
fn a_fragment_is_answered_in_the_fragment() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let fragment = ("response_mode", Some("fragment"));
    let landed = Browser::new(&provider).sign_in(&attacker.authorize_url("web", &[fragment]), "alice");
    assert_eq!(landed.query(), None);
    let fields: BTreeMap<_, _> = url::form_urlencoded::parse(landed.fragment().unwrap().as_bytes()).collect();
    assert_eq!(
        (&*fields["state"], &*fields["iss"]),
        ("a state & more", &*provider.issuer)
    );
    attacker.redeem("web", &fields["code"]).granted();
    let refused = attacker.authorize("web", &[fragment, ("prompt", Some("none"))]);
    assert!(
        refused
            .location()
            .unwrap()
            .starts_with(&format!("{CALLBACK}#error=login_required"))
    );
}
