//! `/admin/keys`: signing keys, their picture and their turns.
//!
//! What a turn does, and when it is safe, is `admin::keys`' business. New keys are made between two units of work: the first
//! finds out which are needed, the second publishes them and fails when the world has moved on meanwhile.

mod emergency;
mod one;
mod overview;
mod rotate;
mod schedule;
mod timeline;

use actix_web::web::{self, get, post};
use admin::keys::custody::Custody;
use admin::{Actor, AdminFault, Ports};
use kernel::Ctx;
use std::sync::Arc;
use token::SigningAlg;
use token::keys::fresh::Check;
use token::keys::{Fresh, KeyFault};

use super::desk::{Desk, Refusal};
use crate::routes::resource;

const PATH: &str = "/admin/keys";

/// Adds the routes of the keys.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(resource(PATH, "GET", [get().to(overview::get)]))
        .service(resource(
            rotate::PATH,
            "GET, POST",
            [get().to(rotate::get), post().to(rotate::post)],
        ))
        .service(resource(
            schedule::PATH,
            "GET, POST",
            [get().to(schedule::get), post().to(schedule::post)],
        ))
        .service(resource(emergency::CHOOSE, "GET", [get().to(emergency::choose)]))
        .service(resource("/admin/keys/{kid}", "GET", [get().to(one::get)]))
        .service(resource(
            "/admin/keys/{kid}/activate",
            "GET, POST",
            [get().to(one::ask_activate), post().to(one::activate)],
        ))
        .service(resource(
            "/admin/keys/{kid}/retire",
            "GET, POST",
            [get().to(one::ask_retire), post().to(one::retire)],
        ))
        .service(resource(
            "/admin/keys/{kid}/revoke",
            "GET, POST",
            [get().to(emergency::ask), post().to(emergency::post)],
        ))
        .service(resource(
            "/admin/keys/{kid}/report",
            "GET",
            [get().to(emergency::report)],
        ));
}

/// Makes the new keys that `needed` names, sealed for this database.
async fn make(
    desk: &Desk,
    needed: impl FnOnce(&mut dyn Ports, &Ctx, &Actor) -> Result<Vec<SigningAlg>, AdminFault> + Send + 'static,
) -> Result<Fresh, Refusal> {
    let custody: Arc<dyn Custody> = Arc::clone(&desk.state().custody);
    let asked = Arc::clone(&custody);
    let (here, (algorithms, check)) = desk
        .read(move |tx, ctx, actor| {
            let algorithms = needed(tx, ctx, actor)?;
            let check = Check::of(tx, &asked.master()).map_err(refused)?;
            Ok((algorithms, check))
        })
        .await?;
    let ctx = Arc::clone(&desk.state().ctx);
    let made = web::block(move || custody.make(&algorithms, check, &ctx)).await;
    match made {
        Ok(made) => made.map_err(|fault| Refusal::Fault(Box::new(here), refused(fault))),
        Err(_) => Err(Refusal::Fault(
            Box::new(here),
            AdminFault::Conflict("the server is stopping".to_owned()),
        )),
    }
}

/// What a fault of keys means for whoever turns them.
fn refused(fault: KeyFault) -> AdminFault {
    match fault {
        KeyFault::Storage(fault) => AdminFault::Storage(fault),
        fault => AdminFault::Conflict(fault.to_string()),
    }
}

/// After keys were turned: what is answered from now on is signed with what there is now.
async fn settle(desk: &Desk) {
    let custody = Arc::clone(&desk.state().custody);
    // Only a server that stops does not get to it; its successor will.
    let _ = web::block(move || custody.settle()).await;
}

/// The page of one key.
fn page_of(kid: &str) -> String {
    format!("{PATH}/{kid}")
}
