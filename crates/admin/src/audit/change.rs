//! What changed, as the trail keeps it: the members that differ, before and after, and never what is secret, personal or long.

use kernel::{Audit, AuditEvent};
use serde::Serialize;
use serde_json::{Map, Value};
use token::keys::StoredKey;
use token::{Keys, SigningAlg};

use crate::fault::AdminFault;

/// Longer values are told by their length.
const LONGEST: usize = 1024;
/// Never told: moments that change with everything, and the one secret a view may hold.
const UNTOLD: [&str; 3] = ["created_at", "updated_at", "client_secret"];
/// What of a person is told. The rest is personal, and the trail outlives accounts.
const OF_A_PERSON: [&str; 6] = ["sub", "email_verified", "groups", "roles", "group_roles", "state"];

/// A thing as the trail may show it.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    members: Map<String, Value>,
    /// Whether a member is told with its value, or only as `*`: it is there, or it changed.
    is_told: fn(&str) -> bool,
}

impl Shown {
    /// Everything a view has.
    pub(crate) fn of(view: &impl Serialize) -> Self {
        let mut members = match serde_json::to_value(view) {
            Ok(Value::Object(members)) => members,
            _ => Map::new(),
        };
        members.retain(|name, value| {
            let empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
            !empty && !UNTOLD.contains(&name.as_str())
        });
        Self {
            members,
            is_told: |_| true,
        }
    }

    /// Of a person: roles, groups and state with their values, names and addresses without.
    pub(crate) fn of_a_person(view: &impl Serialize) -> Self {
        Self {
            is_told: |name| OF_A_PERSON.contains(&name),
            ..Self::of(view)
        }
    }

    /// Where each key of an algorithm stands: key id -> state.
    pub(crate) fn of_keys(keys: &[StoredKey], alg: SigningAlg) -> Self {
        let own = keys.iter().filter(|key| key.alg == alg);
        let states = own.map(|key| (key.kid.clone(), Value::from(key.state.as_str())));
        Self {
            members: states.collect(),
            is_told: |_| true,
        }
    }

    fn without_what_is_in(&self, other: &Shown) -> Self {
        let mut own = self.clone();
        own.members
            .retain(|name, value| other.members.get(name) != Some(value));
        own
    }

    fn into_json(self) -> Value {
        let is_told = self.is_told;
        let tell = |(name, value): (String, Value)| {
            let length = value.to_string().chars().count();
            let told = match value {
                _ if !is_told(&name) => Value::from("*"),
                _ if length > LONGEST => Value::from(format!("({length} characters)")),
                value => value,
            };
            (name, told)
        };
        Value::Object(self.members.into_iter().map(tell).collect())
    }
}

/// Adds to an event what was before and what is after: all of it where something began or ended, else what differs.
pub(crate) fn tell(event: AuditEvent, before: Option<Shown>, after: Option<Shown>) -> AuditEvent {
    let (before, after) = match (before, after) {
        (Some(before), Some(after)) => (
            Some(before.without_what_is_in(&after)),
            Some(after.without_what_is_in(&before)),
        ),
        one => one,
    };
    let event = match before {
        Some(shown) => event.before(shown.into_json()),
        None => event,
    };
    match after {
        Some(shown) => event.after(shown.into_json()),
        None => event,
    }
}

/// Records an event of keys with what became of the keys of an algorithm since they were read as `before`.
pub(crate) fn tell_states(
    tx: &mut (impl Keys + Audit + ?Sized),
    event: AuditEvent,
    before: &[StoredKey],
    alg: SigningAlg,
) -> Result<(), AdminFault> {
    let after = tx.keys()?;
    let [before, after] = [before, &after].map(|keys| Some(Shown::of_keys(keys, alg)));
    Ok(tx.record(tell(event, before, after))?)
}

#[cfg(test)]
mod tests {
    use kernel::Timestamp;
    use serde_json::json;

    use super::*;

    fn told(before: Option<Shown>, after: Option<Shown>) -> (Option<String>, Option<String>) {
        let event = tell(AuditEvent::new(Timestamp::from_secs(1), "x"), before, after);
        (event.before, event.after)
    }

    #[test]
    fn only_what_differs_is_told() {
        let before = json!({ "name": "A", "scope": ["a"], "updated_at": "1", "uris": ["x"] });
        let after = json!({ "name": "A", "scope": ["a", "b"], "updated_at": "2", "uris": [], "new": 1 });
        let (before, after) = told(Some(Shown::of(&before)), Some(Shown::of(&after)));
        assert_eq!(before.as_deref(), Some(r#"{"scope":["a"],"uris":["x"]}"#));
        assert_eq!(after.as_deref(), Some(r#"{"new":1,"scope":["a","b"]}"#));
    }

    #[test]
    fn what_is_personal_shows_that_it_changed_and_not_what_it_is() {
        let before = json!({ "sub": "1", "email": "a@example.org", "roles": ["r"], "phone_number": "1" });
        let after = json!({ "sub": "1", "email": "b@example.org", "roles": [], "phone_number": "1" });
        let (before, after) = told(
            Some(Shown::of_a_person(&before)),
            Some(Shown::of_a_person(&after)),
        );
        assert_eq!(before.as_deref(), Some(r#"{"email":"*","roles":["r"]}"#));
        assert_eq!(after.as_deref(), Some(r#"{"email":"*"}"#));
    }

    #[test]
    fn a_secret_is_never_told_and_a_long_value_by_its_length() {
        let long = "x".repeat(LONGEST);
        let view = json!({ "client_secret": "s3cret", "jwks": long });
        let (before, after) = told(None, Some(Shown::of(&view)));
        assert_eq!(before, None);
        assert_eq!(after.as_deref(), Some(r#"{"jwks":"(1026 characters)"}"#));
    }
}
