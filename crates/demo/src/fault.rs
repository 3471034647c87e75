//! What can go wrong between an application and its provider, in the terms in which the application must react.

use openidconnect::core::CoreErrorResponseType;
use openidconnect::{
    ClaimsVerificationError, ConfigurationError, DiscoveryError, RequestTokenError, StandardErrorResponse,
    UserInfoError,
};
use thiserror::Error;

use crate::http::HttpFault;

/// A conversation with the provider that did not end well. The texts are for people who run the sandbox.
#[derive(Debug, Error)]
pub(crate) enum Fault {
    /// No answer, or none that is from a provider: it may still be starting.
    #[error("the provider cannot be reached: {0}")]
    Unreachable(String),
    /// The provider no longer vouches for this person: `invalid_grant` at refresh, 401 at userinfo.
    #[error("the session at the provider has ended")]
    SessionEnded,
    /// The provider refused, with an OAuth error code.
    #[error("the provider answered {code}")]
    Refused {
        /// RFC 6749 4.1.2.1 or 5.2, OpenID Connect Core 3.1.2.6.
        code: String,
        /// `error_description`, if there was one.
        description: Option<String>,
    },
    /// The provider answered something that must not be believed.
    #[error("the answer was not accepted: {0}")]
    Rejected(String),
}

/// An error response of the token endpoint (RFC 6749 5.2).
pub(crate) type TokenError = RequestTokenError<HttpFault, StandardErrorResponse<CoreErrorResponseType>>;

impl Fault {
    /// At refresh, `invalid_grant` means that what the refresh token stood for is over (RFC 6749 5.2).
    pub(crate) fn at_refresh(error: TokenError) -> Self {
        match &error {
            RequestTokenError::ServerResponse(answer)
                if *answer.error() == CoreErrorResponseType::InvalidGrant =>
            {
                Self::SessionEnded
            }
            _ => error.into(),
        }
    }
}

impl From<TokenError> for Fault {
    fn from(error: TokenError) -> Self {
        match error {
            RequestTokenError::ServerResponse(answer) => Self::Refused {
                code: answer.error().as_ref().to_owned(),
                description: answer.error_description().cloned(),
            },
            RequestTokenError::Request(fault) => Self::Unreachable(fault.to_string()),
            // Where it is wrong, not what is there: the answer may hold tokens.
            RequestTokenError::Parse(error, _) => {
                Self::Rejected(format!("token response: unreadable at {}", error.path()))
            }
            RequestTokenError::Other(text) => Self::Rejected(format!("token response: {text}")),
        }
    }
}

impl From<DiscoveryError<HttpFault>> for Fault {
    fn from(error: DiscoveryError<HttpFault>) -> Self {
        match error {
            DiscoveryError::Request(fault) => Self::Unreachable(fault.to_string()),
            DiscoveryError::Response(status, _, _) if status.is_server_error() => {
                Self::Unreachable(status.to_string())
            }
            other => Self::Rejected(format!("discovery: {other}")),
        }
    }
}

impl From<UserInfoError<HttpFault>> for Fault {
    fn from(error: UserInfoError<HttpFault>) -> Self {
        match error {
            // RFC 6750 3.1: the access token is expired, revoked or malformed.
            UserInfoError::Response(status, _, _) if status.as_u16() == 401 => Self::SessionEnded,
            UserInfoError::Response(status, _, _) if status.is_server_error() => {
                Self::Unreachable(status.to_string())
            }
            UserInfoError::Request(fault) => Self::Unreachable(fault.to_string()),
            other => Self::Rejected(format!("userinfo: {other}")),
        }
    }
}

impl From<ClaimsVerificationError> for Fault {
    fn from(error: ClaimsVerificationError) -> Self {
        Self::Rejected(match error {
            ClaimsVerificationError::SignatureVerification(cause) => format!("ID token: {cause}"),
            other => format!("ID token: {other}"),
        })
    }
}

impl From<ConfigurationError> for Fault {
    fn from(error: ConfigurationError) -> Self {
        Self::Rejected(format!("discovery: {error}"))
    }
}
