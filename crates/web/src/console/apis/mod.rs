//! `/admin/resources`: APIs that accept access tokens (RFC 8707), and scopes of one's own with claims about people.

mod list;
mod remove;
mod resource;
mod scope;

use actix_web::web::{self, get, post};

use super::words::segment;
use crate::routes::resource as route;

const PATH: &str = "/admin/resources";
/// No API is called this: their names are absolute URIs.
const SCOPES: &str = "/admin/resources/scopes";

/// Adds the routes.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(route(PATH, "GET", [get().to(list::get)]))
        .service(route(
            resource::NEW,
            "GET, POST",
            [get().to(resource::ask_new), post().to(resource::create)],
        ))
        .service(route(
            scope::NEW,
            "GET, POST",
            [get().to(scope::ask_new), post().to(scope::create)],
        ))
        .service(route(
            "/admin/resources/scopes/{name}",
            "GET, POST",
            [get().to(scope::ask), post().to(scope::save)],
        ))
        .service(route(
            "/admin/resources/scopes/{name}/delete",
            "GET, POST",
            [get().to(remove::ask_scope), post().to(remove::scope)],
        ))
        .service(route(
            "/admin/resources/{id}",
            "GET, POST",
            [get().to(resource::ask), post().to(resource::review)],
        ))
        .service(route(
            "/admin/resources/{id}/save",
            "POST",
            [post().to(resource::save)],
        ))
        .service(route(
            "/admin/resources/{id}/delete",
            "GET, POST",
            [get().to(remove::ask_resource), post().to(remove::resource)],
        ));
}

/// The page of an API.
fn page_of(identifier: &str) -> String {
    format!("{PATH}/{}", segment(identifier))
}

/// The page of a scope.
fn page_of_scope(name: &str) -> String {
    format!("{SCOPES}/{}", segment(name))
}
