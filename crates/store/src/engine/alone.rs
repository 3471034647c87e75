//! Threads that give every unit of work a transaction of its own: SQLite's readers, and everybody on PostgreSQL.

use std::sync::Arc;

use kernel::work::{Access, Job, Verdict};
use kernel::{StorageFault, work};

use super::queue::Tasks;
use super::{Run, Shared, answer, attempt};
use crate::conn::{Conn, unavailable};
use crate::location::Location;
use crate::postgres::line::Standing;
use crate::tx::{Told, Tx};

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
}

impl Alone {
    /// Serves until the queue is closed and empty.
    pub fn serve(mut self, tasks: &Tasks) {
        while let Some(Job { run, done }) = tasks.wait() {
            match self.access {
                Access::Read => self.shared.reads.count(),
                Access::Write => self.shared.writes.count(),
            }
            let outcome = self.transact(run);
            let told = std::mem::take(&mut self.tx.told);
            self.shared.tell(told, Box::new(move || answer(done, outcome)));
        }
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

    /// Begins; a server that was away in between gets one new connection.
    fn begin(&mut self) -> Result<(), StorageFault> {
        let begin = match (&self.tx.conn, self.access) {
            (Conn::Sqlite(_), Access::Read) => "BEGIN",
            (Conn::Sqlite(_), Access::Write) => "BEGIN IMMEDIATE",
            (Conn::Postgres(_), Access::Read) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            // Use-cases read and then write what depends on it, and are proven on SQLite, where writers take turns. Here they
            // take turns too: the lock is held to the commit, and every statement after it sees all commits before it.
            (Conn::Postgres(_), Access::Write) => "BEGIN; SELECT pg_advisory_xact_lock(7305513)",
        };
        match self.tx.conn.standing() {
            Standing::Lost => tracing::warn!("connecting to the database again"),
            Standing::Good => {
                let Err(error) = self.tx.conn.batch(begin) else {
                    return Ok(());
                };
                tracing::warn!(%error, "connecting to the database again");
            }
        }
        self.tx.conn = self
            .location
            .connect(self.access)
            .map_err(|error| StorageFault::Unavailable(error.to_string()))?;
        self.tx.conn.batch(begin).map_err(unavailable)
    }

    fn commit(&self) -> &'static str {
        match self.tx.conn {
            Conn::Sqlite(_) => "COMMIT",
            // COMMIT of a transaction in which a statement failed quietly rolls back; the SELECT makes it an error.
            Conn::Postgres(_) => "SELECT 1; COMMIT",
        }
    }
}
