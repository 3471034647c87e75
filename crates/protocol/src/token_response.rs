//! The successful token response (RFC 6749 5.1, OpenID Connect Core 3.1.3.3).

use std::fmt;

use serde::Serialize;

/// What a client gets. `scope` is told whether or not it differs from what was asked for: clients need not remember.
#[derive(Serialize)]
pub struct TokenResponse {
    /// RFC 9068 `at+jwt`.
    pub access_token: String,
    /// `Bearer`.
    pub token_type: &'static str,
    /// Seconds.
    pub expires_in: u64,
    /// Opaque; only with offline access.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// What was granted, space-separated; absent when nothing was (RFC 6749 3.3 knows no empty scope).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub scope: String,
    /// Only with `openid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
}

impl fmt::Debug for TokenResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenResponse")
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}
