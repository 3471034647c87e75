//! Getting rid of what was erased. SQLite overwrites it in its page (`secure_delete`), but until a checkpoint the page as it
//! was stands in the database's file, and older pages stand in the write-ahead log.
//!
//! What a disk or a file system keeps of overwritten blocks, and what PostgreSQL keeps until `VACUUM` and in its own log, is
//! out of reach here.

use diesel::prelude::*;
use diesel::sql_types::Integer;
use kernel::{Access, StorageFault};

use crate::conn::{on, unavailable};
use crate::database::Database;
use crate::location::Location;

/// How long writers may have to wait for the readers that are waited for.
const PATIENCE: &str = "PRAGMA busy_timeout = 1000";

/// Whether anything erased may still be in the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leftovers {
    /// No: nothing of it that a reader of the files would find.
    None,
    /// Until the next checkpoint, or as long as the server keeps it.
    Some,
}

#[derive(QueryableByName)]
struct Checkpoint {
    #[diesel(sql_type = Integer)]
    busy: i32,
}

impl Database {
    /// Empties the write-ahead log into the file, on a connection of its own. To be called after a secret was erased, by
    /// whoever can wait for a second.
    ///
    /// # Errors
    /// When the database cannot be opened.
    pub fn sweep_out(&self) -> Result<Leftovers, StorageFault> {
        let Location::File(_) = self.location() else {
            return Ok(Leftovers::Some);
        };
        let connected = self.location().connect(Access::Write);
        let mut conn = connected.map_err(|fault| StorageFault::Unavailable(fault.to_string()))?;
        conn.batch(PATIENCE).map_err(unavailable)?;
        let checkpoint = diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)");
        let outcome: Checkpoint = on!(&mut conn, |c| checkpoint.get_result(c))?;
        Ok(match outcome.busy {
            0 => Leftovers::None,
            _ => Leftovers::Some,
        })
    }
}
