//! The checks of RFC 9068 4, in order. Pure: the key is found elsewhere, the time is given.
//!
//! jsonwebtoken checks form and signature; types, names and times are judged here. Nothing a header says (`alg`, `jwk`,
//! `jku`, `x5c`) is ever believed: it only chooses, by `kid`, among the issuer's own keys.

use std::time::Duration;

use crate::access_token::{AccessToken, Wire};
use crate::fault::TokenFault;
use crate::key_set::VerificationKey;

/// Longer tokens are refused before they are looked at. Signet's stay below 4 KiB.
const MAX_TOKEN_LEN: usize = 16 * 1024;

/// What a token has to fit.
#[derive(Debug)]
pub(crate) struct Expectations {
    /// Byte for byte (RFC 9068 4).
    pub(crate) issuer: String,
    /// This API's resource identifier, byte for byte.
    pub(crate) audience: String,
    /// By how much clocks may disagree.
    pub(crate) leeway: Duration,
}

/// Checks a token as far as that goes without a key, and tells which key it wants. Linear in the length of the token.
pub(crate) fn key_id(token: &str) -> Result<String, TokenFault> {
    if token.len() > MAX_TOKEN_LEN {
        return Err(TokenFault::TooLong);
    }
    if token.bytes().filter(|byte| *byte == b'.').count() != 2 {
        return Err(TokenFault::Malformed);
    }
    let header = jsonwebtoken::decode_header(token).map_err(|_| TokenFault::Malformed)?;
    // We understand no critical extension (RFC 7515 4.1.11), and access tokens are neither compressed nor encrypted.
    if header.crit.is_some() || header.zip.is_some() || header.enc.is_some() {
        return Err(TokenFault::Malformed);
    }
    if !header.typ.as_deref().is_some_and(is_access_token_typ) {
        return Err(TokenFault::WrongType);
    }
    header.kid.ok_or(TokenFault::UnknownKey)
}

/// RFC 9068 4: `at+jwt`, with or without the prefix that RFC 7515 4.1.9 lets a signer leave out. Without this check an ID
/// token would do for an access token.
fn is_access_token_typ(typ: &str) -> bool {
    typ.strip_prefix("application/").unwrap_or(typ) == "at+jwt"
}

/// Checks everything else; `kid` is the key's id. `now` is time since the epoch.
pub(crate) fn access_token(
    token: &str,
    kid: String,
    key: &VerificationKey,
    expected: &Expectations,
    now: Duration,
) -> Result<AccessToken, TokenFault> {
    let claims: Wire = key.decode(token)?;
    if claims.iss != expected.issuer {
        return Err(TokenFault::WrongIssuer);
    }
    let (exp, begins) = (
        claims.exp.0,
        claims.nbf.map_or(claims.iat.0, |nbf| nbf.0.max(claims.iat.0)),
    );
    let token = claims.into_token(kid).ok_or(TokenFault::BadClaims)?;
    if !token.aud.contains(&expected.audience) {
        return Err(TokenFault::WrongAudience);
    }
    if begins > now.saturating_add(expected.leeway).as_secs() {
        return Err(TokenFault::NotYetValid);
    }
    if exp <= now.saturating_sub(expected.leeway).as_secs() {
        return Err(TokenFault::Expired);
    }
    Ok(token)
}

#[cfg(test)]
mod tests;
