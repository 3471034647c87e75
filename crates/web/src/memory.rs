//! What was last read of storage, by id. The store's change feed says what to forget; absence is never remembered.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

/// Values by id, with a count of how often something was forgotten.
pub(crate) struct Memory<V> {
    /// What all values together may weigh, in units their owner chose. When it is reached everything goes: who is still
    /// asked for is read again once.
    capacity: usize,
    known: RwLock<Known<V>>,
}

struct Known<V> {
    values: HashMap<String, (V, usize)>,
    weight: usize,
    epoch: u64,
}

impl<V: Clone> Memory<V> {
    /// Empty, for values that together weigh no more than this.
    pub(crate) fn holding(capacity: usize) -> Self {
        Self {
            capacity,
            known: RwLock::new(Known {
                values: HashMap::new(),
                weight: 0,
                epoch: 0,
            }),
        }
    }

    /// The value, or the epoch in which it has to be read.
    pub(crate) fn known(&self, id: &str) -> Result<V, u64> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let value = known.values.get(id).map(|(value, _)| value.clone());
        value.ok_or(known.epoch)
    }

    /// Keeps `value`, unless something was forgotten since `epoch`: what was read may be older than that.
    pub(crate) fn keep(&self, id: &str, value: V, weight: usize, epoch: u64) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.epoch != epoch || weight > self.capacity {
            return;
        }
        // Somebody may have read it at the same time.
        known.remove(id);
        if known.weight + weight > self.capacity {
            known.clear();
        }
        known.weight += weight;
        known.values.insert(id.to_owned(), (value, weight));
    }

    pub(crate) fn forget(&self, id: &str) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.remove(id);
        known.epoch += 1;
    }

    pub(crate) fn clear(&self) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.clear();
        known.epoch += 1;
    }
}

impl<V> Known<V> {
    fn remove(&mut self, id: &str) {
        if let Some((_, weight)) = self.values.remove(id) {
            self.weight -= weight;
        }
    }

    fn clear(&mut self) {
        self.values.clear();
        self.weight = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::Memory;

    #[test]
    fn what_was_read_before_something_was_forgotten_is_not_kept() {
        let memory = Memory::holding(10);
        let epoch = memory.known("a").unwrap_err();
        memory.forget("a");
        memory.keep("a", 1, 1, epoch);
        let epoch = memory.known("a").unwrap_err();
        memory.keep("a", 2, 1, epoch);
        assert_eq!(memory.known("a"), Ok(2));
        memory.clear();
        assert!(memory.known("a").is_err());
    }

    #[test]
    fn it_never_holds_more_than_it_may() {
        let memory = Memory::holding(10);
        for (id, weight) in [("a", 4), ("b", 4), ("a", 6), ("too large", 11)] {
            memory.keep(id, weight, weight, 0);
        }
        assert_eq!(memory.known("a"), Ok(6));
        assert_eq!(memory.known("b"), Ok(4), "what was kept twice counts once");
        assert_eq!(memory.known("too large"), Err(0));
        memory.keep("c", 1, 1, 0);
        assert_eq!((memory.known("a"), memory.known("b")), (Err(0), Err(0)));
        assert_eq!(memory.known("c"), Ok(1));
        memory.forget("c");
        memory.keep("d", 10, 10, 1);
        assert_eq!(memory.known("d"), Ok(10));
    }
}
