//! PostgreSQL over the network: how its URL is read, how one gets to a server, and the connection diesel speaks through.
//!
//! Owns the wire up to `diesel::Connection`; what is asked over it belongs to the ports, and when, to the engine.

pub mod circuit;
pub mod dial;
mod era;
pub mod line;
pub mod server;
mod socket;
mod tls;
pub mod url;
mod words;
