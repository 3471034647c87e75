//! The unit of work: a closure that sees the storage ports inside one transaction.
//!
//! Use-cases are plain functions over ports; who runs them, on which thread and in which transaction is the store's
//! business. A job is handed over whole, so that a store may let several share one commit.

use std::sync::mpsc;

/// Storage could not do its work. Never shown to clients; its text belongs in the log.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StorageFault {
    /// The database is away, busy beyond patience, or the disk refused.
    #[error("storage unavailable: {0}")]
    Unavailable(String),
    /// A row contradicts itself: `table.column` of the row `id`.
    #[error("{table}.{column} of {id} makes no sense: {reason}")]
    Corrupt {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// The row's key, as text.
        id: String,
        /// What was expected.
        reason: String,
    },
    /// The job itself panicked; its writes were rolled back.
    #[error("a unit of work failed: {0}")]
    Panicked(String),
}

/// Whether a job writes. Readers never wait for writers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Sees one consistent state, writes nothing.
    Read,
    /// May write; its writes are durable before the caller is answered.
    Write,
}

/// What becomes of a job's writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Keep them.
    Commit,
    /// Undo them.
    Rollback,
}

/// One unit of work, type-erased for the trip to the storage thread.
pub struct Job<P: ?Sized> {
    /// Runs inside the transaction.
    pub run: Box<dyn FnOnce(&mut P) -> Verdict + Send>,
    /// Called once, after the commit, or with the fault that prevented it.
    pub done: Box<dyn FnOnce(Result<(), StorageFault>) + Send>,
}

/// A store that runs jobs against the ports `P`.
pub trait UnitOfWork<P: ?Sized>: Send + Sync {
    /// Queues the job and returns at once.
    fn submit(&self, access: Access, job: Job<P>);
}

/// Queues `work`; `reply` gets its answer after the commit. An `Err` rolls back.
pub fn submit<P, T, E>(
    store: &dyn UnitOfWork<P>,
    access: Access,
    work: impl FnOnce(&mut P) -> Result<T, E> + Send + 'static,
    reply: impl FnOnce(Result<T, E>) + Send + 'static,
) where
    P: ?Sized + 'static,
    T: Send + 'static,
    E: From<StorageFault> + Send + 'static,
{
    let (slot, answer) = mpsc::sync_channel(1);
    let run = Box::new(move |ports: &mut P| {
        let outcome = work(ports);
        let verdict = if outcome.is_ok() {
            Verdict::Commit
        } else {
            Verdict::Rollback
        };
        // The receiver lives in `done`, which outlives `run`.
        let _ = slot.send(outcome);
        verdict
    });
    let done = Box::new(move |committed: Result<(), StorageFault>| {
        reply(match committed {
            Ok(()) => answer
                .try_recv()
                .unwrap_or_else(|_| Err(StorageFault::Panicked("no answer was left".into()).into())),
            Err(fault) => Err(fault.into()),
        });
    });
    store.submit(access, Job { run, done });
}

/// Runs `work` and waits for it: for the command line, jobs and tests, never on an async thread.
///
/// # Errors
/// The use-case's own, or the storage fault that kept it from being committed.
pub fn run<P, T, E>(
    store: &dyn UnitOfWork<P>,
    access: Access,
    work: impl FnOnce(&mut P) -> Result<T, E> + Send + 'static,
) -> Result<T, E>
where
    P: ?Sized + 'static,
    T: Send + 'static,
    E: From<StorageFault> + Send + 'static,
{
    let (sender, receiver) = mpsc::sync_channel(1);
    submit(store, access, work, move |answer| {
        let _ = sender.send(answer);
    });
    receiver
        .recv()
        .unwrap_or_else(|_| Err(StorageFault::Unavailable("the store has shut down".into()).into()))
}
