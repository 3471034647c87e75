//! The audit trail: what leaves a record in it, that no record can be changed unseen, and that it tells of people no more than
//! it must.

mod checkpoints;
mod reference;
mod tampering;
mod verbs;

use admin::Actor;
use admin::audit::{self, AuditFilter, Order, Verification};
use kernel::audit::AuditRecord;

use crate::actors::Attacker;
use crate::actors::{Browser, Landing};
use crate::cast::PASSWORD;
use crate::rig::Provider;

/// Everything, oldest first.
fn records(provider: &Provider) -> Vec<AuditRecord> {
    of(provider, "")
}

/// What fits a URL's query, oldest first.
fn of(provider: &Provider, query: &str) -> Vec<AuditRecord> {
    let query = query.to_owned();
    provider.administer(move |ports, ctx| {
        let filter = AuditFilter::from_query(&query, ctx.now()).map_err(admin::AdminFault::Invalid)?;
        let page = audit::query(ports, &Actor::cli(), &filter, None, Order::OldestFirst, 1000)?;
        assert_eq!(page.next, None);
        Ok(page.records)
    })
}

fn verified(provider: &Provider) -> Verification {
    provider.administer(|ports, ctx| audit::verify(ports, ctx, &Actor::cli()))
}

/// Signs the trail, as a server does once an hour.
fn sign(provider: &Provider) -> Option<u64> {
    let ring = provider.ring();
    let made = provider
        .administer(move |ports, ctx| audit::checkpoint::sign(ports, ctx, &Actor::named("server"), &ring));
    made.map(|checkpoint| checkpoint.seq)
}

/// A person comes, mistypes, signs in, allows an app, has its code stolen, and leaves.
fn life(provider: &Provider) {
    let mut browser = Browser::new(provider);
    let attacker = Attacker(provider);
    let Landing::Page(door) = browser.open(&attacker.authorize_url("other", &[])) else {
        panic!("somebody is signed in already");
    };
    let door = browser
        .submit(&door, &[("username", "alice"), ("password", "hunter2")])
        .page();
    let landed = match browser.submit(&door, &[("username", "alice"), ("password", PASSWORD)]) {
        Landing::Page(consent) => browser.submit(&consent, &[("decision", "allow")]).app(),
        // Allowed in an earlier life.
        Landing::App(url) => url,
    };
    let code = crate::actors::browser::param(&landed, "code").unwrap();
    attacker.redeem("other", &code).granted();
    attacker.redeem("other", &code).refused("invalid_grant");
    let page = browser.open(&provider.url("/logout")).page();
    browser.submit(&page, &[]);
}

#[test]
fn a_whole_life_leaves_one_record_of_each_thing_and_a_chain_that_holds() {
    let provider = Provider::start();
    let before = records(&provider).len();
    life(&provider);
    let told = records(&provider).split_off(before);
    let names: Vec<_> = told.iter().map(|record| record.event.as_str()).collect();
    assert_eq!(
        names,
        [
            "user.login.failed",
            "user.login",
            "consent.given",
            "code.reused",
            "session.end"
        ]
    );
    let of = |event: &str| told.iter().find(|record| record.event == event).unwrap();
    for record in &told {
        assert_eq!(record.address.as_deref(), Some("127.0.0.1"), "{record:?}");
        assert_eq!(record.correlation_id.as_ref().unwrap().len(), 9, "{record:?}");
        assert!(!format!("{record:?}").contains("alice"), "{record:?}");
    }
    for (event, way, outcome) in [
        ("user.login.failed", "browser", "refused"),
        ("user.login", "browser", "done"),
        ("consent.given", "browser", "done"),
        ("code.reused", "client", "refused"),
        ("session.end", "browser", "done"),
    ] {
        let record = of(event);
        assert_eq!(
            (record.way.as_deref(), record.outcome.as_deref()),
            (Some(way), Some(outcome)),
            "{event}"
        );
    }
    // The stolen code names the session, which ended later.
    assert!(of("session.end").session.is_some());
    assert_eq!(of("code.reused").session, of("session.end").session);
    let verification = verified(&provider);
    assert_eq!(verification.discord, None);
    assert_eq!(verification.records, (before + told.len()) as u64);
    assert_eq!(verification.unchained, 0);
}

#[test]
fn the_id_of_a_request_finds_what_it_did() {
    let provider = Provider::start();
    let mut browser = Browser::new(&provider);
    let door = browser.open(&provider.url("/account/add")).page();
    let page = browser.send_form(&door, &[("username", "alice"), ("password", PASSWORD)]);
    let id = page.header("x-correlation-id");
    let found = of(&provider, &format!("correlation_id={id}&address=127.0.0.0%2F8"));
    let names: Vec<_> = found.iter().map(|record| record.event.as_str()).collect();
    assert_eq!(names, ["user.login"]);
}

#[test]
fn who_guesses_fills_no_trail() {
    let provider = Provider::start();
    let mut browser = Browser::new(&provider);
    let door = browser.open(&provider.url("/account/add")).page();
    for _ in 0..30 {
        browser.send_form(&door, &[("username", "alice"), ("password", "a-wrong-password")]);
    }
    let failed = of(&provider, "event=user.login.failed");
    // Ten that were wrong, and one that was too many.
    assert_eq!(failed.len(), 11);
    assert_eq!(failed[10].detail.as_deref(), Some("too many failures"));
}

#[test]
fn of_somebody_who_was_removed_the_trail_keeps_the_sub_alone() {
    let provider = Provider::start();
    life(&provider);
    let alice = provider.administer(|ports, ctx| {
        let change = admin::users::UserChange {
            email: Some("new.address@example.org".into()),
            username: Some("alicia".into()),
            ..Default::default()
        };
        let alice = admin::users::update(ports, ctx, &Actor::cli(), "alice", change)?;
        admin::users::delete(ports, ctx, &Actor::cli(), "alicia")?;
        Ok(alice)
    });
    let sub = alice.id.to_string();
    assert!(of(&provider, &format!("subject={sub}")).len() >= 4);
    let all = format!("{:?}", records(&provider));
    let name = alice.profile.name.unwrap();
    for personal in ["alice", "alicia", "example.org", "hunter2", PASSWORD, &name] {
        assert!(!all.contains(personal), "{personal}");
    }
}
