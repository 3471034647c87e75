//! Where the issuer's keys come from. Fetching is the API's; what to do with the answer is the kit's.

use std::error::Error;

/// Fetches the issuer's JWK Set (RFC 7517 5), whose address is `jwks_uri` of its metadata (RFC 8414 2).
///
/// `fetch` may block: it runs on a thread for that, never twice at a time. It must end by itself, because requests wait
/// for it; a limit of a few seconds and of some hundred kilobytes is right. Only `https`, and no redirects.
pub trait JwksSource: Send + Sync {
    /// The set as JSON.
    ///
    /// # Errors
    /// [`FetchFault`] when there is no complete answer with status 200.
    fn fetch(&self) -> Result<String, FetchFault>;
}

impl<F> JwksSource for F
where
    F: Fn() -> Result<String, FetchFault> + Send + Sync,
{
    fn fetch(&self) -> Result<String, FetchFault> {
        self()
    }
}

/// Why something could not be fetched. Goes to the log, never to a client: it must hold no token.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct FetchFault(#[source] Box<dyn Error + Send + Sync>);

impl FetchFault {
    /// From an error, or from words.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}
