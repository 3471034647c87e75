//! What was last read of storage, by id. The store's change feed says what to forget; absence is never remembered.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

/// More than this is not kept at once.
const CAPACITY: usize = 10_000;

/// Values by id, with a count of how often something was forgotten.
pub(crate) struct Memory<V>(RwLock<Known<V>>);

struct Known<V> {
    values: HashMap<String, V>,
    epoch: u64,
}

impl<V> Default for Memory<V> {
    fn default() -> Self {
        Self(RwLock::new(Known {
            values: HashMap::new(),
            epoch: 0,
        }))
    }
}

impl<V: Clone> Memory<V> {
    /// The value, or the epoch in which it has to be read.
    pub(crate) fn known(&self, id: &str) -> Result<V, u64> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.values.get(id).cloned().ok_or(known.epoch)
    }

    /// Keeps `value`, unless something was forgotten since `epoch`: what was read may be older than that.
    pub(crate) fn keep(&self, id: &str, value: V, epoch: u64) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.epoch != epoch {
            return;
        }
        if known.values.len() >= CAPACITY {
            known.values.clear();
        }
        known.values.insert(id.to_owned(), value);
    }

    pub(crate) fn forget(&self, id: &str) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.values.remove(id);
        known.epoch += 1;
    }

    pub(crate) fn clear(&self) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.values.clear();
        known.epoch += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::Memory;

    #[test]
    fn what_was_read_before_something_was_forgotten_is_not_kept() {
        let memory = Memory::default();
        let epoch = memory.known("a").unwrap_err();
        memory.forget("a");
        memory.keep("a", 1, epoch);
        let epoch = memory.known("a").unwrap_err();
        memory.keep("a", 2, epoch);
        assert_eq!(memory.known("a"), Ok(2));
        memory.clear();
        assert!(memory.known("a").is_err());
    }
}
