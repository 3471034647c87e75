//! Holds the issuer's keys and decides when to fetch them anew.
//!
//! Three reasons to fetch: there are no keys, they have become old, or a token names a key that is not among them. Only
//! one fetch is under way at a time, and a pause follows each, so that whoever invents key ids causes one fetch per
//! pause, however many requests they send.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::algorithm::SignatureAlgorithm;
use crate::clock::Clock;
use crate::key_set::{KeySet, VerificationKey};
use crate::source::{FetchFault, JwksSource};

/// When keys are fetched and how long they are believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Freshness {
    /// Keys younger than this are used without a thought. Older ones are used while new ones are fetched behind the
    /// request's back.
    pub fresh_for: Duration,
    /// Keys older than this are not used at all: so long does an API go on when the issuer cannot be reached, and so long
    /// may a key work here that the issuer has withdrawn.
    pub usable_for: Duration,
    /// The least time between two fetches.
    pub pause: Duration,
}

impl Default for Freshness {
    /// Five minutes, one hour, ten seconds.
    fn default() -> Self {
        Self {
            fresh_for: Duration::from_secs(5 * 60),
            usable_for: Duration::from_secs(60 * 60),
            pause: Duration::from_secs(10),
        }
    }
}

/// Why there is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyFault {
    /// There are keys, and this is not one of them.
    Unknown,
    /// There are no keys, or only ones too old.
    Unavailable { retry_after: Duration },
}

/// The keys of one issuer.
pub(crate) struct KeyCache {
    source: Box<dyn JwksSource>,
    clock: Arc<dyn Clock>,
    allowed: Vec<SignatureAlgorithm>,
    freshness: Freshness,
    state: RwLock<State>,
    /// Held by the one fetch under way, beyond the life of the request that wanted it.
    flight: Arc<Mutex<()>>,
}

/// Moments are the clock's uptime.
#[derive(Default)]
struct State {
    held: Option<Held>,
    /// No fetch before this.
    next_fetch: Duration,
}

struct Held {
    keys: KeySet,
    since: Duration,
}

/// A look into the cache.
enum Look {
    Fresh(Arc<VerificationKey>),
    Stale(Arc<VerificationKey>),
    Missing(KeyFault),
}

impl KeyCache {
    /// Holds nothing yet.
    pub(crate) fn new(
        source: Box<dyn JwksSource>,
        clock: Arc<dyn Clock>,
        allowed: Vec<SignatureAlgorithm>,
        freshness: Freshness,
    ) -> Self {
        Self {
            source,
            clock,
            allowed,
            freshness,
            state: RwLock::default(),
            flight: Arc::default(),
        }
    }

    /// The key with this id.
    pub(crate) async fn key(self: &Arc<Self>, kid: &str) -> Result<Arc<VerificationKey>, KeyFault> {
        match self.look(kid) {
            Look::Fresh(key) => return Ok(key),
            Look::Stale(key) => {
                self.refetch_behind();
                return Ok(key);
            }
            Look::Missing(_) if self.may_fetch() => self.refetch().await,
            Look::Missing(fault) => return Err(fault),
        }
        match self.look(kid) {
            Look::Fresh(key) | Look::Stale(key) => Ok(key),
            Look::Missing(fault) => Err(fault),
        }
    }

    fn look(&self, kid: &str) -> Look {
        let now = self.clock.uptime();
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let age = |held: &Held| now.saturating_sub(held.since);
        let usable = state
            .held
            .as_ref()
            .filter(|held| age(held) < self.freshness.usable_for);
        let Some(held) = usable else {
            let retry_after = state.next_fetch.saturating_sub(now).max(Duration::from_secs(1));
            return Look::Missing(KeyFault::Unavailable { retry_after });
        };
        match held.keys.get(kid) {
            Some(key) if age(held) < self.freshness.fresh_for => Look::Fresh(key),
            Some(key) => Look::Stale(key),
            None => Look::Missing(KeyFault::Unknown),
        }
    }

    /// Whether the pause is over. While a fetch is under way it is: those who miss a key wait for that one.
    fn may_fetch(&self) -> bool {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        self.clock.uptime() >= state.next_fetch || self.flight.try_lock().is_err()
    }

    /// Waits for a fetch: the one under way, or one of its own.
    async fn refetch(self: &Arc<Self>) {
        let flight = Arc::clone(&self.flight).lock_owned().await;
        if self.may_fetch_now() {
            self.take_off(flight).await;
        }
    }

    /// Starts a fetch unless one is under way, and waits for nothing.
    fn refetch_behind(self: &Arc<Self>) {
        if let Ok(flight) = Arc::clone(&self.flight).try_lock_owned()
            && self.may_fetch_now()
        {
            drop(self.take_off(flight));
        }
    }

    /// Whether the pause is over, asked by whoever holds the flight.
    fn may_fetch_now(&self) -> bool {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        self.clock.uptime() >= state.next_fetch
    }

    /// Fetches on a thread that may block. The thread finishes even if nobody waits any more: a request that is given up
    /// does not take the keys with it.
    fn take_off(self: &Arc<Self>, flight: OwnedMutexGuard<()>) -> impl Future<Output = ()> + use<> {
        let cache = Arc::clone(self);
        let landing = tokio::task::spawn_blocking(move || {
            cache.fetch();
            drop(flight);
        });
        async move {
            if let Err(error) = landing.await {
                tracing::error!(%error, "fetching the issuer's keys ended abnormally");
            }
        }
    }

    fn fetch(&self) {
        let since = self.begin_pause();
        let fetched = self
            .source
            .fetch()
            .and_then(|json| KeySet::parse(&json, &self.allowed).map_err(FetchFault::new));
        match fetched {
            Ok(keys) => {
                let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
                state.held = Some(Held { keys, since });
            }
            // What is held stays, up to its bound.
            Err(error) => tracing::warn!(%error, "the issuer's keys could not be fetched"),
        }
    }

    /// Begins with the fetch, so that one which panics is followed by a pause, too. Returns when that is: keys are as old
    /// as the question, not as the answer.
    fn begin_pause(&self) -> Duration {
        let now = self.clock.uptime();
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.next_fetch = now.saturating_add(self.freshness.pause);
        now
    }
}

#[cfg(test)]
mod tests;
