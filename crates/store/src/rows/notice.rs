//! Row of `logout_notices`.

use diesel::prelude::*;
use kernel::{StorageFault, Timestamp};
use token::LogoutNotice;

use crate::column::columns;
use crate::tables::logout_notices;

/// See [`LogoutNotice`].
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = logout_notices)]
pub struct NoticeRow {
    pub id: String,
    pub client_id: String,
    pub uri: String,
    pub user_id: String,
    pub sid: String,
    pub created_at: i64,
    pub attempts: i64,
    pub due_at: i64,
}

impl From<&LogoutNotice> for NoticeRow {
    fn from(notice: &LogoutNotice) -> Self {
        Self {
            id: notice.id.to_string(),
            client_id: notice.client_id.clone(),
            uri: notice.uri.clone(),
            user_id: notice.user.to_string(),
            sid: notice.sid.to_string(),
            created_at: notice.created_at.as_millis(),
            attempts: i64::from(notice.attempts),
            due_at: notice.due_at.as_millis(),
        }
    }
}

impl TryFrom<NoticeRow> for LogoutNotice {
    type Error = StorageFault;
    fn try_from(row: NoticeRow) -> Result<Self, StorageFault> {
        let at = columns("logout_notices", &row.id);
        Ok(Self {
            id: at("id").parse(&row.id)?,
            user: at("user_id").parse(&row.user_id)?,
            sid: at("sid").parse(&row.sid)?,
            attempts: at("attempts").count(row.attempts)?,
            created_at: Timestamp::from_millis(row.created_at),
            due_at: Timestamp::from_millis(row.due_at),
            client_id: row.client_id,
            uri: row.uri,
        })
    }
}
