//! Consent: an app that is not ours is introduced, and the person decides. What is decided about is kept on the server.

use crate::actors::attacker::Attacker;
use crate::actors::browser::param;
use crate::actors::{Browser, Page};
use crate::rig::Provider;

const WANTED: (&str, Option<&str>) = ("scope", Some("openid email"));

/// Alice's browser, on the consent page of `other`.
fn asked(provider: &Provider, scope: (&str, Option<&str>)) -> (Browser, Page) {
    let mut browser = Browser::new(provider);
    let url = Attacker(provider).authorize_url("other", &[scope]);
    let page = browser.sign_in_as(&url, "alice").page();
    assert!(page.title().starts_with("Allow access"), "{}", page.title());
    (browser, page)
}

#[test]
fn what_was_allowed_is_remembered() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let (mut browser, page) = asked(&provider, WANTED);
    assert!(page.body.contains("The other app") && page.body.contains("rp.test"));
    let landed = browser.submit(&page, &[("decision", "allow")]).app();
    let tokens = attacker.redeem("other", &param(&landed, "code").unwrap());
    assert_eq!(
        attacker.userinfo(tokens.granted()).text("email"),
        "alice@example.org"
    );

    let silent = attacker.authorize_url("other", &[WANTED, ("prompt", Some("none"))]);
    assert!(param(&browser.open(&silent).app(), "code").is_some());
    // Another browser of the same person is not asked either.
    let mut second = Browser::new(&provider);
    let landed = second.sign_in(&attacker.authorize_url("other", &[WANTED]), "alice");
    assert!(param(&landed, "code").is_some());
}

#[test]
fn more_than_before_is_asked_about() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let (mut browser, page) = asked(&provider, WANTED);
    browser.submit(&page, &[("decision", "allow")]).app();
    let more = attacker.authorize_url("other", &[("scope", Some("openid email profile"))]);
    let page = browser.open(&more).page();
    assert_eq!(page.body.matches("class=\"new\"").count(), 1, "{}", page.body);
    let again = attacker.authorize_url("other", &[WANTED, ("prompt", Some("consent"))]);
    assert!(browser.open(&again).page().title().starts_with("Allow access"));
}

#[test]
fn denying_is_an_answer() {
    let provider = Provider::start();
    let (mut browser, page) = asked(&provider, WANTED);
    let landed = browser.submit(&page, &[("decision", "deny")]).app();
    assert_eq!(param(&landed, "error").as_deref(), Some("access_denied"));
    assert_eq!(param(&landed, "state").as_deref(), Some("a state & more"));
    assert_eq!(param(&landed, "iss"), Some(provider.issuer.clone()));
    // It is not remembered: whoever comes back is asked again.
    assert!(browser.open(&page.url).page().title().starts_with("Allow access"));
    let again = browser
        .open(&Attacker(&provider).authorize_url("other", &[WANTED]))
        .page();
    assert!(again.title().starts_with("Allow access"));
}

#[test]
fn the_form_cannot_say_what_is_allowed() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let (mut browser, page) = asked(&provider, ("scope", Some("openid")));
    let tampered = [
        ("scope", "openid admin offline_access email"),
        ("client_id", "web"),
        ("redirect_uri", "https://evil.test/"),
        ("decision", "allow"),
    ];
    let landed = browser.submit(&page, &tampered).app();
    assert_eq!(landed.host_str(), Some("rp.test"));
    let tokens = attacker.redeem("other", &param(&landed, "code").unwrap());
    tokens.granted();
    assert_eq!(tokens.text("scope"), "openid");
    assert!(tokens.json["refresh_token"].is_null());
}

#[test]
fn only_the_form_of_this_browser_counts() {
    let provider = Provider::start();
    let (mut browser, page) = asked(&provider, WANTED);
    let forged = [("decision", "allow"), ("csrf", "x")];
    assert_eq!(browser.post(&page.url, &forged).status, 403);
    assert_eq!(browser.post(&page.url, &forged[..1]).status, 403);
    // A signed-in stranger cannot answer it, nor can a browser without cookies.
    let (mut stranger, own) = asked(&provider, WANTED);
    assert!((400..500).contains(&stranger.send_form(&page, &[("decision", "allow")]).status));
    assert!(
        (400..500).contains(
            &Browser::new(&provider)
                .send_form(&page, &[("decision", "allow")])
                .status
        )
    );
    stranger.submit(&own, &[("decision", "allow")]).app();
    browser.submit(&page, &[("decision", "deny")]).app();
}

#[test]
fn clicking_twice_leads_on() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let (mut browser, page) = asked(&provider, WANTED);
    let first = browser.send_form(&page, &[("decision", "allow")]);
    assert!(first.location().unwrap().contains("code="));
    // The second click gets no code of its own; it begins the same request anew, which needs no question any more.
    let second = browser.send_form(&page, &[("decision", "allow")]);
    assert!(
        second
            .location()
            .unwrap()
            .starts_with(&provider.url("/authorize/"))
    );
    let landed = browser.follow(second).app();
    assert_eq!(
        attacker.redeem("other", &param(&landed, "code").unwrap()).status,
        200
    );
}

#[test]
fn only_the_person_who_was_asked_can_answer() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let (mut browser, page) = asked(&provider, WANTED);
    // In another tab bob signs in at the same browser, a moment later; alice's page is still open.
    provider.wait(1);
    browser.sign_in(
        &attacker.authorize_url("web", &[("prompt", Some("login"))]),
        "bob",
    );
    let refused = browser.send_form(&page, &[("decision", "allow")]);
    assert_eq!(refused.status, 403);
    let shown = browser.open(&page.url).page();
    assert!(shown.title().starts_with("Allow access") && shown.body.contains("bob"));
}
