//! The only way out: every HTTP request Signet makes passes through here.
//!
//! A provider that fetches what others name (key sets, client metadata, logout endpoints) is a tool for reaching what
//! only the provider can reach. So the address is judged after resolution and the connection goes to the very address
//! that was judged; redirects are handed back instead of followed; answers are bounded in size and time; no proxy from
//! the environment gets a say.
//!
//! Today there is one kind of client, [`Outbound::loopback`], for the applications of the sandbox: it talks to this
//! machine and nobody else. A client for the open internet will be a second [`reach`] beside it, with its own judgement
//! of addresses (private, link-local and multicast ranges refused, exceptions from the configuration) and TLS; callers
//! will not notice. This crate alone names the HTTP client library underneath.

mod client;
mod error;
mod message;
mod reach;
mod resolver;

pub use client::Outbound;
pub use error::OutboundError;
pub use message::{HeaderMap, Method, Request, Response, StatusCode};
pub use reach::OutOfReach;
