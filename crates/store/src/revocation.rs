//! Reads on in the revocation list, so that this process's replica learns what any process wrote.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use kernel::{StorageFault, Timestamp};
use session::Revocation;

use crate::conn::{Conn, on, unavailable};
use crate::rows::revocation::RevocationRow;
use crate::tables::revocations;

/// Entries of one statement: a server gives a statement seconds, and a busy day leaves a million.
const PAGE: i64 = 10_000;

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
        let (mut entries, mut after_last) = (Vec::new(), self.next);
        // The last entry of the page before: many may have one number. None is called nothing.
        let (mut seq, mut id, mut kind) = (self.next, String::new(), String::new());
        loop {
            let same_id = revocations::id.eq(&id).and(revocations::kind.gt(&kind));
            let same_seq = revocations::seq.eq(seq).and(revocations::id.gt(&id).or(same_id));
            let rows: Vec<(i64, RevocationRow)> = on!(&mut *conn, |c| revocations::table
                .filter(revocations::seq.ge(seq))
                .filter(revocations::seq.gt(seq).or(same_seq))
                .filter(revocations::expires_at.gt(now.as_millis()))
                .order((revocations::seq, revocations::id, revocations::kind))
                .limit(PAGE)
                .select((revocations::seq, RevocationRow::as_select()))
                .load(c))?;
            let is_last = (rows.len() as i64) < PAGE;
            if let Some((last, row)) = rows.last() {
                (seq, id, kind) = (*last, row.id.clone(), row.kind.clone());
                after_last = seq + 1;
            }
            entries.extend(rows.into_iter().filter_map(|(_, row)| readable(row)));
            if is_last {
                break;
            }
        }
        self.next = oldest_open.unwrap_or(after_last);
        Ok(entries)
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
