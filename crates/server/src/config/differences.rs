//! What has changed between two configurations, by name: values may be secrets.

use super::keys::{Key, Takes};
use super::resolve::Resolved;

/// Keys with another value, in the order of the documentation.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Differences {
    /// A running server can take these.
    pub(crate) reload: Vec<&'static str>,
    /// These wait for the next start.
    pub(crate) restart: Vec<&'static str>,
}

impl Differences {
    pub(super) fn between(one: &Resolved, other: &Resolved) -> Self {
        let mut found = Self::default();
        let pairs = one.iter().zip(other.iter());
        for ((key, ours, _), (_, theirs, _)) in pairs {
            if ours == theirs {
                continue;
            }
            found.list(key).push(key.row().path);
        }
        found
    }

    fn list(&mut self, key: Key) -> &mut Vec<&'static str> {
        match key.row().takes {
            Takes::Reload => &mut self.reload,
            Takes::Restart => &mut self.restart,
        }
    }
}
