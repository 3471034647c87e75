//! Why there is no answer. An answer with an error status is an answer, not an error.

use std::error::Error;

use thiserror::Error;

use crate::refusal::OutOfReach;

/// A request that brought no usable answer.
#[derive(Debug, Error)]
pub enum OutboundError {
    /// The URL, its host or that host's address is not for this client.
    #[error("the URL {0}")]
    OutOfReach(#[from] OutOfReach),
    /// The machine has no authorities and the operator named none, so that nobody's certificate can be believed.
    #[error(
        "there is no certificate authority to believe: the system has none, and outbound.ca_file is empty"
    )]
    NoAuthorities,
    /// The body of the answer, or its header, is longer than the bound.
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

impl OutboundError {
    /// What happened down to its cause, in one line for the log: `the connection failed: ...: invalid peer certificate`.
    pub fn in_full(&self) -> String {
        let mut text = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }
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
