//! The public half of a key of ours, ready to check what comes back.

use jsonwebtoken::errors::Result;
use jsonwebtoken::{DecodingKey, TokenData, Validation};
use serde::de::DeserializeOwned;

use super::pair::jose_alg;
use super::{KeyState, StoredKey};
use crate::client::SigningAlg;

/// Checks signatures of one key with that key's one algorithm, whatever a token's header says.
#[derive(Debug)]
pub struct VerificationKey {
    alg: SigningAlg,
    state: KeyState,
    key: DecodingKey,
    validation: Validation,
}

impl VerificationKey {
    /// From a stored public half.
    pub(super) fn of(row: &StoredKey) -> Option<Self> {
        let jwk: jsonwebtoken::jwk::Jwk = serde_json::from_str(&row.public_jwk).ok()?;
        let mut validation = Validation::new(jose_alg(row.alg));
        // jsonwebtoken reads the machine's clock and is lenient about number types; `verify` judges the claims itself.
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        Some(Self {
            alg: row.alg,
            state: row.state,
            key: DecodingKey::from_jwk(&jwk).ok()?,
            validation,
        })
    }

    /// Its one algorithm.
    pub fn alg(&self) -> SigningAlg {
        self.alg
    }

    /// Whether the JWKS still shows it.
    pub fn is_published(&self) -> bool {
        self.state.is_published()
    }

    /// Checks algorithm and signature of a compact JWS and parses its claims. Judges no claim.
    ///
    /// # Errors
    /// jsonwebtoken's: another algorithm, a wrong signature, claims of another shape.
    pub fn decode<T: DeserializeOwned>(&self, token: &str) -> Result<TokenData<T>> {
        jsonwebtoken::decode(token, &self.key, &self.validation)
    }
}
