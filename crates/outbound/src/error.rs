//! Why there is no answer. An answer with an error status is an answer, not an error.

use std::error::Error;

use thiserror::Error;

use crate::reach::OutOfReach;

/// A request that brought no usable answer.
#[derive(Debug, Error)]
pub enum OutboundError {
    /// The scheme is not one this client speaks.
    #[error("{0} is not a scheme this client speaks")]
    Scheme(String),
    /// The host is missing, does not resolve, or is an address this client must not talk to.
    #[error(transparent)]
    OutOfReach(#[from] OutOfReach),
    /// The answer is longer than the bound.
    #[error("the answer is longer than {limit} bytes")]
    TooLarge {
        /// The bound, in bytes.
        limit: usize,
    },
    /// No complete answer in time.
    #[error("no complete answer in time")]
    Timeout,
    /// The connection failed, or what came over it is not HTTP. The text never contains the URL, which may hold secrets.
    #[error("the connection failed")]
    Transport(#[source] Box<dyn Error + Send + Sync>),
}

impl From<reqwest::Error> for OutboundError {
    fn from(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            return Self::Timeout;
        }
        if let Some(refusal) = refusal_within(&error) {
            return Self::OutOfReach(refusal.clone());
        }
        Self::Transport(Box::new(error.without_url()))
    }
}

/// The resolver's verdict travels through several layers of the connection's errors; this finds it again.
fn refusal_within(error: &reqwest::Error) -> Option<&OutOfReach> {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(current) = cause {
        if let Some(refusal) = current.downcast_ref() {
            return Some(refusal);
        }
        cause = current.source();
    }
    None
}
