//! The demo API: a pinboard of short notes for each person, guarded by access tokens.
//!
//! It is what an API behind Signet looks like: it has no session and no cookie, and knows of the provider only its issuer
//! identifier. [`guard`] does the rest: verifies each token with published keys, and asks whether it was revoked. For
//! that question alone the API has a client at the provider.

mod access;
mod introspection;
mod issuer;
mod keys;
mod page;
mod pinboard;
mod routes;
mod serve;
#[cfg(test)]
mod tests;

use std::fmt;

use url::Url;

pub use access::API_SCOPES;
pub use serve::serve_api;

/// The API, ready to be served or called.
#[derive(Clone)]
pub struct DemoApi {
    /// Its origin as people open it, such as `http://localhost:8083/`.
    pub base_url: Url,
    /// The provider's issuer identifier, character for character.
    pub issuer: String,
    /// Its client at the provider: confidential, `client_secret_basic`, the server of [`DemoApi::identifier`] and nothing
    /// else.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: String,
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

impl fmt::Debug for DemoApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DemoApi")
            .field("base_url", &self.base_url.as_str())
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}
