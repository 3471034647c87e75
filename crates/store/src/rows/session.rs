//! Rows of `browsers` and `sessions`.

use admin::directory::address;
use diesel::prelude::*;
use kernel::{StorageFault, Timestamp};
use session::{Browser, Device, Session};

use crate::column::{columns, to_json};
use crate::tables::{browsers, sessions};

/// See [`Browser`].
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = browsers)]
pub struct BrowserRow {
    pub id: String,
    pub secret_digest: Vec<u8>,
    pub created_at: i64,
}

impl From<&Browser> for BrowserRow {
    fn from(browser: &Browser) -> Self {
        Self {
            id: browser.id.to_string(),
            secret_digest: browser.secret.as_bytes().to_vec(),
            created_at: browser.created_at.as_millis(),
        }
    }
}

impl TryFrom<BrowserRow> for Browser {
    type Error = StorageFault;
    fn try_from(row: BrowserRow) -> Result<Self, StorageFault> {
        let at = columns("browsers", &row.id);
        Ok(Self {
            id: at("id").parse(&row.id)?,
            secret: at("secret_digest").digest(&row.secret_digest)?,
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}

/// See [`Session`].
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = sessions, primary_key(sid), treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct SessionRow {
    pub sid: String,
    pub browser_id: String,
    pub user_id: String,
    pub auth_at: i64,
    pub amr: String,
    pub created_at: i64,
    pub last_seen_at: i64,
    pub ended_at: Option<i64>,
    pub user_agent: Option<String>,
    pub address: Option<String>,
    /// In the order of addresses; made from the address, never read back.
    pub address_key: Option<String>,
}

impl TryFrom<&Session> for SessionRow {
    type Error = StorageFault;
    fn try_from(session: &Session) -> Result<Self, StorageFault> {
        Ok(Self {
            sid: session.sid.to_string(),
            browser_id: session.browser.to_string(),
            user_id: session.user.to_string(),
            auth_at: session.authentication.at.as_millis(),
            amr: to_json("sessions", &session.authentication.methods)?,
            created_at: session.created_at.as_millis(),
            last_seen_at: session.last_seen_at.as_millis(),
            ended_at: session.ended_at.map(Timestamp::as_millis),
            user_agent: session.device.user_agent.clone(),
            address: session.device.address.clone(),
            address_key: session.device.address.as_deref().and_then(address::key),
        })
    }
}

impl TryFrom<SessionRow> for Session {
    type Error = StorageFault;
    fn try_from(row: SessionRow) -> Result<Self, StorageFault> {
        let at = columns("sessions", &row.sid);
        Ok(Self {
            sid: at("sid").parse(&row.sid)?,
            browser: at("browser_id").parse(&row.browser_id)?,
            user: at("user_id").parse(&row.user_id)?,
            authentication: at("amr").authentication(row.auth_at, &row.amr)?,
            created_at: Timestamp::from_millis(row.created_at),
            last_seen_at: Timestamp::from_millis(row.last_seen_at),
            ended_at: row.ended_at.map(Timestamp::from_millis),
            device: Device {
                user_agent: row.user_agent,
                address: row.address,
            },
        })
    }
}
