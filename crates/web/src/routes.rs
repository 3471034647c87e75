//! Every route, once. Discovery is made from the same paths, so it cannot promise what is not here.

use actix_web::guard::fn_guard;
use actix_web::http::header::ALLOW;
use actix_web::{FromRequest, Handler, HttpRequest, HttpResponse, Resource, Route, web};

use crate::correlation::CorrelationId;
use crate::oauth::{authorize, discovery, jwks, logout, token, userinfo};
use crate::pages::{caught_mail, consent, home, interaction, login};
use crate::state::AppState;
use crate::views::Trouble;
use crate::{assets, failure};

/// Paths below the issuer.
pub(crate) mod paths {
    /// RFC 6749 3.1.
    pub(crate) const AUTHORIZE: &str = "/authorize";
    /// RFC 6749 3.2.
    pub(crate) const TOKEN: &str = "/token";
    /// OpenID Connect Core 5.3.
    pub(crate) const USERINFO: &str = "/userinfo";
    /// RFC 7517 5.
    pub(crate) const JWKS: &str = "/jwks";
    /// OpenID Connect RP-Initiated Logout 2.
    pub(crate) const LOGOUT: &str = "/logout";
    /// OpenID Connect Discovery 4.
    pub(crate) const OPENID_CONFIGURATION: &str = "/.well-known/openid-configuration";
    /// RFC 8414 3.
    pub(crate) const AUTHORIZATION_SERVER: &str = "/.well-known/oauth-authorization-server";
}

/// A resource that answers 405 with Allow to every other method (RFC 9110 15.5.6).
fn resource(path: &str, allow: &'static str, routes: impl IntoIterator<Item = Route>) -> Resource {
    let refuse = move || async move {
        HttpResponse::MethodNotAllowed()
            .insert_header((ALLOW, allow))
            .finish()
    };
    routes
        .into_iter()
        .fold(web::resource(path), Resource::route)
        .default_service(web::to(refuse))
}

/// A resource that is only looked at: HEAD as well as GET (RFC 9110 9.3.2). Where GET does something, HEAD is refused.
fn readable<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args, Output = HttpResponse> + Clone,
    Args: FromRequest + 'static,
{
    resource(
        path,
        "GET, HEAD",
        [web::get().to(handler.clone()), web::head().to(handler)],
    )
}

/// Adds all routes; the state is expected as `Data<AppState>`.
pub fn configure(config: &mut web::ServiceConfig) {
    let (get, post) = (web::get, web::post);
    config
        .service(readable(paths::OPENID_CONFIGURATION, discovery::get))
        .service(readable(paths::AUTHORIZATION_SERVER, discovery::get))
        .service(readable(paths::JWKS, jwks::get))
        .service(resource(paths::TOKEN, "POST", [post().to(token::post)]))
        .service(resource(
            paths::USERINFO,
            "GET, POST",
            [get().to(userinfo::serve), post().to(userinfo::serve)],
        ))
        .service(resource(
            paths::AUTHORIZE,
            "GET, POST",
            [get().to(authorize::get), post().to(authorize::post)],
        ))
        .service(resource("/authorize/{id}", "GET", [get().to(interaction::hub)]))
        .service(resource("/login", "GET", [get().to(login::start)]))
        .service(resource(
            "/login/{id}",
            "GET, POST",
            [get().to(login::get), post().to(login::post)],
        ))
        .service(resource(
            "/consent/{id}",
            "GET, POST",
            [get().to(consent::get), post().to(consent::post)],
        ))
        .service(resource(
            paths::LOGOUT,
            "GET, POST",
            [get().to(logout::get), post().to(logout::post)],
        ))
        .service(resource(
            "/logout/{id}",
            "GET, POST",
            [get().to(logout::saved), post().to(logout::confirm)],
        ))
        .service(readable("/", home::get))
        .service(
            web::scope(caught_mail::PATH)
                .guard(fn_guard(caught_mail::has_inbox))
                .service(readable("", caught_mail::latest))
                .service(readable("/{number}", caught_mail::one))
                .service(readable("/{number}/html", caught_mail::html)),
        )
        .configure(assets::routes)
        .default_service(web::to(not_found));
}

async fn not_found(request: HttpRequest, state: web::Data<AppState>) -> HttpResponse {
    failure::error_page(&state, &CorrelationId::of(&request), Trouble::NotFound)
}
