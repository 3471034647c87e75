//! What a client may know about a failure (RFC 6749 4.1.2.1 and 5.2, OpenID Connect Core 3.1.2.6).

use std::borrow::Cow;
use std::fmt;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// A registered error code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ErrorCode { $($(#[$doc])* $name,)* }
        impl ErrorCode {
            /// As it stands on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(ErrorCode::$name => $text,)* }
            }
        }
    };
}

codes! {
    /// RFC 6749 4.1.2.1, 5.2.
    InvalidRequest = "invalid_request";
    /// RFC 6749 5.2.
    InvalidClient = "invalid_client";
    /// RFC 6749 5.2.
    InvalidGrant = "invalid_grant";
    /// RFC 6749 4.1.2.1, 5.2.
    UnauthorizedClient = "unauthorized_client";
    /// RFC 6749 5.2.
    UnsupportedGrantType = "unsupported_grant_type";
    /// RFC 6749 4.1.2.1.
    UnsupportedResponseType = "unsupported_response_type";
    /// RFC 6749 4.1.2.1, 5.2.
    InvalidScope = "invalid_scope";
    /// RFC 6749 4.1.2.1.
    AccessDenied = "access_denied";
    /// RFC 6749 4.1.2.1.
    ServerError = "server_error";
    /// RFC 6749 4.1.2.1.
    TemporarilyUnavailable = "temporarily_unavailable";
    /// OpenID Connect Core 3.1.2.6.
    LoginRequired = "login_required";
    /// OpenID Connect Core 3.1.2.6.
    ConsentRequired = "consent_required";
    /// OpenID Connect Core 3.1.2.6.
    InteractionRequired = "interaction_required";
    /// OpenID Connect Core 3.1.2.6.
    AccountSelectionRequired = "account_selection_required";
    /// OpenID Connect Unmet Authentication Requirements 1.0.
    UnmetAuthenticationRequirements = "unmet_authentication_requirements";
    /// OpenID Connect Core 3.1.2.6.
    RequestNotSupported = "request_not_supported";
    /// OpenID Connect Core 3.1.2.6.
    RequestUriNotSupported = "request_uri_not_supported";
    /// OpenID Connect Core 3.1.2.6.
    RegistrationNotSupported = "registration_not_supported";
    /// RFC 8707 2.
    InvalidTarget = "invalid_target";
    /// RFC 6750 3.1.
    InvalidToken = "invalid_token";
    /// RFC 6750 3.1.
    InsufficientScope = "insufficient_scope";
    /// RFC 7591 3.2.2.
    InvalidRedirectUri = "invalid_redirect_uri";
    /// RFC 7591 3.2.2.
    InvalidClientMetadata = "invalid_client_metadata";
}

/// An error for the wire. The description is written for the developer at the other end and never echoes what was
/// sent, so it always fits RFC 6749's character set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuthError {
    /// `error`.
    pub code: ErrorCode,
    /// `error_description`.
    pub description: Cow<'static, str>,
}

impl OAuthError {
    /// An error with its explanation.
    pub fn new(code: ErrorCode, description: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            description: description.into(),
        }
    }
}

impl fmt::Display for OAuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.description)
    }
}

impl std::error::Error for OAuthError {}
