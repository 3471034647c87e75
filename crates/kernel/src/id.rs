//! Identifiers as newtypes: a session id is never taken for a user's.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::entropy::{Entropy, bytes};
use crate::time::Timestamp;

/// The text is not an identifier of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid identifier")]
pub struct InvalidId;

/// A UUIDv7 (RFC 9562 5.7): sortable by time, its first 48 bits are milliseconds.
fn v7(entropy: &dyn Entropy, now: Timestamp) -> Uuid {
    let millis = u64::try_from(now.as_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &bytes::<10>(entropy)).into_uuid()
}

/// A UUIDv4 (RFC 9562 5.4): tells nothing, not even when it was made.
fn v4(entropy: &dyn Entropy) -> Uuid {
    uuid::Builder::from_random_bytes(bytes::<16>(entropy)).into_uuid()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            /// Only the canonical form: lower case with hyphens.
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let id = Uuid::try_parse(text).map_err(|_| InvalidId)?;
                if id.as_hyphenated().to_string() == text { Ok(Self(id)) } else { Err(InvalidId) }
            }
        }
    )*};
}

ids! {
    /// A person; the `sub` of tokens (OpenID Connect Core 2). Random, so that it tells nothing.
    UserId;
    /// One account signed in at one browser; the `sid` of tokens (OpenID Connect Front-Channel Logout 3).
    Sid;
    /// A browser that holds a cookie of ours.
    BrowserId;
    /// What one authorization gave one client: the root of its code, refresh tokens and access tokens.
    GrantId;
    /// One token (`jti`, RFC 7519 4.1.7). UUIDv7: its milliseconds say when it was issued.
    TokenId;
    /// A saved authorization or logout request on its way through the pages.
    InteractionId;
    /// A logout notice on its way to a client; the `jti` of its logout token.
    NoticeId;
}

macro_rules! random {
    ($($name:ident),*) => {$(impl $name {
        /// A fresh random id.
        pub fn generate(entropy: &dyn Entropy) -> Self { Self(v4(entropy)) }
    })*};
}
random!(UserId, Sid, BrowserId, InteractionId, NoticeId);

macro_rules! timed {
    ($($name:ident),*) => {$(impl $name {
        /// A fresh id that carries the time.
        pub fn generate(entropy: &dyn Entropy, now: Timestamp) -> Self { Self(v7(entropy, now)) }

        /// When this id was made, to the millisecond.
        pub fn issued_at(&self) -> Timestamp {
            let bytes = self.0.as_bytes();
            let millis = bytes[..6].iter().fold(0_i64, |acc, byte| acc << 8 | i64::from(*byte));
            Timestamp::from_millis(millis)
        }
    })*};
}
timed!(GrantId, TokenId);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SystemEntropy;

    #[test]
    fn timed_ids_remember_their_millisecond() {
        let now = Timestamp::from_millis(1_763_000_000_123);
        assert_eq!(TokenId::generate(&SystemEntropy, now).issued_at(), now);
    }

    #[test]
    fn only_the_canonical_form_parses() {
        let id = UserId::generate(&SystemEntropy);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert!(
            id.to_string().to_uppercase().parse::<UserId>().is_err()
                || !id.to_string().contains(char::is_alphabetic)
        );
        assert!(format!("{{{id}}}").parse::<UserId>().is_err());
    }
}
