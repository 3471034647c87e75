//! `/admin`, the console: pages on which administrators see and change what Signet holds.
//!
//! The console is a client of Signet like others (`entering`), and has a session of its own that leans on the browser's
//! (`desk`). Who may do what is decided by the use-cases of `admin`; a page asks them and shows the answer.

mod administrators;
mod apis;
mod audit;
mod chart;
mod clients;
mod desk;
mod entering;
mod flows;
mod home;
mod keys;
mod list;
mod numbers;
mod people;
mod review;
mod sessions;
mod setup;
mod shell;
mod words;

use actix_web::web::{self, get};

use crate::routes::resource;

pub(crate) use entering::CALLBACK;
pub(crate) use words::segment;

/// Where the console begins.
pub const PATH: &str = "/admin";

/// Adds the routes of the console.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(resource(
            entering::CALLBACK,
            "GET",
            [get().to(entering::callback)],
        ))
        .service(resource(entering::CHANGE, "GET", [get().to(entering::change)]))
        .configure(setup::routes)
        .configure(home::routes)
        .configure(flows::routes)
        .configure(keys::routes)
        .configure(clients::routes)
        .configure(apis::routes)
        .configure(sessions::routes)
        .configure(people::routes)
        .configure(audit::routes)
        .configure(administrators::routes);
}
