//! Keys for tests: made once per process, because RSA is slow to make.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use identity::ports::Insert;
use kernel::{Ctx, FixedClock, Issuer, Policy, SeededEntropy, StorageFault, Timestamp};

use super::{KeyRing, MasterKey, StoredKey, install, prepare};
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
}

impl Keys for Memory {
    fn keys(&mut self) -> Result<Vec<StoredKey>, StorageFault> {
        Ok(self.keys.clone())
    }

    fn insert_key(&mut self, key: &StoredKey) -> Result<Insert, StorageFault> {
        if self.keys.iter().any(|own| own.kid == key.kid) {
            return Ok(Insert::Taken);
        }
        self.keys.push(key.clone());
        Ok(Insert::Done)
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
}

/// A database as `init` leaves it, sealed under [`master`].
pub(crate) fn database() -> Memory {
    static DATABASE: OnceLock<Memory> = OnceLock::new();
    let made = DATABASE.get_or_init(|| {
        let mut database = Memory::default();
        install(&mut database, prepare(&master(), &ctx().0).unwrap()).unwrap();
        database
    });
    made.clone()
}

/// Its keys, parsed.
pub(crate) fn ring() -> KeyRing {
    KeyRing::load(&database().keys, &master()).unwrap()
}
