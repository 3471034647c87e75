//! Where a guard learns that a token, good by its signature and dates, was taken back. Optional: without a source a token
//! counts until it ends.

use std::pin::Pin;

use crate::access_token::AccessToken;
use crate::clock::Clock;
use crate::source::FetchFault;

/// What became of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It counts.
    Good,
    /// It was taken back, by itself or with what it came from.
    Revoked,
}

/// A token that passed every other check.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// As it came. A secret: to be sent to the issuer and to nobody else, never to be logged.
    pub token: &'a str,
    /// What it says.
    pub claims: &'a AccessToken,
    /// The guard's clock.
    pub clock: &'a dyn Clock,
}

/// The answer to come. An error means that nobody knows; the guard then refuses with 503 and never guesses.
pub type StandingFuture<'a> = Pin<Box<dyn Future<Output = Result<Standing, FetchFault>> + Send + 'a>>;

/// Knows which tokens were taken back. There are two kinds: [`Introspection`](crate::Introspection) asks the issuer, and a
/// closure asks a list in the same process, when the API and the provider are one program:
///
/// ```
/// # use std::collections::HashSet;
/// # use guard::{AccessToken, FetchFault, Guard, Standing};
/// # fn fetch_keys() -> Result<String, FetchFault> { Ok(String::new()) }
/// # let list: HashSet<String> = HashSet::new();
/// let guard = Guard::builder("https://id.example.com", "https://api.example.com")
///     .revocation(move |token: &AccessToken| match list.contains(&token.jti) {
///         true => Ok(Standing::Revoked),
///         false => Ok(Standing::Good),
///     })
///     .build(fetch_keys);
/// ```
///
/// A closure is called on the request's own thread and must not block.
pub trait RevocationSource: Send + Sync {
    /// Whether the token still counts.
    fn standing<'a>(&'a self, question: Question<'a>) -> StandingFuture<'a>;
}

impl<F> RevocationSource for F
where
    F: Fn(&AccessToken) -> Result<Standing, FetchFault> + Send + Sync,
{
    fn standing<'a>(&'a self, question: Question<'a>) -> StandingFuture<'a> {
        let answer = self(question.claims);
        if let Err(error) = &answer {
            tracing::warn!(%error, "the list of revoked tokens gave no answer");
        }
        Box::pin(std::future::ready(answer))
    }
}
