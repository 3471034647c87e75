//! Signing keys: made, sealed at rest, published, used.

use kernel::Timestamp;

use crate::client::SigningAlg;

/// Where a key stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// In the JWKS, does not sign yet: the spare.
    Next,
    /// Signs; exactly one per algorithm.
    Active,
    /// Verifies only.
    Retiring,
    /// Out of the JWKS, private half destroyed.
    Retired,
    /// Taken back; nothing it signed is believed.
    Revoked,
}

impl KeyState {
    /// All states, in order of life.
    pub const ALL: [KeyState; 5] =
        [KeyState::Next, KeyState::Active, KeyState::Retiring, KeyState::Retired, KeyState::Revoked];

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
    /// First day in the JWKS.
    pub published_at: Timestamp,
    /// When it began to sign.
    pub activated_at: Option<Timestamp>,
    /// When it leaves (or left) the JWKS.
    pub leaves_jwks_at: Option<Timestamp>,
}
