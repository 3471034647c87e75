//! Threads that give every unit of work a transaction of its own: SQLite's readers, and everybody on PostgreSQL.

use std::sync::Arc;
use std::time::Duration;

use kernel::work::{Access, Job, Verdict};
use kernel::{StorageFault, work};

use super::queue::{Able, More, Tasks, Waiting};
use super::{Run, Shared, answer, attempt};
use crate::conn::{Conn, unavailable};
use crate::location::Location;
use crate::postgres::circuit::PAUSE;
use crate::postgres::line::Standing;
use crate::timer;
use crate::tx::{Told, Tx};

/// A unit of work that waited longer for a connection to a server is not begun any more.
const LONGEST_WAIT: Duration = Duration::from_secs(3);
/// A dead connection shows itself sooner; a server that is silent for longer would be so again.
const PROMPT: Duration = Duration::from_secs(1);

/// A thread's own connection and how it uses it.
pub struct Alone {
    /// The connection.
    pub tx: Tx,
    /// Where to connect again.
    pub location: Location,
    /// What its jobs do.
    pub access: Access,
    /// Shared with the other threads.
    pub shared: Arc<Shared>,
    /// Held while there is a connection.
    pub able: Option<Able>,
}

impl Alone {
    /// Serves until the queue is closed and empty.
    pub fn serve(mut self, tasks: &Tasks) {
        while let Some(waiting) = self.next(tasks) {
            if self.is_late(&waiting) {
                waiting.refuse("it waited too long for its turn");
                continue;
            }
            let Job { run, done } = waiting.task;
            match self.access {
                Access::Read => self.shared.reads.count(),
                Access::Write => self.shared.writes.count(),
            }
            let outcome = self.transact(run);
            let told = std::mem::take(&mut self.tx.told);
            self.shared.tell(told, Box::new(move || answer(done, outcome)));
        }
    }

    /// The next unit of work, once there is a connection to do it on: who has none leaves the work to those who have.
    fn next(&mut self, tasks: &Tasks) -> Option<Waiting> {
        while self.tx.conn.standing() == Standing::Lost {
            let Err(fault) = self.connect() else { break };
            if tasks.pause(PAUSE, &fault.to_string()) == More::No {
                return None;
            }
        }
        // Counted while it works too: what it has taken, it will answer.
        let able = self.able.take().unwrap_or_else(|| tasks.able());
        let next = tasks.wait();
        self.able = Some(able);
        next
    }

    /// Whether whoever asked has most likely gone: a server's answer can be waited for too long, a file's cannot.
    fn is_late(&self, waiting: &Waiting) -> bool {
        let bounded = matches!(self.tx.conn, Conn::Postgres(_));
        bounded && timer::now().saturating_duration_since(waiting.since) > LONGEST_WAIT
    }

    fn connect(&mut self) -> Result<(), StorageFault> {
        // Not among those who can, until it has succeeded.
        self.able = None;
        let conn = self.location.connect(self.access);
        self.tx.conn = conn.map_err(|fault| StorageFault::Unavailable(fault.to_string()))?;
        Ok(())
    }

    /// Afterwards `tx.told` holds what was committed and others have to hear.
    fn transact(&mut self, run: Run) -> Result<(), StorageFault> {
        self.begin()?;
        self.tx.told = Told::default();
        let (end, own) = match attempt(&mut self.tx, run) {
            Ok(Verdict::Commit) => (self.commit(), Ok(())),
            Ok(Verdict::Rollback) => ("ROLLBACK", Ok(())),
            Err(fault) => ("ROLLBACK", Err(fault)),
        };
        if end == "ROLLBACK" && self.tx.conn.standing() == Standing::Lost {
            // The server does that by itself; what was wrong with it is what the unit of work says.
            self.tx.told = Told::default();
            return own;
        }
        if let Err(error) = self.tx.conn.batch(end) {
            let _ = self.tx.conn.batch("ROLLBACK");
            self.tx.told = Told::default();
            return Err(unavailable(error));
        }
        if end == "ROLLBACK" {
            self.tx.told = Told::default();
        } else if self.access == work::Access::Write {
            self.shared.commits.count();
        }
        own
    }

    /// Begins. On a connection that turns out to be dead nothing has begun, so it is tried once more on a new one, unless
    /// finding that out has taken long already.
    fn begin(&mut self) -> Result<(), StorageFault> {
        let begin = match (&self.tx.conn, self.access) {
            (Conn::Sqlite(_), Access::Read) => "BEGIN",
            (Conn::Sqlite(_), Access::Write) => "BEGIN IMMEDIATE",
            (Conn::Postgres(_), Access::Read) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            // Use-cases read and then write what depends on it, and are proven on SQLite, where writers take turns. Here they
            // take turns too: the lock is held to the commit, and every statement after it sees all commits before it.
            (Conn::Postgres(_), Access::Write) => "BEGIN; SELECT pg_advisory_xact_lock(7305513)",
        };
        if self.tx.conn.is_doubtful() {
            self.connect()?;
        }
        let asked = timer::now();
        let Err(error) = self.tx.conn.batch(begin) else {
            return Ok(());
        };
        // It may have begun and then have waited for its turn in vain.
        let _ = self.tx.conn.batch("ROLLBACK");
        let slow = timer::now().saturating_duration_since(asked) > PROMPT;
        if slow || self.tx.conn.standing() == Standing::Good {
            return Err(unavailable(error));
        }
        tracing::warn!(%error, "connecting to the database again");
        self.connect()?;
        let begun = self.tx.conn.batch(begin);
        if begun.is_err() {
            let _ = self.tx.conn.batch("ROLLBACK");
        }
        begun.map_err(unavailable)
    }

    fn commit(&self) -> &'static str {
        match self.tx.conn {
            Conn::Sqlite(_) => "COMMIT",
            // COMMIT of a transaction in which a statement failed quietly rolls back; the SELECT makes it an error.
            Conn::Postgres(_) => "SELECT 1; COMMIT",
        }
    }
}
