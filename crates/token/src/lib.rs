//! The authorization server: clients, authorization, grants, tokens, keys.
//!
//! OAuth 2.0 through oxide-auth's state machines, OpenID Connect beside it. Synchronous and free of HTTP and SQL;
//! storage is asked through [`ports`].

pub mod authorize;
pub mod client;
pub mod grant;
pub mod keys;
pub mod ports;

pub use client::{Client, ClientMetadata, ClientPolicy, SigningAlg};
pub use grant::{Consent, Grant};
pub use ports::{Clients, Consents, Grants, Interactions, Keys};
