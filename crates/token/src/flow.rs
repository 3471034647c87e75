//! What is written down of a request that was refused, so that somebody can see later why: the request without its secrets,
//! each check with its specification, what was decided.
//!
//! Pure: nothing here stores or shows a record. Whoever refuses makes a [`Refused`] when the answer is decided already; a
//! request that succeeds never comes here.

pub mod authorization;
pub mod call;
pub mod comparison;
pub mod logout;
pub mod parameters;
pub mod sign_in;

use std::borrow::Cow;

use kernel::Timestamp;
use kernel::id::UserId;
use serde::{Deserialize, Serialize};

pub use comparison::Comparison;
pub use parameters::{Parameter, Shown};

/// The most a record may take, in bytes of JSON.
pub const MAX_RECORD: usize = 8 * 1024;
/// Redirect URIs of a client that are compared with the one that was sent.
const MAX_COMPARED: usize = 10;
/// Longest text of a sentence or name, in characters.
const MAX_TEXT: usize = 300;

/// A row of a table of checks: what is asked of a request, and where that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The demand, as part of a list: "the secret is right".
    pub name: &'static str,
    /// The specification and its section.
    pub section: &'static str,
}

/// A row.
pub const fn step(name: &'static str, section: &'static str) -> Step {
    Step { name, section }
}

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The request did what is asked of it.
    Passed,
    /// It did not, and was refused for that.
    Failed,
    /// It was refused before anybody looked.
    NotReached,
}

/// One check of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What was asked of it.
    pub name: Cow<'static, str>,
    /// Where that is written.
    pub section: Cow<'static, str>,
    /// How it went.
    pub verdict: Verdict,
}

/// The rows of a table as checks: passed until the one at `stopped`, not looked at after it. Without one all are passed.
pub(crate) fn walk(steps: impl IntoIterator<Item = Step>, stopped: Option<usize>) -> Vec<Check> {
    let stopped = stopped.unwrap_or(usize::MAX);
    let check = |(at, step): (usize, Step)| Check {
        name: Cow::Borrowed(step.name),
        section: Cow::Borrowed(step.section),
        verdict: match at.cmp(&stopped) {
            std::cmp::Ordering::Less => Verdict::Passed,
            std::cmp::Ordering::Equal => Verdict::Failed,
            std::cmp::Ordering::Greater => Verdict::NotReached,
        },
    };
    steps.into_iter().enumerate().map(check).collect()
}

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Refused {
    /// The client it named or was of. Not proven where the request was refused before that.
    pub client_id: Option<String>,
    /// The person it was about, where one is known.
    pub user: Option<UserId>,
    /// One word for it: the protocol's error code where there is one.
    pub error: String,
    /// What was decided and why, for administrators. More than anybody outside was told.
    pub reason: String,
    /// What the client or the person was told.
    pub told: Option<String>,
    /// The request, in the order it came.
    pub parameters: Vec<Parameter>,
    /// Parameters that were too many to keep.
    #[serde(default)]
    pub left_out: usize,
    /// What was looked at.
    pub checks: Vec<Check>,
    /// An address to send the browser to that is not the client's.
    pub foreign_uri: Option<String>,
    /// That address beside each the client registered.
    pub compared: Vec<Comparison>,
}

impl Refused {
    /// A record that knows no more than this.
    pub fn plain(error: &str, reason: impl Into<String>) -> Self {
        Self {
            error: error.to_owned(),
            reason: reason.into(),
            ..Self::default()
        }
    }

    /// Whom it was about.
    #[must_use]
    pub fn about(mut self, user: Option<UserId>) -> Self {
        self.user = user;
        self
    }

    /// Cuts what is longer than a record may be: first long values, then parameters and comparisons from their ends.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        for text in [
            Some(&mut self.reason),
            self.told.as_mut(),
            self.client_id.as_mut(),
        ]
        .into_iter()
        .flatten()
        {
            cut(text, MAX_TEXT);
        }
        while self.size() > MAX_RECORD {
            if self.parameters.pop().is_some() {
                self.left_out += 1;
            } else if self.compared.pop().is_none() {
                break;
            }
        }
        self
    }

    /// Its size in storage. What cannot be written is too long.
    fn size(&self) -> usize {
        serde_json::to_vec(self).map_or(usize::MAX, |json| json.len())
    }
}

/// Shortens a text to so many characters.
fn cut(text: &mut String, most: usize) {
    if let Some((at, _)) = text.char_indices().nth(most) {
        text.truncate(at);
        text.push('…');
    }
}

/// A refused request as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// The correlation id on the page, in the header and in the log.
    pub id: String,
    /// When it was answered.
    pub at: Timestamp,
    /// The pattern of the path it came to, such as `/authorize`.
    pub endpoint: String,
    /// The status of the answer.
    pub status: u16,
    /// Why.
    pub refused: Refused,
}

#[cfg(test)]
mod tests;
