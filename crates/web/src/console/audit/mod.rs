//! `/admin/audit`: what happened, who did it, and the proof that nobody changed the story.

mod export;
mod list;
mod verify;

use actix_web::web::{self, get, post};

use crate::routes::resource;

const PATH: &str = "/admin/audit";

/// Adds the routes.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(resource(PATH, "GET", [get().to(list::get)]))
        .service(resource(export::CSV, "GET", [get().to(export::csv)]))
        .service(resource(export::NDJSON, "GET", [get().to(export::ndjson)]))
        .service(resource(verify::PATH, "POST", [post().to(verify::post)]));
}
