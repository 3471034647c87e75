//! `/admin/clients`: applications: found, set up by kind, connected, changed with a look at the difference, given secrets, and
//! switched off.

mod activity;
mod boxes;
mod connect;
mod create;
mod danger;
mod edit;
mod fields;
mod head;
mod list;
mod meaning;
mod rows;
mod secrets;
mod settings;

use actix_web::web::{self, get, post};

use super::words::segment;
use crate::routes::resource;

const PATH: &str = "/admin/clients";

/// Adds the routes.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(resource(PATH, "GET", [get().to(list::get)]))
        .service(resource(
            create::PATH,
            "GET, POST",
            [get().to(create::get), post().to(create::post)],
        ))
        .service(resource("/admin/clients/{id}", "GET", [get().to(connect::get)]))
        .service(resource(
            "/admin/clients/{id}/settings",
            "GET",
            [get().to(settings::get)],
        ))
        .service(resource(
            "/admin/clients/{id}/edit",
            "GET, POST",
            [get().to(edit::get), post().to(edit::review)],
        ))
        .service(resource(
            "/admin/clients/{id}/save",
            "POST",
            [post().to(edit::save)],
        ))
        .service(resource(
            "/admin/clients/{id}/secrets",
            "GET, POST",
            [get().to(secrets::get), post().to(secrets::post)],
        ))
        .service(resource(
            "/admin/clients/{id}/activity",
            "GET",
            [get().to(activity::get)],
        ))
        .service(resource(
            "/admin/clients/{id}/danger",
            "GET, POST",
            [get().to(danger::get), post().to(danger::post)],
        ))
        .service(resource(
            "/admin/clients/{id}/delete",
            "GET, POST",
            [get().to(danger::ask_delete), post().to(danger::delete)],
        ));
}

/// The page of a client.
fn page_of(client_id: &str) -> String {
    format!("{PATH}/{}", segment(client_id))
}
