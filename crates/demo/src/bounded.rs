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
            shelf.insert(key, value, self.capacity);
        });
    }

    /// A copy of an entry.
    pub(crate) fn get(&self, key: &str) -> Option<V>
    where
        V: Clone,
    {
        self.with(|shelf| shelf.entries.get(key).map(|(_, value)| value.clone()))
    }

    /// A copy of an entry, which is made if it is not there.
    pub(crate) fn get_or_insert_with(&self, key: &str, make: impl FnOnce() -> V) -> V
    where
        V: Clone,
    {
        self.with(|shelf| {
            if let Some((_, value)) = shelf.entries.get(key) {
                return value.clone();
            }
            let value = make();
            shelf.insert(key.to_owned(), value.clone(), self.capacity);
            value
        })
    }

    /// Adds an entry if there is none under this key; whether it did.
    pub(crate) fn insert_new(&self, key: String, value: V) -> bool {
        self.with(|shelf| {
            let is_new = !shelf.entries.contains_key(&key);
            if is_new {
                shelf.insert(key, value, self.capacity);
            }
            is_new
        })
    }

    /// Removes all entries that `wanted` picks and returns their keys.
    pub(crate) fn remove_all(&self, wanted: impl Fn(&V) -> bool) -> Vec<String> {
        self.with(|shelf| {
            let picked = shelf.entries.iter().filter(|(_, (_, value))| wanted(value));
            let keys: Vec<String> = picked.map(|(key, _)| key.clone()).collect();
            for key in &keys {
                shelf.remove(key);
            }
            keys
        })
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
    /// Under a key that is not there yet.
    fn insert(&mut self, key: String, value: V, capacity: usize) {
        while self.entries.len() >= capacity {
            let Some((_, oldest)) = self.arrivals.pop_first() else {
                break;
            };
            self.entries.remove(&oldest);
        }
        self.arrivals.insert(self.next, key.clone());
        self.entries.insert(key, (self.next, value));
        self.next += 1;
    }

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
    fn what_is_there_is_not_made_again() {
        let map = Bounded::new(1);
        assert_eq!(map.get_or_insert_with("a", || 1), 1);
        assert_eq!(map.get_or_insert_with("a", || 2), 1);
        assert!(!map.insert_new("a".to_owned(), 3) && map.insert_new("b".to_owned(), 4));
        assert_eq!((map.get("a"), map.get("b")), (None, Some(4)));
    }

    #[test]
    fn all_that_are_picked_go() {
        let map = Bounded::new(3);
        for (key, value) in [("a", 1), ("b", 2), ("c", 1)] {
            map.insert(key.to_owned(), value);
        }
        let mut gone = map.remove_all(|value| *value == 1);
        gone.sort();
        assert_eq!(
            (gone.as_slice(), map.get("b")),
            (&["a".to_owned(), "c".to_owned()][..], Some(2))
        );
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
