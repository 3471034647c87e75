//! Passwords are hashed by few threads behind a queue. Here both are full, and no hash can end until the story says so:
//! whatever is answered meanwhile was answered without one.

use std::sync::mpsc;

use identity::password::Password;

use crate::actors::{Attacker, Browser, RelyingParty};
use crate::apis;
use crate::cast::PASSWORD;
use crate::rig::Provider;

/// Threads that hash and places in the queue, of a story's provider.
const THREADS: usize = 2;
const QUEUE: usize = 64;

/// Holds every hashing thread and fills the queue. Dropping what comes back lets them go.
fn occupy(provider: &Provider) -> Vec<mpsc::Sender<()>> {
    let password = || Password::new(PASSWORD).unwrap();
    let (held, holding) = mpsc::channel();
    let mut doors = Vec::new();
    for _ in 0..THREADS {
        let (door, shut) = mpsc::channel::<()>();
        let held = held.clone();
        provider.hasher.submit_hash(password(), move |_| {
            held.send(()).unwrap();
            let _ = shut.recv();
        });
        doors.push(door);
    }
    for _ in 0..THREADS {
        holding.recv().unwrap();
    }
    for _ in 0..QUEUE {
        provider.hasher.submit_verify(password(), None, drop);
    }
    doors
}

#[test]
fn who_needs_no_password_does_not_wait_for_one() {
    let provider = apis::provider();
    let web = RelyingParty::new(&provider, "web");
    let mut browser = Browser::new(&provider);
    let tokens = web.sign_in(&mut browser, "alice", "offline_access");
    let attacker = Attacker(&provider);
    let door = Browser::new(&provider)
        .open(&attacker.authorize_url("web", &[]))
        .page();

    let doors = occupy(&provider);
    let before = provider.hasher.hashes_run();

    // Two hundred that ask for nothing secret, and each endpoint for programs.
    for _ in 0..100 {
        let discovered = Browser::new(&provider).get(&provider.url("/.well-known/openid-configuration"));
        assert_eq!(discovered.status, 200);
        assert_eq!(attacker.userinfo(&tokens.access).status, 200);
    }
    assert_eq!(Browser::new(&provider).get(&provider.url("/jwks")).status, 200);
    assert_eq!(attacker.introspect("web", &tokens.access).status, 200);
    let departure = web.depart("", &[("prompt", "none")]);
    let landed = browser.open(&departure.url).app();
    web.finish(departure, &landed);
    attacker
        .refresh("web", tokens.refresh.as_deref().unwrap())
        .granted();

    // Who needs one is told at once, and when to come back.
    let mut other = Browser::new(&provider);
    let page = other.open(&attacker.authorize_url("web", &[])).page();
    let refused = other.send_form(&page, &[("username", "alice"), ("password", PASSWORD)]);
    assert_eq!((refused.status, refused.header("retry-after")), (503, "2"));
    assert!(door.title().starts_with("Sign in"));
    assert_eq!(
        provider.hasher.hashes_run(),
        before,
        "nothing was hashed for any of them"
    );

    drop(doors);
}

/// Being turned away counts as no guess: after any number of them the right password is right.
#[test]
fn being_turned_away_is_no_guess() {
    let provider = Provider::start();
    let doors = occupy(&provider);
    let mut browser = Browser::new(&provider);
    let page = browser
        .open(&Attacker(&provider).authorize_url("web", &[]))
        .page();
    for _ in 0..30 {
        let refused = browser.send_form(&page, &[("username", "alice"), ("password", "wrong")]);
        assert_eq!(refused.status, 503);
    }
    drop(doors);
    // The queue empties by itself; the answer is the password's as soon as there is a place in it.
    let answer =
        std::iter::repeat_with(|| browser.send_form(&page, &[("username", "alice"), ("password", PASSWORD)]));
    let last = answer.take(10_000).find(|answer| answer.status != 503).unwrap();
    assert_eq!(last.status, 303);
    assert!(
        provider
            .audit()
            .iter()
            .all(|event| event.event != "user.login.failed")
    );
}
