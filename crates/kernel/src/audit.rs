//! What happened, for those who must know later. Events are written in the transaction of what they tell about, each chained
//! to the one before it.
//!
//! How a record becomes bytes for the chain stands here, because whoever writes it and whoever verifies it must agree to the
//! byte. Storing is `store`'s, reading and verifying are `admin`'s business.

use crate::digest::sha256_parts;
use crate::time::Timestamp;
use crate::work::StorageFault;

/// The way somebody or something came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The command line.
    CommandLine,
    /// The console's pages.
    Console,
    /// The management API.
    Api,
    /// A person's browser, at the pages.
    Browser,
    /// A client, at an endpoint for programs.
    Client,
    /// A part of Signet, by itself.
    Server,
}

impl Way {
    /// Every way.
    pub const ALL: [Way; 6] = [
        Way::CommandLine,
        Way::Console,
        Way::Api,
        Way::Browser,
        Way::Client,
        Way::Server,
    ];

    /// As the trail has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Way::CommandLine => "cli",
            Way::Console => "console",
            Way::Api => "api",
            Way::Browser => "browser",
            Way::Client => "client",
            Way::Server => "server",
        }
    }
}

/// From where something was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Source {
    /// By which way.
    pub way: Option<Way>,
    /// From which network address.
    pub address: Option<String>,
    /// By which request: the id on error pages and in the log.
    pub correlation_id: Option<String>,
}

impl Source {
    /// By this way, from no network.
    pub fn by(way: Way) -> Self {
        Self {
            way: Some(way),
            ..Self::default()
        }
    }
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Outcome {
    /// It was done.
    #[default]
    Done,
    /// It was refused.
    Refused,
}

impl Outcome {
    /// As the trail has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Done => "done",
            Outcome::Refused => "refused",
        }
    }
}

/// One thing that happened. Never holds a secret, token or code, and of a person nothing but the `sub`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent {
    /// When.
    pub at: Timestamp,
    /// A dotted name, `noun.verb`: `user.login`, `code.reused`, `client.create`.
    pub event: &'static str,
    /// Who did it: a `sub`, a client's id, `cli`, or nothing where nobody is known.
    pub actor: Option<String>,
    /// Whom or what it concerns: a `sub`, `kid`, group name, grant id.
    pub subject: Option<String>,
    /// The client involved.
    pub client_id: Option<String>,
    /// From where, as far as the event itself knows; the unit of work knows the rest ([`Audit::come_from`]).
    pub source: Source,
    /// How it ended.
    pub outcome: Outcome,
    /// The session in which it happened, or that it ended (`sid`).
    pub session: Option<String>,
    /// One more plain sentence or value.
    pub detail: Option<String>,
    /// What changed, as it was: a small JSON object.
    pub before: Option<String>,
    /// What changed, as it is: a small JSON object.
    pub after: Option<String>,
}

impl AuditEvent {
    /// An event without actor, subject or client yet. It was done.
    pub fn new(at: Timestamp, event: &'static str) -> Self {
        Self {
            at,
            event,
            actor: None,
            subject: None,
            client_id: None,
            source: Source::default(),
            outcome: Outcome::Done,
            session: None,
            detail: None,
            before: None,
            after: None,
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

    /// By which way and from which address.
    pub fn source(mut self, way: Way, address: Option<&str>) -> Self {
        self.source.way = Some(way);
        self.source.address = address.map(str::to_owned);
        self
    }

    /// It was not done: somebody may not, or gave the wrong proof.
    pub fn refused(mut self) -> Self {
        self.outcome = Outcome::Refused;
        self
    }

    /// In which session, or which it ended.
    pub fn session(mut self, sid: impl ToString) -> Self {
        self.session = Some(sid.to_string());
        self
    }

    /// One more fact.
    pub fn detail(mut self, detail: impl ToString) -> Self {
        self.detail = Some(detail.to_string());
        self
    }

    /// What was before, as a JSON object.
    pub fn before(mut self, object: impl ToString) -> Self {
        self.before = Some(object.to_string());
        self
    }

    /// What is after it, as a JSON object.
    pub fn after(mut self, object: impl ToString) -> Self {
        self.after = Some(object.to_string());
        self
    }
}

/// An event as it is stored. Texts, not types: whoever reads a trail that somebody may have changed believes nothing of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditRecord {
    /// Its number: one more than that of the record before it.
    pub seq: u64,
    /// When, in milliseconds since the epoch.
    pub at: i64,
    /// See [`AuditEvent::event`].
    pub event: String,
    /// See [`AuditEvent::actor`].
    pub actor: Option<String>,
    /// See [`AuditEvent::subject`].
    pub subject: Option<String>,
    /// See [`AuditEvent::client_id`].
    pub client_id: Option<String>,
    /// See [`Way`].
    pub way: Option<String>,
    /// See [`Source::address`].
    pub address: Option<String>,
    /// See [`Outcome`].
    pub outcome: Option<String>,
    /// See [`AuditEvent::session`].
    pub session: Option<String>,
    /// See [`Source::correlation_id`].
    pub correlation_id: Option<String>,
    /// See [`AuditEvent::detail`].
    pub detail: Option<String>,
    /// See [`AuditEvent::before`].
    pub before: Option<String>,
    /// See [`AuditEvent::after`].
    pub after: Option<String>,
    /// Its link of the chain, 32 bytes. None for records from before there was a chain.
    pub hash: Option<Vec<u8>>,
}

impl AuditRecord {
    /// An event under its number, asked for from `source`; not chained yet. What the event knows of the way counts more: an
    /// administrator's act keeps theirs. The unit of work knows the address better: the event may have shortened it.
    pub fn new(seq: u64, event: AuditEvent, source: &Source) -> Self {
        let own = event.source;
        let way = own.way.or(source.way).unwrap_or(Way::Server);
        Self {
            seq,
            at: event.at.as_millis(),
            event: event.event.to_owned(),
            actor: event.actor,
            subject: event.subject,
            client_id: event.client_id,
            way: Some(way.as_str().to_owned()),
            address: source.address.clone().or(own.address),
            outcome: Some(event.outcome.as_str().to_owned()),
            session: event.session,
            correlation_id: source.correlation_id.clone().or(own.correlation_id),
            detail: event.detail,
            before: event.before,
            after: event.after,
            hash: None,
        }
    }

    /// This record's link behind `previous`: SHA-256 of the previous link and the record's canonical bytes. Records from before
    /// the chain have links too, they were only not stored.
    pub fn link(&self, previous: &Link) -> Link {
        Link(sha256_parts(&[&previous.0, &self.canonical()]))
    }

    /// The record as bytes: number and time with eight bytes each, highest first; then the texts in the order of the fields,
    /// each one zero byte when absent, or a byte 1, its length in UTF-8 with four bytes, and itself. No two records share them.
    fn canonical(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(512);
        bytes.extend(self.seq.to_be_bytes());
        bytes.extend(self.at.to_be_bytes());
        let event = Some(self.event.as_str());
        let rest = [
            &self.actor,
            &self.subject,
            &self.client_id,
            &self.way,
            &self.address,
            &self.outcome,
            &self.session,
            &self.correlation_id,
            &self.detail,
            &self.before,
            &self.after,
        ];
        for text in std::iter::once(event).chain(rest.into_iter().map(Option::as_deref)) {
            let Some(text) = text else {
                bytes.push(0);
                continue;
            };
            bytes.push(1);
            bytes.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
            bytes.extend(text.as_bytes());
        }
        bytes
    }
}

/// Where the chain stands behind a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link(pub [u8; 32]);

impl Link {
    /// Before the first record.
    pub fn first() -> Self {
        Self(sha256_parts(&[b"signet audit trail 1"]))
    }

    /// From stored bytes; none if they are no link.
    pub fn stored(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

/// The audit trail, for those who write it.
pub trait Audit {
    /// Appends an event.
    ///
    /// # Errors
    /// When storage fails; the unit of work fails with it.
    fn record(&mut self, event: AuditEvent) -> Result<(), StorageFault>;

    /// From where this unit of work was asked for: what its events do not know of themselves. Forgotten with the unit of work.
    fn come_from(&mut self, source: Source) {
        // A trail that keeps no sources.
        drop(source);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> AuditRecord {
        let event = AuditEvent::new(Timestamp::from_secs(1), "user.login").actor("a");
        AuditRecord::new(7, event.subject("b"), &Source::by(Way::Browser))
    }

    #[test]
    fn every_field_and_the_one_before_it_count() {
        let (own, first) = (record(), Link::first());
        let link = own.link(&first);
        let changes: [fn(&mut AuditRecord); 15] = [
            |it| it.seq += 1,
            |it| it.at += 1,
            |it| it.event.push('x'),
            |it| it.actor = None,
            |it| it.actor = Some(String::new()),
            |it| it.subject = Some("c".into()),
            |it| it.client_id = Some("c".into()),
            |it| it.way = Some("cli".into()),
            |it| it.address = Some("::1".into()),
            |it| it.outcome = Some("refused".into()),
            |it| it.session = Some("s".into()),
            |it| it.correlation_id = Some("c".into()),
            |it| it.detail = Some("d".into()),
            |it| it.before = Some("{}".into()),
            |it| it.after = Some("{}".into()),
        ];
        for change in changes {
            let mut other = own.clone();
            change(&mut other);
            assert_ne!(other.link(&first), link, "{other:?}");
        }
        assert_ne!(own.link(&link), link);
        assert_eq!(record().link(&first), link);
    }

    #[test]
    fn text_does_not_move_from_field_to_field() {
        let first = Link::first();
        let (mut one, mut other) = (record(), record());
        (one.detail, one.before) = (Some("ab".into()), Some("c".into()));
        (other.detail, other.before) = (Some("a".into()), Some("bc".into()));
        assert_ne!(one.link(&first), other.link(&first));
        (one.detail, one.before) = (Some("x".into()), None);
        (other.detail, other.before) = (None, Some("x".into()));
        assert_ne!(one.link(&first), other.link(&first));
    }

    #[test]
    fn an_administrators_way_and_the_requests_address_stand_in_the_record() {
        let request = Source {
            way: Some(Way::Browser),
            address: Some("2001:db8::7".into()),
            correlation_id: Some("F7K2-9QXM".into()),
        };
        let event = AuditEvent::new(Timestamp::from_secs(1), "user.lock");
        let event = event.source(Way::Console, Some("2001:db8::/64"));
        let record = AuditRecord::new(1, event, &request);
        assert_eq!(record.way.as_deref(), Some("console"));
        assert_eq!(record.address.as_deref(), Some("2001:db8::7"));
        assert_eq!(record.correlation_id.as_deref(), Some("F7K2-9QXM"));
        let alone = AuditRecord::new(
            1,
            AuditEvent::new(Timestamp::from_secs(1), "x"),
            &Source::default(),
        );
        assert_eq!(alone.way.as_deref(), Some("server"));
        assert_eq!(alone.outcome.as_deref(), Some("done"));
    }
}
