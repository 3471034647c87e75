//! One source of settings, read: what it sets and what is wrong in it. Owns also the suggestion for a misspelt name.

use super::keys::Key;
use super::origin::Origin;
use super::problem::{Place, Problem};
use super::value::{Mismatch, Value};

/// One value somebody set.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    /// What.
    pub(crate) key: Key,
    /// To what.
    pub(crate) value: Value,
    /// Where.
    pub(crate) origin: Origin,
}

/// What one source says.
#[derive(Debug, Default)]
pub(crate) struct Layer {
    /// What it sets; no key twice.
    pub(crate) settings: Vec<Setting>,
    /// What is wrong in it.
    pub(crate) problems: Vec<Problem>,
}

impl Layer {
    /// Takes what was read for a key, or notes why it could not be.
    pub(crate) fn take(&mut self, key: Key, read: Result<Value, Mismatch>, origin: Origin) {
        match read {
            Ok(value) => self.settings.push(Setting { key, value, origin }),
            Err(Mismatch { reason, remedy }) => {
                self.refuse(origin.place(key), format!("{} {reason}", key.row().path), remedy);
            }
        }
    }

    /// Notes a problem.
    pub(crate) fn refuse(&mut self, place: Place, reason: impl Into<String>, remedy: impl Into<String>) {
        self.problems.push(Problem {
            place,
            reason: reason.into(),
            remedy: remedy.into(),
        });
    }
}

/// "did you mean" with the nearest of `names`, when one is near enough to be meant.
pub(crate) fn suggest(wrong: &str, names: impl Iterator<Item = String>) -> Option<String> {
    let near = |name: String| Some((strsim::normalized_damerau_levenshtein(wrong, &name), name));
    let (likeness, name) = names.filter_map(near).max_by(|a, b| a.0.total_cmp(&b.0))?;
    (likeness > 0.7).then(|| format!("did you mean `{name}`?"))
}
