//! Every route, once. Discovery is made from the same paths, so it cannot promise what is not here.

use actix_web::guard::fn_guard;
use actix_web::http::Method;
use actix_web::{FromRequest, Handler, HttpRequest, HttpResponse, Resource, Route, web};

use crate::correlation::CorrelationId;
use crate::oauth::{authorize, discovery, introspect, jwks, logout, revoke, token, userinfo};
use crate::pages::account::{self, apps, overview, password, sessions};
use crate::pages::reset::{ask, link, set};
use crate::pages::{self, caught_mail, choose, consent, home, interaction, login};
use crate::state::AppState;
use crate::views::Trouble;
use crate::{api, assets, console, cors, failure};

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
    /// RFC 7009 2.
    pub(crate) const REVOKE: &str = "/revoke";
    /// RFC 7662 2.
    pub(crate) const INTROSPECT: &str = "/introspect";
    /// OpenID Connect RP-Initiated Logout 2.
    pub(crate) const LOGOUT: &str = "/logout";
    /// OpenID Connect Discovery 4.
    pub(crate) const OPENID_CONFIGURATION: &str = "/.well-known/openid-configuration";
    /// RFC 8414 3.
    pub(crate) const AUTHORIZATION_SERVER: &str = "/.well-known/oauth-authorization-server";
}

/// A resource that answers 405 with Allow to every other method (RFC 9110 15.5.6).
pub(crate) fn resource(path: &str, allow: &'static str, routes: impl IntoIterator<Item = Route>) -> Resource {
    let refuse = move |request: HttpRequest, state: web::Data<AppState>, id: CorrelationId| async move {
        failure::method_not_allowed(&request, &state, &id, allow)
    };
    routes
        .into_iter()
        .fold(web::resource(path), Resource::route)
        .default_service(web::to(refuse))
}

/// A resource that is only looked at: HEAD as well as GET (RFC 9110 9.3.2). Where GET does something, HEAD is refused.
pub(crate) fn readable<F, Args>(path: &str, handler: F) -> Resource
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
        .configure(for_programs)
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
            "/choose/{id}",
            "GET, POST",
            [get().to(choose::get), post().to(choose::post)],
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
        .service(resource(
            "/language/{tag}",
            "GET",
            [get().to(pages::language::get)],
        ))
        .configure(around_an_account)
        .configure(console::routes)
        .configure(api::routes)
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

/// The pages of a person's own account, and the way back to it.
fn around_an_account(config: &mut web::ServiceConfig) {
    let (get, post) = (web::get, web::post);
    config
        .service(readable("/.well-known/change-password", account::well_known))
        .service(resource("/account", "GET", [get().to(overview::get)]))
        .service(resource("/account/add", "GET", [get().to(account::add)]))
        .service(resource(
            "/account/password",
            "GET, POST",
            [get().to(password::get), post().to(password::post)],
        ))
        .service(resource(
            "/account/sessions",
            "GET, POST",
            [get().to(sessions::get), post().to(sessions::post)],
        ))
        .service(resource(
            "/account/apps",
            "GET, POST",
            [get().to(apps::get), post().to(apps::post)],
        ))
        .service(resource(
            "/account/language",
            "GET, POST",
            [
                get().to(account::language::get),
                post().to(account::language::post),
            ],
        ))
        .service(resource(
            "/reset",
            "GET, POST",
            [get().to(ask::get), post().to(ask::post)],
        ))
        .service(readable("/reset/sent", ask::sent))
        .service(resource(
            "/reset/i/{id}",
            "GET, POST",
            [get().to(set::get), post().to(set::post)],
        ))
        .service(resource("/reset/{token}", "GET", [get().to(link::open)]));
}

/// What clients call themselves. Preflights are answered where pages of theirs may call.
fn for_programs(config: &mut web::ServiceConfig) {
    let (get, post) = (web::get, web::post);
    let options = || web::method(Method::OPTIONS);
    config
        .service(resource(
            paths::TOKEN,
            "POST, OPTIONS",
            [post().to(token::post), options().to(cors::post)],
        ))
        .service(resource(
            paths::USERINFO,
            "GET, POST, OPTIONS",
            [
                get().to(userinfo::serve),
                post().to(userinfo::serve),
                options().to(cors::get_and_post),
            ],
        ))
        .service(resource(
            paths::REVOKE,
            "POST, OPTIONS",
            [post().to(revoke::post), options().to(cors::post)],
        ))
        .service(resource(paths::INTROSPECT, "POST", [post().to(introspect::post)]));
}

async fn not_found(request: HttpRequest, state: web::Data<AppState>) -> HttpResponse {
    failure::error_page(&state, &CorrelationId::of(&request), Trouble::NotFound)
}
