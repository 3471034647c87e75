//! Administrators as JSON.

use serde::Serialize;

use crate::administrators::{Standing, State};
use crate::authority::{Administrator, Role};

/// Somebody who holds roles.
#[derive(Debug, Serialize)]
pub struct StandingView<'a> {
    id: String,
    kind: &'static str,
    name: &'a str,
    state: &'static str,
    roles: Vec<&'static str>,
}

impl<'a> From<&'a Standing> for StandingView<'a> {
    fn from(standing: &'a Standing) -> Self {
        let (kind, id) = match &standing.who {
            Administrator::Person(id) => ("user", id.to_string()),
            Administrator::Client(id) => ("client", id.clone()),
        };
        Self {
            id,
            kind,
            name: &standing.name,
            state: match standing.state {
                State::Active => "active",
                State::Shut => "shut",
            },
            roles: standing.roles.iter().copied().map(Role::as_str).collect(),
        }
    }
}
