//! Entries of the revocation list, the newest first.

use admin::directory::cursor::{Seen, collect};
use admin::directory::ports::RevocationQuery;
use admin::directory::{Cursor, LOOKED_AT, Page};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use kernel::{StorageFault, Timestamp};
use session::Revocation;

use super::{LAST, beyond, rows};
use crate::conn::on;
use crate::rows::revocation::RevocationRow;
use crate::tables::revocations;
use crate::tx::Tx;

impl Tx {
    pub(super) fn list_revocations(
        &mut self,
        query: &RevocationQuery,
        now: Timestamp,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Revocation>, StorageFault> {
        collect(after, limit, LOOKED_AT, |after, count| {
            let found = self.revocations_before(query, after, count)?;
            let judge = |(number, row): (i64, RevocationRow)| {
                let at = Cursor {
                    key: row.kind.clone(),
                    number,
                    id: row.id.clone(),
                };
                let meant =
                    row.expires_at > now.as_millis() && query.kind.is_none_or(|kind| row.kind == kind);
                let item = if meant {
                    Some(Revocation::try_from(row)?)
                } else {
                    None
                };
                Ok(Seen { at, item })
            };
            found.into_iter().map(judge).collect()
        })
    }

    fn revocations_before(
        &mut self,
        query: &RevocationQuery,
        after: Option<&Cursor>,
        count: usize,
    ) -> Result<Vec<(i64, RevocationRow)>, StorageFault> {
        let end = (i64::MAX, LAST, LAST);
        let (number, id, kind) = after.map_or(end, |at| (at.number, &at.id, &at.key));
        // Entries of one transaction share their number on PostgreSQL.
        let before = revocations::table
            .filter(beyond!(
                "seq, id, kind",
                "<",
                BigInt = number,
                Text = id,
                Text = kind
            ))
            .order((
                revocations::seq.desc(),
                revocations::id.desc(),
                revocations::kind.desc(),
            ))
            .limit(rows(count));
        match (&query.id, query.kind) {
            (Some(id), _) => {
                let named = before.filter(revocations::id.eq(id));
                on!(&mut self.conn, |c| named
                    .select((revocations::seq, RevocationRow::as_select()))
                    .load(c))
            }
            (None, Some(kind)) => {
                let of_kind = before.filter(revocations::kind.eq(kind));
                on!(&mut self.conn, |c| of_kind
                    .select((revocations::seq, RevocationRow::as_select()))
                    .load(c))
            }
            (None, None) => on!(&mut self.conn, |c| before
                .select((revocations::seq, RevocationRow::as_select()))
                .load(c)),
        }
    }
}
