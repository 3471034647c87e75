//! Decoded requests as oxide-auth's request traits see them.

use std::borrow::Cow;

use oxide_auth::code_grant::{accesstoken, authorization, client_credentials, refresh};
use protocol::Params;
use url::Url;

/// An authorization request (RFC 6749 4.1.1) whose parameters were already checked for repetition.
pub struct AuthorizationView<'a>(pub &'a Params);

impl authorization::Request for AuthorizationView<'_> {
    fn valid(&self) -> bool {
        self.0.first_repeated().is_none()
    }
    fn client_id(&self) -> Option<Cow<'_, str>> {
        self.0.get("client_id").map(Cow::Borrowed)
    }
    fn scope(&self) -> Option<Cow<'_, str>> {
        self.0.get("scope").map(Cow::Borrowed)
    }
    fn redirect_uri(&self) -> Option<Cow<'_, str>> {
        self.0.get("redirect_uri").map(Cow::Borrowed)
    }
    fn state(&self) -> Option<Cow<'_, str>> {
        self.0.get("state").map(Cow::Borrowed)
    }
    fn response_type(&self) -> Option<Cow<'_, str>> {
        self.0.get("response_type").map(Cow::Borrowed)
    }
    fn extension(&self, key: &str) -> Option<Cow<'_, str>> {
        self.0.get(key).map(Cow::Borrowed)
    }
}

/// A token request of an authenticated client. Credentials in the body stay hidden: the machine would take them for a
/// second authentication.
pub struct TokenView<'a> {
    /// The form.
    pub params: &'a Params,
    /// Who was authenticated (or, for a public client, identified).
    pub client_id: &'a str,
}

/// Stands for a redirect URI that is missing or no URL: it equals no registered one, so the machine goes on to recover
/// the code and refuses it, and the code is spent (RFC 6749 4.1.3 asks for `invalid_grant`).
const NO_REDIRECT_URI: &str = "about:blank";

/// The same as a URL, where a machine wants one though nobody is redirected.
pub fn nowhere() -> Option<Url> {
    Url::parse(NO_REDIRECT_URI).ok()
}

impl accesstoken::Request for TokenView<'_> {
    fn valid(&self) -> bool {
        self.params.first_repeated().is_none()
    }
    fn code(&self) -> Option<Cow<'_, str>> {
        self.params.get("code").map(Cow::Borrowed)
    }
    fn authorization(&self) -> accesstoken::Authorization<'_> {
        accesstoken::Authorization::Username(Cow::Borrowed(self.client_id))
    }
    fn client_id(&self) -> Option<Cow<'_, str>> {
        None
    }
    fn redirect_uri(&self) -> Option<Cow<'_, str>> {
        let presented = self
            .params
            .get("redirect_uri")
            .filter(|uri| Url::parse(uri).is_ok());
        Some(Cow::Borrowed(presented.unwrap_or(NO_REDIRECT_URI)))
    }
    fn grant_type(&self) -> Option<Cow<'_, str>> {
        self.params.get("grant_type").map(Cow::Borrowed)
    }
    fn extension(&self, key: &str) -> Option<Cow<'_, str>> {
        (key != "client_secret")
            .then(|| self.params.get(key))
            .flatten()
            .map(Cow::Borrowed)
    }
}

impl refresh::Request for TokenView<'_> {
    fn valid(&self) -> bool {
        self.params.first_repeated().is_none()
    }
    fn refresh_token(&self) -> Option<Cow<'_, str>> {
        self.params.get("refresh_token").map(Cow::Borrowed)
    }
    fn scope(&self) -> Option<Cow<'_, str>> {
        self.params.get("scope").map(Cow::Borrowed)
    }
    fn grant_type(&self) -> Option<Cow<'_, str>> {
        self.params.get("grant_type").map(Cow::Borrowed)
    }
    fn authorization(&self) -> Option<(Cow<'_, str>, Cow<'_, [u8]>)> {
        // No password to show: the answer to the machine's question is that we know this client already.
        Some((Cow::Borrowed(self.client_id), Cow::Borrowed(&[])))
    }
    fn extension(&self, key: &str) -> Option<Cow<'_, str>> {
        (key != "client_secret")
            .then(|| self.params.get(key))
            .flatten()
            .map(Cow::Borrowed)
    }
}

impl client_credentials::Request for TokenView<'_> {
    fn valid(&self) -> bool {
        self.params.first_repeated().is_none()
    }
    fn authorization(&self) -> Option<(Cow<'_, str>, Cow<'_, [u8]>)> {
        Some((Cow::Borrowed(self.client_id), Cow::Borrowed(&[])))
    }
    fn scope(&self) -> Option<Cow<'_, str>> {
        self.params.get("scope").map(Cow::Borrowed)
    }
    fn grant_type(&self) -> Option<Cow<'_, str>> {
        self.params.get("grant_type").map(Cow::Borrowed)
    }
    fn extension(&self, key: &str) -> Option<Cow<'_, str>> {
        // Neither half of the credentials: one alone would count as a failed authentication.
        (!matches!(key, "client_id" | "client_secret"))
            .then(|| self.params.get(key))
            .flatten()
            .map(Cow::Borrowed)
    }
}
