//! What can go wrong with signing keys. Names keys by `kid`, never holds key material.

use kernel::StorageFault;

use super::life::LifeFault;
use crate::client::SigningAlg;

/// A fault of keys or of the master key. Logged, never shown to clients.
#[derive(Debug, Clone, thiserror::Error)]
pub enum KeyFault {
    /// The text is not a master key as [`MasterKey::to_text`](super::MasterKey::to_text) writes it.
    #[error("this is not a master key: one line that begins with `signet-master-1:` is expected")]
    MalformedMasterKey,
    /// The keys in this database were sealed under another master key.
    #[error("the master key does not belong to this database")]
    WrongMasterKey,
    /// No keys were ever made here.
    #[error("this database has no keys yet")]
    NotInitialised,
    /// There are keys, or traces of keys: new ones are never made over old data.
    #[error("this database has keys already")]
    AlreadyInitialised,
    /// The generator failed.
    #[error("no {alg} key could be made")]
    Generation {
        /// For which algorithm.
        alg: SigningAlg,
    },
    /// A private half cannot be opened: sealed for another kid, under another master key, or damaged.
    #[error(
        "the private half of key {kid} cannot be opened; if `signet key reencrypt` was interrupted, run it again"
    )]
    Sealed {
        /// Which key.
        kid: String,
    },
    /// A stored key contradicts itself.
    #[error("key {kid} makes no sense: {reason}")]
    Corrupt {
        /// Which key.
        kid: String,
        /// What was expected.
        reason: &'static str,
    },
    /// The signature could not be computed.
    #[error("key {kid} could not sign")]
    Signing {
        /// Which key.
        kid: String,
    },
    /// Claims or keys could not be written as JSON.
    #[error("not expressible as JSON")]
    Encoding,
    /// The keys are being sealed anew under another master key than this one.
    #[error("keys are being sealed anew already, under another new master key: go on with that one")]
    OtherMasterKey,
    /// A step of a key's life is not taken.
    #[error(transparent)]
    Life(#[from] LifeFault),
    /// Storage.
    #[error(transparent)]
    Storage(#[from] StorageFault),
}

impl KeyFault {
    pub(crate) fn corrupt(kid: &str, reason: &'static str) -> Self {
        Self::Corrupt {
            kid: kid.to_owned(),
            reason,
        }
    }

    pub(crate) fn signing(kid: &str) -> Self {
        Self::Signing { kid: kid.to_owned() }
    }
}
