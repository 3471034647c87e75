//! A request on its way through the pages, kept on the server under its own URL.
//!
//! Back, reload and a second tab find the same interaction; the browser that began it is the only one that may go on.

use kernel::id::InteractionId;
use kernel::secret::{ResetToken, SetupToken};
use kernel::{Digest, Timestamp};
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
    SignIn(Destination),
    /// Somebody opened a link that lets them set a new password.
    PasswordReset {
        /// Of the secret in the link, which has left the browser's address bar.
        #[serde(with = "digest_text")]
        token: Digest<ResetToken>,
        /// The request they were on their way with when they noticed that they forgot it.
        resume: Option<InteractionId>,
    },
    /// Somebody opened the link that makes the first administrator.
    Setup {
        /// Of the secret in the link, which has left the browser's address bar.
        #[serde(with = "digest_text")]
        token: Digest<SetupToken>,
    },
    /// They set it.
    PasswordSet {
        /// The request they were on their way with.
        resume: Option<InteractionId>,
    },
}

/// Where signing in without an application leads. A closed set: no address from outside is ever followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Destination {
    /// The front page.
    Home,
    /// The account page.
    Account,
    /// Its page for changing the password.
    Password,
    /// Its page of devices and sessions.
    Sessions,
    /// Its page of connected apps.
    Apps,
    /// Its page for choosing a language.
    Language,
}

/// A digest as base64url text.
mod digest_text {
    use kernel::Digest;
    use kernel::digest::{base64url, from_base64url};
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<K, S: Serializer>(digest: &Digest<K>, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&base64url(digest.as_bytes()))
    }

    pub(super) fn deserialize<'de, K, D: Deserializer<'de>>(from: D) -> Result<Digest<K>, D::Error> {
        let bytes = from_base64url(&String::deserialize(from)?).and_then(|bytes| bytes.try_into().ok());
        bytes
            .map(Digest::from_bytes)
            .ok_or_else(|| D::Error::custom("not a digest"))
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Plain, SystemEntropy};

    use super::*;

    #[test]
    fn a_reset_is_kept_by_its_digest_alone() {
        let link = Plain::<ResetToken>::generate(&SystemEntropy);
        let pending = Pending::PasswordReset {
            token: link.digest(),
            resume: Some(InteractionId::generate(&SystemEntropy)),
        };
        let stored = serde_json::to_string(&pending).unwrap();
        assert!(!stored.contains(link.expose()));
        assert_eq!(serde_json::from_str::<Pending>(&stored).unwrap(), pending);
        assert!(serde_json::from_str::<Pending>(&stored.replace("token\":\"", "token\":\"x")).is_err());
    }
}
