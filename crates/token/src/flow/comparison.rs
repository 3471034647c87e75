//! A redirect URI beside a registered one, character by character: they have to be equal (RFC 9700 2.1), and the eye passes
//! over a slash.

use serde::{Deserialize, Serialize};

use super::MAX_COMPARED;
use crate::client::Client;

/// Longest URI that is kept, in characters. A registered one may be longer; what matters is where they part.
const LONGEST: usize = 500;

/// What was sent beside what is registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// One the client registered.
    pub registered: String,
    /// Where the two part, in characters from 0; nothing where they are the same.
    pub differs_at: Option<usize>,
}

impl Comparison {
    /// Compares two URIs.
    pub fn of(sent: &str, registered: &str) -> Self {
        let same = sent
            .chars()
            .zip(registered.chars())
            .take_while(|(a, b)| a == b)
            .count();
        let equal = sent == registered;
        Self {
            registered: registered.chars().take(LONGEST).collect(),
            differs_at: (!equal).then_some(same),
        }
    }
}

/// `sent`, where it is short enough to be kept whole: a part of it is another address.
pub(crate) fn kept(sent: &str) -> Option<String> {
    (sent.chars().count() <= LONGEST).then(|| sent.to_owned())
}

/// `sent` beside every registered one, the most alike first.
pub(crate) fn with_all(sent: &str, registered: &[String]) -> Vec<Comparison> {
    let mut compared: Vec<_> = registered.iter().map(|own| Comparison::of(sent, own)).collect();
    compared.sort_by_key(|one| std::cmp::Reverse(one.differs_at.unwrap_or(usize::MAX)));
    compared.truncate(MAX_COMPARED);
    compared
}

/// `sent` beside the redirect URIs of a client.
pub(crate) fn with_redirects(sent: &str, client: &Client) -> Vec<Comparison> {
    with_all(sent, &client.metadata.redirect_uris)
}
