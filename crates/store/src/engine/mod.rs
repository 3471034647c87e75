//! Who runs units of work, on which thread, in which transaction.
//!
//! Writers take from one queue, readers from another. SQLite has one writer that commits many jobs together
//! ([`together`]); everywhere else a job has a transaction of its own ([`alone`]).

pub mod alone;
pub mod queue;
pub mod together;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use kernel::work::{Job, Verdict};
use kernel::{CorrectedClock, Source, StorageFault};
use session::RevocationList;

use crate::cache::announcer::{Announcer, Answers};
use crate::change::{Bell, SharedListener};
use crate::fence::Fence;
use crate::tx::{Told, Tx};

/// A unit of work on the bare transaction.
pub type Task = Job<Tx>;
type Run = Box<dyn FnOnce(&mut Tx) -> Verdict + Send>;
type Done = Box<dyn FnOnce(Result<(), StorageFault>) + Send>;

/// What the threads of one database have in common.
#[derive(Default)]
pub struct Shared {
    /// Transactions that were committed and may have written.
    pub commits: Counter,
    /// Units of work that may write.
    pub writes: Counter,
    /// Units of work that only read.
    pub reads: Counter,
    /// Is told of this process's own changes before whoever asked for them is answered.
    pub heeding: OnceLock<SharedListener>,
    /// Wakes the watcher of changes.
    pub bell: Bell,
    /// This process's replica of the revocation list.
    pub revocations: Arc<RevocationList>,
    /// Closed while this program must not touch the database.
    pub fence: Fence,
    /// The clock that follows the database's, where one does.
    pub clock: OnceLock<Arc<CorrectedClock>>,
    /// When the database was last looked at for what others revoked, in milliseconds.
    pub looked: Arc<AtomicI64>,
    /// Where there is a Redis: who announces there.
    pub announcer: OnceLock<Announcer>,
}

impl Shared {
    /// Says what was committed: this process's own list knows it at once, other nodes hear of it, then `answers` runs.
    fn tell(&self, told: Told, answers: Answers) {
        if told.is_empty() {
            return answers();
        }
        self.revocations.add(told.revoked.iter().cloned());
        if !told.changes.is_empty() {
            if let Some(listener) = self.heeding.get() {
                listener(&told.changes);
            }
            self.bell.ring();
        }
        match self.announcer.get() {
            Some(announcer) => announcer.announce(told, answers),
            None => answers(),
        }
    }
}

/// Counts up.
#[derive(Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// One more.
    pub fn count(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// How many so far.
    pub fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Runs a job; a panic becomes a fault, so that one bad job never takes the thread with it.
fn attempt(tx: &mut Tx, run: Run) -> Result<Verdict, StorageFault> {
    // The one before came from elsewhere.
    tx.source = Source::default();
    // The transaction is rolled back after a panic, so nothing half-done is seen afterwards.
    catch_unwind(AssertUnwindSafe(|| run(tx))).map_err(|payload| {
        let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
        StorageFault::Panicked(text.unwrap_or_else(|| "without a message".into()))
    })
}

/// Tells the caller. A reply that panics is the caller's loss, not that of the jobs behind it.
fn answer(done: Done, outcome: Result<(), StorageFault>) {
    if catch_unwind(AssertUnwindSafe(|| done(outcome))).is_err() {
        tracing::error!("the reply of a unit of work panicked");
    }
}
