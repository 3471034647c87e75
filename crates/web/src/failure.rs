//! How failures leave: as a page for people, as JSON for clients, as a challenge for API callers.
//!
//! Redirects to clients are no failures of ours; see `deliver`.

use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT, ALLOW, CACHE_CONTROL, HeaderMap, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE,
};
use actix_web::{HttpRequest, HttpResponse};
use i18n::Language;
use kernel::StorageFault;
use protocol::{ErrorCode, OAuthError};
use serde::Serialize;
use token::authorize::PageFault;
use token::flow::Refused;

use crate::correlation::CorrelationId;
use crate::flows;
use crate::forms::FormFault;
use crate::language;
use crate::state::AppState;
use crate::views::{ErrorPage, Onward, PageContext, Trouble, Way, page};

/// Seconds after which it is worth trying again.
const RETRY_SECONDS: &str = "2";

/// An error page of ours. Never carries a Location header.
pub(crate) fn error_page(state: &AppState, id: &CorrelationId, trouble: Trouble<'_>) -> HttpResponse {
    draw(state, &ErrorPage::new(trouble, id.as_str()))
}

/// One network has left more requests with us than honest people do.
pub(crate) fn too_many(state: &AppState, id: &CorrelationId) -> HttpResponse {
    let mut response = error_page(state, id, Trouble::TooManyFromNetwork);
    let minute = HeaderValue::from_static("60");
    response.headers_mut().insert(RETRY_AFTER, minute);
    response
}

/// Turned away unread: too long, or meant for another name than ours. The way on names us as we are configured.
pub(crate) fn turned_away(state: &AppState, id: &CorrelationId, status: StatusCode) -> HttpResponse {
    let trouble = match status {
        StatusCode::MISDIRECTED_REQUEST => Trouble::WrongName,
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Trouble::HeadersTooLong,
        _ => Trouble::AddressTooLong,
    };
    let next = Onward {
        way: Way::To(state.place()),
        url: state.ctx.issuer.as_str(),
    };
    error_page_with_next(state, id, trouble, next)
}

/// Whether whoever asks would rather have a page than JSON: browsers name HTML first when people open an address.
pub(crate) fn reads_pages(headers: &HeaderMap) -> bool {
    headers
        .get(ACCEPT)
        .is_some_and(|types| types.as_bytes().starts_with(b"text/html"))
}

/// An address asked with a method it does not have; `allow` lists those it has (RFC 9110 10.2.1).
pub(crate) fn method_not_allowed(
    request: &HttpRequest,
    state: &AppState,
    id: &CorrelationId,
    allow: &'static str,
) -> HttpResponse {
    let mut response = if reads_pages(request.headers()) {
        error_page(state, id, Trouble::MethodNotAllowed)
    } else {
        let error = OAuthError::new(
            ErrorCode::InvalidRequest,
            format!("this address takes {allow} only"),
        );
        json_error_with(StatusCode::METHOD_NOT_ALLOWED, &error)
    };
    response
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static(allow));
    response
}

/// The same with a way on.
pub(crate) fn error_page_with_next<'a>(
    state: &AppState,
    id: &CorrelationId,
    trouble: Trouble<'_>,
    next: impl Into<Onward<'a>>,
) -> HttpResponse {
    draw(
        state,
        &ErrorPage {
            next: Some(next.into()),
            ..ErrorPage::new(trouble, id.as_str())
        },
    )
}

fn draw(state: &AppState, view: &ErrorPage<'_>) -> HttpResponse {
    let response = draw_page(state, view);
    match flows::cause(&view.trouble) {
        Some(cause) => flows::explain(response, cause),
        None => response,
    }
}

fn draw_page(state: &AppState, view: &ErrorPage<'_>) -> HttpResponse {
    // What the console says is in English, so the words around it are, too.
    if matches!(view.trouble, Trouble::Other { .. }) {
        language::said_in(Language::English);
    }
    let mut response = page(view.trouble.status(), view, &PageContext::new(state.transport()));
    if view.trouble.status() == StatusCode::SERVICE_UNAVAILABLE {
        response
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from_static(RETRY_SECONDS));
    }
    response
}

/// The page for an authorization request that cannot be answered to its client.
pub(crate) fn authorization_page(state: &AppState, id: &CorrelationId, fault: &PageFault) -> HttpResponse {
    let description = fault.to_string();
    let (trouble, detail) = match fault {
        PageFault::NoClient | PageFault::NoRedirectUri => (Trouble::BadRequest, description.as_str()),
        PageFault::UnknownClient => (Trouble::UnknownApp, description.as_str()),
        PageFault::ForeignRedirectUri {
            client, presented, ..
        } => (Trouble::UnregisteredReturn { app: client }, presented.as_str()),
    };
    let back = match fault {
        PageFault::ForeignRedirectUri {
            client,
            home: Some(home),
            ..
        } => Some(Onward {
            way: Way::BackTo(client),
            url: home,
        }),
        _ => None,
    };
    let view = ErrorPage {
        code: Some(ErrorCode::InvalidRequest.as_str()),
        description: Some(detail),
        next: back,
        ..ErrorPage::new(trouble, id.as_str())
    };
    draw(state, &view)
}

/// The page for parameters that cannot be read.
pub(crate) fn form_page(state: &AppState, id: &CorrelationId, fault: FormFault) -> HttpResponse {
    let view = ErrorPage {
        description: Some(fault.description()),
        ..ErrorPage::new(Trouble::Unreadable(fault.status()), id.as_str())
    };
    draw(state, &view)
}

/// Storage is away: says so, logs why.
pub(crate) fn storage_page(state: &AppState, id: &CorrelationId, fault: &StorageFault) -> HttpResponse {
    tracing::error!(correlation_id = %id, %fault, "storage failed");
    let trouble = match fault {
        StorageFault::Unavailable(_) | StorageFault::Outdated(_) => Trouble::Busy,
        StorageFault::Corrupt { .. } | StorageFault::Panicked(_) => Trouble::Internal,
    };
    error_page(state, id, trouble)
}

#[derive(Serialize)]
struct Body<'a> {
    error: &'a str,
    error_description: &'a str,
}

/// An OAuth error as JSON (RFC 6749 5.2).
pub(crate) fn json_error(error: &OAuthError) -> HttpResponse {
    let status = match error.code {
        ErrorCode::InvalidClient => StatusCode::UNAUTHORIZED,
        ErrorCode::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
        ErrorCode::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_REQUEST,
    };
    let refused = Refused::plain(error.code.as_str(), &*error.description);
    flows::explain(json_error_with(status, error), refused)
}

/// The same under a status of its own.
pub(crate) fn json_error_with(status: StatusCode, error: &OAuthError) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    response.insert_header((CACHE_CONTROL, "no-store"));
    if error.code == ErrorCode::InvalidClient {
        response.insert_header((WWW_AUTHENTICATE, r#"Basic realm="signet", charset="UTF-8""#));
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.insert_header((RETRY_AFTER, RETRY_SECONDS));
    }
    response.json(Body {
        error: error.code.as_str(),
        error_description: &error.description,
    })
}

/// Storage is away, for a client.
pub(crate) fn storage_json(id: &CorrelationId, fault: &StorageFault) -> HttpResponse {
    tracing::error!(correlation_id = %id, %fault, "storage failed");
    json_error(&OAuthError::new(
        storage_code(fault),
        format!("something went wrong here; report id {id}"),
    ))
}

/// Whether it may go better soon.
pub(crate) fn storage_code(fault: &StorageFault) -> ErrorCode {
    match fault {
        StorageFault::Unavailable(_) | StorageFault::Outdated(_) => ErrorCode::TemporarilyUnavailable,
        StorageFault::Corrupt { .. } | StorageFault::Panicked(_) => ErrorCode::ServerError,
    }
}

/// A Bearer challenge (RFC 6750 3). Without an error when no token was presented at all.
pub(crate) fn challenge(status: StatusCode, error: Option<&OAuthError>) -> HttpResponse {
    let value = match error {
        None => r#"Bearer realm="signet""#.to_owned(),
        Some(error) => format!(
            r#"Bearer realm="signet", error="{}", error_description="{}""#,
            error.code.as_str(),
            error.description
        ),
    };
    let mut response = HttpResponse::build(status);
    response
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((WWW_AUTHENTICATE, value));
    match error {
        None => response.finish(),
        Some(error) => response.json(Body {
            error: error.code.as_str(),
            error_description: &error.description,
        }),
    }
}
