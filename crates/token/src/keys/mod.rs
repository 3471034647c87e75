//! Signing keys: made, sealed at rest, published, used.

pub mod bootstrap;
pub mod fault;
pub mod fresh;
pub mod generate;
pub mod handover;
pub mod life;
mod pair;
pub mod reseal;
pub mod ring;
pub mod schedule;
pub mod sealing;
mod seen;
pub mod signer;
pub mod spki;
pub mod tally;
#[cfg(test)]
pub(crate) mod testing;
pub mod verification;

use kernel::Timestamp;

pub use bootstrap::{Prepared, check_master, install, prepare};
pub use fault::KeyFault;
pub use fresh::Fresh;
pub use generate::generate;
pub use handover::{Haste, Unapplied, Write};
pub use life::LifeFault;
pub(crate) use pair::openid_alg;
pub use ring::{KeyRing, SharedRing};
pub use schedule::{KeyPlan, Rotation, Step};
pub use sealing::MasterKey;
pub use signer::Signer;
pub use tally::{Signed, Tally};
pub use verification::VerificationKey;

use crate::client::SigningAlg;

/// Where a key stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// In the JWKS, does not sign yet: the spare.
    Next,
    /// Signs; exactly one per algorithm.
    Active,
    /// Verifies only; its private half is destroyed.
    Retiring,
    /// Out of the JWKS.
    Retired,
    /// Taken back; nothing it signed is believed.
    Revoked,
}

impl KeyState {
    /// All states, in order of life.
    pub const ALL: [KeyState; 5] = [
        KeyState::Next,
        KeyState::Active,
        KeyState::Retiring,
        KeyState::Retired,
        KeyState::Revoked,
    ];

    /// Whether the JWKS shows the key.
    pub fn is_published(self) -> bool {
        matches!(self, KeyState::Next | KeyState::Active | KeyState::Retiring)
    }

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            KeyState::Next => "next",
            KeyState::Active => "active",
            KeyState::Retiring => "retiring",
            KeyState::Retired => "retired",
            KeyState::Revoked => "revoked",
        }
    }
}

/// A signing key at rest.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredKey {
    /// Key id: unique, never reused.
    pub kid: String,
    /// The one algorithm it serves.
    pub alg: SigningAlg,
    /// Where it stands.
    pub state: KeyState,
    /// The public half as a JWK in JSON, with `kid`, `alg` and `use`.
    pub public_jwk: String,
    /// The private half (PKCS#8) sealed under the master key with the kid as associated data; none once destroyed.
    pub sealed_private: Option<Vec<u8>>,
    /// When it came into the JWKS.
    pub published_at: Timestamp,
    /// When it began to sign.
    pub activated_at: Option<Timestamp>,
    /// When it leaves (or left) the JWKS.
    pub leaves_jwks_at: Option<Timestamp>,
}
