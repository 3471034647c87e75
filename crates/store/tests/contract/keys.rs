//! Signing keys: steps are conditional, so that of many who try at once one wins whole.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use identity::ports::{Found, Insert};
use kernel::{Access, StorageFault, Timestamp, work};
use store::{Database, OpenMode, Swept};
use token::SigningAlg::{self, ES256};
use token::keys::handover::{self, Unapplied, of};
use token::keys::{Haste, KeyState, LifeFault, Signed, StoredKey};

use crate::support::{Fresh, NOW, Ports, everywhere};

const DAY: Duration = Duration::from_secs(86_400);

fn key(kid: &str, alg: SigningAlg, state: KeyState) -> StoredKey {
    StoredKey {
        kid: kid.into(),
        alg,
        state,
        public_jwk: "{}".into(),
        sealed_private: Some(vec![1]),
        published_at: NOW,
        activated_at: None,
        leaves_jwks_at: None,
    }
}

fn furnish(db: &Fresh) {
    db.write(|ports| {
        ports.insert_key(&key("a", ES256, KeyState::Active))?;
        ports.insert_key(&key("b", ES256, KeyState::Next)).map(drop)
    });
}

#[test]
fn a_key_takes_a_step_only_from_where_it_stands() {
    everywhere(|db| {
        furnish(db);
        let retiring = key("a", ES256, KeyState::Active)
            .step_down(NOW.plus(DAY))
            .unwrap();
        let step = |from| {
            let retiring = retiring.clone();
            db.write(move |ports| ports.update_key(&retiring, from))
        };
        assert_eq!(step(KeyState::Next), Found::No);
        assert_eq!(step(KeyState::Active), Found::Yes);
        assert_eq!(step(KeyState::Active), Found::No);
        let keys = db.read(|ports| ports.keys());
        let stored = keys.into_iter().find(|key| key.kid == "a").unwrap();
        assert_eq!(stored, retiring);
    });
}

/// Rotates from what is read inside the unit of work; whether it was this one.
fn rotate(store: &Database, kid: String) -> bool {
    let turned = work::run::<Ports, _, Stop>(store, Access::Write, move |ports| {
        let keys = ports.keys()?;
        let fresh = key(&kid, ES256, KeyState::Next);
        // Only the first turn is due.
        if of(&keys, ES256, KeyState::Active).is_none_or(|active| active.kid != "a") {
            return Ok(false);
        }
        let writes = handover::rotate(&keys, ES256, fresh, NOW, NOW.plus(DAY), Haste::AtOnce);
        handover::apply(ports, &writes.map_err(Unapplied::Fault)?)?;
        Ok(true)
    });
    match turned {
        Ok(turned) => turned,
        Err(Stop(Unapplied::Fault(LifeFault::Overtaken(_)))) => false,
        Err(Stop(other)) => panic!("{other}"),
    }
}

#[derive(Debug)]
struct Stop(Unapplied);
impl From<StorageFault> for Stop {
    fn from(fault: StorageFault) -> Self {
        Self(fault.into())
    }
}
impl From<Unapplied> for Stop {
    fn from(fault: Unapplied) -> Self {
        Self(fault)
    }
}

#[test]
fn of_two_processes_that_rotate_at_once_one_does() {
    everywhere(|db| {
        furnish(db);
        let other = Arc::new(Database::open(&db.url, OpenMode::MustExist).unwrap());
        let number = Arc::new(AtomicU64::new(0));
        let racers: Vec<_> = (0..10)
            .map(|racer| {
                let store = if racer % 2 == 0 {
                    Arc::clone(&db.store)
                } else {
                    Arc::clone(&other)
                };
                let number = Arc::clone(&number);
                std::thread::spawn(move || {
                    let kid = format!("n{}", number.fetch_add(1, Ordering::Relaxed));
                    rotate(&store, kid)
                })
            })
            .collect();
        let won = racers
            .into_iter()
            .filter_map(|racer| racer.join().unwrap().then_some(()));
        assert_eq!(won.count(), 1);
        let keys = db.read(|ports| ports.keys());
        let count = |state| keys.iter().filter(|key| key.state == state).count();
        let states = [KeyState::Active, KeyState::Next, KeyState::Retiring].map(count);
        assert_eq!(states, [1, 1, 1]);
        assert_eq!(of(&keys, ES256, KeyState::Active).unwrap().kid, "b");
    });
}

#[test]
fn what_is_signed_is_added_up_until_it_expires() {
    everywhere(|db| {
        let signed = |kid: &str, client_id: &str, after: u64, count| Signed {
            kid: kid.into(),
            client_id: client_id.into(),
            until: NOW.plus(Duration::from_secs(after)),
            count,
        };
        let counted = [
            signed("a", "web", 60, 1),
            signed("a", "web", 120, 2),
            signed("a", "spa", 60, 4),
            signed("b", "web", 60, 8),
        ];
        for _ in 0..2 {
            let counted = counted.clone();
            db.write(move |ports| ports.add_signed(&counted));
        }
        let at = |secs: u64| {
            let now = NOW.plus(Duration::from_secs(secs));
            db.read(move |ports| ports.signed(now))
        };
        assert_eq!(
            at(0),
            [
                signed("a", "spa", 60, 8),
                signed("a", "web", 120, 6),
                signed("b", "web", 60, 16)
            ]
        );
        assert_eq!(at(60), [signed("a", "web", 120, 4)]);
        assert_eq!(at(120), []);
        let swept = |at: Timestamp| db.store.sweep(at, &kernel::Policy::default()).unwrap();
        assert_eq!(swept(NOW.plus(Duration::from_secs(120))), Swept::default());
        assert_eq!(swept(NOW.plus(DAY)).signed, 4);
    });
}

#[test]
fn values_of_the_installation_are_replaced_by_those_who_know_them() {
    everywhere(|db| {
        let swap = |known: &'static [u8], value: &'static [u8]| {
            db.write(move |ports| ports.swap_meta("leader", known, value))
        };
        assert_eq!(swap(b"", b"one"), Found::No);
        let insert = db.write(|ports| ports.insert_meta("leader", b"one"));
        assert_eq!(insert, Insert::Done);
        assert_eq!(swap(b"two", b"three"), Found::No);
        assert_eq!(swap(b"one", b"two"), Found::Yes);
        assert_eq!(db.write(|ports| ports.delete_meta("leader", b"one")), Found::No);
        assert_eq!(db.read(|ports| ports.meta("leader")), Some(b"two".to_vec()));
        assert_eq!(db.write(|ports| ports.delete_meta("leader", b"two")), Found::Yes);
        assert_eq!(db.read(|ports| ports.meta("leader")), None);
    });
}
