//! Who is at work, for the audit trail.

use std::fmt;

/// An administrator, or the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor(String);

impl Actor {
    /// The command line: whoever may read the database's file.
    pub fn cli() -> Self {
        Self("cli".into())
    }

    /// Somebody else: a `sub`, or the name of a part of Signet such as `dev`.
    pub fn named(name: impl Into<String>) -> Self {
        Self(name.into())
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
