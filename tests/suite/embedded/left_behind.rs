//! Everything anybody can leave behind without an account, or with one, and that it goes when its time is over, a few rows at a
//! time. Saved requests in their thousands: `overload::abandoned`; a million of everything: `tests/load/abandon`.

use crate::actors::{Attacker, Browser};
use crate::cast::PASSWORD;
use crate::rig::Provider;

/// Tables that must be as they were, once the time of what was left is over.
const TABLES: [&str; 15] = [
    "interactions",
    "throttles",
    "password_resets",
    "browsers",
    "sessions",
    "session_clients",
    "grants",
    "refresh_tokens",
    "revocations",
    "logout_notices",
    "flows",
    "kept_answers",
    "console_sessions",
    "signed_tokens",
    "statistics",
];

fn rows(provider: &Provider) -> [i64; 15] {
    TABLES.map(|table| provider.rows(table))
}

/// Begun by somebody who never comes back.
fn abandon(provider: &Provider) {
    let attacker = Attacker(provider);
    for _ in 0..600 {
        attacker.authorize("web", &[]);
    }
    for number in 0..40 {
        let mut browser = Browser::new(provider);
        let door = browser.open(&attacker.authorize_url("web", &[])).page();
        let username = format!("nobody{number}");
        browser.submit(&door, &[("username", &username), ("password", "wrong")]);
        browser.open(&provider.url("/logout"));
        let asked = browser.open(&provider.url("/reset")).page();
        browser.submit(&asked, &[("username", "alice")]);
        attacker.authorize("unknown", &[]);
    }
}

/// Done by somebody with an account, over and over.
fn pile_up(provider: &Provider) {
    let attacker = Attacker(provider);
    for _ in 0..5 {
        let mut browser = Browser::new(provider);
        browser
            .sign_in_as(&attacker.authorize_url("other", &[]), "bob")
            .page();
        let mut token = None;
        for number in 0..120 {
            let landed = browser.open(&attacker.authorize_url("web", &[])).app();
            if number < 20 {
                let code = crate::actors::browser::param(&landed, "code").unwrap();
                let answer = attacker.redeem("web", &code);
                token = Some(answer.text("refresh_token").to_owned());
            }
        }
        let token = (0..20).fold(token.unwrap(), |token, _| {
            attacker.refresh("web", &token).text("refresh_token").to_owned()
        });
        attacker.revoke("web", &token, &[]);
    }
    let mut owner = Browser::new(provider);
    let door = owner.open(&provider.url("/admin")).page();
    owner.submit(&door, &[("username", "bob"), ("password", PASSWORD)]);
    provider.store_statistics();
}

#[test]
fn whatever_is_left_behind_goes_with_its_time() {
    let provider = Provider::start();
    let before = rows(&provider);
    abandon(&provider);
    pile_up(&provider);
    let full = rows(&provider);
    println!("{TABLES:?}\n{full:?}");
    for (table, at_least) in [
        ("interactions", 640),
        ("throttles", 40),
        ("grants", 600),
        ("refresh_tokens", 200),
    ] {
        assert!(provider.rows(table) >= at_least, "{table}");
    }
    // The oldest of everything is a year old now.
    provider.wait(366 * 24 * 3600);
    let writes = provider.storage.database().counts().writes;
    provider.sweep();
    let parts = provider.storage.database().counts().writes - writes;
    assert!(parts >= 4, "a few at a time, and others in between: {parts}");
    assert_eq!(rows(&provider), before, "{TABLES:?}");
}
