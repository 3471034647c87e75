//! How it goes with Redis, for the log, for metrics and for whoever looks after it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// What the threads that talk to Redis note.
#[derive(Debug, Default)]
pub struct Health {
    /// Announcing is not tried: it failed and has not been mended.
    pub away: AtomicBool,
    /// Something was committed and not announced, so the list in Redis lacks it.
    pub owed: AtomicBool,
    /// The stream is being read.
    pub following: AtomicBool,
    /// It was read to its end, and is known to be whole.
    pub believed: AtomicBool,
    /// Commits that were announced.
    pub announced: AtomicU64,
    /// Commits that others had to learn of from SQL.
    pub unannounced: AtomicU64,
    /// Messages of others that were taken in.
    pub heard: AtomicU64,
    /// Messages that made no sense.
    pub ignored: AtomicU64,
    /// How often this process wrote the list anew.
    pub rebuilt: AtomicU64,
}

/// How it goes with Redis at this moment; counts are since the process began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheState {
    /// Commits are announced. If not, the others learn of them from the database, a little later.
    pub announcing: bool,
    /// The announcements of others are read.
    pub following: bool,
    /// The list in Redis is whole and this process knows all of it.
    pub believed: bool,
    /// Commits that were announced.
    pub announced: u64,
    /// Commits that were not.
    pub unannounced: u64,
    /// Messages of others that were taken in.
    pub heard: u64,
    /// Messages that made no sense.
    pub ignored: u64,
    /// How often this process wrote the list anew.
    pub rebuilt: u64,
}

impl Health {
    /// At this moment.
    pub fn state(&self) -> CacheState {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        CacheState {
            announcing: !self.away.load(Ordering::Acquire),
            following: self.following.load(Ordering::Acquire),
            believed: self.believed.load(Ordering::Acquire),
            announced: count(&self.announced),
            unannounced: count(&self.unannounced),
            heard: count(&self.heard),
            ignored: count(&self.ignored),
            rebuilt: count(&self.rebuilt),
        }
    }

    /// A commit will not be announced.
    pub fn owe(&self) {
        self.unannounced.fetch_add(1, Ordering::Relaxed);
        self.owed.store(true, Ordering::Release);
    }
}
