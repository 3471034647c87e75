//! A JWK Set (RFC 7517 5), read into keys that are ready to verify.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use jsonwebtoken::errors::ErrorKind as JoseError;
use jsonwebtoken::jwk::{Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{DecodingKey, Validation};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::algorithm::SignatureAlgorithm;
use crate::fault::TokenFault;

/// A longer text is no JWK Set.
const MAX_LEN: usize = 512 * 1024;
/// More keys than any issuer publishes.
const MAX_KEYS: usize = 100;

/// The usable keys of an issuer by `kid`.
#[derive(Debug, Default)]
pub(crate) struct KeySet(HashMap<String, Arc<VerificationKey>>);

/// The text is no JWK Set that could be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeySetFault {
    #[error("the JWK Set is too large")]
    TooLarge,
    #[error("not a JWK Set")]
    Malformed,
    /// Believing it would mean refusing everybody; rather a misconfigured issuer than a sudden change of mind.
    #[error("the JWK Set holds no key that could be used here")]
    Empty,
}

impl KeySet {
    /// Reads a set. Keys of other types, for other uses, or without a `kid` are left out (RFC 7517 5).
    pub(crate) fn parse(json: &str, allowed: &[SignatureAlgorithm]) -> Result<Self, KeySetFault> {
        #[derive(Deserialize)]
        struct Wire {
            keys: Vec<Value>,
        }
        if json.len() > MAX_LEN {
            return Err(KeySetFault::TooLarge);
        }
        let wire: Wire = serde_json::from_str(json).map_err(|_| KeySetFault::Malformed)?;
        if wire.keys.len() > MAX_KEYS {
            return Err(KeySetFault::TooLarge);
        }
        let mut keys = HashMap::new();
        for value in wire.keys {
            let Some((kid, key)) = VerificationKey::parse(value, allowed) else {
                continue;
            };
            // RFC 7517 4.5: a kid is meant to name one key. Of two, the first.
            if let Entry::Vacant(place) = keys.entry(kid) {
                place.insert(Arc::new(key));
            }
        }
        if keys.is_empty() {
            return Err(KeySetFault::Empty);
        }
        Ok(Self(keys))
    }

    pub(crate) fn get(&self, kid: &str) -> Option<Arc<VerificationKey>> {
        self.0.get(kid).map(Arc::clone)
    }
}

/// Checks signatures of one key with that key's one algorithm, whatever a token's header says.
#[derive(Debug)]
pub(crate) struct VerificationKey {
    key: DecodingKey,
    validation: Validation,
}

impl VerificationKey {
    fn parse(value: Value, allowed: &[SignatureAlgorithm]) -> Option<(String, Self)> {
        let jwk: Jwk = serde_json::from_value(value).ok()?;
        let alg = SignatureAlgorithm::of(&jwk).filter(|alg| allowed.contains(alg))?;
        if !is_for_verifying(&jwk) {
            return None;
        }
        let key = DecodingKey::from_jwk(&jwk).ok()?;
        let mut validation = Validation::new(alg.jose());
        // jsonwebtoken reads the machine's clock and is lenient about number types; `verify` judges the claims itself.
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        Some((jwk.common.key_id?, Self { key, validation }))
    }

    /// Checks algorithm and signature of a compact JWS and parses its claims. Judges no claim.
    pub(crate) fn decode<T: DeserializeOwned>(&self, token: &str) -> Result<T, TokenFault> {
        match jsonwebtoken::decode(token, &self.key, &self.validation) {
            Ok(data) => Ok(data.claims),
            Err(error) => Err(match error.kind() {
                JoseError::InvalidAlgorithm => TokenFault::WrongAlgorithm,
                JoseError::InvalidSignature => TokenFault::BadSignature,
                JoseError::Json(_) => TokenFault::BadClaims,
                _ => TokenFault::Malformed,
            }),
        }
    }
}

/// RFC 7517 4.2, 4.3: a key that says nothing may be used for anything.
fn is_for_verifying(jwk: &Jwk) -> bool {
    let signs = matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature));
    let verifies = jwk.common.key_operations.as_ref();
    signs && verifies.is_none_or(|operations| operations.contains(&KeyOperations::Verify))
}
