use std::collections::HashMap;
use std::sync::Arc;

use kernel::{FixedClock, Issuer, Policy, SeededEntropy};

use super::*;
use crate::profile::Profile;
use crate::user::UserState;

/// People, links, counters that never forget, and the trail.
#[derive(Default)]
struct House {
    users: Vec<User>,
    resets: Vec<PasswordReset>,
    counters: HashMap<String, u32>,
    trail: Vec<AuditEvent>,
}

impl Users for House {
    fn insert_user(&mut self, _: &User) -> Result<Insert, StorageFault> {
        panic!("recovery makes nobody")
    }
    fn update_user(&mut self, user: &User) -> Result<Insert, StorageFault> {
        let own = self.users.iter_mut().find(|own| own.id == user.id).unwrap();
        *own = user.clone();
        Ok(Insert::Done)
    }
    fn delete_user(&mut self, _: UserId) -> Result<Found, StorageFault> {
        panic!("recovery removes nobody")
    }
    fn user(&mut self, id: UserId) -> Result<Option<User>, StorageFault> {
        Ok(self.users.iter().find(|user| user.id == id).cloned())
    }
    fn user_by_login(&mut self, key: &LoginKey) -> Result<Option<User>, StorageFault> {
        let is_theirs = |user: &&User| {
            *key == LoginKey::of(&user.username)
                || user.email.as_deref().map(LoginKey::of).as_ref() == Some(key)
        };
        Ok(self.users.iter().find(is_theirs).cloned())
    }
    fn users(&mut self, _: Option<UserId>, _: u32) -> Result<Vec<User>, StorageFault> {
        panic!("recovery lists nobody")
    }
}

impl PasswordResets for House {
    fn insert_reset(&mut self, reset: &PasswordReset) -> Result<(), StorageFault> {
        self.resets.push(reset.clone());
        Ok(())
    }
    fn reset(&mut self, token: &Digest<ResetToken>) -> Result<Option<PasswordReset>, StorageFault> {
        Ok(self.resets.iter().find(|reset| reset.token == *token).cloned())
    }
    fn spend_reset(&mut self, token: &Digest<ResetToken>, at: Timestamp) -> Result<Found, StorageFault> {
        let open = |reset: &&mut PasswordReset| reset.token == *token && reset.spent_at.is_none();
        Ok(match self.resets.iter_mut().find(open) {
            Some(reset) => {
                reset.spent_at = Some(at);
                Found::Yes
            }
            None => Found::No,
        })
    }
    fn void_resets(&mut self, user: UserId, at: Timestamp) -> Result<(), StorageFault> {
        for reset in self.resets.iter_mut().filter(|reset| reset.user == user) {
            reset.spent_at.get_or_insert(at);
        }
        Ok(())
    }
}

impl Throttle for House {
    fn bump(&mut self, key: &str, _: Duration, _: Timestamp) -> Result<u32, StorageFault> {
        let counter = self.counters.entry(key.to_owned()).or_default();
        *counter += 1;
        Ok(*counter)
    }
    fn forgive(&mut self, _: &str) -> Result<(), StorageFault> {
        panic!("recovery forgives nothing")
    }
    fn reset(&mut self, _: &str) -> Result<(), StorageFault> {
        panic!("recovery forgives nothing")
    }
}

impl Audit for House {
    fn record(&mut self, event: AuditEvent) -> Result<(), StorageFault> {
        self.trail.push(event);
        Ok(())
    }
}

const HERE: &str = "192.0.2.1";

fn person(ctx: &Ctx, username: &str) -> User {
    User {
        id: UserId::generate(&*ctx.entropy),
        username: username.into(),
        email: Some(format!("{username}@example.org")),
        email_verified: false,
        profile: Profile::default(),
        roles: Vec::new(),
        attributes: Default::default(),
        groups: Vec::new(),
        group_roles: Vec::new(),
        state: UserState::Active,
        password: Some(PasswordHash::new("$argon2id$old")),
        created_at: ctx.now(),
        updated_at: ctx.now(),
    }
}

fn setting() -> (House, Ctx, Arc<FixedClock>) {
    let clock = Arc::new(FixedClock::at(Timestamp::from_secs(1_763_000_000)));
    let ctx = Ctx {
        clock: Arc::clone(&clock) as _,
        entropy: Arc::new(SeededEntropy::new(7)),
        issuer: Issuer::new("https://id.test"),
        policy: Policy::default(),
    };
    let house = House {
        users: vec![person(&ctx, "alice"), person(&ctx, "bob")],
        ..House::default()
    };
    (house, ctx, clock)
}

/// The digest of the link that is sent.
fn link(house: &mut House, ctx: &Ctx, login: &str) -> Digest<ResetToken> {
    let link = begin(house, ctx, login, HERE).unwrap();
    link.expect("a link is sent").token.digest()
}

fn new_hash() -> PasswordHash {
    PasswordHash::new("$argon2id$new")
}

#[test]
fn a_link_sets_the_password_once_and_proves_the_address() {
    let (mut house, ctx, _) = setting();
    let token = link(&mut house, &ctx, " ALICE@example.org ");
    for _ in 0..3 {
        let owner = owner(&mut house, &ctx, &token).unwrap().unwrap();
        assert_eq!(owner.username, "alice", "looking does not use it up");
    }
    let alice = redeem(&mut house, &ctx, &token, new_hash()).unwrap().unwrap();
    assert_eq!(alice.password, Some(new_hash()));
    assert!(alice.email_verified);
    assert_eq!(house.users[0], alice);
    assert_eq!(house.users[1].password, Some(PasswordHash::new("$argon2id$old")));
    assert_eq!(redeem(&mut house, &ctx, &token, new_hash()).unwrap(), None);
    assert_eq!(owner(&mut house, &ctx, &token).unwrap(), None);
    let events: Vec<_> = house.trail.iter().map(|event| event.event).collect();
    assert_eq!(events, ["user.password.reset.asked", "user.password.reset"]);
}

#[test]
fn a_newer_link_a_change_of_password_and_time_make_it_worthless() {
    let (mut house, ctx, clock) = setting();
    let older = link(&mut house, &ctx, "alice");
    let newer = link(&mut house, &ctx, "alice");
    let bobs = link(&mut house, &ctx, "bob");
    assert_eq!(owner(&mut house, &ctx, &older).unwrap(), None);
    assert!(owner(&mut house, &ctx, &newer).unwrap().is_some());
    let alice = house.users[0].clone();
    set_password(&mut house, &ctx, alice, new_hash(), "user.password.change").unwrap();
    assert_eq!(redeem(&mut house, &ctx, &newer, new_hash()).unwrap(), None);
    assert!(owner(&mut house, &ctx, &bobs).unwrap().is_some(), "his is his");
    clock.advance(ctx.policy.reset_ttl);
    assert_eq!(redeem(&mut house, &ctx, &bobs, new_hash()).unwrap(), None);
}

#[test]
fn nothing_is_sent_where_nobody_can_be_written_to() {
    let (mut house, ctx, _) = setting();
    house.users[0].email = None;
    house.users[1].state = UserState::Locked;
    let overlong = "alice".repeat(1000);
    for login in ["alice", "bob", "bob@example.org", "mallory", "", &overlong] {
        assert!(begin(&mut house, &ctx, login, HERE).unwrap().is_none(), "{login}");
    }
    assert!(house.resets.is_empty() && house.trail.is_empty());
}

#[test]
fn whoever_was_locked_meanwhile_stays_out() {
    let (mut house, ctx, _) = setting();
    let token = link(&mut house, &ctx, "alice");
    house.users[0].state = UserState::Locked;
    assert_eq!(owner(&mut house, &ctx, &token).unwrap(), None);
    assert_eq!(redeem(&mut house, &ctx, &token, new_hash()).unwrap(), None);
}

#[test]
fn an_account_gets_three_letters_an_hour_wherever_they_are_asked_for() {
    let (mut house, ctx, _) = setting();
    let sent = (0..100).filter(|n| {
        let source = format!("198.51.100.{n}");
        begin(&mut house, &ctx, "alice", &source).unwrap().is_some()
    });
    assert_eq!(sent.count(), 3);
    let last = house.resets.last().unwrap().token.clone();
    assert!(
        owner(&mut house, &ctx, &last).unwrap().is_some(),
        "a refused request leaves the last link good"
    );
}

#[test]
fn a_source_is_heard_thirty_times_an_hour() {
    let (mut house, ctx, _) = setting();
    for _ in 0..30 {
        begin(&mut house, &ctx, "nobody", "2001:db8::1").unwrap();
    }
    assert!(begin(&mut house, &ctx, "alice", "2001:db8::2").unwrap().is_none());
    assert!(begin(&mut house, &ctx, "alice", HERE).unwrap().is_some());
}
