//! The parameters of a request, made fit to be kept and shown. What is known to be harmless is shown; everything else is
//! told by its length alone, so that a secret in a wrong field, or in one nobody has thought of yet, is never written down.

use protocol::Params;
use serde::{Deserialize, Serialize};

/// Parameters of a request that are kept.
const MOST: usize = 40;
/// Longest value that is shown whole, in characters.
const LONGEST: usize = 200;
/// What is shown of values that the client uses to recognise its request.
const FRAGMENT: usize = 8;
/// Longest name of ours or of nobody's that is shown.
const LONGEST_NAME: usize = 32;

/// Values that name things, and that administrators see elsewhere too.
const SHOWN: [&str; 19] = [
    "client_id",
    "redirect_uri",
    "post_logout_redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "prompt",
    "max_age",
    "claims",
    "acr_values",
    "ui_locales",
    "display",
    "code_challenge_method",
    "resource",
    "audience",
    "grant_type",
    "token_type_hint",
    "client_assertion_type",
    "subject_token_type",
];
/// Values of which the beginning is enough to recognise the request by.
const SHORTENED: [&str; 3] = ["state", "nonce", "code_challenge"];
/// Further names that are well known. Their values are not shown.
const SECRET: [&str; 16] = [
    "code",
    "code_verifier",
    "client_secret",
    "client_assertion",
    "assertion",
    "password",
    "username",
    "login_hint",
    "id_token_hint",
    "token",
    "access_token",
    "refresh_token",
    "subject_token",
    "request",
    "request_uri",
    "registration",
];

/// A parameter as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    /// Its name; of one that is no known name, how long it was.
    pub name: String,
    /// Its value.
    pub value: Shown,
}

/// How much of a value is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// All of it.
    Whole(String),
    /// Its beginning, and how many characters there were.
    Beginning(String, usize),
    /// Only how many characters there were.
    Redacted(usize),
}

impl std::fmt::Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Shown::Whole(value) => f.write_str(value),
            Shown::Beginning(value, length) => write!(f, "{value}… [{length} characters]"),
            Shown::Redacted(length) => write!(f, "[redacted, {length} characters]"),
        }
    }
}

/// The parameters as they may be kept, and how many there were beyond those.
pub(crate) fn shown(params: &Params) -> (Vec<Parameter>, usize) {
    let pairs = params.pairs();
    let kept = pairs
        .iter()
        .take(MOST)
        .map(|(name, value)| parameter(name, value));
    (kept.collect(), pairs.len().saturating_sub(MOST))
}

/// One of them.
pub(crate) fn parameter(name: &str, value: &str) -> Parameter {
    let value = if SHOWN.contains(&name) {
        beginning(value, LONGEST)
    } else if SHORTENED.contains(&name) {
        beginning(value, FRAGMENT)
    } else {
        Shown::Redacted(value.chars().count())
    };
    Parameter {
        name: shown_name(name),
        value,
    }
}

/// A value of which no more than its beginning is kept.
fn beginning(value: &str, most: usize) -> Shown {
    match value.char_indices().nth(most) {
        None => Shown::Whole(value.to_owned()),
        Some((at, _)) => Shown::Beginning(value[..at].to_owned(), value.chars().count()),
    }
}

/// Somebody's secret may stand where a name belongs: only what looks like a name is shown.
fn shown_name(name: &str) -> String {
    let known = [&SHOWN[..], &SHORTENED[..], &SECRET[..]].concat();
    let plain = name.len() <= LONGEST_NAME && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    if known.contains(&name) || plain {
        name.to_owned()
    } else {
        format!("[a name of {} characters]", name.chars().count())
    }
}
