//! The authorization server: clients, authorization, grants, tokens, keys.
//!
//! OAuth 2.0 through oxide-auth's state machines, OpenID Connect beside it. Synchronous and free of HTTP and SQL;
//! storage is asked through [`ports`].

pub mod authorize;
pub mod claims;
pub mod client;
pub mod discovery;
pub mod document;
pub mod endpoint;
pub mod grant;
pub mod issue;
pub mod keys;
pub mod logout;
pub mod oxide;
pub mod ports;
pub mod verify;

pub use client::{Client, ClientMetadata, ClientPolicy, SigningAlg};
pub use grant::{Consent, Grant};
pub use ports::{Clients, Consents, Grants, Interactions, Keys};
