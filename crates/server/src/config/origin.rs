//! Where a value came from.

use std::fmt;

use super::keys::Key;
use super::problem::Place;

/// The layer that won, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Nobody set it.
    Default,
    /// The configuration file.
    File(Place),
    /// An environment variable, or a file that one names.
    Environment(String),
    /// A flag of the command.
    Flag(&'static str),
}

impl Origin {
    /// Where to send somebody who must change the value of `key`.
    pub(crate) fn place(&self, key: Key) -> Place {
        match self {
            Origin::Default => Place::Name(key.row().path.to_owned()),
            Origin::File(place) => place.clone(),
            Origin::Environment(variable) => Place::Name(variable.clone()),
            Origin::Flag(flag) => Place::Name((*flag).to_owned()),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::File(place) => place.fmt(f),
            Origin::Environment(name) => f.write_str(name),
            Origin::Flag(name) => f.write_str(name),
        }
    }
}
