//! The revocation list in storage.

use diesel::dsl::{case_when, sql};
use diesel::prelude::*;
use diesel::replace_into;
use diesel::sql_types::BigInt;
use diesel::upsert::excluded;
use diesel::{QueryResult, SqliteConnection};
use kernel::StorageFault;
use session::{Issued, Revocation, Revocations, Revoked};

use crate::conn::{Conn, on, unavailable};
use crate::postgres::line::Line;
use crate::rows::revocation::RevocationRow;
use crate::tables::revocations;
use crate::tx::Tx;

impl Revocations for Tx {
    fn revoke(&mut self, entry: &Revocation) -> Result<(), StorageFault> {
        let row = RevocationRow::from(entry);
        match &mut self.conn {
            Conn::Sqlite(conn) => replace(conn, row),
            Conn::Postgres(conn) => extend(conn, &row),
        }
        .map_err(unavailable)?;
        self.told.revoked.push(entry.clone());
        Ok(())
    }

    fn is_revoked(&mut self, token: &Issued<'_>) -> Result<bool, StorageFault> {
        let names = token.names();
        let ids: Vec<String> = names.iter().map(Revoked::id).collect();
        let entries: Vec<(String, String)> = on!(&mut self.conn, |c| revocations::table
            .filter(revocations::id.eq_any(&ids))
            .filter(revocations::until.ge(token.token.issued_at().as_millis()))
            .select((revocations::kind, revocations::id))
            .load(c))?;
        // A client may be called what a key is called.
        let meant = |kind: &str, id: &str| {
            let mut names = names.iter().zip(&ids);
            names.any(|(name, own)| name.kind() == kind && own == id)
        };
        Ok(entries.iter().any(|(kind, id)| meant(kind, id)))
    }
}

/// The farther-reaching of the old entry and this one, under a new number. Nobody else writes between the two statements.
fn replace(conn: &mut SqliteConnection, row: RevocationRow) -> QueryResult<()> {
    let known: Option<RevocationRow> = revocations::table
        .find((&row.id, &row.kind))
        .select(RevocationRow::as_select())
        .get_result(conn)
        .optional()?;
    let row = match known {
        Some(known) => RevocationRow {
            until: row.until.max(known.until),
            expires_at: row.expires_at.max(known.expires_at),
            ..row
        },
        None => row,
    };
    replace_into(revocations::table)
        .values(&row)
        .execute(conn)
        .map(drop)
}

/// The same in one statement: two transactions may extend one entry, the second waits for the first.
fn extend(conn: &mut Line, row: &RevocationRow) -> QueryResult<()> {
    let until = excluded(revocations::until);
    let expires_at = excluded(revocations::expires_at);
    diesel::insert_into(revocations::table)
        .values(row)
        .on_conflict((revocations::id, revocations::kind))
        .do_update()
        .set((
            revocations::seq.eq(sql::<BigInt>("txid_current()")),
            revocations::until
                .eq(case_when(revocations::until.gt(until), revocations::until).otherwise(until)),
            revocations::expires_at.eq(case_when(
                revocations::expires_at.gt(expires_at),
                revocations::expires_at,
            )
            .otherwise(expires_at)),
        ))
        .execute(conn)
        .map(drop)
}
