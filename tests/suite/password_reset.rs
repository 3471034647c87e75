//! The forgotten password: a link by mail, a page with a button, a new password, and nothing of the old one left.

use std::thread;

use identity::inbox::{CaughtLetter, Inbox as _};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, COOKIE};

use crate::actors::browser::{encode, http, param};
use crate::actors::{Attacker, Browser, Page};
use crate::cast::PASSWORD;
use crate::rig::Provider;

const NEW: &str = "a brand new pass phrase";

fn letters(provider: &Provider) -> Vec<CaughtLetter> {
    provider.inbox.letters()
}

fn ask(provider: &Provider, browser: &mut Browser, login: &str) -> Page {
    let page = browser.open(&provider.url("/reset")).page();
    browser.submit(&page, &[("username", login)]).page()
}

/// The link in the last letter.
fn link(provider: &Provider) -> String {
    let text = letters(provider).remove(0).text;
    let start = text
        .find(&provider.url("/reset/"))
        .expect("the letter has a link");
    text[start..].split_whitespace().next().unwrap().to_owned()
}

/// A link for `login`, asked for elsewhere.
fn fresh_link(provider: &Provider, login: &str) -> String {
    ask(provider, &mut Browser::new(provider), login);
    link(provider)
}

#[track_caller]
fn assert_dead(page: &Page) {
    assert_eq!(page.status, 400, "{}", page.body);
    assert!(
        page.title().starts_with("This link is no longer good"),
        "{}",
        page.title()
    );
    assert!(
        page.body.contains("href=\"/reset\""),
        "a new one is one click away"
    );
}

/// Whether these credentials sign in.
fn opens(provider: &Provider, username: &str, password: &str) -> bool {
    let mut browser = Browser::new(provider);
    let door = browser.open(&provider.url("/login")).page();
    let landed = browser.submit(&door, &[("username", username), ("password", password)]);
    landed.page().title().starts_with("Home")
}

#[test]
fn whoever_forgot_the_password_gets_to_the_app_after_all() {
    let provider = Provider::start();
    let mut browser = Browser::new(&provider);
    let request = Attacker(&provider).authorize_url("web", &[]);
    let door = browser.open(&request).page();
    let (_, forgot) = door
        .body
        .split_once("href=\"/reset?")
        .expect("a way out at the door");
    let forgot = format!("/reset?{}", forgot.split('"').next().unwrap());
    let asked = browser.open(&provider.url(&forgot)).page();
    assert!(asked.title().starts_with("Forgot password"));
    let sent = browser
        .submit(&asked, &[("username", "Alice@example.org")])
        .page();
    assert!(sent.title().starts_with("Check your mail"));

    let form = browser.open(&link(&provider)).page();
    assert!(form.title().starts_with("Set a new password") && form.body.contains("alice Example"));
    assert!(!form.url.contains(link(&provider).rsplit('/').next().unwrap()));
    let done = browser.submit(&form, &[("password", NEW)]).page();
    assert!(done.title().starts_with("Password changed"), "{}", done.title());
    let (_, next) = done.body.split_once("class=\"button main\" href=\"").unwrap();
    let next = next.split('"').next().unwrap().to_owned();
    assert!(done.body.contains("Sign in to <bdi>The web app</bdi>"));
    let door = browser.open(&provider.url(&next)).page();
    assert!(
        door.title().starts_with("Sign in to The web app"),
        "nobody is signed in by a link"
    );
    let landed = browser
        .submit(&door, &[("username", "alice"), ("password", NEW)])
        .app();
    assert!(param(&landed, "code").is_some());

    assert!(!opens(&provider, "alice", PASSWORD));
    let letters = letters(&provider);
    assert_eq!(letters.len(), 2, "the link, and that the password was changed");
    assert!(!letters[0].text.contains("/reset/"), "{}", letters[0].text);
    assert!(
        browser
            .open(&form.url)
            .page()
            .title()
            .starts_with("Password changed"),
        "back shows what is done"
    );
}

#[test]
fn the_answer_tells_nobody_who_exists() {
    let provider = Provider::start();
    provider.administer(|ports, ctx| {
        let bob = ports.user_by_login(&identity::LoginKey::of("bob"))?.unwrap();
        let locked = identity::User {
            state: identity::UserState::Locked,
            ..bob
        };
        assert_eq!(ports.update_user(&locked)?, identity::ports::Insert::Done);
        let _ = ctx;
        Ok(())
    });
    let overlong = "x".repeat(10_000);
    let seen = [
        "alice",
        "nobody",
        "bob",
        "",
        &overlong,
        "alice\r\nBcc: eve@evil.test",
    ]
    .map(|login| {
        let mut browser = Browser::new(&provider);
        let form = browser.open(&provider.url("/reset")).page();
        let first = browser.send_form(&form, &[("username", login)]);
        let mut headers: Vec<_> = first
            .headers
            .keys()
            .map(|name| name.as_str().to_owned())
            .collect();
        headers.sort();
        let answer = (first.status, first.location(), headers);
        let last = browser.follow(first).page();
        (answer, last.status, last.body, browser.cookies.len())
    });
    for other in &seen[1..] {
        assert_eq!(*other, seen[0]);
    }
    assert!(seen[0].2.contains("If there is an account"));
    assert_eq!(letters(&provider).len(), 1);
}

#[test]
fn a_link_begins_with_the_configured_issuer() {
    let provider = Provider::start();
    let mut browser = Browser::new(&provider);
    let form = browser.open(&provider.url("/reset")).page();
    let csrf = &form.body.split_once("name=\"csrf\" value=\"").unwrap().1[..43];
    let cookies: Vec<_> = browser.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
    let spoofed = http()
        .post(provider.url("/reset"))
        .header(COOKIE, cookies.join("; "))
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("x-forwarded-host", "evil.test")
        .header("x-forwarded-proto", "gopher")
        .header("x-host", "evil.test")
        .header("forwarded", "host=evil.test;proto=https")
        .body(encode(&[("csrf", csrf), ("username", "alice")]));
    assert_eq!(spoofed.send().unwrap().status(), 303);
    assert!(link(&provider).starts_with(&provider.url("/reset/")));
    let letter = letters(&provider).remove(0);
    assert!(!letter.text.contains("evil") && !letter.html.contains("evil"));
}

#[test]
fn looking_at_a_link_uses_nothing_up_and_hides_it_at_once() {
    let provider = Provider::start();
    let link = fresh_link(&provider, "alice");
    let mut browser = Browser::new(&provider);
    for _ in 0..3 {
        let scanned = Browser::new(&provider).get(&link);
        assert_eq!(scanned.status, 303);
        assert_eq!(scanned.header("referrer-policy"), "no-referrer");
        assert_eq!(scanned.header("cache-control"), "no-store");
    }
    let head = http().request(Method::HEAD, &link).send().unwrap();
    assert_eq!(head.status(), 405);
    let form = browser.open(&link).page();
    let secret = link.split("/reset/").nth(1).unwrap();
    assert!(!form.url.contains(secret) && !form.body.contains(secret));
    assert!(!form.body.contains("src=\"http") && !form.body.contains("href=\"http"));
    assert!(
        form.header("content-security-policy")
            .starts_with("default-src 'none'")
    );
    let mut other = Browser::new(&provider);
    let stranger = other.open(&form.url).page();
    assert_eq!(stranger.status, 400);
    assert!(
        stranger.title().ends_with("did not send our cookie"),
        "{}",
        stranger.title()
    );
    assert!(stranger.body.contains("href=\"/reset\"") && !stranger.body.contains("<form"));
    other.open(&provider.url("/reset")).page();
    assert_dead(&other.open(&form.url).page());
    assert_dead(&other.send_form(&form, &[("password", NEW)]));
    let blind = browser.post(&form.url, &[("password", NEW)]);
    assert_eq!(blind.status, 403, "{}", blind.body);
    let done = browser.submit(&form, &[("password", NEW)]).page();
    assert!(done.title().starts_with("Password changed"));
}

#[test]
fn links_that_are_not_good_all_say_the_same() {
    let provider = Provider::start();
    let code = Attacker(&provider).code("web", &[]);
    let mut browser = Browser::new(&provider);
    let opened = |browser: &mut Browser, link: &str| browser.open(link).page();
    let older = fresh_link(&provider, "alice");
    let older_form = opened(&mut browser, &older);
    let newer = fresh_link(&provider, "alice");
    assert_dead(&opened(&mut browser, &older));
    assert_dead(&browser.send_form(&older_form, &[("password", NEW)]));
    let form = opened(&mut browser, &newer);
    browser.submit(&form, &[("password", NEW)]).page();
    assert_dead(&opened(&mut browser, &newer));
    assert_dead(&browser.send_form(&form, &[("password", PASSWORD)]));
    assert!(opens(&provider, "alice", NEW));

    let bobs = fresh_link(&provider, "bob");
    let bobs_form = opened(&mut browser, &bobs);
    provider.wait(30 * 60);
    assert_dead(&opened(&mut browser, &bobs));
    assert_dead(&browser.send_form(&bobs_form, &[("password", NEW)]));
    assert!(opens(&provider, "bob", PASSWORD));
    for never in [code.as_str(), "x", "%00", "..%2f"] {
        assert_dead(&opened(&mut browser, &provider.url(&format!("/reset/{never}"))));
    }
}

#[test]
fn a_changed_password_makes_its_links_worthless() {
    let provider = Provider::start();
    let link = fresh_link(&provider, "alice");
    let mut alice = Browser::new(&provider);
    let door = alice.open(&provider.url("/account/password")).page();
    let page = alice
        .submit(&door, &[("username", "alice"), ("password", PASSWORD)])
        .page();
    alice
        .submit(&page, &[("password", PASSWORD), ("new_password", NEW)])
        .page();
    assert_dead(&Browser::new(&provider).open(&link).page());
}

#[test]
fn of_twenty_at_once_one_sets_the_password() {
    let provider = Provider::start();
    let link = fresh_link(&provider, "alice");
    let mut browser = Browser::new(&provider);
    let form = browser.open(&link).page();
    let cookies = browser.cookies.clone();
    let statuses: Vec<u16> = thread::scope(|scope| {
        let tries: Vec<_> = (0..20)
            .map(|n| {
                let (provider, form, cookies) = (&provider, &form, cookies.clone());
                scope.spawn(move || {
                    let mut browser = Browser::new(provider);
                    browser.cookies = cookies;
                    browser
                        .send_form(form, &[("password", &format!("pass phrase number {n}"))])
                        .status
                })
            })
            .collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let count = |status| statuses.iter().filter(|one| **one == status).count();
    assert_eq!((count(303), count(400)), (1, 19), "{statuses:?}");
    let winner = statuses.iter().position(|status| *status == 303).unwrap();
    let works = |n: usize| opens(&provider, "alice", &format!("pass phrase number {n}"));
    assert!(works(winner) && !works((winner + 1) % 20));
}

#[test]
fn a_reset_ends_everything_the_old_password_opened() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let mut thief = Browser::new(&provider);
    let landed = thief.sign_in(&attacker.authorize_url("web", &[]), "alice");
    let answer = attacker.redeem("web", &param(&landed, "code").unwrap());
    let (access, refresh) = (
        answer.granted().to_owned(),
        answer.text("refresh_token").to_owned(),
    );
    let waiting = thief.open(&attacker.authorize_url("other", &[])).page();
    assert!(waiting.title().starts_with("Allow access"));
    let code = param(&thief.open(&attacker.authorize_url("web2", &[])).app(), "code").unwrap();

    let link = fresh_link(&provider, "alice");
    let mut owner = Browser::new(&provider);
    let form = owner.open(&link).page();
    owner.submit(&form, &[("password", NEW)]).page();
    attacker.refresh("web", &refresh).refused("invalid_grant");
    attacker.redeem("web2", &code).refused("invalid_grant");
    assert_eq!(attacker.userinfo(&access).status, 401);
    let pressed = thief.submit(&waiting, &[("decision", "allow")]).page();
    assert!(pressed.title().starts_with("Sign in"), "{}", pressed.title());
    assert!(
        owner
            .open(&provider.url("/account"))
            .page()
            .title()
            .starts_with("Sign in")
    );
}

#[test]
fn an_account_gets_three_letters_an_hour() {
    let provider = Provider::start();
    let mut browser = Browser::new(&provider);
    let form = browser.open(&provider.url("/reset")).page();
    let statuses: Vec<u16> = thread::scope(|scope| {
        let tries: Vec<_> = (0..100)
            .map(|n| {
                let (provider, form, cookies) = (&provider, &form, browser.cookies.clone());
                scope.spawn(move || {
                    let mut browser = Browser::new(provider);
                    browser.cookies = cookies;
                    let login = ["alice", "alice@example.org", "ALICE"][n % 3];
                    browser.send_form(form, &[("username", login)]).status
                })
            })
            .collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(statuses.iter().all(|status| *status == 303), "{statuses:?}");
    assert_eq!(letters(&provider).len(), 3);
    provider.wait(3600);
    ask(&provider, &mut browser, "alice");
    assert_eq!(letters(&provider).len(), 4);
}

#[test]
fn a_password_that_cannot_be_leaves_the_link_good() {
    let provider = Provider::start();
    let link = fresh_link(&provider, "alice");
    let mut browser = Browser::new(&provider);
    let form = browser.open(&link).page();
    let before = provider.hasher.hashes_run();
    for bad in ["", "elevenchars", &"x".repeat(1025), &"x".repeat(1_000_000)] {
        let refused = browser.send_form(&form, &[("password", bad)]);
        assert_eq!(refused.status, 400, "{}", bad.len());
    }
    assert_eq!(provider.hasher.hashes_run(), before);
    let done = browser.submit(&form, &[("password", &"x".repeat(1024))]).page();
    assert!(done.title().starts_with("Password changed"));
}

#[test]
fn failures_with_the_forgotten_password_are_forgotten_too() {
    let provider = Provider::start();
    for _ in 0..11 {
        assert!(!opens(&provider, "alice", "what was it"));
    }
    assert!(!opens(&provider, "alice", PASSWORD), "too many tries");
    let link = fresh_link(&provider, "alice");
    let mut browser = Browser::new(&provider);
    let form = browser.open(&link).page();
    browser.submit(&form, &[("password", NEW)]).page();
    assert!(opens(&provider, "alice", NEW));
}

#[test]
fn a_form_from_elsewhere_sends_no_letter() {
    let provider = Provider::start();
    let mut browser = Browser::new(&provider);
    browser.open(&provider.url("/reset")).page();
    let blind = browser.post(&provider.url("/reset"), &[("username", "alice")]);
    assert_eq!(blind.status, 403);
    let foreign = Browser::new(&provider).open(&provider.url("/reset")).page();
    assert_eq!(browser.send_form(&foreign, &[("username", "alice")]).status, 403);
    assert!(letters(&provider).is_empty());
}
