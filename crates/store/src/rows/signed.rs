//! Row of `signed_tokens`.

use diesel::prelude::*;
use kernel::Timestamp;
use token::keys::Signed;

use crate::tables::signed_tokens;

/// See [`Signed`].
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = signed_tokens)]
pub struct SignedRow {
    pub kid: String,
    pub client_id: String,
    pub until: i64,
    pub signed: i64,
}

impl From<&Signed> for SignedRow {
    fn from(signed: &Signed) -> Self {
        Self {
            kid: signed.kid.clone(),
            client_id: signed.client_id.clone(),
            until: signed.until.as_millis(),
            signed: i64::try_from(signed.count).unwrap_or(i64::MAX),
        }
    }
}

impl From<SignedRow> for Signed {
    fn from(row: SignedRow) -> Self {
        Self {
            kid: row.kid,
            client_id: row.client_id,
            until: Timestamp::from_millis(row.until),
            count: u64::try_from(row.signed).unwrap_or(0),
        }
    }
}
