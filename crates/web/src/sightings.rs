//! Which clients have seen the JWK Set, and when, as far as it can be inferred.
//!
//! The set is fetched without credentials, so a fetch names nobody. But whoever fetches it mostly calls the token endpoint
//! from the same network address: a client has probably seen what was fetched from where it last called. Several clients
//! behind one address are seen together; one that fetches through a cache of its own may be missed. Kept in memory, bounded,
//! and stored once a minute.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use admin::Ports;
use admin::keys::sightings::Sighting;
use kernel::{Access, StorageFault, Timestamp, work};

use crate::state::AppState;

/// Addresses and clients remembered at most; what comes beyond is not seen.
const MOST: usize = 20_000;

/// What this process has noticed since it began.
#[derive(Debug, Default)]
pub(crate) struct Sightings {
    fetched: Mutex<HashMap<IpAddr, Timestamp>>,
    called: Mutex<HashMap<String, IpAddr>>,
}

impl Sightings {
    /// The JWK Set was fetched from there.
    pub(crate) fn fetched(&self, from: Option<IpAddr>, at: Timestamp) {
        let Some(from) = from else { return };
        let mut fetched = self.fetched.lock().unwrap_or_else(PoisonError::into_inner);
        if fetched.len() < MOST || fetched.contains_key(&from) {
            fetched.insert(from, at);
        }
    }

    /// A client proved who it is, from there.
    pub(crate) fn called(&self, client_id: &str, from: Option<IpAddr>) {
        let Some(from) = from else { return };
        let mut called = self.called.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = called.get_mut(client_id) {
            *last = from;
        } else if called.len() < MOST {
            called.insert(client_id.to_owned(), from);
        }
    }

    /// What both together say; fetches are forgotten with it.
    fn take(&self) -> Vec<Sighting> {
        let fetched = std::mem::take(&mut *self.fetched.lock().unwrap_or_else(PoisonError::into_inner));
        let called = self.called.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = |(client_id, from): (&String, &IpAddr)| {
            fetched.get(from).map(|at| Sighting {
                client_id: client_id.clone(),
                fetched_at: *at,
            })
        };
        called.iter().filter_map(seen).collect()
    }
}

/// Stores what was noticed since the last time. Waits for storage: not for async threads.
///
/// # Errors
/// Storage; what was noticed is lost then, and noticed again with the next fetch.
pub fn store(state: &AppState) -> Result<(), StorageFault> {
    let seen = state.sightings.take();
    if seen.is_empty() {
        return Ok(());
    }
    work::run::<dyn Ports, _, _>(&*state.store, Access::Write, move |tx| {
        tx.note_jwks_sightings(&seen)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(last: u8) -> Option<IpAddr> {
        Some(IpAddr::from([192, 0, 2, last]))
    }

    #[test]
    fn a_client_has_seen_what_was_fetched_from_where_it_calls() {
        let (seen, at) = (Sightings::default(), Timestamp::from_secs(100));
        seen.called("web", ip(1));
        seen.called("other", ip(2));
        seen.fetched(ip(1), at);
        seen.fetched(None, at);
        let expected = Sighting {
            client_id: "web".to_owned(),
            fetched_at: at,
        };
        assert_eq!(seen.take(), [expected]);
        assert_eq!(seen.take(), []);
    }

    #[test]
    fn a_client_that_moved_is_looked_for_where_it_is() {
        let (seen, at) = (Sightings::default(), Timestamp::from_secs(100));
        seen.called("web", ip(1));
        seen.called("web", ip(3));
        seen.fetched(ip(1), at);
        assert_eq!(seen.take(), []);
    }

    #[test]
    fn memory_is_bounded() {
        let seen = Sightings::default();
        for number in 0..u32::try_from(MOST).unwrap() + 10 {
            seen.fetched(Some(IpAddr::from(number.to_be_bytes())), Timestamp::from_secs(1));
            seen.called(&number.to_string(), ip(1));
        }
        assert_eq!(seen.fetched.lock().unwrap().len(), MOST);
        assert_eq!(seen.called.lock().unwrap().len(), MOST);
    }
}
