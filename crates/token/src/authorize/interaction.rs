//! A request on its way through the pages, kept on the server under its own URL.
//!
//! Back, reload and a second tab find the same interaction; the browser that began it is the only one that may go on.

use kernel::Timestamp;
use kernel::id::InteractionId;
use serde::{Deserialize, Serialize};

use super::request::AuthorizationRequest;

/// A saved request. Small enough for a short-lived row; holds no secret, only digests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Interaction {
    /// Names it in URLs; random, but no secret: the flow cookie is what counts.
    pub id: InteractionId,
    /// Digest of the flow cookie of the browser it belongs to, base64url; none until a browser has claimed it.
    pub flow: Option<String>,
    /// When it began; `prompt=login` is satisfied by an authentication after this.
    pub created_at: Timestamp,
    /// What was asked.
    pub request: Pending,
}

/// What a saved request waits for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pending {
    /// A checked authorization request that needs its person.
    Authorization(Box<AuthorizationRequest>),
    /// One that was answered. Whoever comes back to its pages begins anew with the same request.
    Answered(Box<AuthorizationRequest>),
    /// Parameters POSTed to the authorization endpoint, not yet looked at: Lax cookies did not come with them.
    PostedAuthorization(Vec<(String, String)>),
    /// Parameters POSTed to the end-session endpoint, likewise.
    PostedLogout(Vec<(String, String)>),
    /// Somebody wants to sign in without an application.
    SignIn,
}
