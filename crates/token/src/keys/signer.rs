//! A prepared key that signs: compact JWS of its own, and ID tokens through openidconnect.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::{CoreJsonWebKey, CoreJwsSigningAlgorithm};
use openidconnect::{PrivateSigningKey, SigningError};
use serde::Serialize;

use super::StoredKey;
use super::fault::KeyFault;
use super::pair::{Pair, jose_alg, openid_alg};
use super::sealing::MasterKey;
use crate::client::SigningAlg;

/// `typ` of access tokens (RFC 9068 2.1).
pub const ACCESS_TOKEN_TYP: &str = "at+jwt";

/// An active key. Holds the parsed pair: signing parses nothing.
pub struct Signer {
    kid: String,
    alg: SigningAlg,
    pair: Pair,
    jwk: CoreJsonWebKey,
    access_token_header: String,
}

impl Signer {
    /// Opens and parses the private half, and checks that it belongs to the published one.
    ///
    /// # Errors
    /// [`KeyFault::Sealed`] if it does not open, [`KeyFault::Corrupt`] if the row contradicts itself.
    pub(super) fn open(row: &StoredKey, jwk: CoreJsonWebKey, master: &MasterKey) -> Result<Self, KeyFault> {
        let sealed = row.sealed_private.as_deref();
        let sealed = sealed.ok_or_else(|| KeyFault::corrupt(&row.kid, "its private half is gone"))?;
        let private = master
            .open(&row.kid, sealed)
            .ok_or_else(|| KeyFault::Sealed { kid: row.kid.clone() })?;
        let pair = Pair::from_pkcs8(row.alg, &private)
            .map_err(|_| KeyFault::corrupt(&row.kid, "its private half is no key of its algorithm"))?;
        let own: CoreJsonWebKey = pair
            .public_jwk(&row.kid)
            .and_then(|json| serde_json::from_str(&json))
            .map_err(|_| KeyFault::Encoding)?;
        if own != jwk {
            return Err(KeyFault::corrupt(&row.kid, "its halves do not belong together"));
        }
        let access_token_header = encoded_header(row.alg, &row.kid, ACCESS_TOKEN_TYP)?;
        Ok(Self {
            kid: row.kid.clone(),
            alg: row.alg,
            pair,
            jwk,
            access_token_header,
        })
    }

    /// Its `kid`.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Its one algorithm.
    pub fn alg(&self) -> SigningAlg {
        self.alg
    }

    /// A compact JWS (RFC 7515 7.1) over `claims`, with `alg`, `kid` and `typ` in its header.
    ///
    /// # Errors
    /// [`KeyFault::Encoding`] for claims that are no JSON, [`KeyFault::Signing`].
    pub fn sign_jws(&self, typ: &str, claims: &impl Serialize) -> Result<String, KeyFault> {
        let header = self.header(typ)?;
        let payload = serde_json::to_vec(claims).map_err(|_| KeyFault::Encoding)?;
        // Enough for header, payload and an RSA signature, so that the token is built in one piece of memory.
        let mut token = String::with_capacity(header.len() + payload.len() * 4 / 3 + 352);
        token.push_str(&header);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(payload, &mut token);
        let signature = self
            .pair
            .sign(token.as_bytes())
            .map_err(|_| KeyFault::signing(&self.kid))?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }

    fn header(&self, typ: &str) -> Result<Cow<'_, str>, KeyFault> {
        if typ == ACCESS_TOKEN_TYP {
            return Ok(Cow::Borrowed(&self.access_token_header));
        }
        encoded_header(self.alg, &self.kid, typ).map(Cow::Owned)
    }

    /// The algorithm as openidconnect wants to be told.
    pub fn openid_alg(&self) -> CoreJwsSigningAlgorithm {
        openid_alg(self.alg)
    }
}

fn encoded_header(alg: SigningAlg, kid: &str, typ: &str) -> Result<String, KeyFault> {
    let mut header = jsonwebtoken::Header::new(jose_alg(alg));
    header.kid = Some(kid.to_owned());
    header.typ = Some(typ.to_owned());
    let json = serde_json::to_vec(&header).map_err(|_| KeyFault::Encoding)?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}

impl PrivateSigningKey for Signer {
    type VerificationKey = CoreJsonWebKey;

    fn sign(&self, alg: &CoreJwsSigningAlgorithm, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        if *alg != self.openid_alg() {
            return Err(SigningError::UnsupportedAlg(format!(
                "{alg:?} with a key for {}",
                self.alg
            )));
        }
        self.pair.sign(message).map_err(|_| SigningError::CryptoError)
    }

    fn as_verification_key(&self) -> CoreJsonWebKey {
        self.jwk.clone()
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("kid", &self.kid)
            .field("alg", &self.alg)
            .finish_non_exhaustive()
    }
}
