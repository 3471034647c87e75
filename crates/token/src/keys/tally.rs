//! What keys have signed, counted: tokens are not stored, so counting as they are signed is the only way to know later how
//! many are out and until when.
//!
//! A process counts in memory and adds to storage once a minute. A process that dies forgets its last minute, so stored
//! numbers are a lower bound; tokens taken back are counted too.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use kernel::Timestamp;

/// Tokens that one key signed for one client and that are good until the same minute, or, when they were added up, at most
/// until then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// Which key.
    pub kid: String,
    /// For which client.
    pub client_id: String,
    /// None of them is good after this.
    pub until: Timestamp,
    /// How many.
    pub count: u64,
}

/// Kid -> client -> end of the minute in which they expire -> how many.
type Counts = HashMap<String, HashMap<String, BTreeMap<i64, u64>>>;

const MINUTE: i64 = 60_000;

/// The counters of one process.
#[derive(Debug, Default)]
pub struct Tally(Mutex<Counts>);

impl Tally {
    /// Counts a token.
    pub fn note(&self, kid: &str, client_id: &str, expires_at: Timestamp) {
        let until = expires_at
            .as_millis()
            .saturating_add(MINUTE - 1)
            .div_euclid(MINUTE)
            .saturating_mul(MINUTE);
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Looked up before anything is allocated: this stands in the way of every token.
        let of_key = match counts.get_mut(kid) {
            Some(of_key) => of_key,
            None => counts.entry(kid.to_owned()).or_default(),
        };
        let of_client = match of_key.get_mut(client_id) {
            Some(of_client) => of_client,
            None => of_key.entry(client_id.to_owned()).or_default(),
        };
        *of_client.entry(until).or_default() += 1;
    }

    /// Everything counted since the last time, to be stored.
    pub fn take(&self) -> Vec<Signed> {
        let counts = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let mut taken = Vec::new();
        for (kid, of_key) in counts {
            for (client_id, of_client) in of_key {
                taken.extend(of_client.into_iter().map(|(until, count)| Signed {
                    kid: kid.clone(),
                    client_id: client_id.clone(),
                    until: Timestamp::from_millis(until),
                    count,
                }));
            }
        }
        taken
    }

    /// What could not be stored is kept for the next time.
    pub fn put_back(&self, taken: Vec<Signed>) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for signed in taken {
            let of_client = counts
                .entry(signed.kid)
                .or_default()
                .entry(signed.client_id)
                .or_default();
            *of_client.entry(signed.until.as_millis()).or_default() += signed.count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_counted_by_key_client_and_minute() {
        let tally = Tally::default();
        for (kid, client_id, secs) in [
            ("a", "web", 61),
            ("a", "web", 120),
            ("a", "web", 121),
            ("a", "spa", 61),
            ("b", "web", 61),
        ] {
            tally.note(kid, client_id, Timestamp::from_secs(secs));
        }
        let taken = tally.take();
        let count = |kid: &str, client_id: &str, secs| {
            let meant = |it: &&Signed| {
                it.kid == kid && it.client_id == client_id && it.until == Timestamp::from_secs(secs)
            };
            taken.iter().filter(meant).map(|it| it.count).sum::<u64>()
        };
        let counts = [
            count("a", "web", 120),
            count("a", "web", 180),
            count("a", "spa", 120),
            count("b", "web", 120),
        ];
        assert_eq!((counts, taken.len()), ([2, 1, 1, 1], 4));
        assert!(tally.take().is_empty());
        tally.note("a", "web", Timestamp::from_secs(120));
        tally.put_back(taken);
        let again = tally.take();
        assert_eq!(again.iter().map(|it| it.count).sum::<u64>(), 6);
        assert_eq!(again.len(), 4);
    }
}
