//! Row of `password_resets`.

use diesel::prelude::*;
use identity::PasswordReset;
use kernel::{StorageFault, Timestamp};

use crate::column::columns;
use crate::tables::password_resets;

/// See [`PasswordReset`].
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = password_resets, treat_none_as_default_value = false)]
pub struct ResetRow {
    pub token_digest: Vec<u8>,
    pub user_id: String,
    pub created_at: i64,
    pub expires_at: i64,
    pub spent_at: Option<i64>,
}

impl From<&PasswordReset> for ResetRow {
    fn from(reset: &PasswordReset) -> Self {
        Self {
            token_digest: reset.token.as_bytes().to_vec(),
            user_id: reset.user.to_string(),
            created_at: reset.created_at.as_millis(),
            expires_at: reset.expires_at.as_millis(),
            spent_at: reset.spent_at.map(Timestamp::as_millis),
        }
    }
}

impl TryFrom<ResetRow> for PasswordReset {
    type Error = StorageFault;
    fn try_from(row: ResetRow) -> Result<Self, StorageFault> {
        // The digest names the row, but the person is whom an operator can look up.
        let id = format!("user {}", row.user_id);
        let at = columns("password_resets", &id);
        Ok(Self {
            token: at("token_digest").digest(&row.token_digest)?,
            user: at("user_id").parse(&row.user_id)?,
            created_at: Timestamp::from_millis(row.created_at),
            expires_at: Timestamp::from_millis(row.expires_at),
            spent_at: row.spent_at.map(Timestamp::from_millis),
        })
    }
}
