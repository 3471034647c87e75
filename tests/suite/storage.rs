//! The database of a story's provider, which the story can take away, and which counts what it is asked.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use admin::Ports;
use kernel::work::{Job, Verdict};
use kernel::{Access, StorageFault, UnitOfWork};
use store::Database;

/// At which point of a unit of work that may write the process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Death {
    /// All was written, nothing committed.
    BeforeCommit,
    /// Committed, and nobody was answered.
    AfterCommit,
}

/// Between the provider and its database.
pub struct Storage {
    database: Arc<Database>,
    away: AtomicBool,
    reads: AtomicU64,
    writes: AtomicU64,
    /// At which of the writes, counted by `writes`, and how.
    death: Mutex<Option<(u64, Death)>>,
}

impl Storage {
    pub fn new(database: Arc<Database>) -> Self {
        Self {
            database,
            away: AtomicBool::new(false),
            reads: AtomicU64::new(0),
            writes: AtomicU64::new(0),
            death: Mutex::new(None),
        }
    }

    /// The process dies at the unit of work that is `number`-th of those that may write, counted from now: whoever asked for
    /// it is not told how it ended, and nothing works until it is brought back.
    pub fn die_at(&self, number: u64, death: Death) {
        let number = self.writes.load(Ordering::SeqCst) + number;
        *self.death.lock().unwrap() = Some((number, death));
    }

    /// Whether that has happened, and it was not brought back.
    pub fn is_away(&self) -> bool {
        self.away.load(Ordering::SeqCst)
    }

    /// The database itself.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// From now on every unit of work fails.
    pub fn take_away(&self) {
        self.away.store(true, Ordering::SeqCst);
    }

    /// As if nothing had been.
    pub fn bring_back(&self) {
        *self.death.lock().unwrap() = None;
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

impl Storage {
    /// Counts it; how it ends, if the process dies of it.
    fn count(&self, access: Access) -> Option<Death> {
        if access == Access::Read {
            self.reads.fetch_add(1, Ordering::SeqCst);
            return None;
        }
        let number = self.writes.fetch_add(1, Ordering::SeqCst) + 1;
        let death = self.death.lock().unwrap();
        death.and_then(|(at, how)| (at == number).then_some(how))
    }
}

impl UnitOfWork<dyn Ports> for Storage {
    fn submit(&self, access: Access, job: Job<dyn Ports>) {
        let death = self.count(access);
        if self.away.load(Ordering::SeqCst) {
            return (job.done)(Err(StorageFault::Unavailable("the story took it away".into())));
        }
        let Some(death) = death else {
            return self.database.submit(access, job);
        };
        self.away.store(true, Ordering::SeqCst);
        let Job { run, done } = job;
        let last = Job::<dyn Ports> {
            run: Box::new(move |ports| match (run(ports), death) {
                (_, Death::BeforeCommit) => Verdict::Rollback,
                (verdict, Death::AfterCommit) => verdict,
            }),
            done: Box::new(move |_| done(Err(StorageFault::Unavailable("the process died".into())))),
        };
        self.database.submit(access, last);
    }
}
