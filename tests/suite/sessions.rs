//! The browser's session: how long it lives, what its cookie is like, and who may use a page begun by somebody else.

use crate::actors::browser::param;
use crate::actors::{Attacker, Browser};
use crate::cast::PASSWORD;
use crate::rig::Provider;

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

/// Whether a silent request is answered with a code.
fn is_signed_in(provider: &Provider, browser: &mut Browser) -> bool {
    let url = Attacker(provider).authorize_url("web", &[("prompt", Some("none"))]);
    param(&browser.open(&url).app(), "code").is_some()
}

fn signed_in(provider: &Provider) -> Browser {
    let mut browser = Browser::new(provider);
    browser.sign_in(&Attacker(provider).authorize_url("web", &[]), "alice");
    browser
}

#[test]
fn an_unused_session_ends() {
    let provider = Provider::start();
    let mut browser = signed_in(&provider);
    provider.wait(12 * HOUR - 60);
    assert!(is_signed_in(&provider, &mut browser));
    provider.wait(12 * HOUR - 60);
    assert!(is_signed_in(&provider, &mut browser), "every visit counts");
    provider.wait(12 * HOUR + 60);
    assert!(!is_signed_in(&provider, &mut browser));
}

#[test]
fn a_used_session_ends_too() {
    let provider = Provider::start();
    let mut browser = signed_in(&provider);
    for _ in 0..60 {
        provider.wait(DAY / 2 - 60);
        assert!(is_signed_in(&provider, &mut browser));
    }
    // An hour for the minutes that were missing to thirty days, and one beyond.
    provider.wait(2 * HOUR);
    assert!(!is_signed_in(&provider, &mut browser));
}

#[test]
fn cookies_are_for_us_alone() {
    let provider = Provider::start();
    let mut browser = Browser::new(&provider);
    let first = browser.get(&Attacker(&provider).authorize_url("web", &[]));
    let door = browser.open(&first.location().unwrap()).page();
    let second = browser.send_form(&door, &[("username", "alice"), ("password", PASSWORD)]);
    for (page, name) in [(&first, "signet-flow="), (&second, "signet=")] {
        let cookie = page.header("set-cookie");
        assert!(cookie.starts_with(name), "{cookie}");
        for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
        // RFC 9700 4.12: the credentials are not sent on.
        assert_eq!(page.status, 303);
    }
}

#[test]
fn signing_in_changes_the_secret() {
    let provider = Provider::start();
    let mut browser = signed_in(&provider);
    let before = browser.cookies.clone();
    provider.wait(1);
    browser.sign_in(
        &Attacker(&provider).authorize_url("web", &[("prompt", Some("login"))]),
        "alice",
    );
    assert_ne!(browser.cookies["signet"], before["signet"]);
    let mut old = Browser::new(&provider);
    old.cookies = before;
    assert!(!is_signed_in(&provider, &mut old));
    assert!(is_signed_in(&provider, &mut browser));
}

#[test]
fn a_planted_cookie_is_not_adopted() {
    let provider = Provider::start();
    let mut victim = Browser::new(&provider);
    let planted = "A".repeat(43);
    victim.cookies.insert("signet".to_owned(), planted.clone());
    victim.sign_in(&Attacker(&provider).authorize_url("web", &[]), "alice");
    assert_ne!(victim.cookies["signet"], planted);
    let mut attacker = Browser::new(&provider);
    attacker.cookies.insert("signet".to_owned(), planted);
    assert!(!is_signed_in(&provider, &mut attacker));
}

#[test]
fn a_page_belongs_to_the_browser_that_began_it() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let mut mallory = Browser::new(&provider);
    let door = mallory.open(&attacker.authorize_url("web", &[])).page();
    let mut victim = signed_in(&provider);
    let credentials = [("username", "bob"), ("password", PASSWORD)];
    let hashes = provider.hasher.hashes_run();
    for browser in [&mut victim, &mut Browser::new(&provider)] {
        // Opened elsewhere it is at best a request of that browser's own, never the one mallory waits for.
        let opened = browser.get(&door.url);
        assert!(
            opened.status == 400 || opened.location().is_some_and(|to| !to.contains(&door.url)),
            "{opened:?}"
        );
        assert!((400..500).contains(&browser.send_form(&door, &credentials).status));
    }
    assert_eq!(
        provider.hasher.hashes_run(),
        hashes,
        "nobody's password was looked at"
    );
    assert!(
        victim.open(&provider.url("/")).page().body.contains("alice"),
        "the victim is still alice"
    );
}

#[test]
fn a_forged_form_is_refused_before_anything_is_hashed() {
    let provider = Provider::start();
    let mut browser = Browser::new(&provider);
    let door = browser
        .open(&Attacker(&provider).authorize_url("web", &[]))
        .page();
    let hashes = provider.hasher.hashes_run();
    let forged = [("username", "alice"), ("password", PASSWORD), ("csrf", "x")];
    assert_eq!(browser.post(&door.url, &forged).status, 403);
    assert_eq!(browser.post(&door.url, &forged[..2]).status, 403);
    assert_eq!(provider.hasher.hashes_run(), hashes);
}

#[test]
fn back_and_a_second_tab_lead_on() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let mut browser = Browser::new(&provider);
    let first = browser.open(&attacker.authorize_url("web", &[])).page();
    let second = browser.open(&attacker.authorize_url("web2", &[])).page();
    let credentials = [("username", "alice"), ("password", PASSWORD)];
    let landed = browser.submit(&first, &credentials).app();
    assert!(param(&landed, "code").is_some());
    // The second tab needs no password any more; going back in the first one leads to its app again.
    assert!(param(&browser.open(&second.url).app(), "code").is_some());
    let again = browser.open(&first.url).app();
    assert!(param(&again, "code").is_some() && param(&again, "code") != param(&landed, "code"));
}

#[test]
fn a_sign_in_page_left_open_for_long_says_so() {
    let provider = Provider::start();
    let mut browser = Browser::new(&provider);
    let door = browser
        .open(&Attacker(&provider).authorize_url("web", &[]))
        .page();
    provider.wait(HOUR + 1);
    let page = browser.send_form(&door, &[("username", "alice"), ("password", PASSWORD)]);
    assert_eq!(page.status, 410);
    assert!(page.title().starts_with("Error"));
}

#[test]
fn nothing_in_a_request_says_where_to_go_next() {
    let provider = Provider::start();
    for evil in [
        "//evil.test",
        "/\\evil.test",
        "https://evil.test",
        "javascript:alert(1)",
    ] {
        let mut browser = Browser::new(&provider);
        let pairs = [("return_to", evil), ("next", evil), ("redirect_uri", evil)];
        let query = crate::actors::browser::encode(&pairs);
        let door = browser.open(&provider.url(&format!("/login?{query}"))).page();
        let page = browser
            .submit(&door, &[("username", "alice"), ("password", PASSWORD)])
            .page();
        assert_eq!(page.url, provider.url("/"));
    }
}

#[test]
fn a_saved_request_does_not_outlive_the_address_it_came_with() {
    let provider = Provider::start();
    let mut browser = Browser::new(&provider);
    let page = browser
        .open(&Attacker(&provider).authorize_url("web", &[]))
        .page();
    let id = page.url.rsplit('/').next().unwrap().to_owned();
    provider.administer(|ports, _| {
        let mut client = ports.client("web")?.unwrap();
        client.metadata.redirect_uris = vec!["https://rp.test/elsewhere".to_owned()];
        ports.update_client(&client)?;
        Ok(())
    });
    for path in [format!("/login/{id}"), format!("/authorize/{id}")] {
        crate::apis::eventually(|| browser.get(&provider.url(&path)).status == 400);
    }
    let answer = browser.post(&page.url, &[("username", "alice"), ("password", PASSWORD)]);
    assert_eq!((answer.status, answer.location()), (400, None));
}
