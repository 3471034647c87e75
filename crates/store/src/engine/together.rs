//! SQLite's one writer: many units of work, one commit.
//!
//! Making a commit durable costs a write to the disk that takes as long as hundreds of statements. So the jobs that
//! are waiting share one transaction, each in a savepoint of its own, and are answered after its commit: nobody is told
//! "done" before it is on the disk, and nobody waits longer than for two commits.

use std::iter::{from_fn, once};
use std::sync::Arc;

use diesel::QueryResult;
use kernel::StorageFault;
use kernel::work::{Job, Verdict};

use super::queue::Tasks;
use super::{Done, Run, Shared, Task, answer, attempt};
use crate::conn::unavailable;
use crate::tx::Tx;

/// Bounds the time until the first of a batch is answered.
const BATCH: usize = 128;

/// Serves until the queue is closed and empty.
pub fn serve(mut tx: Tx, tasks: &Tasks, shared: &Arc<Shared>) {
    while let Some(first) = tasks.wait() {
        commit_together(&mut tx, first, tasks, shared);
    }
}

/// One transaction with `first` and whoever else is waiting.
fn commit_together(tx: &mut Tx, first: Task, tasks: &Tasks, shared: &Shared) {
    let waiting = once(first).chain(from_fn(|| tasks.next()));
    // IMMEDIATE: waits for another process's write here, where nothing was read yet; later it could only fail.
    if let Err(error) = tx.conn.batch("BEGIN IMMEDIATE") {
        let fault = unavailable(error);
        waiting.for_each(|task| answer(task.done, Err(fault.clone())));
        return;
    }
    tx.news = false;
    let (finished, intact) = run_all(tx, waiting.take(BATCH), shared);
    let committed = intact.and_then(|()| tx.conn.batch("COMMIT")).map_err(unavailable);
    match &committed {
        Ok(()) => shared.commits.count(),
        Err(fault) => {
            tracing::error!(%fault, jobs = finished.len(), "a commit failed; none of its jobs was kept");
            // Fails where SQLite has already rolled back by itself, which is what is wanted.
            let _ = tx.conn.batch("ROLLBACK");
        }
    }
    if committed.is_ok() && tx.news {
        shared.bell.ring();
    }
    for (done, own) in finished {
        answer(done, committed.clone().and(own));
    }
}

/// What is to be said to each, once the commit is known.
type Finished = Vec<(Done, Result<(), StorageFault>)>;

/// Runs jobs one after another; stops where the transaction itself is gone.
fn run_all(tx: &mut Tx, tasks: impl Iterator<Item = Task>, shared: &Shared) -> (Finished, QueryResult<()>) {
    let mut finished = Vec::new();
    for Job { run, done } in tasks {
        shared.writes.count();
        match in_savepoint(tx, run) {
            Ok(own) => finished.push((done, own)),
            Err(error) => {
                finished.push((done, Ok(())));
                return (finished, Err(error));
            }
        }
    }
    (finished, Ok(()))
}

/// The inner answer is the job's own. The outer error means that SQLite gave up the whole transaction (a full disk, for
/// one), savepoint and all: then no job of the batch may be called done.
fn in_savepoint(tx: &mut Tx, run: Run) -> QueryResult<Result<(), StorageFault>> {
    const UNDO: &str = "ROLLBACK TO job; RELEASE job";
    tx.conn.batch("SAVEPOINT job")?;
    let (end, own) = match attempt(tx, run) {
        Ok(Verdict::Commit) => ("RELEASE job", Ok(())),
        Ok(Verdict::Rollback) => (UNDO, Ok(())),
        Err(fault) => (UNDO, Err(fault)),
    };
    tx.conn.batch(end)?;
    Ok(own)
}
