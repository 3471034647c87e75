//! One open transaction, seen through the ports. The ports themselves are in `ports`, a file each.

use diesel::prelude::*;
use diesel::sql_query;
use kernel::{Change, Source, StorageFault};
use session::Revocation;

use crate::change::words_of;
use crate::conn::{Conn, on, unavailable};
use crate::tables::changes;

/// A connection inside a transaction that an engine has begun and will end.
pub struct Tx {
    /// Where queries go.
    pub conn: Conn,
    /// What others are to hear once it is committed.
    pub told: Told,
    /// From where the unit of work that runs now was asked for.
    pub source: Source,
}

/// What a transaction has to say to others.
#[derive(Debug, Default)]
pub struct Told {
    /// Entries of the revocation list, this process's own among those it belongs into.
    pub revoked: Vec<Revocation>,
    /// What caches are to forget.
    pub changes: Vec<Change>,
}

impl Told {
    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.revoked.is_empty() && self.changes.is_empty()
    }

    /// How much was said so far.
    pub fn mark(&self) -> (usize, usize) {
        (self.revoked.len(), self.changes.len())
    }

    /// Takes back what was said since.
    pub fn take_back(&mut self, (revoked, changes): (usize, usize)) {
        self.revoked.truncate(revoked);
        self.changes.truncate(changes);
    }
}

impl Tx {
    /// Around a fresh connection.
    pub fn new(conn: Conn) -> Self {
        Self {
            conn,
            told: Told::default(),
            source: Source::default(),
        }
    }

    /// Appends to the feed of changes, in the transaction of the change itself.
    pub fn tell(&mut self, change: &Change) -> Result<(), StorageFault> {
        let (kind, id) = words_of(change);
        self.order_news()?;
        let row = (changes::kind.eq(kind), changes::id.eq(id));
        on!(&mut self.conn, |c| diesel::insert_into(changes::table)
            .values(row)
            .execute(c))?;
        self.told.changes.push(change.clone());
        Ok(())
    }

    /// Makes numbers of the feed visible in their order. SQLite has one writer anyway; on PostgreSQL a transaction with a
    /// lower number might commit after a reader has passed it, so whoever appends holds this lock until the commit.
    pub fn order_news(&mut self) -> Result<(), StorageFault> {
        if let Conn::Postgres(conn) = &mut self.conn {
            sql_query("SELECT pg_advisory_xact_lock(7305513)")
                .execute(conn)
                .map_err(unavailable)?;
        }
        Ok(())
    }
}
