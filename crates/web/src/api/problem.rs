//! How the API says no: problem details (RFC 9457).
//!
//! `type` points at the page of the API, where each kind stands with what to do about it; `instance` is the correlation id of
//! the request, which finds it in the log.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use admin::{AdminFault, Permission};
use kernel::StorageFault;
use serde::Serialize;
use utoipa::ToSchema;

use crate::correlation::CorrelationId;

/// The media type of every refusal.
pub(super) const PROBLEM_JSON: &str = "application/problem+json";

/// What kinds of refusal there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    BadRequest,
    NoToken,
    InvalidToken,
    InsufficientScope,
    Forbidden,
    NotFound,
    MethodNotAllowed,
    Conflict,
    Changed,
    TooLarge,
    TooSlow,
    UnsupportedMediaType,
    InvalidValues,
    PreconditionRequired,
    Busy,
    Internal,
}

/// A kind: its status, its name in `type`, its title, and what to do about it.
type Row = (Kind, u16, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const ROWS: [Row; 16] = [
    (Kind::BadRequest, 400, "bad-request", "The request cannot be read", "Correct what the detail names; the same request fails again."),
    (Kind::NoToken, 401, "no-token", "An access token is needed", "Send Authorization: Bearer with a token for this API."),
    (Kind::InvalidToken, 401, "invalid-token", "The access token is not good", "Get a new token. It expired, was revoked, or is for another API."),
    (Kind::InsufficientScope, 403, "insufficient-scope", "The token does not reach that far", "Ask for a token with the scope that WWW-Authenticate names."),
    (Kind::Forbidden, 403, "forbidden", "That is not yours to do", "The bearer's roles do not allow it, or it concerns somebody who may do more."),
    (Kind::NotFound, 404, "not-found", "There is no such thing", "Look it up in its list."),
    (Kind::MethodNotAllowed, 405, "method-not-allowed", "That cannot be done here", "Allow lists the methods of this address."),
    (Kind::Conflict, 409, "conflict", "That cannot be done now", "Something else is in the way; the detail says what."),
    (Kind::Changed, 412, "changed", "It is not what you saw", "Get it again, decide again, and send the new ETag in If-Match."),
    (Kind::TooLarge, 413, "too-large", "The body is too large", "Bodies have at most 64 KiB."),
    (Kind::TooSlow, 408, "too-slow", "The body took too long", "Send it again."),
    (Kind::UnsupportedMediaType, 415, "unsupported-media-type", "The body is not JSON", "Send application/json; for PATCH also application/merge-patch+json."),
    (Kind::InvalidValues, 422, "invalid-values", "That cannot be taken", "Correct everything that errors lists. Members that are not documented are refused."),
    (Kind::PreconditionRequired, 428, "precondition-required", "Say which edition you saw", "Send the ETag of the last GET in If-Match."),
    (Kind::Busy, 503, "busy", "Not at this moment", "Try again after as many seconds as Retry-After says."),
    (Kind::Internal, 500, "internal", "Something went wrong here", "Report the instance to whoever runs this server."),
];

impl Kind {
    fn row(self) -> &'static Row {
        let found = ROWS.iter().find(|row| row.0 == self);
        found.unwrap_or(&ROWS[ROWS.len() - 1])
    }

    pub(super) fn status(self) -> StatusCode {
        StatusCode::from_u16(self.row().1).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// Name, status, title and advice of every kind, for the page of the API.
pub(super) fn kinds() -> impl Iterator<Item = (&'static str, u16, &'static str, &'static str)> {
    ROWS.iter()
        .map(|(_, status, name, title, advice)| (*name, *status, *title, *advice))
}

/// A refusal that is not yet tied to its request.
#[derive(Debug)]
pub(super) struct Problem {
    kind: Kind,
    detail: String,
    errors: Vec<String>,
    challenge: Option<String>,
}

/// What leaves.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct ProblemDetails<'a> {
    /// Which kind of refusal; a link to its explanation.
    #[serde(rename = "type")]
    kind: String,
    /// The kind in a few words.
    title: &'a str,
    /// As in the answer's first line.
    status: u16,
    /// What is wrong with this request.
    detail: &'a str,
    /// The request's correlation id: it finds the request in the log.
    instance: &'a str,
    /// Everything that is wrong with the values sent, one sentence each.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    errors: &'a [String],
}

impl Problem {
    pub(super) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            errors: Vec::new(),
            challenge: None,
        }
    }

    /// The request cannot be read.
    pub(super) fn bad(detail: impl Into<String>) -> Self {
        Self::new(Kind::BadRequest, detail)
    }

    /// Values that cannot be taken; everything that is wrong with them.
    pub(super) fn invalid(errors: Vec<String>) -> Self {
        Self {
            detail: errors.first().cloned().unwrap_or_default(),
            errors,
            ..Self::new(Kind::InvalidValues, "")
        }
    }

    /// Nobody said who asks (RFC 6750 3.1: without an error code).
    pub(super) fn no_token() -> Self {
        Self {
            challenge: Some(r#"Bearer realm="signet""#.to_owned()),
            ..Self::new(Kind::NoToken, "send a Bearer token in the Authorization header")
        }
    }

    /// A token that counts for nothing here (RFC 6750 3.1).
    pub(super) fn invalid_token() -> Self {
        let detail = "the access token is expired, revoked, malformed or not for this API";
        Self {
            challenge: Some(format!(
                r#"Bearer realm="signet", error="invalid_token", error_description="{detail}""#
            )),
            ..Self::new(Kind::InvalidToken, detail)
        }
    }

    /// A good token that lacks `needed` (RFC 6750 3.1).
    pub(super) fn insufficient_scope(needed: &[Permission]) -> Self {
        let scopes: Vec<&str> = needed.iter().map(|own| own.scope()).collect();
        let scopes = scopes.join(" ");
        Self {
            challenge: Some(format!(
                r#"Bearer realm="signet", error="insufficient_scope", scope="{scopes}""#
            )),
            ..Self::new(
                Kind::InsufficientScope,
                format!("the token needs the scope {scopes}"),
            )
        }
    }

    /// As it leaves.
    pub(super) fn respond(self, id: &CorrelationId) -> HttpResponse {
        let (_, status, name, title, _) = self.kind.row();
        let body = ProblemDetails {
            kind: format!("/api#problem-{name}"),
            title,
            status: *status,
            detail: &self.detail,
            instance: id.as_str(),
            errors: &self.errors,
        };
        let mut response = HttpResponse::build(self.kind.status());
        response.insert_header((CACHE_CONTROL, "no-store"));
        if let Some(challenge) = self.challenge {
            response.insert_header((WWW_AUTHENTICATE, challenge));
        }
        if self.kind == Kind::Busy {
            response.insert_header((RETRY_AFTER, "2"));
        }
        let json = serde_json::to_vec(&body).unwrap_or_default();
        response.insert_header((CONTENT_TYPE, PROBLEM_JSON)).body(json)
    }
}

impl From<AdminFault> for Problem {
    fn from(fault: AdminFault) -> Self {
        match fault {
            AdminFault::NotFound { .. } => Self::new(Kind::NotFound, fault.to_string()),
            AdminFault::Conflict(reason) => Self::new(Kind::Conflict, reason),
            AdminFault::Forbidden(reason) => Self::new(Kind::Forbidden, reason),
            AdminFault::Invalid(reasons) => Self::invalid(reasons),
            AdminFault::Storage(fault) => fault.into(),
        }
    }
}

impl From<StorageFault> for Problem {
    /// What was wrong stays in the log.
    fn from(fault: StorageFault) -> Self {
        tracing::error!(%fault, "storage failed");
        match fault {
            StorageFault::Unavailable(_) | StorageFault::Outdated(_) => {
                Self::new(Kind::Busy, "the store is away for a moment")
            }
            StorageFault::Corrupt { .. } | StorageFault::Panicked(_) => {
                Self::new(Kind::Internal, "the cause is in the log of this server")
            }
        }
    }
}
