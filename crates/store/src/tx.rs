//! One open transaction, seen through the ports. The ports themselves are in `ports`, a file each.

use diesel::prelude::*;
use kernel::{Change, Source, StorageFault};
use session::Revocation;

use crate::change::words_of;
use crate::conn::{Conn, on};
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

    /// Appends to the feed of changes, in the transaction of the change itself. Numbers of the feed become visible in their order
    /// because writers take turns, on PostgreSQL too (`engine/alone.rs`).
    pub fn tell(&mut self, change: &Change) -> Result<(), StorageFault> {
        let (kind, id) = words_of(change);
        let row = (changes::kind.eq(kind), changes::id.eq(id));
        on!(&mut self.conn, |c| diesel::insert_into(changes::table)
            .values(row)
            .execute(c))?;
        self.told.changes.push(change.clone());
        Ok(())
    }
}
