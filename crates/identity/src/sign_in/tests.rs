use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use kernel::{FixedClock, Issuer, Policy, SeededEntropy, Timestamp};

use super::*;
use crate::ports::{Found, Insert};
use crate::profile::Profile;
use crate::user::UserState;

/// One person, counters that remember their windows, and the trail.
#[derive(Default)]
struct House {
    user: Option<User>,
    counters: HashMap<String, (u32, Timestamp)>,
    trail: Vec<AuditEvent>,
}

impl Users for House {
    fn insert_user(&mut self, _: &User) -> Result<Insert, StorageFault> {
        panic!("signing in makes nobody")
    }
    fn update_user(&mut self, _: &User) -> Result<Insert, StorageFault> {
        panic!("signing in changes nobody")
    }
    fn delete_user(&mut self, _: UserId) -> Result<Found, StorageFault> {
        panic!("signing in removes nobody")
    }
    fn user(&mut self, id: UserId) -> Result<Option<User>, StorageFault> {
        Ok(self.user.clone().filter(|user| user.id == id))
    }
    fn user_by_login(&mut self, key: &LoginKey) -> Result<Option<User>, StorageFault> {
        let is_theirs = |user: &User| {
            *key == LoginKey::of(&user.username)
                || user.email.as_deref().map(LoginKey::of).as_ref() == Some(key)
        };
        Ok(self.user.clone().filter(is_theirs))
    }
    fn users(&mut self, _: Option<UserId>, _: u32) -> Result<Vec<User>, StorageFault> {
        panic!("signing in lists nobody")
    }
}

impl Throttle for House {
    fn bump(&mut self, key: &str, window: Duration, now: Timestamp) -> Result<u32, StorageFault> {
        let counter = self
            .counters
            .entry(key.to_owned())
            .or_insert((0, now.plus(window)));
        if counter.1 <= now {
            *counter = (0, now.plus(window));
        }
        counter.0 += 1;
        Ok(counter.0)
    }
    fn forgive(&mut self, key: &str) -> Result<(), StorageFault> {
        self.counters
            .entry(key.to_owned())
            .and_modify(|counter| counter.0 = counter.0.saturating_sub(1));
        Ok(())
    }
    fn reset(&mut self, key: &str) -> Result<(), StorageFault> {
        self.counters.remove(key);
        Ok(())
    }
}

impl Audit for House {
    fn record(&mut self, event: AuditEvent) -> Result<(), StorageFault> {
        self.trail.push(event);
        Ok(())
    }
}

const HERE: &str = "192.0.2.1";

fn setting() -> (House, Ctx, Arc<FixedClock>) {
    let clock = Arc::new(FixedClock::at(Timestamp::from_secs(1_763_000_000)));
    let ctx = Ctx {
        clock: Arc::clone(&clock) as _,
        entropy: Arc::new(SeededEntropy::new(7)),
        issuer: Issuer::new("https://id.test"),
        policy: Policy::default(),
    };
    let user = User {
        id: UserId::generate(&*ctx.entropy),
        username: "alice".into(),
        email: Some("alice@example.org".into()),
        email_verified: true,
        profile: Profile::default(),
        roles: Vec::new(),
        attributes: Default::default(),
        groups: Vec::new(),
        group_roles: Vec::new(),
        state: UserState::Active,
        password: Some(PasswordHash::new("$argon2id$hers")),
        created_at: ctx.now(),
        updated_at: ctx.now(),
    };
    (
        House {
            user: Some(user),
            ..House::default()
        },
        ctx,
        clock,
    )
}

/// A whole attempt; the hasher says `verified` whenever there is something to verify against.
fn attempt(house: &mut House, ctx: &Ctx, username: &str, source: &str, verified: bool) -> SignIn {
    let attempt = begin(house, ctx, username, source).unwrap();
    let verified = verified && attempt.hash().is_some();
    finish(house, ctx, &attempt, verified).unwrap()
}

fn is_welcome(answer: &SignIn) -> bool {
    matches!(answer, SignIn::Welcome(_))
}

#[test]
fn the_right_password_lets_in_under_either_name_and_clears_the_counters() {
    let (mut house, ctx, _) = setting();
    assert!(!is_welcome(&attempt(&mut house, &ctx, "alice", HERE, false)));
    for name in ["alice", " ALICE ", "Alice@Example.org"] {
        assert!(is_welcome(&attempt(&mut house, &ctx, name, HERE, true)), "{name}");
    }
    let counts: Vec<u32> = house.counters.values().map(|counter| counter.0).collect();
    assert_eq!(counts, [1], "the one failure still counts against its source");
    let events: Vec<_> = house.trail.iter().map(|event| event.event).collect();
    assert_eq!(
        events,
        ["user.login.failed", "user.login", "user.login", "user.login"]
    );
}

#[test]
fn nobody_else_gets_in_and_none_can_be_told_apart() {
    let (mut house, ctx, _) = setting();
    let overlong = "alice".repeat(1000);
    for name in ["mallory", "", "   ", "\u{200B}", &overlong] {
        assert_eq!(
            attempt(&mut house, &ctx, name, HERE, true),
            SignIn::Refused(Reason::Unknown),
            "{name}"
        );
    }
    for (change, reason) in [
        (
            (|user: &mut User| user.state = UserState::Locked) as fn(&mut User),
            Reason::Locked,
        ),
        (|user: &mut User| user.password = None, Reason::NoPassword),
    ] {
        let (mut house, ctx, _) = setting();
        house.user.as_mut().map(change).unwrap();
        let answer = attempt(&mut house, &ctx, "alice", HERE, true);
        assert_eq!(answer, SignIn::Refused(reason));
    }
    assert!(
        house
            .trail
            .iter()
            .all(|event| !format!("{event:?}").contains("mallory")),
        "typed names stay out"
    );
}

#[test]
fn confirming_a_password_counts_as_any_guess_does_and_is_no_sign_in() {
    let (mut house, ctx, _) = setting();
    for _ in 0..ctx.policy.failures_per_account_and_source {
        let guess = begin(&mut house, &ctx, "alice", HERE).unwrap();
        let answer = confirm(&mut house, &ctx, &guess, false).unwrap();
        assert_eq!(answer, SignIn::Refused(Reason::WrongPassword));
    }
    assert!(begin(&mut house, &ctx, "alice", HERE).unwrap().is_throttled());
    assert!(!is_welcome(&attempt(&mut house, &ctx, "alice", HERE, true)));
    let alice = house.user.clone().unwrap();
    forget_failures(&mut house, &alice, HERE).unwrap();
    let good = begin(&mut house, &ctx, "alice", HERE).unwrap();
    assert!(is_welcome(&confirm(&mut house, &ctx, &good, true).unwrap()));
    assert_eq!(house.trail.last().unwrap().event, "user.password.confirmed");
    assert_eq!(house.trail[0].event, "user.password.refused");
}

#[test]
fn what_changes_during_the_hash_counts() {
    for change in [
        (|user: &mut User| user.state = UserState::Locked) as fn(&mut User),
        |user: &mut User| user.password = Some(PasswordHash::new("$argon2id$another")),
    ] {
        let (mut house, ctx, _) = setting();
        let attempt = begin(&mut house, &ctx, "alice", HERE).unwrap();
        house.user.as_mut().map(change).unwrap();
        let answer = finish(&mut house, &ctx, &attempt, true).unwrap();
        assert_eq!(answer, SignIn::Refused(Reason::ChangedMeanwhile));
    }
}

#[test]
fn of_two_hundred_parallel_guesses_ten_are_looked_at() {
    let (mut house, ctx, clock) = setting();
    // All begin before any finishes, half by name, half by address.
    let names = ["alice", "alice@example.org"];
    let attempts: Vec<_> = (0..200)
        .map(|n| begin(&mut house, &ctx, names[n % 2], HERE).unwrap())
        .collect();
    assert_eq!(
        attempts.iter().filter(|attempt| attempt.hash().is_some()).count(),
        10
    );
    for attempt in &attempts {
        finish(&mut house, &ctx, attempt, false).unwrap();
    }
    assert!(
        house.trail.len() <= 12,
        "a flood leaves a short trail: {}",
        house.trail.len()
    );
    assert!(!is_welcome(&attempt(&mut house, &ctx, "alice", HERE, true)));
    assert!(
        is_welcome(&attempt(&mut house, &ctx, "alice", "198.51.100.7", true)),
        "she gets in from elsewhere"
    );
    clock.advance(ctx.policy.throttle_window);
    assert!(
        is_welcome(&attempt(&mut house, &ctx, "alice", HERE, true)),
        "the lock decays by itself"
    );
}

#[test]
fn a_source_that_guesses_at_everybody_is_stopped_and_leaves_few_counters() {
    let (mut house, ctx, _) = setting();
    for n in 0..500 {
        attempt(
            &mut house,
            &ctx,
            &format!("user{n}"),
            &format!("2001:db8::{n:x}"),
            true,
        );
    }
    assert_eq!(house.counters.len(), 101);
    assert!(!is_welcome(&attempt(
        &mut house,
        &ctx,
        "alice",
        "2001:db8::ffff:1",
        true
    )));
    assert!(is_welcome(&attempt(
        &mut house,
        &ctx,
        "alice",
        "2001:db8:0:1::1",
        true
    )));
}

#[test]
fn addresses_are_reduced_to_what_a_customer_cannot_change() {
    for (address, network) in [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::/64", "2001:db8:1:2::/64"),
    ] {
        assert_eq!(network_of(address), network);
    }
}
