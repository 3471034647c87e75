//! Reads on in the revocation list, so that this process's replica learns what any process wrote.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use kernel::{StorageFault, Timestamp};
use session::Revocation;

use crate::conn::{Conn, on, unavailable};
use crate::rows::revocation::RevocationRow;
use crate::tables::revocations;

/// How far the list was read.
#[derive(Default)]
pub struct Reading {
    /// The least `seq` an unread entry may have.
    next: i64,
}

impl Reading {
    /// Entries that were committed since the last time, some perhaps once more; the first time, all that still count.
    pub fn go_on(&mut self, conn: &mut Conn, now: Timestamp) -> Result<Vec<Revocation>, StorageFault> {
        // Before the rows: what is committed in between is read the next time too.
        let oldest_open = oldest_open(conn)?;
        let rows: Vec<(i64, RevocationRow)> = on!(&mut *conn, |c| revocations::table
            .filter(revocations::seq.ge(self.next))
            .filter(revocations::expires_at.gt(now.as_millis()))
            .order(revocations::seq)
            .select((revocations::seq, RevocationRow::as_select()))
            .load(c))?;
        let after_last = rows.last().map_or(self.next, |(seq, _)| seq + 1);
        self.next = oldest_open.unwrap_or(after_last);
        Ok(rows.into_iter().filter_map(|(_, row)| readable(row)).collect())
    }
}

/// An entry that names nothing refuses nothing, here as in SQL; it must not keep the others out.
fn readable(row: RevocationRow) -> Option<Revocation> {
    Revocation::try_from(row)
        .inspect_err(|fault| tracing::error!(%fault, "an entry of the revocation list is passed over"))
        .ok()
}

#[derive(QueryableByName)]
struct OldestOpen {
    #[diesel(sql_type = BigInt)]
    xmin: i64,
}

/// On PostgreSQL, where `seq` is a transaction: the oldest that is not over. SQLite numbers entries as they are committed.
fn oldest_open(conn: &mut Conn) -> Result<Option<i64>, StorageFault> {
    let Conn::Postgres(conn) = conn else {
        return Ok(None);
    };
    let row: OldestOpen = diesel::sql_query("SELECT txid_snapshot_xmin(txid_current_snapshot()) AS xmin")
        .get_result(conn)
        .map_err(unavailable)?;
    Ok(Some(row.xmin))
}
