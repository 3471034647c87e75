//! Why a URL is not fetched. Each text ends a sentence about the URL. Whether a stranger may read it is the caller's
//! decision: those of the resolver ([`OutOfReach::Unresolved`], [`OutOfReach::Forbidden`] for a name) tell what a network
//! looks like from inside and belong in the log.

use std::net::IpAddr;

use thiserror::Error;

/// A destination that was refused, and why.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OutOfReach {
    /// The text is not a URL, or reads differently than it looks.
    #[error("is not an absolute URL in plain characters")]
    Malformed,
    /// The scheme is not one this client speaks.
    #[error("has the scheme \"{0}\"")]
    Scheme(String),
    /// No TLS, and the operator did not except host and port.
    #[error("uses http; only https is fetched")]
    PlainHttp,
    /// It holds a user name or password.
    #[error("holds a user name or password")]
    UserInfo,
    /// It has a fragment, which would never be sent.
    #[error("has a fragment")]
    Fragment,
    /// It has no host.
    #[error("names no host")]
    NoHost,
    /// The host ends in a dot: the same host under a second name.
    #[error("ends its host in a dot")]
    TrailingDot,
    /// Web servers do not have this port.
    #[error("names port {0}, which is not a web server's")]
    Port(u16),
    /// The name exists only inside a network.
    #[error("names {0}, which exists only inside a network")]
    LocalName(String),
    /// The name has no address.
    #[error("names {0}, which has no address")]
    Unresolved(String),
    /// One of the host's addresses is not to be talked to. One is enough: with several, an attacker chooses.
    #[error("names {host}, which is at {address}: {what}")]
    Forbidden {
        /// The host as the URL names it.
        host: String,
        /// The offending address.
        address: IpAddr,
        /// What that address is.
        what: &'static str,
    },
}
