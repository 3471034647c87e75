//! The only way out: every HTTP request Signet makes passes through here.
//!
//! A provider that fetches what others name (key sets, client metadata, logout endpoints) is a tool for reaching what
//! only the provider can reach. So the address is judged after resolution and the connection goes to the very address
//! that was judged: a name that leads elsewhere a moment later leads nowhere new. Redirects are handed back instead of
//! followed; answers are bounded in size and time; nothing is decoded, no cookie kept, no proxy of the environment asked.
//!
//! There are two kinds of client. [`Outbound::loopback`], for the sandbox and the health check, talks to this machine and
//! nobody else. [`Outbound::open`] talks `https` to the public internet, and beyond that to what the operator excepts
//! ([`Allowed`]). What can be said about a URL without the network, [`Judge`] says already when it is registered.
//!
//! This crate alone names the HTTP client library underneath.

mod allowed;
mod authorities;
mod client;
mod error;
mod judge;
mod message;
mod network;
mod port;
mod reach;
mod refusal;
mod resolver;
mod special;

pub use allowed::{AllowFault, Allowed};
pub use authorities::{Authorities, AuthoritiesFault};
pub use client::Outbound;
pub use error::OutboundError;
pub use judge::Judge;
pub use message::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
pub use refusal::OutOfReach;
