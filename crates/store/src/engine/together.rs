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
use crate::tx::{Told, Tx};

/// Bounds the time until the first of a batch is answered.
const BATCH: usize = 128;

/// Serves until the queue is closed and empty.
pub fn serve(mut tx: Tx, tasks: &Tasks, shared: &Arc<Shared>) {
    let mut trouble = Trouble::default();
    while let Some(first) = tasks.wait() {
        commit_together(&mut tx, first.task, tasks, shared, &mut trouble);
    }
}

/// Says in the log that writing fails, and that it works again, once each: what fails in between has lines of its own, and a
/// disk that is full is not the time to write many.
#[derive(Debug, Default)]
struct Trouble {
    /// Units of work that were not kept since it began.
    refused: usize,
    /// Commits since the last that failed.
    kept: u32,
}

impl Trouble {
    /// Commits in a row that end it: on a full disk a small one may still fit.
    const ENOUGH: u32 = 10;

    fn goes_on(&mut self, fault: &StorageFault, jobs: usize) {
        if self.refused == 0 {
            tracing::error!(%fault, "the database cannot be written; whoever wants to is told to come back");
        }
        self.refused += jobs.max(1);
        self.kept = 0;
    }

    fn may_be_over(&mut self) {
        self.kept = self.kept.saturating_add(1);
        if self.refused > 0 && self.kept >= Self::ENOUGH {
            tracing::warn!(refused = self.refused, "the database can be written again");
            self.refused = 0;
        }
    }
}

/// One transaction with `first` and whoever else is waiting.
fn commit_together(tx: &mut Tx, first: Task, tasks: &Tasks, shared: &Shared, trouble: &mut Trouble) {
    let waiting = once(first).chain(from_fn(|| tasks.next()));
    // IMMEDIATE: waits for another process's write here, where nothing was read yet; later it could only fail.
    if let Err(error) = tx.conn.batch("BEGIN IMMEDIATE") {
        let fault = unavailable(error);
        let refused = waiting.map(|task| answer(task.done, Err(fault.clone())));
        return trouble.goes_on(&fault, refused.count());
    }
    tx.told = Told::default();
    let (finished, intact) = run_all(tx, waiting.take(BATCH), shared);
    let committed = intact.and_then(|()| tx.conn.batch("COMMIT")).map_err(unavailable);
    match &committed {
        Ok(()) => {
            shared.commits.count();
            trouble.may_be_over();
        }
        Err(fault) => {
            trouble.goes_on(fault, finished.len());
            // Fails where SQLite has already rolled back by itself, which is what is wanted.
            let _ = tx.conn.batch("ROLLBACK");
            tx.told = Told::default();
        }
    }
    let answers = move || {
        for (done, own) in finished {
            answer(done, committed.clone().and(own));
        }
    };
    shared.tell(std::mem::take(&mut tx.told), Box::new(answers));
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
    let before = tx.told.mark();
    let (end, own) = match attempt(tx, run) {
        Ok(Verdict::Commit) => ("RELEASE job", Ok(())),
        Ok(Verdict::Rollback) => (UNDO, Ok(())),
        Err(fault) => (UNDO, Err(fault)),
    };
    tx.conn.batch(end)?;
    if end == UNDO {
        tx.told.take_back(before);
    }
    Ok(own)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, channel};
    use std::time::Duration;

    use diesel::{RunQueryDsl as _, sql_query};
    use identity::Throttle as _;
    use kernel::{Access, Timestamp, work};
    use tempfile::TempDir;

    use super::*;
    use crate::database::{Bare, Database, OpenMode};

    const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);
    type Answer = Result<u32, StorageFault>;

    fn submit(db: &Database, work: impl FnOnce(&mut Tx) -> Answer + Send + 'static) -> Receiver<Answer> {
        let (reply, answer) = channel();
        work::submit(&Bare(db), Access::Write, work, move |outcome| {
            reply.send(outcome).unwrap()
        });
        answer
    }

    fn bump(tx: &mut Tx) -> Answer {
        tx.bump("a", Duration::from_secs(60), NOW)
    }

    /// Answers of: a good job, a bad one, another good one, all waiting together; and the count afterwards.
    fn around(bad: impl FnOnce(&mut Tx) -> Answer + Send + 'static) -> ([Answer; 3], u32) {
        let dir = TempDir::new().unwrap();
        let url = format!("sqlite://{}", dir.path().join("signet.db").display());
        let db = Database::open(&url, OpenMode::Create).unwrap();
        let (go, wait) = channel::<()>();
        let first = submit(&db, move |tx| {
            wait.recv().unwrap();
            bump(tx)
        });
        let second = submit(&db, bad);
        let third = submit(&db, bump);
        go.send(()).unwrap();
        let answers =
            [first, second, third].map(|answer| answer.recv_timeout(Duration::from_secs(30)).unwrap());
        let after = submit(&db, bump).recv().unwrap().unwrap();
        (answers, after)
    }

    #[test]
    fn if_the_commit_fails_nobody_is_told_done_and_nothing_is_kept() {
        // A dangling reference that is looked at only when everything is committed.
        let (answers, after) = around(|tx| {
            tx.conn
                .batch("PRAGMA defer_foreign_keys = ON")
                .map_err(unavailable)?;
            tx.conn
                .batch("INSERT INTO logins VALUES ('x', 'nobody')")
                .map_err(unavailable)?;
            bump(tx)
        });
        for answer in &answers {
            assert!(matches!(answer, Err(StorageFault::Unavailable(_))), "{answer:?}");
        }
        assert_eq!(after, 1);
    }

    /// FULL is 2: SQLite asks the disk to be done with the log before a commit is one. Whoever waits together shares it.
    #[test]
    fn a_commit_is_on_the_disk_before_anybody_is_answered() {
        #[derive(diesel::QueryableByName)]
        struct Setting {
            #[diesel(sql_type = diesel::sql_types::Integer)]
            synchronous: i32,
        }
        let dir = TempDir::new().unwrap();
        let url = format!("sqlite://{}", dir.path().join("signet.db").display());
        let db = Database::open(&url, OpenMode::Create).unwrap();
        let asked = submit(&db, |tx| {
            let crate::conn::Conn::Sqlite(conn) = &mut tx.conn else {
                panic!("another database");
            };
            let setting: Setting = sql_query("PRAGMA synchronous").get_result(conn).unwrap();
            Ok(u32::try_from(setting.synchronous).unwrap())
        });
        assert_eq!(asked.recv().unwrap().unwrap(), 2);
        // One after another, each waits for a commit of its own.
        for number in 1..10 {
            let before = db.counts().commits;
            assert_eq!(submit(&db, bump).recv().unwrap().unwrap(), number);
            assert_eq!(db.counts().commits, before + 1);
        }
    }

    #[test]
    fn if_the_transaction_is_lost_on_the_way_its_jobs_fail_and_later_ones_do_not() {
        // What SQLite does by itself when, say, the disk is full.
        let (answers, after) = around(|tx| {
            tx.conn.batch("ROLLBACK").map_err(unavailable)?;
            Ok(0)
        });
        let [first, second, third] = answers;
        assert!(matches!(first, Err(StorageFault::Unavailable(_))), "{first:?}");
        assert!(matches!(second, Err(StorageFault::Unavailable(_))), "{second:?}");
        assert_eq!(third.unwrap(), 1);
        assert_eq!(after, 2);
    }
}
