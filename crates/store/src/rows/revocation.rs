//! Row of `revocations`, without the number the database gives it.

use diesel::prelude::*;
use kernel::{StorageFault, Timestamp};
use session::{Revocation, Revoked};

use crate::column::columns;
use crate::tables::revocations;

/// See [`Revocation`].
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = revocations)]
pub struct RevocationRow {
    pub kind: String,
    pub id: String,
    pub until: i64,
    pub expires_at: i64,
}

impl From<&Revocation> for RevocationRow {
    fn from(entry: &Revocation) -> Self {
        Self {
            kind: entry.what.kind().to_owned(),
            id: entry.what.id(),
            until: entry.until.as_millis(),
            expires_at: entry.expires_at.as_millis(),
        }
    }
}

impl TryFrom<RevocationRow> for Revocation {
    type Error = StorageFault;
    fn try_from(row: RevocationRow) -> Result<Self, StorageFault> {
        let what = Revoked::parse(&row.kind, &row.id).ok_or_else(|| {
            columns("revocations", &row.id)("id").corrupt(format_args!("it names no {}", row.kind))
        })?;
        Ok(Self {
            what,
            until: Timestamp::from_millis(row.until),
            expires_at: Timestamp::from_millis(row.expires_at),
        })
    }
}
