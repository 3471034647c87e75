//! The authorization server: clients, authorization, grants, tokens, keys.
//!
//! OAuth 2.0 through oxide-auth's state machines, OpenID Connect beside it. Synchronous and free of HTTP and SQL;
//! storage is asked through [`ports`].

pub mod authorize;
pub mod checkpoint;
pub mod claims;
pub mod client;
pub mod discovery;
pub mod document;
pub mod ending;
pub mod endpoint;
pub mod flow;
pub mod grant;
pub mod introspection;
pub mod issue;
pub mod keys;
pub mod logout;
pub mod logout_token;
pub mod notice;
pub mod oxide;
pub mod ports;
pub mod resource;
pub mod revocation;
pub mod standing;
pub mod verify;

pub use checkpoint::Checkpoint;
pub use client::{Client, ClientMetadata, ClientPolicy, SigningAlg};
pub use flow::Flow;
pub use grant::{Consent, Grant};
pub use notice::LogoutNotice;
pub use ports::{Clients, Consents, Grants, Interactions, Keys, LogoutNotices, Resources};
pub use resource::{ApiResource, Catalogue, ClaimScope, SharedCatalogue};
