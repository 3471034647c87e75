//! One open transaction, seen through the ports. The ports themselves are in `ports`, a file each.

use diesel::prelude::*;
use diesel::sql_query;
use kernel::{Change, StorageFault};
use session::{Revocation, RevocationList};

use crate::conn::{Conn, on, unavailable};
use crate::tables::changes;

/// A connection inside a transaction that an engine has begun and will end.
pub struct Tx {
    /// Where queries go.
    pub conn: Conn,
    /// Whether anything was told to other processes' caches since the engine last looked.
    pub news: bool,
    /// What was revoked and belongs into this process's list once it is committed.
    pub revoked: Vec<Revocation>,
}

impl Tx {
    /// Around a fresh connection.
    pub fn new(conn: Conn) -> Self {
        Self {
            conn,
            news: false,
            revoked: Vec::new(),
        }
    }

    /// Forgets what an earlier transaction told.
    pub fn reset_news(&mut self) {
        self.news = false;
        self.revoked.clear();
    }

    /// What was revoked is committed: `list` refuses it from here on. Before anybody is answered.
    pub fn publish_revoked(&mut self, list: &RevocationList) {
        if !self.revoked.is_empty() {
            list.add(self.revoked.drain(..));
        }
    }

    /// Appends to the feed of changes, in the transaction of the change itself.
    pub fn tell(&mut self, change: &Change) -> Result<(), StorageFault> {
        let (kind, id) = match change {
            Change::Client(id) => ("client", id.as_str()),
            Change::User(id) => ("user", id.as_str()),
            Change::Keys | Change::Everything => ("keys", ""),
            Change::Catalogue => ("catalogue", ""),
        };
        self.order_news()?;
        let row = (changes::kind.eq(kind), changes::id.eq(id));
        on!(&mut self.conn, |c| diesel::insert_into(changes::table)
            .values(row)
            .execute(c))?;
        Ok(())
    }

    /// Makes numbers of the feed visible in their order. SQLite has one writer anyway; on PostgreSQL a transaction with a
    /// lower number might commit after a reader has passed it, so whoever appends holds this lock until the commit.
    pub fn order_news(&mut self) -> Result<(), StorageFault> {
        self.news = true;
        if let Conn::Postgres(conn) = &mut self.conn {
            sql_query("SELECT pg_advisory_xact_lock(7305513)")
                .execute(conn)
                .map_err(unavailable)?;
        }
        Ok(())
    }
}
