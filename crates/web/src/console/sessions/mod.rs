//! `/admin/sessions` and `/admin/revocations`: where people are signed in, ending that, and what is refused because of it.

pub(super) mod ending;
mod list;
mod revocations;

use actix_web::web::{self, get, post};

use crate::routes::resource;

const PATH: &str = "/admin/sessions";

/// Adds the routes.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(resource(
            PATH,
            "GET, POST",
            [get().to(list::get), post().to(list::end_one)],
        ))
        .service(resource(
            ending::PATH,
            "GET, POST",
            [get().to(ending::ask), post().to(ending::post)],
        ))
        .service(resource(revocations::PATH, "GET", [get().to(revocations::get)]));
}
