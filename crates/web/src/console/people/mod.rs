//! `/admin/users` and `/admin/groups`: people, what they may, where they are signed in, and what they belong to.

mod edit;
mod groups;
mod list;
mod one;
mod steps;

use actix_web::web::{self, get, post};

use crate::console::words::segment;
use crate::routes::resource;

const PATH: &str = "/admin/users";

/// Adds the routes.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(resource(PATH, "GET", [get().to(list::get)]))
        .service(resource(
            edit::NEW,
            "GET, POST",
            [get().to(edit::ask_new), post().to(edit::create)],
        ))
        .service(resource("/admin/users/{sub}", "GET", [get().to(one::get)]))
        .service(resource(
            "/admin/users/{sub}/edit",
            "GET, POST",
            [get().to(edit::ask), post().to(edit::save)],
        ))
        .service(resource(
            "/admin/users/{sub}/do",
            "POST",
            [post().to(steps::post)],
        ))
        .service(resource(
            "/admin/users/{sub}/delete",
            "GET, POST",
            [get().to(steps::ask_delete), post().to(steps::delete)],
        ))
        .configure(groups::routes);
}

/// The page of somebody.
fn page_of(sub: &str) -> String {
    format!("{PATH}/{}", segment(sub))
}
