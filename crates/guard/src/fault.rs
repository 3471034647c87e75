//! Why access is refused.

use std::time::Duration;

use protocol::{ErrorCode, OAuthError};

/// A token that could not be accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The token is no good.
    #[error("invalid token: {0}")]
    Invalid(#[from] TokenFault),
    /// Nothing can be said about any token: there are no keys of the issuer's, or only ones too old to be believed.
    #[error("no keys of the issuer's to verify with")]
    KeysUnavailable {
        /// Fetching will not be tried again before.
        retry_after: Duration,
    },
    /// The token is good by its signature and dates, and the revocation source could not say whether it still counts.
    #[error("nobody knows whether the token was revoked")]
    StandingUnknown {
        /// Asking will not be tried again before.
        retry_after: Duration,
    },
}

/// Why a token is not believed. For the log; holds nothing of the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// Over 16 KiB.
    #[error("longer than any access token")]
    TooLong,
    /// Not three base64url segments with a header, or with a header that asks for what is not understood (`crit`).
    #[error("not a signed JWT")]
    Malformed,
    /// `typ` is that of another kind of token.
    #[error("not an access token")]
    WrongType,
    /// No `kid`, or none of a key that the issuer publishes.
    #[error("signed with no key of the issuer's")]
    UnknownKey,
    /// `alg` is not the key's own.
    #[error("another algorithm than its key's")]
    WrongAlgorithm,
    /// The signature does not fit.
    #[error("signature does not fit")]
    BadSignature,
    /// A claim is missing or has another type (RFC 9068 2.2).
    #[error("claims are not those of an access token")]
    BadClaims,
    /// `iss` is somebody else.
    #[error("another issuer")]
    WrongIssuer,
    /// `aud` does not name this API.
    #[error("for another API")]
    WrongAudience,
    /// `exp` is past.
    #[error("expired")]
    Expired,
    /// `iat` or `nbf` lies ahead.
    #[error("from the future")]
    NotYetValid,
    /// The revocation source says that it no longer counts.
    #[error("revoked")]
    Revoked,
}

impl From<TokenFault> for OAuthError {
    /// As a resource answers it (RFC 6750 3.1): what a client can do something about, and no more. A client may know that
    /// its token expired, was taken back or is for somebody else, not what gave a forged one away.
    fn from(fault: TokenFault) -> Self {
        let description = match fault {
            TokenFault::Expired => "The access token has expired",
            TokenFault::Revoked => "The access token was revoked",
            TokenFault::WrongAudience => "The access token is for another API",
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
