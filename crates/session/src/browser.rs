//! A browser and the sessions signed in at it.
//!
//! The cookie holds a secret that names a [`Browser`]; each account signed in there is a [`Session`] with a `sid` of
//! its own. The secret changes at every sign-in, so that a cookie planted before is worth nothing after.

use kernel::id::{BrowserId, Sid, UserId};
use kernel::secret::BrowserSecret;
use kernel::{Digest, Policy, Timestamp};

use crate::authentication::Authentication;

/// A browser that holds our cookie.
#[derive(Debug, Clone, PartialEq)]
pub struct Browser {
    /// Stays while the secret changes.
    pub id: BrowserId,
    /// Of the cookie's secret.
    pub secret: Digest<BrowserSecret>,
    /// When first seen.
    pub created_at: Timestamp,
}

/// From what and where somebody signed in, as the browser says; shown to the person, never trusted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Device {
    /// The User-Agent header, cut to 300 characters.
    pub user_agent: Option<String>,
    /// The network address.
    pub address: Option<String>,
}

/// One account signed in at one browser.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// The `sid` of its tokens.
    pub sid: Sid,
    /// Where.
    pub browser: BrowserId,
    /// Who.
    pub user: UserId,
    /// From what and where they last did so.
    pub device: Device,
    /// How the person last proved who they are.
    pub authentication: Authentication,
    /// When first signed in.
    pub created_at: Timestamp,
    /// When last used; written at most once a minute.
    pub last_seen_at: Timestamp,
    /// When it was ended, if it was.
    pub ended_at: Option<Timestamp>,
}

impl Session {
    /// Whether it still counts: not ended, neither idle nor old beyond policy.
    pub fn is_live(&self, now: Timestamp, policy: &Policy) -> bool {
        self.ended_at.is_none()
            && now.since(self.last_seen_at) < policy.session_idle
            && now.since(self.created_at) < policy.session_absolute
    }

    /// Whether `last_seen_at` is old enough to be worth a write.
    pub fn wants_touch(&self, now: Timestamp) -> bool {
        now.since(self.last_seen_at).as_secs() >= 60
    }
}
