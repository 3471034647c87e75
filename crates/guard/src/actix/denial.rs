//! Refusals as HTTP answers (RFC 6750 3): a status, a challenge, and the same once more as JSON for people who look.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use protocol::{ErrorCode, OAuthError};
use serde_json::json;

use crate::fault::Refusal;

/// Why a handler was not called, with all that the answer needs.
#[derive(Debug)]
pub struct Denial {
    /// Names the protection space (RFC 9110 11.5).
    pub(super) realm: String,
    pub(super) refused: Refused,
}

/// The kinds of refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// No token came.
    NoToken,
    /// The token came in the URL.
    TokenInQuery,
    /// The `Authorization` header is broken, or there are several.
    Malformed,
    /// The token is not accepted, or cannot be judged.
    Token(Refusal),
    /// The token is good and does not allow this.
    MissingScope(&'static str),
    /// The application registered no guard.
    NoGuard,
}

impl Denial {
    /// What the client is told. Without a token it is told nothing but that one is needed (RFC 6750 3.1).
    fn error(&self) -> Option<OAuthError> {
        match self.refused {
            Refused::NoToken
            | Refused::NoGuard
            | Refused::Token(Refusal::KeysUnavailable { .. } | Refusal::StandingUnknown { .. }) => None,
            Refused::TokenInQuery => Some(OAuthError::new(
                ErrorCode::InvalidRequest,
                "Send the access token in the Authorization header, never in the URL",
            )),
            Refused::Malformed => Some(OAuthError::new(
                ErrorCode::InvalidRequest,
                "The Authorization header is not of the form: Bearer token",
            )),
            Refused::Token(Refusal::Invalid(fault)) => Some(fault.into()),
            Refused::MissingScope(_) => Some(OAuthError::new(
                ErrorCode::InsufficientScope,
                "The access token does not allow this",
            )),
        }
    }

    /// `WWW-Authenticate` (RFC 6750 3).
    fn challenge(&self) -> String {
        let mut challenge = format!("Bearer realm=\"{}\"", quoted(&self.realm));
        if let Some(error) = self.error() {
            challenge += &format!(
                ", error=\"{}\", error_description=\"{}\"",
                error.code.as_str(),
                error.description
            );
        }
        if let Refused::MissingScope(scope) = self.refused {
            challenge += &format!(", scope=\"{scope}\"");
        }
        challenge
    }

    fn begin(&self) -> HttpResponseBuilder {
        let mut response = HttpResponse::build(self.status_code());
        response.insert_header((CACHE_CONTROL, "no-store"));
        match self.refused {
            Refused::Token(
                Refusal::KeysUnavailable { retry_after } | Refusal::StandingUnknown { retry_after },
            ) => {
                response.insert_header((RETRY_AFTER, retry_after.as_secs().max(1)));
            }
            Refused::NoGuard => {}
            _ => {
                response.insert_header((WWW_AUTHENTICATE, self.challenge()));
            }
        }
        response
    }
}

impl ResponseError for Denial {
    fn status_code(&self) -> StatusCode {
        match self.refused {
            Refused::NoToken | Refused::Token(Refusal::Invalid(_)) => StatusCode::UNAUTHORIZED,
            Refused::TokenInQuery | Refused::Malformed => StatusCode::BAD_REQUEST,
            Refused::MissingScope(_) => StatusCode::FORBIDDEN,
            Refused::Token(Refusal::KeysUnavailable { .. } | Refusal::StandingUnknown { .. }) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Refused::NoGuard => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = self.begin();
        match self.error() {
            Some(error) => response.json(json!({
                "error": error.code.as_str(),
                "error_description": error.description,
            })),
            None => response.finish(),
        }
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.refused {
            Refused::NoToken => f.write_str("no access token"),
            Refused::TokenInQuery => f.write_str("access token in the URL"),
            Refused::Malformed => f.write_str("malformed Authorization header"),
            Refused::Token(refusal) => refusal.fmt(f),
            Refused::MissingScope(scope) => write!(f, "the access token lacks {scope}"),
            Refused::NoGuard => f.write_str("no Guard is registered as application data"),
        }
    }
}

/// The inside of a quoted-string (RFC 9110 5.6.4): what would end it is escaped, what no header may hold is left out.
fn quoted(text: &str) -> String {
    let mut inside = String::with_capacity(text.len());
    for character in text.chars().filter(|it| matches!(it, ' '..='~')) {
        if matches!(character, '"' | '\\') {
            inside.push('\\');
        }
        inside.push(character);
    }
    inside
}
