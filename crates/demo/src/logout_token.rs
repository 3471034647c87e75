//! Judges logout tokens (OpenID Connect Back-Channel Logout 1.0 2.4, 2.6). Signatures are verified with the protocol
//! library's keys; the rest is done here, because the library knows no logout tokens.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use kernel::Timestamp;
use openidconnect::core::{CoreJsonWebKey, CoreJsonWebKeySet, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKey, JsonWebKeyAlgorithm, JsonWebKeyUse};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, IgnoredAny};
use serde_json::Value;

/// Longer tokens are refused before they are looked at.
const MAX_LEN: usize = 16 * 1024;
/// By how much the provider's clock may be ahead.
const LEEWAY: Duration = Duration::from_secs(30);

/// A verified logout token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogoutToken {
    /// What ends.
    pub(crate) whom: LoggedOut,
    /// Its id, against replay.
    pub(crate) jti: String,
}

/// What a logout token ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LoggedOut {
    /// One session at the provider.
    Session(String),
    /// All sessions of a person (2.4: a token without `sid`).
    Person(String),
}

/// Whose tokens are expected, and for whom.
pub(crate) struct Expected<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) now: Timestamp,
}

/// Why a logout token is not obeyed. Holds nothing of the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LogoutFault {
    #[error("not a signed JWT of type logout+jwt")]
    Malformed,
    #[error("signed with no key of the provider's")]
    UnknownKey,
    #[error("the signature does not fit")]
    BadSignature,
    #[error("the claims are not those of a logout token")]
    BadClaims,
    #[error("another issuer")]
    WrongIssuer,
    #[error("for another client")]
    WrongAudience,
    #[error("expired, or from the future")]
    WrongTime,
    #[error("it has a nonce, so it may be an ID token")]
    HasNonce,
    #[error("it was here before")]
    Replayed,
}

#[derive(Deserialize)]
struct Header {
    alg: CoreJwsSigningAlgorithm,
    kid: Option<String>,
    typ: Option<String>,
    #[serde(default, deserialize_with = "present")]
    crit: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    /// Whole seconds; what does not fit lies beyond the year 2100.
    iat: u32,
    exp: u32,
    jti: String,
    /// Parsed only to be there.
    #[serde(rename = "events")]
    _events: Events,
    #[serde(default, deserialize_with = "present")]
    sid: Option<String>,
    #[serde(default, deserialize_with = "present")]
    sub: Option<String>,
    #[serde(default, deserialize_with = "present")]
    nonce: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

#[derive(Deserialize)]
struct Events {
    /// Its value must be an object; the specification recommends an empty one.
    #[serde(rename = "http://schemas.openid.net/event/backchannel-logout")]
    _logout: serde_json::Map<String, Value>,
}

/// Makes an optional member either absent or well formed: `null` is there.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Verifies a logout token. Replay is the caller's to notice.
pub(crate) fn verify(
    token: &str,
    keys: &CoreJsonWebKeySet,
    expected: &Expected<'_>,
) -> Result<LogoutToken, LogoutFault> {
    let claims: Claims = decode(signed(token, keys)?).ok_or(LogoutFault::BadClaims)?;
    if claims.iss != expected.issuer {
        return Err(LogoutFault::WrongIssuer);
    }
    let is_ours = match &claims.aud {
        Audience::One(one) => one == expected.client_id,
        Audience::Several(list) => list.iter().any(|one| one == expected.client_id),
    };
    if !is_ours {
        return Err(LogoutFault::WrongAudience);
    }
    let moment = |secs: u32| Timestamp::from_secs(i64::from(secs));
    if moment(claims.exp) <= expected.now || moment(claims.iat) > expected.now.plus(LEEWAY) {
        return Err(LogoutFault::WrongTime);
    }
    if claims.nonce.is_some() {
        return Err(LogoutFault::HasNonce);
    }
    let whom = match (claims.sid, claims.sub) {
        (Some(sid), _) => LoggedOut::Session(sid),
        (None, Some(sub)) => LoggedOut::Person(sub),
        (None, None) => return Err(LogoutFault::BadClaims),
    };
    if claims.jti.is_empty() {
        return Err(LogoutFault::BadClaims);
    }
    Ok(LogoutToken {
        whom,
        jti: claims.jti,
    })
}

/// The payload of a token whose type is right and whose signature fits.
fn signed<'a>(token: &'a str, keys: &CoreJsonWebKeySet) -> Result<&'a str, LogoutFault> {
    if token.len() > MAX_LEN {
        return Err(LogoutFault::Malformed);
    }
    let (message, signature) = token.rsplit_once('.').ok_or(LogoutFault::Malformed)?;
    let (header, payload) = message.split_once('.').ok_or(LogoutFault::Malformed)?;
    let header: Header = decode(header).ok_or(LogoutFault::Malformed)?;
    // RFC 8725 3.11: the type keeps ID tokens and access tokens from ending sessions.
    let typ = header.typ.as_deref().unwrap_or_default();
    if typ.strip_prefix("application/").unwrap_or(typ) != "logout+jwt" || header.crit.is_some() {
        return Err(LogoutFault::Malformed);
    }
    let signature = BASE64_URL_SAFE_NO_PAD
        .decode(signature)
        .map_err(|_| LogoutFault::Malformed)?;
    let key = key_for(&header, keys).ok_or(LogoutFault::UnknownKey)?;
    key.verify_signature(&header.alg, message.as_bytes(), &signature)
        .map_err(|_| LogoutFault::BadSignature)?;
    Ok(payload)
}

/// The provider's key of that id, if it is for the algorithm. The provider signs asymmetrically only.
fn key_for<'k>(header: &Header, keys: &'k CoreJsonWebKeySet) -> Option<&'k CoreJsonWebKey> {
    let asymmetric = matches!(
        header.alg,
        CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256
            | CoreJwsSigningAlgorithm::EcdsaP256Sha256
            | CoreJwsSigningAlgorithm::EdDsa
    );
    let kid = header.kid.as_deref().filter(|_| asymmetric)?;
    let mut keys = keys.keys().iter();
    let key = keys.find(|key| key.key_id().is_some_and(|id| id.as_str() == kid))?;
    let signs = key.key_use().is_none_or(JsonWebKeyUse::allows_signature);
    let fits = match key.signing_alg() {
        JsonWebKeyAlgorithm::Algorithm(alg) => *alg == header.alg,
        JsonWebKeyAlgorithm::Unspecified => true,
        JsonWebKeyAlgorithm::Unsupported => false,
    };
    (signs && fits).then_some(key)
}

fn decode<T: DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

#[cfg(test)]
mod tests;
