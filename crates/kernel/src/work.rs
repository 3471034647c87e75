//! The unit of work: a closure that sees the storage ports inside one transaction.
//!
//! Use-cases are plain functions over ports; who runs them, on which thread and in which transaction is the store's
//! business. A job is handed over whole, so that a store may let several share one commit.

use std::sync::{Arc, Mutex, PoisonError, mpsc};

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
    /// Another program has changed the tables so that this one must not touch them any more; what it would say when started.
    #[error("this program must not use the database any more: {0}")]
    Outdated(String),
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

/// What a job does inside the transaction.
pub type Run<P> = Box<dyn FnOnce(&mut P) -> Verdict + Send>;
/// Called once, after the commit, or with the fault that prevented it.
pub type Done = Box<dyn FnOnce(Result<(), StorageFault>) + Send>;

/// One unit of work, type-erased for the trip to the storage thread.
pub struct Job<P: ?Sized> {
    /// Runs inside the transaction.
    pub run: Run<P>,
    /// Hears what became of it.
    pub done: Done,
}

/// A store that runs jobs against the ports `P`.
pub trait UnitOfWork<P: ?Sized>: Send + Sync {
    /// Queues the job and returns at once.
    fn submit(&self, access: Access, job: Job<P>);
}

/// What a use-case answered, known to its caller once the commit is.
///
/// There are hundreds of kinds of answers: whoever waits for one waits for a plain sign and fetches the answer here, because a
/// channel for each kind would be compiled for each kind.
pub struct Answer<T, E>(Arc<Mutex<Option<Result<T, E>>>>);

impl<T, E: From<StorageFault>> Answer<T, E> {
    /// The use-case's own answer if its writes were kept, or were not to be.
    ///
    /// # Errors
    /// The use-case's own, or the storage fault that kept it from being committed.
    pub fn after(self, committed: Result<(), StorageFault>) -> Result<T, E> {
        committed?;
        let answer = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        answer.unwrap_or_else(|| Err(StorageFault::Panicked("no answer was left".into()).into()))
    }
}

/// `work` as a job runs it, and where its answer will be. An `Err` rolls back.
pub fn prepare<P, T, E>(work: impl FnOnce(&mut P) -> Result<T, E> + Send + 'static) -> (Run<P>, Answer<T, E>)
where
    P: ?Sized + 'static,
    T: Send + 'static,
    E: Send + 'static,
{
    let place = Arc::new(Mutex::new(None));
    let left = Arc::clone(&place);
    let run = Box::new(move |ports: &mut P| {
        let outcome = work(ports);
        let verdict = match &outcome {
            Ok(_) => Verdict::Commit,
            Err(_) => Verdict::Rollback,
        };
        *left.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
        verdict
    });
    (run, Answer(place))
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
    let (run, answer) = prepare(work);
    let done = Box::new(move |committed| reply(answer.after(committed)));
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
    let (run, answer) = prepare(work);
    answer.after(wait(store, access, run))
}

/// Waits until the job is committed, or is not.
fn wait<P: ?Sized>(store: &dyn UnitOfWork<P>, access: Access, run: Run<P>) -> Result<(), StorageFault> {
    let (sender, receiver) = mpsc::sync_channel(1);
    let done = Box::new(move |committed| {
        let _ = sender.send(committed);
    });
    store.submit(access, Job { run, done });
    let shut_down = |_| Err(StorageFault::Unavailable("the store has shut down".into()));
    receiver.recv().unwrap_or_else(shut_down)
}
