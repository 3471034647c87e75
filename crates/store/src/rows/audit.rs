//! Rows of `audit` and `audit_checkpoints`.

use admin::audit::network::key_of;
use diesel::prelude::*;
use kernel::audit::AuditRecord;
use kernel::{StorageFault, Timestamp};
use token::Checkpoint;

use crate::column::columns;
use crate::tables::{audit, audit_checkpoints};

/// See [`AuditRecord`].
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = audit, treat_none_as_default_value = false)]
pub struct AuditRow {
    pub seq: i64,
    pub at: i64,
    pub event: String,
    pub actor: Option<String>,
    pub subject: Option<String>,
    pub client_id: Option<String>,
    pub detail: Option<String>,
    pub way: Option<String>,
    pub address: Option<String>,
    pub address_key: Option<Vec<u8>>,
    pub outcome: Option<String>,
    pub session: Option<String>,
    pub correlation_id: Option<String>,
    pub before: Option<String>,
    pub after: Option<String>,
    pub hash: Option<Vec<u8>>,
}

fn address_key(address: Option<&str>) -> Option<Vec<u8>> {
    address.and_then(key_of).map(|key| key.to_vec())
}

impl From<AuditRecord> for AuditRow {
    fn from(record: AuditRecord) -> Self {
        Self {
            // Numbers count up from one.
            seq: i64::try_from(record.seq).unwrap_or(i64::MAX),
            at: record.at,
            event: record.event,
            actor: record.actor,
            subject: record.subject,
            client_id: record.client_id,
            detail: record.detail,
            way: record.way,
            address_key: address_key(record.address.as_deref()),
            address: record.address,
            outcome: record.outcome,
            session: record.session,
            correlation_id: record.correlation_id,
            before: record.before,
            after: record.after,
            hash: record.hash,
        }
    }
}

impl From<AuditRow> for AuditRecord {
    fn from(row: AuditRow) -> Self {
        // Under another key than its own an address would not be found by lookups. Then it is none, and the chain tells.
        let is_found = row.address_key == address_key(row.address.as_deref());
        Self {
            seq: u64::try_from(row.seq).unwrap_or(0),
            at: row.at,
            event: row.event,
            actor: row.actor,
            subject: row.subject,
            client_id: row.client_id,
            way: row.way,
            address: row.address.filter(|_| is_found),
            outcome: row.outcome,
            session: row.session,
            correlation_id: row.correlation_id,
            detail: row.detail,
            before: row.before,
            after: row.after,
            hash: row.hash,
        }
    }
}

/// See [`Checkpoint`].
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_checkpoints)]
pub struct CheckpointRow {
    pub seq: i64,
    pub at: i64,
    pub kid: String,
    pub jws: String,
}

impl From<&Checkpoint> for CheckpointRow {
    fn from(checkpoint: &Checkpoint) -> Self {
        Self {
            seq: i64::try_from(checkpoint.seq).unwrap_or(i64::MAX),
            at: checkpoint.at.as_millis(),
            kid: checkpoint.kid.clone(),
            jws: checkpoint.jws.clone(),
        }
    }
}

impl TryFrom<CheckpointRow> for Checkpoint {
    type Error = StorageFault;
    fn try_from(row: CheckpointRow) -> Result<Self, StorageFault> {
        let id = row.seq.to_string();
        let at = columns("audit_checkpoints", &id);
        Ok(Self {
            seq: at("seq").parse(&id)?,
            at: Timestamp::from_millis(row.at),
            kid: row.kid,
            jws: row.jws,
        })
    }
}
