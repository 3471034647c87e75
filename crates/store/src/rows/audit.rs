//! Row of `audit`, written only.

use diesel::prelude::*;
use kernel::AuditEvent;

use crate::tables::audit;

/// See [`AuditEvent`]; its number is given by the database.
#[derive(Insertable)]
#[diesel(table_name = audit, treat_none_as_default_value = false)]
pub struct AuditRow {
    pub at: i64,
    pub event: &'static str,
    pub actor: Option<String>,
    pub subject: Option<String>,
    pub client_id: Option<String>,
    pub detail: Option<String>,
}

impl From<AuditEvent> for AuditRow {
    fn from(event: AuditEvent) -> Self {
        Self {
            at: event.at.as_millis(),
            event: event.event,
            actor: event.actor,
            subject: event.subject,
            client_id: event.client_id,
            detail: event.detail,
        }
    }
}
