//! Validates tokens of ours that come back: access tokens at our own endpoints, ID tokens given as hints.
//!
//! jsonwebtoken checks form and signature; time, issuer and types are judged here, with the injected clock. The key is
//! found by `kid` among our own and dictates the algorithm; nothing a header says (`alg`, `jwk`, `jku`, `x5c`) is ever
//! believed. `exp` has no leeway: it is our own clock's statement. `iat` and `nbf` may lie ahead by the policy's leeway,
//! because another node may have signed.

use jsonwebtoken::errors::ErrorKind as JoseError;
use kernel::id::{GrantId, Sid, TokenId, UserId};
use kernel::{Ctx, Timestamp};
use protocol::{ErrorCode, OAuthError, Scope};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error as _};
use session::Issued;

use crate::keys::signer::ACCESS_TOKEN_TYP;
use crate::keys::{KeyRing, VerificationKey};

/// Longer tokens are refused before they are looked at. Ours stay below 4 KiB.
pub const MAX_TOKEN_LEN: usize = 16 * 1024;

/// What a valid access token says.
#[derive(Debug, Clone, PartialEq)]
pub struct AccessClaims {
    /// A person's id, or the client's own.
    pub sub: String,
    /// To whom it was issued.
    pub client_id: String,
    /// For whom; at least one.
    pub aud: Vec<String>,
    /// What was granted; may be empty.
    pub scope: Scope,
    /// Its id.
    pub jti: TokenId,
    /// The grant it came from.
    pub grant: Option<GrantId>,
    /// The session it came from.
    pub sid: Option<Sid>,
    /// When issued, to the second; `jti` knows the millisecond.
    pub iat: Timestamp,
    /// When it ends.
    pub exp: Timestamp,
    /// When the person authenticated.
    pub auth_time: Option<Timestamp>,
    /// How strongly.
    pub acr: Option<String>,
    /// Claims that userinfo gives beside those of the scope.
    pub userinfo_claims: Vec<String>,
    /// Signed by which key.
    pub kid: String,
}

impl AccessClaims {
    /// The person it is for; none when it is the client's own (RFC 9068 2.2).
    pub fn user(&self) -> Option<UserId> {
        if self.sub == self.client_id {
            return None;
        }
        self.sub.parse().ok()
    }

    /// Whether `audience` is among those it is meant for.
    pub fn is_for(&self, audience: &str) -> bool {
        self.aud.iter().any(|own| own == audience)
    }

    /// What the revocation list looks at.
    pub fn issued(&self) -> Issued<'_> {
        Issued {
            token: self.jti,
            grant: self.grant,
            session: self.sid,
            user: self.user(),
            client_id: &self.client_id,
            kid: &self.kid,
        }
    }
}

/// What an ID token of ours, expired or not, says about who it was for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HintClaims {
    /// The person.
    pub sub: UserId,
    /// The client: the one audience of an ID token.
    pub client_id: String,
    /// The session.
    pub sid: Option<Sid>,
}

/// Why a token is not believed. Holds nothing of the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// Over [`MAX_TOKEN_LEN`].
    #[error("longer than any token of ours")]
    TooLong,
    /// Not three base64url segments with a header as we know it.
    #[error("not a signed JWT")]
    Malformed,
    /// `typ` is that of another kind of token.
    #[error("another type of token")]
    WrongType,
    /// No `kid`, or none of a key that counts here.
    #[error("signed with no key of ours")]
    UnknownKey,
    /// `alg` is not the key's own.
    #[error("another algorithm than its key's")]
    WrongAlgorithm,
    /// The signature does not fit.
    #[error("signature does not fit")]
    BadSignature,
    /// A claim is missing or has another type.
    #[error("claims are not as we write them")]
    BadClaims,
    /// `iss` is somebody else.
    #[error("another issuer")]
    WrongIssuer,
    /// `exp` is past.
    #[error("expired")]
    Expired,
    /// `iat` or `nbf` lies ahead.
    #[error("from the future")]
    NotYetValid,
}

impl From<TokenFault> for OAuthError {
    /// As a resource answers it (RFC 6750 3.1). Clients learn that a token expired, not why a forged one failed.
    fn from(fault: TokenFault) -> Self {
        let description = match fault {
            TokenFault::Expired => "The access token has expired",
            TokenFault::TooLong
            | TokenFault::Malformed
            | TokenFault::WrongType
            | TokenFault::UnknownKey
            | TokenFault::WrongAlgorithm
            | TokenFault::BadSignature
            | TokenFault::BadClaims
            | TokenFault::WrongIssuer
            | TokenFault::NotYetValid => "The access token is not valid",
        };
        OAuthError::new(ErrorCode::InvalidToken, description)
    }
}

/// Validates an access token (RFC 9068 4). Audience is the caller's to check; revocation is [`standing`](crate::standing)'s.
///
/// # Errors
/// [`TokenFault`].
pub fn access_token(ring: &KeyRing, ctx: &Ctx, token: &str) -> Result<AccessClaims, TokenFault> {
    let claims = access_token_of_any_age(ring, ctx, token)?;
    if claims.exp <= ctx.now() {
        return Err(TokenFault::Expired);
    }
    Ok(claims)
}

/// The client to which we issued this access token, be it expired or not: its pages may be told what became of it.
pub fn client_of(ring: &KeyRing, ctx: &Ctx, token: &str) -> Option<String> {
    let claims = access_token_of_any_age(ring, ctx, token).ok()?;
    Some(claims.client_id)
}

fn access_token_of_any_age(ring: &KeyRing, ctx: &Ctx, token: &str) -> Result<AccessClaims, TokenFault> {
    let (claims, kid): (AccessTokenWire, _) =
        signed(ring, token, is_access_token_typ, VerificationKey::is_published)?;
    issued_by_us(&claims.iss, claims.iat, claims.nbf, ctx)?;
    Ok(AccessClaims {
        sub: claims.sub,
        client_id: claims.client_id,
        aud: claims.aud.into_list().ok_or(TokenFault::BadClaims)?,
        scope: claims.scope.unwrap_or_default(),
        jti: claims.jti,
        grant: claims.grant,
        sid: claims.sid,
        iat: claims.iat.0,
        exp: claims.exp.0,
        auth_time: claims.auth_time.map(|date| date.0),
        acr: claims.acr,
        userinfo_claims: claims.userinfo_claims,
        kid,
    })
}

/// Validates an `id_token_hint` (OpenID Connect Core 3.1.2.1, RP-Initiated Logout 2). It may have expired, and its key
/// may have left the JWKS, but not have been revoked.
///
/// # Errors
/// [`TokenFault`].
pub fn id_token_hint(ring: &KeyRing, ctx: &Ctx, token: &str) -> Result<HintClaims, TokenFault> {
    let (claims, _): (IdTokenWire, _) = signed(ring, token, is_id_token_typ, |_| true)?;
    issued_by_us(&claims.iss, claims.iat, claims.nbf, ctx)?;
    let sub = claims.sub.parse().map_err(|_| TokenFault::BadClaims)?;
    match claims.aud.into_list().as_deref() {
        Some([client_id]) => Ok(HintClaims {
            sub,
            client_id: client_id.clone(),
            sid: claims.sid,
        }),
        _ => Err(TokenFault::BadClaims),
    }
}

/// Checks everything about a token but its claims, which it returns with the `kid`.
fn signed<T: DeserializeOwned>(
    ring: &KeyRing,
    token: &str,
    typ_fits: fn(Option<&str>) -> bool,
    key_counts: fn(&VerificationKey) -> bool,
) -> Result<(T, String), TokenFault> {
    if token.len() > MAX_TOKEN_LEN {
        return Err(TokenFault::TooLong);
    }
    if token.bytes().filter(|byte| *byte == b'.').count() != 2 {
        return Err(TokenFault::Malformed);
    }
    let header = jsonwebtoken::decode_header(token).map_err(|_| TokenFault::Malformed)?;
    // We understand no critical extension (RFC 7515 4.1.11), and nothing of ours is compressed or encrypted.
    if header.crit.is_some() || header.zip.is_some() || header.enc.is_some() {
        return Err(TokenFault::Malformed);
    }
    if !typ_fits(header.typ.as_deref()) {
        return Err(TokenFault::WrongType);
    }
    let kid = header.kid.ok_or(TokenFault::UnknownKey)?;
    let key = ring.verification_key(&kid).filter(|key| key_counts(key));
    let decoded = key.ok_or(TokenFault::UnknownKey)?.decode(token);
    decoded
        .map(|claims| (claims, kid))
        .map_err(|error| match error.kind() {
            JoseError::InvalidAlgorithm => TokenFault::WrongAlgorithm,
            JoseError::InvalidSignature => TokenFault::BadSignature,
            JoseError::Json(_) => TokenFault::BadClaims,
            _ => TokenFault::Malformed,
        })
}

/// RFC 9068 4: `at+jwt`, with or without the prefix that RFC 7515 4.1.9 lets a signer leave out.
fn is_access_token_typ(typ: Option<&str>) -> bool {
    typ.is_some_and(|typ| typ.strip_prefix("application/").unwrap_or(typ) == ACCESS_TOKEN_TYP)
}

/// ID tokens have no `typ` of their own; any other means another kind of token (RFC 8725 3.11).
fn is_id_token_typ(typ: Option<&str>) -> bool {
    matches!(typ, None | Some("JWT"))
}

fn issued_by_us(iss: &str, iat: NumericDate, nbf: Option<NumericDate>, ctx: &Ctx) -> Result<(), TokenFault> {
    if iss != ctx.issuer.as_str() {
        return Err(TokenFault::WrongIssuer);
    }
    let latest = ctx.now().plus(ctx.policy.leeway);
    let begins = nbf.map_or(iat.0, |nbf| nbf.0.max(iat.0));
    if begins > latest {
        Err(TokenFault::NotYetValid)
    } else {
        Ok(())
    }
}

/// Whole seconds since the epoch, as a JSON number (RFC 7519 2). Text, fractions, negatives and what does not fit are
/// refused, never taken for absent.
#[derive(Debug, Clone, Copy)]
struct NumericDate(Timestamp);

impl<'de> Deserialize<'de> for NumericDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let secs = u64::deserialize(deserializer)?;
        // Within Timestamp's milliseconds; a date beyond would otherwise saturate to "never".
        let secs = i64::try_from(secs).ok().filter(|secs| *secs <= i64::MAX / 1000);
        secs.map(|secs| Self(Timestamp::from_secs(secs)))
            .ok_or_else(|| D::Error::custom("not a date"))
    }
}

/// Makes an optional claim either absent or well formed: `null` is neither.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Aud {
    One(String),
    Several(Vec<String>),
}

impl Aud {
    /// The audience as a list; `None` when nobody is in it.
    fn into_list(self) -> Option<Vec<String>> {
        match self {
            Aud::One(one) => Some(vec![one]),
            Aud::Several(list) => (!list.is_empty()).then_some(list),
        }
    }
}

#[derive(Deserialize)]
struct AccessTokenWire {
    iss: String,
    sub: String,
    aud: Aud,
    client_id: String,
    exp: NumericDate,
    iat: NumericDate,
    #[serde(default, deserialize_with = "present")]
    nbf: Option<NumericDate>,
    jti: TokenId,
    #[serde(default, deserialize_with = "present")]
    scope: Option<Scope>,
    #[serde(default, deserialize_with = "present")]
    auth_time: Option<NumericDate>,
    #[serde(default, deserialize_with = "present")]
    acr: Option<String>,
    #[serde(default)]
    userinfo_claims: Vec<String>,
    #[serde(default, deserialize_with = "present")]
    grant: Option<GrantId>,
    #[serde(default, deserialize_with = "present")]
    sid: Option<Sid>,
}

#[derive(Deserialize)]
struct IdTokenWire {
    iss: String,
    sub: String,
    aud: Aud,
    /// Parsed only to be of its type.
    #[serde(rename = "exp")]
    _exp: NumericDate,
    iat: NumericDate,
    #[serde(default, deserialize_with = "present")]
    nbf: Option<NumericDate>,
    #[serde(default, deserialize_with = "present")]
    sid: Option<Sid>,
}

#[cfg(test)]
mod tests;
