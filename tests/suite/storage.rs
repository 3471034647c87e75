//! The database of a story's provider, which the story can take away, and which counts what it is asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use admin::Ports;
use kernel::work::Job;
use kernel::{Access, StorageFault, UnitOfWork};
use store::Database;

/// Between the provider and its database.
pub struct Storage {
    database: Arc<Database>,
    away: AtomicBool,
    reads: AtomicU64,
    writes: AtomicU64,
}

impl Storage {
    pub fn new(database: Arc<Database>) -> Self {
        Self {
            database,
            away: AtomicBool::new(false),
            reads: AtomicU64::new(0),
            writes: AtomicU64::new(0),
        }
    }

    /// From now on every unit of work fails.
    pub fn take_away(&self) {
        self.away.store(true, Ordering::SeqCst);
    }

    /// As if nothing had been.
    pub fn bring_back(&self) {
        self.away.store(false, Ordering::SeqCst);
    }

    /// Units of work so far: those that read, those that may write.
    pub fn work(&self) -> (u64, u64) {
        (
            self.reads.load(Ordering::SeqCst),
            self.writes.load(Ordering::SeqCst),
        )
    }
}

impl UnitOfWork<dyn Ports> for Storage {
    fn submit(&self, access: Access, job: Job<dyn Ports>) {
        let count = match access {
            Access::Read => &self.reads,
            Access::Write => &self.writes,
        };
        count.fetch_add(1, Ordering::SeqCst);
        if self.away.load(Ordering::SeqCst) {
            (job.done)(Err(StorageFault::Unavailable("the story took it away".into())));
        } else {
            self.database.submit(access, job);
        }
    }
}
