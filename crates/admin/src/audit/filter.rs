//! What to look for in the trail, and how that stands in a URL. The command line, the console and the API share it.

use std::fmt;

use kernel::Timestamp;
use kernel::audit::{AuditRecord, Outcome};
use url::form_urlencoded;

use super::moment;
use super::network::Network;

/// Which events: one name, or all whose names begin alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventPattern {
    /// This one.
    Exactly(String),
    /// Those that begin so: `key.` for `key.*`.
    Beginning(String),
}

impl EventPattern {
    fn parse(text: &str) -> Result<Self, String> {
        let (name, pattern): (_, fn(String) -> Self) = match text.strip_suffix('*') {
            Some(beginning) => (beginning, Self::Beginning),
            None => (text, Self::Exactly),
        };
        let fits = |c: char| c.is_ascii_lowercase() || matches!(c, '.' | '_' | '-');
        if name.chars().all(fits) && !(name.is_empty() && text.is_empty()) {
            Ok(pattern(name.to_owned()))
        } else {
            Err("event: a name such as user.login, or the beginning of names such as key.*".to_owned())
        }
    }

    fn fits(&self, event: &str) -> bool {
        match self {
            Self::Exactly(name) => name == event,
            Self::Beginning(beginning) => event.starts_with(beginning),
        }
    }
}

impl fmt::Display for EventPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(name) => f.write_str(name),
            Self::Beginning(beginning) => write!(f, "{beginning}*"),
        }
    }
}

/// What to look for. What is absent does not matter; what is there has to fit all together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// At this moment or later.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
    /// Who did it.
    pub actor: Option<String>,
    /// Whom or what it concerned.
    pub subject: Option<String>,
    /// Which client was involved.
    pub client: Option<String>,
    /// What happened.
    pub event: Option<EventPattern>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// From which address or network.
    pub address: Option<Network>,
    /// In which session.
    pub session: Option<String>,
    /// By which request.
    pub correlation_id: Option<String>,
    /// Which key: events of keys about it.
    pub kid: Option<String>,
}

/// All events of keys.
pub(crate) const KEY_EVENTS: &str = "key.";

impl AuditFilter {
    /// The names in a URL's query, in the order in which they are written.
    pub const NAMES: [&str; 11] = [
        "since",
        "until",
        "actor",
        "subject",
        "client",
        "event",
        "outcome",
        "address",
        "session",
        "correlation_id",
        "kid",
    ];

    /// From a URL's query (`application/x-www-form-urlencoded`). Names of others are left to them, empty values say nothing: a
    /// form sends its empty fields too. `now` is what ages such as `24h` count from.
    ///
    /// # Errors
    /// Everything that is wrong, one sentence each.
    pub fn from_query(query: &str, now: Timestamp) -> Result<Self, Vec<String>> {
        let (mut filter, mut wrong, mut seen) = (Self::default(), Vec::new(), Vec::new());
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if !Self::NAMES.contains(&&*name) || value.is_empty() {
                continue;
            }
            if seen.contains(&name) {
                wrong.push(format!("{name}: given more than once"));
            } else {
                wrong.extend(filter.set(&name, &value, now).err());
            }
            seen.push(name);
        }
        if wrong.is_empty() { Ok(filter) } else { Err(wrong) }
    }

    /// Sets what the query calls `name`.
    ///
    /// # Errors
    /// What is wrong, in a sentence that begins with the name.
    pub fn set(&mut self, name: &str, value: &str, now: Timestamp) -> Result<(), String> {
        let moment = || {
            let moment = moment::parse(value, now);
            moment.ok_or_else(|| {
                format!("{name}: a time such as 2026-11-22T10:15:00Z, a date, or an age such as 24h")
            })
        };
        // No record has one, and PostgreSQL takes no text with one.
        if value.contains('\0') {
            return Err(format!("{name}: no text with a zero in it"));
        }
        let text = Some(value.to_owned());
        match name {
            "since" => self.since = Some(moment()?),
            "until" => self.until = Some(moment()?),
            "actor" => self.actor = text,
            "subject" => self.subject = text,
            "client" => self.client = text,
            "event" => self.event = Some(EventPattern::parse(value)?),
            "outcome" => self.outcome = Some(outcome(value)?),
            "address" => {
                let network = value.parse::<Network>();
                self.address = Some(network.map_err(|error| format!("address: {error}"))?);
            }
            "session" => self.session = text,
            "correlation_id" => self.correlation_id = text,
            "kid" => self.kid = text,
            _ => return Err(format!("{name}: no filter of that name")),
        }
        Ok(())
    }

    /// Name and value of everything that is looked for, in the order of [`NAMES`](Self::NAMES).
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let values = [
            self.since.map(moment::write),
            self.until.map(moment::write),
            self.actor.clone(),
            self.subject.clone(),
            self.client.clone(),
            self.event.as_ref().map(ToString::to_string),
            self.outcome.map(|outcome| outcome.as_str().to_owned()),
            self.address.as_ref().map(ToString::to_string),
            self.session.clone(),
            self.correlation_id.clone(),
            self.kid.clone(),
        ];
        let pairs = Self::NAMES.into_iter().zip(values);
        pairs.filter_map(|(name, value)| Some((name, value?))).collect()
    }

    /// As a URL's query, without the question mark; empty when everything is looked for.
    pub fn to_query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.pairs()).finish()
    }

    /// Whether a record is looked for.
    pub fn fits(&self, record: &AuditRecord) -> bool {
        let is = |wanted: &Option<String>, own: &Option<String>| wanted.is_none() || wanted == own;
        let at = Timestamp::from_millis(record.at);
        let address = record.address.as_deref();
        let is_of_key =
            |kid: &String| record.subject.as_ref() == Some(kid) && record.event.starts_with(KEY_EVENTS);
        self.since.is_none_or(|since| since <= at)
            && self.until.is_none_or(|until| at < until)
            && is(&self.actor, &record.actor)
            && is(&self.subject, &record.subject)
            && is(&self.client, &record.client_id)
            && is(&self.session, &record.session)
            && is(&self.correlation_id, &record.correlation_id)
            && self.event.as_ref().is_none_or(|event| event.fits(&record.event))
            && self
                .outcome
                .is_none_or(|outcome| record.outcome.as_deref() == Some(outcome.as_str()))
            && self
                .address
                .as_ref()
                .is_none_or(|network| address.is_some_and(|own| network.contains(own)))
            && self.kid.as_ref().is_none_or(is_of_key)
    }
}

fn outcome(text: &str) -> Result<Outcome, String> {
    let found = [Outcome::Done, Outcome::Refused].into_iter();
    let mut found = found.filter(|outcome| outcome.as_str() == text);
    found.next().ok_or_else(|| "outcome: done or refused".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

    #[test]
    fn a_filter_is_written_as_it_is_read() {
        let query = "since=2026-11-22T10%3A15%3A00Z&until=2026-11-23T00%3A00%3A00.007Z&actor=a+b&subject=s%26t&client=web\
                     &event=key.*&outcome=refused&address=10.0.0.0%2F8&session=x&correlation_id=F7K2-9QXM&kid=k-1";
        let filter = AuditFilter::from_query(query, NOW).unwrap();
        assert_eq!(filter.to_query(), query);
        assert_eq!(filter.pairs().len(), AuditFilter::NAMES.len());
        assert_eq!(filter.subject.as_deref(), Some("s&t"));
        assert_eq!(filter.event, Some(EventPattern::Beginning("key.".into())));
    }

    #[test]
    fn empty_fields_and_others_names_say_nothing() {
        let filter = AuditFilter::from_query("actor=&after=7&event=", NOW).unwrap();
        assert_eq!(filter, AuditFilter::default());
        assert_eq!(filter.to_query(), "");
    }

    #[test]
    fn everything_that_is_wrong_is_told() {
        let wrong = AuditFilter::from_query(
            "since=soon&event=Key&outcome=maybe&address=10.0.0&actor=a&actor=b&event=x%25&subject=%00",
            NOW,
        )
        .unwrap_err();
        let names: Vec<_> = wrong.iter().filter_map(|text| text.split(':').next()).collect();
        let expected = [
            "since", "event", "outcome", "address", "actor", "event", "subject",
        ];
        assert_eq!(names, expected);
    }
}
