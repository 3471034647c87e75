//! What happened, for those who must know later. Events are written in the transaction of what they tell about.

use crate::time::Timestamp;
use crate::work::StorageFault;

/// One thing that happened. Never holds a secret, token or code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent {
    /// When.
    pub at: Timestamp,
    /// A dotted name, `noun.verb`: `user.login`, `code.reused`, `client.create`.
    pub event: &'static str,
    /// Who did it: a `sub`, `cli`, or nothing where nobody is known.
    pub actor: Option<String>,
    /// Whom or what it concerns: a `sub`, `kid`, group name, grant id.
    pub subject: Option<String>,
    /// The client involved.
    pub client_id: Option<String>,
    /// One more plain sentence or value.
    pub detail: Option<String>,
}

impl AuditEvent {
    /// An event without actor, subject or client yet.
    pub fn new(at: Timestamp, event: &'static str) -> Self {
        Self {
            at,
            event,
            actor: None,
            subject: None,
            client_id: None,
            detail: None,
        }
    }

    /// Who did it.
    pub fn actor(mut self, actor: impl ToString) -> Self {
        self.actor = Some(actor.to_string());
        self
    }

    /// Whom it concerns.
    pub fn subject(mut self, subject: impl ToString) -> Self {
        self.subject = Some(subject.to_string());
        self
    }

    /// Which client was involved.
    pub fn client(mut self, client_id: impl ToString) -> Self {
        self.client_id = Some(client_id.to_string());
        self
    }

    /// One more fact.
    pub fn detail(mut self, detail: impl ToString) -> Self {
        self.detail = Some(detail.to_string());
        self
    }
}

/// The audit trail.
pub trait Audit {
    /// Appends an event.
    ///
    /// # Errors
    /// When storage fails; the unit of work fails with it.
    fn record(&mut self, event: AuditEvent) -> Result<(), StorageFault>;
}
