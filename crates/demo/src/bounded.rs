//! A map in memory that never grows past its capacity: the oldest entry makes room. Anybody can begin a sign-in, so
//! nothing that a stranger can add to may be without end.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

/// Entries by unguessable key, oldest dropped first.
pub(crate) struct Bounded<V> {
    capacity: usize,
    shelf: Mutex<Shelf<V>>,
}

struct Shelf<V> {
    entries: HashMap<String, (u64, V)>,
    /// Arrival number to key; its first entry is the oldest.
    arrivals: BTreeMap<u64, String>,
    next: u64,
}

impl<V> Bounded<V> {
    /// An empty map for at most `capacity` entries.
    pub(crate) fn new(capacity: usize) -> Self {
        let shelf = Shelf {
            entries: HashMap::new(),
            arrivals: BTreeMap::new(),
            next: 0,
        };
        Self {
            capacity,
            shelf: Mutex::new(shelf),
        }
    }

    /// Adds an entry under a fresh key.
    pub(crate) fn insert(&self, key: String, value: V) {
        self.with(|shelf| {
            shelf.remove(&key);
            while shelf.entries.len() >= self.capacity {
                let Some((_, oldest)) = shelf.arrivals.pop_first() else {
                    break;
                };
                shelf.entries.remove(&oldest);
            }
            shelf.arrivals.insert(shelf.next, key.clone());
            shelf.entries.insert(key, (shelf.next, value));
            shelf.next += 1;
        });
    }

    /// A copy of an entry.
    pub(crate) fn get(&self, key: &str) -> Option<V>
    where
        V: Clone,
    {
        self.with(|shelf| shelf.entries.get(key).map(|(_, value)| value.clone()))
    }

    /// Removes an entry and returns it, if `wanted` agrees; else it stays. Only one caller ever gets it.
    pub(crate) fn take_if(&self, key: &str, wanted: impl FnOnce(&V) -> bool) -> Option<V> {
        self.with(|shelf| {
            let (_, value) = shelf.entries.get(key)?;
            if wanted(value) { shelf.remove(key) } else { None }
        })
    }

    /// Removes an entry, if it is there.
    pub(crate) fn remove(&self, key: &str) {
        self.with(|shelf| shelf.remove(key));
    }

    fn with<R>(&self, act: impl FnOnce(&mut Shelf<V>) -> R) -> R {
        // A panic elsewhere cannot leave the shelf half-changed in a way that matters here.
        act(&mut self.shelf.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<V> Shelf<V> {
    fn remove(&mut self, key: &str) -> Option<V> {
        let (arrival, value) = self.entries.remove(key)?;
        self.arrivals.remove(&arrival);
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_makes_room() {
        let map = Bounded::new(2);
        for (key, value) in [("a", 1), ("b", 2), ("c", 3)] {
            map.insert(key.to_owned(), value);
        }
        assert_eq!(
            (map.get("a"), map.get("b"), map.get("c")),
            (None, Some(2), Some(3))
        );
    }

    #[test]
    fn removed_entries_do_not_count() {
        let map = Bounded::new(2);
        map.insert("a".to_owned(), 1);
        map.insert("b".to_owned(), 2);
        map.remove("b");
        map.insert("c".to_owned(), 3);
        assert_eq!((map.get("a"), map.get("c")), (Some(1), Some(3)));
    }

    #[test]
    fn writing_again_renews() {
        let map = Bounded::new(2);
        for (key, value) in [("a", 1), ("b", 2), ("a", 3), ("c", 4)] {
            map.insert(key.to_owned(), value);
        }
        assert_eq!((map.get("a"), map.get("b")), (Some(3), None));
    }

    #[test]
    fn an_entry_is_taken_once_and_only_by_whom_it_belongs_to() {
        let map = Bounded::new(2);
        map.insert("a".to_owned(), "mine");
        assert_eq!(map.take_if("a", |owner| *owner == "yours"), None);
        assert_eq!(map.take_if("a", |owner| *owner == "mine"), Some("mine"));
        assert_eq!(map.take_if("a", |_| true), None);
    }
}
