//! What the machines complain about, as registered error codes.

use oxide_auth::code_grant::error::{AccessTokenErrorType, AuthorizationErrorType};
use oxide_auth::code_grant::{accesstoken, authorization, client_credentials, refresh};
use protocol::ErrorCode;

/// The code for a failed authorization machine. `Ignore` cannot be reached once client and redirect URI are proven.
pub fn authorization(error: authorization::Error) -> ErrorCode {
    match error {
        authorization::Error::Redirect(mut url) => match url.description().kind() {
            AuthorizationErrorType::InvalidRequest => ErrorCode::InvalidRequest,
            AuthorizationErrorType::UnauthorizedClient => ErrorCode::UnauthorizedClient,
            AuthorizationErrorType::AccessDenied => ErrorCode::AccessDenied,
            AuthorizationErrorType::UnsupportedResponseType => ErrorCode::UnsupportedResponseType,
            AuthorizationErrorType::InvalidScope => ErrorCode::InvalidScope,
            AuthorizationErrorType::TemporarilyUnavailable => ErrorCode::TemporarilyUnavailable,
            _ => ErrorCode::ServerError,
        },
        authorization::Error::Ignore => ErrorCode::InvalidRequest,
        authorization::Error::PrimitiveError => ErrorCode::ServerError,
    }
}

/// The code for a failed access token machine. Its error is closed, so its JSON is asked.
pub fn access_token(error: &accesstoken::Error) -> ErrorCode {
    let json = match error {
        accesstoken::Error::Invalid(description) => description.to_json(),
        accesstoken::Error::Unauthorized(description, _) => description.to_json(),
        accesstoken::Error::Primitive(_) => return ErrorCode::ServerError,
    };
    of_json(&json)
}

/// The code for a failed client credentials machine. A scope it cannot read it calls an invalid request.
pub fn client_credentials(error: client_credentials::Error) -> ErrorCode {
    match error {
        client_credentials::Error::Invalid(description) => of_json(&description.to_json()),
        client_credentials::Error::Unauthorized(description, _) => of_json(&description.to_json()),
        client_credentials::Error::Ignore => ErrorCode::InvalidRequest,
        client_credentials::Error::Primitive(_) => ErrorCode::ServerError,
    }
}

fn of_json(json: &str) -> ErrorCode {
    let body: serde_json::Value = serde_json::from_str(json).unwrap_or_default();
    match body.get("error").and_then(serde_json::Value::as_str) {
        Some("invalid_request") => ErrorCode::InvalidRequest,
        Some("invalid_client") => ErrorCode::InvalidClient,
        Some("invalid_grant") => ErrorCode::InvalidGrant,
        Some("invalid_scope") => ErrorCode::InvalidScope,
        Some("unsupported_grant_type") => ErrorCode::UnsupportedGrantType,
        Some("unauthorized_client") => ErrorCode::UnauthorizedClient,
        _ => ErrorCode::ServerError,
    }
}

/// The code for a failed refresh machine.
pub fn refresh(error: refresh::Error) -> ErrorCode {
    let (refresh::Error::Invalid(mut description) | refresh::Error::Unauthorized(mut description, _)) = error
    else {
        return ErrorCode::ServerError;
    };
    match description.description().kind() {
        AccessTokenErrorType::InvalidRequest => ErrorCode::InvalidRequest,
        AccessTokenErrorType::InvalidClient => ErrorCode::InvalidClient,
        AccessTokenErrorType::InvalidGrant => ErrorCode::InvalidGrant,
        AccessTokenErrorType::UnauthorizedClient => ErrorCode::UnauthorizedClient,
        AccessTokenErrorType::UnsupportedGrantType => ErrorCode::UnsupportedGrantType,
        AccessTokenErrorType::InvalidScope => ErrorCode::InvalidScope,
    }
}
