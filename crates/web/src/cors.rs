//! Browser clients on other origins (the CORS protocol of the Fetch standard): whose pages may call us and read the answer.
//!
//! A preflight tells no client, so it is answered for an origin of any; the answer itself is for the origins of the client
//! that asked. Cookies are never part of it. Discovery and keys are everybody's (see `oauth/jwks.rs`), introspection is no
//! browser's.

use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, HeaderValue, ORIGIN, VARY,
};
use actix_web::{HttpRequest, HttpResponse, web};
use token::Client;

use crate::correlation::CorrelationId;
use crate::failure;
use crate::state::AppState;
use crate::unit::read;

/// What our endpoints read of a request beside its body.
const HEADERS: &str = "Authorization, Content-Type";
/// Seconds a browser may remember a preflight: a removed origin is refused at the answer anyway.
const MAX_AGE: &str = "600";

/// The origin a browser names. Pages without one of their own (sandboxed frames, files) say `null`, which anybody can.
fn origin(request: &HttpRequest) -> Option<&str> {
    let origin = request.headers().get(ORIGIN)?.to_str().ok()?;
    (origin != "null").then_some(origin)
}

/// Preflight of an endpoint that is posted to.
pub(crate) async fn post(
    request: HttpRequest,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    preflight(&request, &state, &id, "POST").await
}

/// Preflight of an endpoint that is read or posted to.
pub(crate) async fn get_and_post(
    request: HttpRequest,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    preflight(&request, &state, &id, "GET, POST").await
}

async fn preflight(
    request: &HttpRequest,
    state: &AppState,
    id: &CorrelationId,
    methods: &'static str,
) -> HttpResponse {
    let Some(origin) = origin(request).map(str::to_owned) else {
        return HttpResponse::Forbidden().insert_header((VARY, "Origin")).finish();
    };
    let wanted = origin.clone();
    match read(state, move |tx| tx.origin_is_known(&wanted)).await {
        Ok(true) => HttpResponse::NoContent()
            .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, origin))
            .insert_header((ACCESS_CONTROL_ALLOW_METHODS, methods))
            .insert_header((ACCESS_CONTROL_ALLOW_HEADERS, HEADERS))
            .insert_header((ACCESS_CONTROL_MAX_AGE, MAX_AGE))
            .insert_header((VARY, "Origin"))
            .finish(),
        Ok(false) => HttpResponse::Forbidden().insert_header((VARY, "Origin")).finish(),
        Err(fault) => failure::storage_json(id, &fault),
    }
}

/// Lets pages of `client` read the response, be it good or bad.
pub(crate) fn answer(request: &HttpRequest, client: &Client, mut response: HttpResponse) -> HttpResponse {
    let headers = response.headers_mut();
    headers.append(VARY, HeaderValue::from_static("Origin"));
    let own = origin(request).filter(|origin| client.origins().iter().any(|own| own == origin));
    if let Some(value) = own.and_then(|origin| HeaderValue::from_str(origin).ok()) {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, value);
        headers.insert(
            ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static("WWW-Authenticate"),
        );
    }
    response
}
