//! The first owner comes by a link that is good once, for an hour, until a newer one.

use std::thread;

use admin::{Actor, AdminFault, administrators, setup};

use crate::actors::{Browser, Page};
use crate::cast::PASSWORD;
use crate::rig::Provider;

fn link(provider: &Provider) -> String {
    let token = provider.administer(|ports, ctx| setup::begin(ports, ctx, &Actor::cli()));
    provider.url(&format!("/setup/{}", token.expose()))
}

/// The names of all owners.
fn owners(provider: &Provider) -> Vec<String> {
    let all = provider.administer(|ports, _| administrators::list(ports, &Actor::cli()));
    all.into_iter().map(|standing| standing.name).collect()
}

#[track_caller]
fn assert_dead(page: &Page) {
    assert_eq!(page.status, 400, "{}", page.body);
    assert!(
        page.body.contains("This link is not good any more"),
        "{}",
        page.body
    );
    assert!(page.body.contains("signet admin setup-link"), "{}", page.body);
}

#[test]
fn a_link_makes_the_first_owner_who_then_signs_in_to_the_console() {
    let provider = Provider::start();
    let link = link(&provider);
    let secret = link.rsplit('/').next().unwrap().to_owned();
    let mut browser = Browser::new(&provider);
    let form = browser.open(&link).page();
    assert!(form.title().starts_with("Set up"), "{}", form.title());
    assert!(
        !form.url.contains(&secret) && !form.body.contains(&secret),
        "{}",
        form.url
    );
    assert_eq!(form.header("referrer-policy"), "same-origin");
    assert!(owners(&provider).is_empty());

    // Another browser has no use for the address.
    let mut other = Browser::new(&provider);
    assert_dead(&other.open(&form.url).page());

    let root = [
        ("username", "root"),
        ("name", "Rosa Root"),
        ("email", "root@example.org"),
    ];
    let short = browser
        .submit(&form, &[&root[..], &[("password", "short")]].concat())
        .page();
    assert_eq!(short.status, 400);
    assert!(
        short.body.contains("too short") && short.body.contains("Rosa Root"),
        "{}",
        short.body
    );
    let taken = [("username", "alice"), ("password", PASSWORD)];
    let taken = browser.submit(&form, &taken).page();
    assert_eq!(taken.status, 409);
    assert!(owners(&provider).is_empty(), "the link stays good");

    let door = browser
        .submit(&form, &[&root[..], &[("password", PASSWORD)]].concat())
        .page();
    assert!(door.title().starts_with("Sign in"), "{}", door.title());
    assert_eq!(owners(&provider), ["root"]);
    let inside = browser
        .submit(&door, &[("username", "root"), ("password", PASSWORD)])
        .page();
    assert!(inside.url.starts_with(&provider.url("/admin")), "{}", inside.url);
    let keys = browser.open(&provider.url(super::KEYS)).page();
    assert_eq!(keys.status, 200, "{}", keys.body);

    assert_dead(&browser.open(&form.url).page());
    assert_dead(&Browser::new(&provider).open(&link).page());
    let mut trail = provider.audit().into_iter();
    assert!(trail.any(|told| told.event == "admin.roles.set"));
}

#[test]
fn only_the_newest_link_is_good_and_only_for_an_hour() {
    let provider = Provider::start();
    let (older, newer) = (link(&provider), link(&provider));
    assert_dead(&Browser::new(&provider).open(&older).page());
    let mut browser = Browser::new(&provider);
    let form = browser.open(&newer).page();
    assert_eq!(form.status, 200);
    provider.wait(setup::LIFE.as_secs());
    let root = [("username", "root"), ("password", PASSWORD)];
    assert_dead(&browser.submit(&form, &root).page());
    assert_dead(&Browser::new(&provider).open(&newer).page());
    assert!(owners(&provider).is_empty());
}

#[test]
fn of_twenty_who_try_at_once_one_becomes_the_owner() {
    let provider = Provider::start();
    let link = link(&provider);
    let racers: Vec<_> = (0..20)
        .map(|at| {
            let mut browser = Browser::new(&provider);
            let form = browser.open(&link).page();
            (browser, form, format!("racer{at}"))
        })
        .collect();
    let answers: Vec<Page> = thread::scope(|scope| {
        let racing: Vec<_> = racers
            .into_iter()
            .map(|(mut browser, form, name)| {
                scope.spawn(move || browser.send_form(&form, &[("username", &name), ("password", PASSWORD)]))
            })
            .collect();
        racing.into_iter().map(|racer| racer.join().unwrap()).collect()
    });
    let won = answers
        .iter()
        .filter(|answer| answer.location().is_some_and(|to| to.ends_with("/admin")));
    assert_eq!(won.count(), 1);
    for lost in answers.iter().filter(|answer| answer.location().is_none()) {
        // The pool that hashes passwords may have been full.
        assert!(
            lost.status == 400 || lost.status == 503,
            "{} {}",
            lost.status,
            lost.body
        );
    }
    assert_eq!(owners(&provider).len(), 1);
    assert_eq!(provider.rows("users"), 3, "alice, bob and the winner");
}

#[test]
fn a_form_says_nothing_it_is_not_asked_and_comes_from_nowhere_else() {
    let provider = Provider::start();
    let mut browser = Browser::new(&provider);
    let form = browser.open(&link(&provider)).page();
    let (action, _) = form.answer().unwrap();
    let forged = browser.post(
        &provider.url(&action),
        &[("csrf", "x"), ("username", "root"), ("password", PASSWORD)],
    );
    assert_eq!(forged.status, 403, "{}", forged.body);
    // ATTACKS 226.
    let more = [
        ("username", "root"),
        ("email", "root@example.org"),
        ("password", PASSWORD),
        ("email_verified", "true"),
        ("sub", "00000000-0000-4000-8000-000000000000"),
        ("state", "locked"),
        ("roles", "editor"),
    ];
    browser.submit(&form, &more).page();
    let root = provider.administer(|ports, _| admin::users::find(ports, &Actor::cli(), "root"));
    assert!(!root.email_verified && root.is_active() && root.roles.is_empty());
    assert_ne!(root.id.to_string(), "00000000-0000-4000-8000-000000000000");
}

#[test]
fn there_is_no_link_beside_an_owner() {
    let provider = Provider::start();
    let old = link(&provider);
    super::give(&provider, "alice", &[admin::Role::Owner]);
    assert_dead(&Browser::new(&provider).open(&old).page());
    let why = super::refused(&provider, |ports, ctx| setup::begin(ports, ctx, &Actor::cli()));
    assert!(matches!(why, AdminFault::Conflict(_)), "{why}");
}
