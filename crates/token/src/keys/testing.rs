//! Keys for tests: made once per process, because RSA is slow to make.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use identity::ports::{Found, Insert};
use kernel::{Ctx, FixedClock, Issuer, Policy, SeededEntropy, StorageFault, Timestamp};

use super::{KeyRing, KeyState, MasterKey, Signed, StoredKey, install, prepare};
use crate::client::SigningAlg;
use crate::ports::Keys;

/// What the clock of [`ctx`] shows.
pub(crate) const NOW: Timestamp = Timestamp::from_secs(1_763_000_000);

/// A context whose clock stands at [`NOW`], with the clock to move.
pub(crate) fn ctx() -> (Ctx, Arc<FixedClock>) {
    let clock = Arc::new(FixedClock::at(NOW));
    let ctx = Ctx {
        clock: Arc::clone(&clock) as _,
        entropy: Arc::new(SeededEntropy::new(7)),
        issuer: Issuer::new("https://id.example.com"),
        policy: Policy::default(),
    };
    (ctx, clock)
}

/// The key under which [`rows`] are sealed.
pub(crate) fn master() -> MasterKey {
    MasterKey::generate(&SeededEntropy::new(1))
}

/// A database of keys in memory.
#[derive(Clone, Default)]
pub(crate) struct Memory {
    pub(crate) keys: Vec<StoredKey>,
    pub(crate) meta: HashMap<String, Vec<u8>>,
    pub(crate) signed: Vec<Signed>,
}

impl Keys for Memory {
    fn keys(&mut self) -> Result<Vec<StoredKey>, StorageFault> {
        Ok(self.keys.clone())
    }

    fn insert_key(&mut self, key: &StoredKey) -> Result<Insert, StorageFault> {
        // The primary key, and the two partial indexes.
        let single = matches!(key.state, KeyState::Active | KeyState::Next);
        let same =
            |own: &StoredKey| own.kid == key.kid || single && (own.alg, own.state) == (key.alg, key.state);
        if self.keys.iter().any(same) {
            return Ok(Insert::Taken);
        }
        self.keys.push(key.clone());
        Ok(Insert::Done)
    }

    fn update_key(&mut self, key: &StoredKey, from: KeyState) -> Result<Found, StorageFault> {
        let known = self.keys.iter_mut();
        let mut known = known.filter(|own| own.kid == key.kid && own.state == from);
        Ok(known.next().map_or(Found::No, |own| {
            *own = key.clone();
            Found::Yes
        }))
    }

    fn add_signed(&mut self, signed: &[Signed]) -> Result<(), StorageFault> {
        self.signed.extend_from_slice(signed);
        Ok(())
    }

    fn signed(&mut self, now: Timestamp) -> Result<Vec<Signed>, StorageFault> {
        let mut good = self.signed.clone();
        good.retain(|signed| signed.until > now);
        Ok(good)
    }

    fn meta(&mut self, name: &str) -> Result<Option<Vec<u8>>, StorageFault> {
        Ok(self.meta.get(name).cloned())
    }

    fn insert_meta(&mut self, name: &str, value: &[u8]) -> Result<Insert, StorageFault> {
        if self.meta.contains_key(name) {
            return Ok(Insert::Taken);
        }
        self.meta.insert(name.to_owned(), value.to_vec());
        Ok(Insert::Done)
    }

    fn swap_meta(&mut self, name: &str, known: &[u8], value: &[u8]) -> Result<Found, StorageFault> {
        if self.meta.get(name).is_none_or(|own| own != known) {
            return Ok(Found::No);
        }
        self.meta.insert(name.to_owned(), value.to_vec());
        Ok(Found::Yes)
    }

    fn delete_meta(&mut self, name: &str, known: &[u8]) -> Result<Found, StorageFault> {
        if self.meta.get(name).is_none_or(|own| own != known) {
            return Ok(Found::No);
        }
        self.meta.remove(name);
        Ok(Found::Yes)
    }
}

/// A database as `init` leaves it, sealed under [`master`].
pub(crate) fn database() -> Memory {
    static DATABASE: OnceLock<Memory> = OnceLock::new();
    let made = DATABASE.get_or_init(|| {
        let mut database = Memory::default();
        install(
            &mut database,
            prepare(&SigningAlg::ALL, &master(), &ctx().0).unwrap(),
        )
        .unwrap();
        database
    });
    made.clone()
}

/// Its keys, parsed.
pub(crate) fn ring() -> KeyRing {
    KeyRing::load(&database().keys, &master()).unwrap()
}
