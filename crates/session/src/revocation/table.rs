//! A table of ids that may hold millions: split into shards, so that neither a write nor a removal of what has expired
//! keeps readers from more than a small part of it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher};
use std::sync::{PoisonError, RwLock};

use kernel::Timestamp;

/// A power of two. Of a million entries each holds sixteen thousand, looked through in a fraction of a millisecond.
const SHARDS: usize = 64;

/// How far an entry reaches, and how long it is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// What was issued at or before this moment is refused.
    pub until: Timestamp,
    /// From here on there is nothing left to refuse.
    pub expires_at: Timestamp,
}

/// Ids and their reach.
#[derive(Debug)]
pub struct Table<K>([Shard<K>; SHARDS]);

type Shard<K> = RwLock<HashMap<K, Reach, Mixing>>;
type Mixing = BuildHasherDefault<Mix>;

impl<K> Default for Table<K> {
    fn default() -> Self {
        Self(std::array::from_fn(|_| RwLock::default()))
    }
}

impl<K: Eq + Hash> Table<K> {
    /// Adds an entry. What reaches further, and what lasts longer, wins.
    pub fn add(&self, key: K, reach: Reach) {
        let mut shard = self.shard(&key).write().unwrap_or_else(PoisonError::into_inner);
        match shard.entry(key) {
            Entry::Vacant(slot) => {
                slot.insert(reach);
            }
            Entry::Occupied(mut slot) => {
                let known = slot.get_mut();
                known.until = known.until.max(reach.until);
                known.expires_at = known.expires_at.max(reach.expires_at);
            }
        }
    }

    /// Whether an entry refuses what was issued at `issued_at` under this id.
    pub fn refuses(&self, key: &K, issued_at: Timestamp) -> bool {
        let shard = self.shard(key).read().unwrap_or_else(PoisonError::into_inner);
        shard.get(key).is_some_and(|reach| issued_at <= reach.until)
    }

    /// Removes what refuses nothing any more, a shard at a time, and gives back memory that would stay idle.
    pub fn forget_expired(&self, now: Timestamp) {
        for shard in &self.0 {
            let mut shard = shard.write().unwrap_or_else(PoisonError::into_inner);
            shard.retain(|_, reach| reach.expires_at > now);
            if shard.capacity() / 4 > shard.len() {
                let room = shard.len() * 2;
                shard.shrink_to(room);
            }
        }
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        let len = |shard: &Shard<K>| shard.read().unwrap_or_else(PoisonError::into_inner).len();
        self.0.iter().map(len).sum()
    }

    fn shard(&self, key: &K) -> &Shard<K> {
        // The table inside a shard takes the lowest and the highest bits.
        let bits = Mixing::default().hash_one(key) >> 32;
        &self.0[bits as usize % SHARDS]
    }
}

/// Hashes ids that are random already: each eight bytes cost one multiplication. Nobody outside chooses ids, so there is
/// no flood of collisions to fear.
#[derive(Debug, Default)]
pub struct Mix(u64);

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u64(&mut self, word: u64) {
        // The golden ratio's bits, as in Fibonacci hashing.
        self.0 = (self.0.rotate_left(29) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    /// Says how long the id is, which is the same for all.
    fn write_usize(&mut self, _: usize) {}

    fn finish(&self) -> u64 {
        // A product's low bits know nothing of the factors' high ones.
        self.0 ^ (self.0 >> 32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::id::TokenId;
    use kernel::{SystemEntropy, Timestamp};

    #[test]
    fn ids_of_one_millisecond_are_spread_over_all_shards() {
        let table = Table::default();
        let now = Timestamp::from_secs(1_763_000_000);
        let reach = Reach {
            until: now,
            expires_at: now,
        };
        for _ in 0..64 * 200 {
            table.add(TokenId::generate(&SystemEntropy, now), reach);
        }
        for shard in &table.0 {
            let len = shard.read().unwrap().len();
            assert!((100..300).contains(&len), "{len}");
        }
    }

    #[test]
    fn what_has_expired_gives_its_memory_back() {
        let table = Table::default();
        let now = Timestamp::from_secs(1_763_000_000);
        for millis in 0..10_000 {
            let expires_at = Timestamp::from_millis(now.as_millis() + millis);
            let reach = Reach {
                until: now,
                expires_at,
            };
            table.add(TokenId::generate(&SystemEntropy, now), reach);
        }
        let room = |table: &Table<TokenId>| -> usize {
            table.0.iter().map(|shard| shard.read().unwrap().capacity()).sum()
        };
        let before = room(&table);
        table.forget_expired(Timestamp::from_millis(now.as_millis() + 9_899));
        assert_eq!(table.len(), 100);
        assert!(room(&table) < before / 10);
    }
}
