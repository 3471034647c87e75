//! How much one person, or somebody who pretends to be one, can fill.

use std::time::Duration;

use identity::LoginKey;
use identity::inbox::Inbox as _;
use kernel::id::{BrowserId, Sid};
use kernel::secret::BrowserSecret;
use kernel::{Plain, Policy};
use session::Session;

use crate::actors::{Attacker, Browser};
use crate::cast::PASSWORD;
use crate::rig::Provider;

/// The hundred-and-first device takes the place of the one that was not used for longest.
#[test]
fn a_person_has_a_hundred_sessions_at_most() {
    let provider = Provider::start();
    let url = Attacker(&provider).authorize_url("web", &[]);
    let mut first = Browser::new(&provider);
    first.sign_in(&url, "alice");
    let mut second = Browser::new(&provider);
    second.sign_in(&url, "alice");
    // The other devices are put there: a password takes its time.
    provider.administer(|tx, ctx| {
        let alice = tx.user_by_login(&LoginKey::of("alice"))?.unwrap();
        let own = tx.sessions_of_user(alice.id)?.remove(0);
        for n in 2..100 {
            let browser = session::Browser {
                id: BrowserId::generate(&*ctx.entropy),
                secret: Plain::<BrowserSecret>::generate(&*ctx.entropy).digest(),
                created_at: ctx.now(),
            };
            tx.save_browser(&browser)?;
            tx.save_session(&Session {
                sid: Sid::generate(&*ctx.entropy),
                browser: browser.id,
                last_seen_at: ctx.now().plus(Duration::from_secs(n)),
                ..own.clone()
            })?;
        }
        Ok(())
    });
    let silent = Attacker(&provider).authorize_url("web", &[("prompt", Some("none"))]);
    let is_here = |browser: &mut Browser| browser.open(&silent).app().query().unwrap().contains("code=");
    provider.wait(161);
    assert!(
        is_here(&mut first),
        "the hundredth changes nothing, and this one was used just now"
    );
    provider.wait(1);
    let mut last = Browser::new(&provider);
    last.sign_in(&url, "alice");
    assert!(!is_here(&mut second));
    assert!(is_here(&mut first) && is_here(&mut last));
    let ended = provider
        .audit()
        .into_iter()
        .filter(|event| event.event == "session.end");
    assert_eq!(ended.count(), 1);
    assert_eq!(provider.live_sessions(), 100);
}

/// An attacker's guesses are recorded up to the moment the door is shut, and no further. What everybody else
/// does is recorded as ever.
#[test]
fn guessing_fills_neither_table_nor_trail() {
    let policy = Policy {
        failures_per_source: 20,
        ..Policy::default()
    };
    let provider = Provider::with(policy);
    let mut browser = Browser::new(&provider);
    let page = browser
        .open(&Attacker(&provider).authorize_url("web", &[]))
        .page();
    let (throttles, audited) = (provider.rows("throttles"), provider.audit().len());
    for n in 0..40 {
        let username = format!("nobody-{n}");
        browser.send_form(&page, &[("username", &username), ("password", "wrong")]);
    }
    // Twenty names, the network; and nothing beyond.
    assert!(provider.rows("throttles") - throttles <= 21);
    let recorded = provider.audit().len() - audited;
    assert_eq!(recorded, 21, "twenty failures, and that there were too many");
    let blamed = browser.send_form(&page, &[("username", "alice"), ("password", PASSWORD)]);
    assert_eq!(blamed.status, 200, "nobody gets in from there");
}

/// Three letters an hour to one person, however often somebody asks, and not a word in the trail about the rest.
#[test]
fn nobody_is_written_to_more_than_three_times_an_hour() {
    let provider = Provider::start();
    let mut browser = Browser::new(&provider);
    let page = browser.open(&provider.url("/reset")).page();
    for _ in 0..5 {
        assert_eq!(browser.send_form(&page, &[("username", "alice")]).status, 303);
    }
    assert_eq!(provider.inbox.letters().len(), 3);
    let asked = provider
        .audit()
        .into_iter()
        .filter(|event| event.event == "user.password.reset.asked");
    assert_eq!(asked.count(), 3);
}
