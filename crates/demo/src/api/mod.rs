//! The demo API: a pinboard of short notes for each person, guarded by access tokens.
//!
//! It is what an API behind Signet looks like: it has no client registration, no session and no cookie, never asks the
//! provider about a token, and knows of it only its issuer identifier. [`guard`] does the rest.

mod access;
mod keys;
mod page;
mod pinboard;
mod routes;
mod serve;
#[cfg(test)]
mod tests;

use url::Url;

pub use access::API_SCOPES;
pub use serve::serve_api;

/// The API, ready to be served or called.
#[derive(Debug, Clone)]
pub struct DemoApi {
    /// Its origin as people open it, such as `http://localhost:8083/`.
    pub base_url: Url,
    /// The provider's issuer identifier, character for character.
    pub issuer: String,
}

impl DemoApi {
    /// Its resource identifier (RFC 8707 2), `aud` of the tokens it accepts: its origin, without the slash that URLs end
    /// in.
    pub fn identifier(&self) -> String {
        self.base_url.as_str().trim_end_matches('/').to_owned()
    }

    /// Where the notes are.
    pub(crate) fn notes_url(&self) -> Url {
        let mut url = self.base_url.clone();
        url.set_path("/notes");
        url
    }
}
