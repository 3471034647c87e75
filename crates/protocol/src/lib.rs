//! The vocabulary of OAuth 2.0 and OpenID Connect: parameters, scopes, error codes, wire shapes.
//!
//! Pure: no storage, no clock, no HTTP.

pub mod error;
pub mod introspection;
pub mod params;
pub mod scope;
pub mod token_response;

pub use error::{ErrorCode, OAuthError};
pub use introspection::IntrospectionResponse;
pub use params::{Params, ParamsFault};
pub use scope::Scope;
pub use token_response::TokenResponse;
