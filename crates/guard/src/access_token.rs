//! What a verified access token says, and the shape in which it says it (RFC 9068 2.2).

use protocol::Scope;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use serde_json::{Map, Value};

/// A verified access token. It existed at the time of the check and was meant for this API.
#[derive(Debug, Clone, PartialEq)]
pub struct AccessToken {
    /// Who: a person's id at the issuer, or the client's own when it acts for itself.
    pub sub: String,
    /// The client it was issued to.
    pub client_id: String,
    /// For whom; this API is among them.
    pub aud: Vec<String>,
    /// What was granted; may be empty.
    pub scope: Scope,
    /// Its id, unique at the issuer.
    pub jti: String,
    /// When it was issued, in seconds since the epoch.
    pub iat: u64,
    /// When it ends, in seconds since the epoch.
    pub exp: u64,
    /// When the person signed in, in seconds since the epoch (RFC 9068 2.2.1).
    pub auth_time: Option<u64>,
    /// How strongly (RFC 9068 2.2.1).
    pub acr: Option<String>,
    /// The session at the issuer.
    pub sid: Option<String>,
    /// The issuer's key that signed it (RFC 7515 4.1.4).
    pub kid: String,
    /// Every other claim, such as `groups` and `roles`.
    pub other: Map<String, Value>,
}

/// The claims as they stand in the token. A repeated claim does not parse (RFC 7519 4).
#[derive(Deserialize)]
pub(crate) struct Wire {
    pub(crate) iss: String,
    sub: String,
    aud: Aud,
    client_id: String,
    pub(crate) exp: NumericDate,
    pub(crate) iat: NumericDate,
    #[serde(default, deserialize_with = "present")]
    pub(crate) nbf: Option<NumericDate>,
    jti: String,
    #[serde(default, deserialize_with = "present")]
    scope: Option<Scope>,
    #[serde(default, deserialize_with = "present")]
    auth_time: Option<NumericDate>,
    #[serde(default, deserialize_with = "present")]
    acr: Option<String>,
    #[serde(default, deserialize_with = "present")]
    sid: Option<String>,
    #[serde(flatten)]
    other: Map<String, Value>,
}

impl Wire {
    /// The token's content; `None` when a name in it is empty, or nobody is in the audience.
    pub(crate) fn into_token(self, kid: String) -> Option<AccessToken> {
        let aud = self.aud.into_list();
        let names = [&self.sub, &self.client_id, &self.jti];
        if aud.is_empty() || names.into_iter().any(String::is_empty) {
            return None;
        }
        Some(AccessToken {
            sub: self.sub,
            client_id: self.client_id,
            aud,
            scope: self.scope.unwrap_or_default(),
            jti: self.jti,
            iat: self.iat.0,
            exp: self.exp.0,
            auth_time: self.auth_time.map(|date| date.0),
            acr: self.acr,
            sid: self.sid,
            kid,
            other: self.other,
        })
    }
}

/// Whole seconds since the epoch, as a JSON number (RFC 7519 2). Text, fractions, negatives and dates that would
/// overflow a comparison are refused, never taken for absent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NumericDate(pub(crate) u64);

impl<'de> Deserialize<'de> for NumericDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let secs = u64::deserialize(deserializer)?;
        i64::try_from(secs)
            .map(|_| Self(secs))
            .map_err(|_| D::Error::custom("not a date"))
    }
}

/// Makes an optional claim either absent or well formed: `null` is neither.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// A string when single, an array when several (RFC 7519 4.1.3).
#[derive(Deserialize)]
#[serde(untagged)]
enum Aud {
    One(String),
    Several(Vec<String>),
}

impl Aud {
    fn into_list(self) -> Vec<String> {
        match self {
            Self::One(one) => vec![one],
            Self::Several(list) => list,
        }
    }
}
