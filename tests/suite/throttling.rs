//! Guessing passwords: ten wrong ones, then nobody gets in from there for a while, and nobody can tell why.

use std::thread;

use crate::actors::{Attacker, Browser, Page};
use crate::cast::PASSWORD;
use crate::rig::Provider;

/// A browser in front of the sign-in page.
fn at_the_door(provider: &Provider) -> (Browser, Page) {
    let mut browser = Browser::new(provider);
    let page = browser.open(&Attacker(provider).authorize_url("web", &[])).page();
    (browser, page)
}

/// The page's text without what differs between any two pages.
fn text(page: &Page, username: &str) -> String {
    let lines = page
        .body
        .lines()
        .filter(|line| !line.contains("name=\"csrf\"") && !line.contains("<form"));
    let id = page.header("x-correlation-id");
    lines
        .collect::<String>()
        .replace(username, "NAME")
        .replace(id, "ID")
}

#[test]
fn after_ten_wrong_passwords_the_right_one_is_wrong_too() {
    let provider = Provider::start();
    let (mut browser, door) = at_the_door(&provider);
    let before = provider.hasher.hashes_run();
    let mut guess = |password: &str| {
        let page = browser.send_form(&door, &[("username", "alice"), ("password", password)]);
        (page.status, text(&page, "alice"))
    };
    let first = guess("wrong 0");
    for n in 1..10 {
        assert_eq!(guess(&format!("wrong {n}")), first);
    }
    assert_eq!(guess(PASSWORD), first, "the same page as for a wrong password");
    assert_eq!(provider.hasher.hashes_run() - before, 11, "and the same work");

    provider.wait(16 * 60);
    assert_eq!(guess(PASSWORD).0, 303);
}

#[test]
fn of_two_hundred_guesses_at_once_ten_are_looked_at_and_others_are_still_served() {
    let provider = Provider::start();
    let (browser, door) = at_the_door(&provider);
    let before = provider.hasher.hashes_run();
    let (guesses, discovered) = thread::scope(|scope| {
        let guesses: Vec<_> = (0..200)
            .map(|n| {
                let (mut browser, door) = (browser.clone(), &door);
                let password = format!("guess number {n}");
                scope.spawn(move || {
                    let page = browser.send_form(door, &[("username", "alice"), ("password", &password)]);
                    (page.status, page.header("retry-after").to_owned())
                })
            })
            .collect();
        let discovered = Browser::new(&provider).get(&provider.url("/.well-known/openid-configuration"));
        let guesses: Vec<_> = guesses.into_iter().map(|guess| guess.join().unwrap()).collect();
        (guesses, discovered)
    });
    assert_eq!(discovered.status, 200);
    // Whoever does not fit into the queue is told so, and when to come back; nobody is let in.
    for (status, retry_after) in &guesses {
        assert!(
            *status == 200 || (*status == 503 && retry_after == "2"),
            "{status}"
        );
    }
    let served = guesses.iter().filter(|(status, _)| *status == 200).count();
    let hashed = provider.hasher.hashes_run() - before;
    assert_eq!(
        hashed,
        u64::try_from(served).unwrap(),
        "one hash each, and none for the others"
    );
    let wrong = provider.audit().into_iter().filter(|event| {
        event.event == "user.login.failed"
            && event
                .detail
                .as_deref()
                .is_some_and(|detail| detail.starts_with("wrong password"))
    });
    assert!((1..=10).contains(&wrong.count()));
}

#[test]
fn one_account_does_not_pay_for_another() {
    let provider = Provider::start();
    let (mut browser, door) = at_the_door(&provider);
    for _ in 0..11 {
        browser.send_form(&door, &[("username", "alice"), ("password", "wrong")]);
    }
    let page = browser.send_form(&door, &[("username", "bob"), ("password", PASSWORD)]);
    assert_eq!(page.status, 303);
}

#[test]
fn unknown_known_and_locked_people_look_alike() {
    let provider = Provider::start();
    provider.administer(|ports, ctx| {
        admin::users::lock(ports, ctx, &admin::Actor::named("suite"), "bob").map(drop)
    });
    let seen = [
        ("alice", "wrong"),
        ("nobody", "wrong"),
        ("bob", PASSWORD),
        ("", ""),
    ]
    .map(|(username, password)| {
        let (mut browser, door) = at_the_door(&provider);
        let before = provider.hasher.hashes_run();
        let page = browser.send_form(&door, &[("username", username), ("password", password)]);
        let mut headers: Vec<_> = page.headers.keys().map(|name| name.as_str().to_owned()).collect();
        headers.sort();
        let work = provider.hasher.hashes_run() - before;
        let said = page.body.contains("do not match");
        (page.status, headers, work, said, browser.cookies.len())
    });
    for other in &seen[1..] {
        assert_eq!(*other, seen[0]);
    }
}

#[test]
fn an_enormous_password_is_not_hashed() {
    let provider = Provider::start();
    let (mut browser, door) = at_the_door(&provider);
    let before = provider.hasher.hashes_run();
    let (long, huge) = ("x".repeat(2000), "x".repeat(1_000_000));
    assert!(
        browser
            .send_form(&door, &[("username", "alice"), ("password", &long)])
            .status
            < 500
    );
    assert_eq!(
        browser
            .send_form(&door, &[("username", "alice"), ("password", &huge)])
            .status,
        413
    );
    assert!(provider.hasher.hashes_run() - before <= 1);
}
