//! Secrets as types: plain once, a digest at rest, blank in every log.
//!
//! The kind of secret is part of the type, so that a refresh token cannot be looked up among authorization codes.

use std::fmt;
use std::marker::PhantomData;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::digest::{base64url, sha256_parts};
use crate::entropy::{Entropy, bytes};

/// What a secret is for. The label separates digests of different kinds.
pub trait Kind {
    /// Namespaces the digest of this kind.
    const LABEL: &'static str;
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $label:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {}
        impl Kind for $name { const LABEL: &'static str = $label; }
    )*};
}

kinds! {
    /// RFC 6749 4.1.2.
    AuthorizationCode = "code";
    /// RFC 6749 1.5.
    RefreshToken = "refresh";
    /// RFC 6749 2.3.1. Its digest is plain SHA-256, without a label: administrators may bring their own digests.
    ClientSecret = "";
    /// The cookie that names a browser with its signed-in sessions.
    BrowserSecret = "browser";
    /// The link that lets somebody set a new password.
    ResetToken = "reset";
    /// The link that makes somebody the first administrator.
    SetupToken = "setup";
    /// The cookie of somebody at the console.
    ConsoleSecret = "console";
    /// The cookie that ties an interaction to the browser that began it.
    FlowSecret = "flow";
}

/// A secret in the clear, handed out once. It has no `Display`, prints blank, compares in constant time and is wiped.
pub struct Plain<K> {
    text: Zeroizing<String>,
    kind: PhantomData<K>,
}

impl<K: Kind> Plain<K> {
    /// 256 random bits as 43 characters of `A-Za-z0-9-_`.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let raw = Zeroizing::new(bytes::<32>(entropy));
        Self::from_presented(base64url(&*raw))
    }

    /// What a client or browser presented, not yet believed.
    pub fn from_presented(text: impl Into<String>) -> Self {
        Self {
            text: Zeroizing::new(text.into()),
            kind: PhantomData,
        }
    }

    /// The text itself, for the one response or cookie that carries it.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// What is stored and looked up instead of the secret.
    pub fn digest(&self) -> Digest<K> {
        let label = K::LABEL;
        let bytes = if label.is_empty() {
            sha256_parts(&[self.text.as_bytes()])
        } else {
            sha256_parts(&[label.as_bytes(), b":", self.text.as_bytes()])
        };
        Digest {
            bytes,
            kind: PhantomData,
        }
    }
}

impl<K> Clone for Plain<K> {
    fn clone(&self) -> Self {
        Self {
            text: self.text.clone(),
            kind: PhantomData,
        }
    }
}

impl<K: Kind> fmt::Debug for Plain<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Plain<{}>(..)", K::LABEL)
    }
}

impl<K> PartialEq for Plain<K> {
    fn eq(&self, other: &Self) -> bool {
        self.text.as_bytes().ct_eq(other.text.as_bytes()).into()
    }
}

/// SHA-256 of a [`Plain`]. Enough against guessing, because every generated secret has 256 bits.
pub struct Digest<K> {
    bytes: [u8; 32],
    kind: PhantomData<K>,
}

impl<K> Digest<K> {
    /// From a stored row.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self {
            bytes,
            kind: PhantomData,
        }
    }

    /// For a stored row.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.bytes
    }
}

impl<K> Clone for Digest<K> {
    fn clone(&self) -> Self {
        Self {
            bytes: self.bytes,
            kind: PhantomData,
        }
    }
}

impl<K> fmt::Debug for Digest<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest(..)")
    }
}

impl<K> PartialEq for Digest<K> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes.ct_eq(&other.bytes).into()
    }
}

impl<K> Eq for Digest<K> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SystemEntropy;

    #[test]
    fn secrets_are_long_and_print_blank() {
        let code = Plain::<AuthorizationCode>::generate(&SystemEntropy);
        assert_eq!(code.expose().len(), 43);
        assert!(!format!("{code:?} {:?}", code.digest()).contains(code.expose()));
    }

    #[test]
    fn kinds_do_not_share_digests() {
        let code = Plain::<AuthorizationCode>::from_presented("x");
        let token = Plain::<RefreshToken>::from_presented("x");
        assert_ne!(code.digest().as_bytes(), token.digest().as_bytes());
    }
}
