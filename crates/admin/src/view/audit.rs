//! Records of the audit trail as JSON. Moments are RFC 3339 texts to the millisecond.

use kernel::Timestamp;
use kernel::audit::AuditRecord;
use kernel::digest::base64url;
use serde::Serialize;
use serde_json::Value;

use crate::audit::moment;

/// One thing that happened.
#[derive(Debug, Serialize)]
pub struct AuditView<'a> {
    seq: u64,
    at: String,
    event: &'a str,
    outcome: Option<&'a str>,
    actor: Option<&'a str>,
    subject: Option<&'a str>,
    client_id: Option<&'a str>,
    way: Option<&'a str>,
    address: Option<&'a str>,
    session: Option<&'a str>,
    correlation_id: Option<&'a str>,
    detail: Option<&'a str>,
    before: Option<Value>,
    after: Option<Value>,
    /// Base64url; none for records from before there was a chain.
    hash: Option<String>,
}

impl<'a> From<&'a AuditRecord> for AuditView<'a> {
    fn from(record: &'a AuditRecord) -> Self {
        Self {
            seq: record.seq,
            at: moment::write(Timestamp::from_millis(record.at)),
            event: &record.event,
            outcome: record.outcome.as_deref(),
            actor: record.actor.as_deref(),
            subject: record.subject.as_deref(),
            client_id: record.client_id.as_deref(),
            way: record.way.as_deref(),
            address: record.address.as_deref(),
            session: record.session.as_deref(),
            correlation_id: record.correlation_id.as_deref(),
            detail: record.detail.as_deref(),
            before: record.before.as_deref().map(json),
            after: record.after.as_deref().map(json),
            hash: record.hash.as_deref().map(base64url),
        }
    }
}

impl AuditView<'_> {
    /// As one line of JSON, with the newline.
    pub fn line(&self) -> String {
        // Fails for maps whose keys are no text only; there is none.
        serde_json::to_string(self).unwrap_or_default() + "\n"
    }

    /// What was before and what is after, for people to read.
    pub fn told(&self) -> (Option<String>, Option<String>) {
        let told = |value: &Option<Value>| value.as_ref().map(|value| format!("{value:#}"));
        (told(&self.before), told(&self.after))
    }
}

/// What was stored as JSON; what is none (any more) is shown as the text it is.
fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
}
