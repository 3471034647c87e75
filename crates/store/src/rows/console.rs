//! Row of `console_sessions`.

use admin::console::ConsoleSession;
use diesel::prelude::*;
use kernel::{StorageFault, Timestamp};

use crate::column::columns;
use crate::tables::console_sessions;

/// See [`ConsoleSession`].
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = console_sessions)]
pub struct ConsoleRow {
    pub secret_digest: Vec<u8>,
    pub sid: String,
    pub user_id: String,
    pub auth_at: i64,
    pub created_at: i64,
    pub expires_at: i64,
}

impl From<&ConsoleSession> for ConsoleRow {
    fn from(session: &ConsoleSession) -> Self {
        Self {
            secret_digest: session.secret.as_bytes().to_vec(),
            sid: session.sid.to_string(),
            user_id: session.user.to_string(),
            auth_at: session.auth_at.as_millis(),
            created_at: session.created_at.as_millis(),
            expires_at: session.expires_at.as_millis(),
        }
    }
}

impl TryFrom<ConsoleRow> for ConsoleSession {
    type Error = StorageFault;
    fn try_from(row: ConsoleRow) -> Result<Self, StorageFault> {
        // The digest names the row, but the session is what an operator can look up.
        let id = format!("session {}", row.sid);
        let at = columns("console_sessions", &id);
        Ok(Self {
            secret: at("secret_digest").digest(&row.secret_digest)?,
            sid: at("sid").parse(&row.sid)?,
            user: at("user_id").parse(&row.user_id)?,
            auth_at: Timestamp::from_millis(row.auth_at),
            created_at: Timestamp::from_millis(row.created_at),
            expires_at: Timestamp::from_millis(row.expires_at),
        })
    }
}
