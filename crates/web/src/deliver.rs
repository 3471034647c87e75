//! Sending the browser on: back to a client with an answer, or to the next page of ours.

use actix_web::HttpResponse;
use actix_web::cookie::Cookie;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use protocol::OAuthError;
use token::authorize::Step;
use token::client::{PostLogoutTarget, ResponseMode, ResponseTarget};
use token::flow::authorization;

use crate::flows;
use crate::state::AppState;
use crate::views::{FormPost, PageContext, page, secure};

/// 303 See Other, with the headers of a response that may carry a code (RFC 9700 4.2.4, 4.12).
fn see_other(state: &AppState, location: &str) -> HttpResponse {
    let mut response = HttpResponse::build(StatusCode::SEE_OTHER)
        .insert_header((LOCATION, location))
        .finish();
    secure(response.headers_mut(), &PageContext::with_code(state.transport()));
    response
}

/// Sends `params`, with `state`, the way the client wants its answers.
fn answer(state: &AppState, target: &ResponseTarget, params: &[(&str, &str)]) -> HttpResponse {
    match target.mode() {
        ResponseMode::Query => see_other(state, &target.with_query(params)),
        ResponseMode::Fragment => see_other(state, &target.with_fragment(params)),
        ResponseMode::FormPost => {
            let view = FormPost {
                action: target.redirect_uri(),
                place: &place_of(target.redirect_uri()),
                fields: target.answer(params),
            };
            page(StatusCode::OK, &view, &PageContext::with_code(state.transport()))
        }
    }
}

/// The host of a redirect URI, or its scheme where it has none (RFC 8252 7.1).
pub(crate) fn place_of(uri: &str) -> String {
    let url = url::Url::parse(uri).ok();
    let host = url.as_ref().and_then(|url| url.host_str().map(str::to_owned));
    host.or_else(|| url.map(|url| url.scheme().to_owned()))
        .unwrap_or_default()
}

/// To a path of ours.
pub(crate) fn to_path(state: &AppState, path: &str) -> HttpResponse {
    see_other(state, &state.ctx.issuer.url(path))
}

/// To where a client wants the browser after signing out.
pub(crate) fn to_post_logout(state: &AppState, target: &PostLogoutTarget) -> HttpResponse {
    see_other(state, &target.url())
}

/// Back to the client with an error; `iss` says who answers (RFC 9207 2).
pub(crate) fn refusal(state: &AppState, target: &ResponseTarget, error: &OAuthError) -> HttpResponse {
    let issuer = state.ctx.issuer.as_str();
    let params = [
        ("error", error.code.as_str()),
        ("error_description", &*error.description),
        ("iss", issuer),
    ];
    answer(state, target, &params)
}

/// Wherever the hub decided.
pub(crate) fn step(state: &AppState, step: &Step) -> HttpResponse {
    match step {
        Step::Code(target, code) => {
            let params = [("code", code.expose()), ("iss", state.ctx.issuer.as_str())];
            answer(state, target, &params)
        }
        Step::Refuse(request, error) => {
            let response = refusal(state, &request.target, error);
            flows::explain(response, authorization::decided(request, error))
        }
        Step::Login(id, _) => to_path(state, &format!("/login/{id}")),
        Step::Choose(id) => to_path(state, &format!("/choose/{id}")),
        Step::Consent(id) => to_path(state, &format!("/consent/{id}")),
        // Coming back to an answered request begins it anew.
        Step::Gone(id) => to_path(state, &format!("/authorize/{id}")),
    }
}

/// Adds a cookie where there is one to set.
pub(crate) fn with_cookie(mut response: HttpResponse, cookie: Option<Cookie<'static>>) -> HttpResponse {
    if let Some(cookie) = cookie
        && let Err(fault) = response.add_cookie(&cookie)
    {
        tracing::error!(%fault, "a cookie of ours is not valid");
    }
    response
}
