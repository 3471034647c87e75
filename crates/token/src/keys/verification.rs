//! The public half of a key of ours, ready to check what comes back.

use jsonwebtoken::errors::Result;
use jsonwebtoken::{DecodingKey, Validation};
use serde::de::DeserializeOwned;

use super::pair::jose_alg;
use super::seen::SeenTokens;
use super::{KeyState, StoredKey};
use crate::client::SigningAlg;

/// Checks signatures of one key with that key's one algorithm, whatever a token's header says.
#[derive(Debug)]
pub struct VerificationKey {
    alg: SigningAlg,
    state: KeyState,
    key: DecodingKey,
    validation: Validation,
    seen: SeenTokens,
}

impl VerificationKey {
    /// From a stored public half.
    pub(crate) fn of(row: &StoredKey) -> Option<Self> {
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
            seen: SeenTokens::default(),
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

    /// Checks algorithm and signature of a compact JWS and parses its claims. Judges no claim. A token whose signature this
    /// key has verified before is only parsed.
    ///
    /// # Errors
    /// jsonwebtoken's: another algorithm, a wrong signature, claims of another shape.
    pub fn decode<T: DeserializeOwned>(&self, token: &str) -> Result<T> {
        let digest = SeenTokens::digest(token);
        if self.seen.knows(&digest) {
            return jsonwebtoken::dangerous::insecure_decode_claims(token);
        }
        let decoded = jsonwebtoken::decode(token, &self.key, &self.validation)?;
        self.seen.remember(digest);
        Ok(decoded.claims)
    }
}
