//! The ports of the house on one open transaction, a file each.
//!
//! Whatever may happen only once is one conditional statement, judged by the number of rows it changed.

mod administrators;
mod answers;
mod audit;
mod audit_trail;
mod belongings;
mod clients;
mod consents;
mod console;
mod directory;
mod flows;
mod grants;
mod groups;
mod interactions;
mod keys;
mod notices;
mod resets;
mod resources;
mod revocations;
mod sessions;
mod sightings;
mod statistics;
mod throttle;
mod users;

use identity::ports::{Found, Insert};

/// Whether anything can be called so. PostgreSQL cannot even be asked for a text with a zero in it.
fn is_possible(name: &str) -> bool {
    !name.contains('\0')
}

/// One row or more changed: it was there.
fn found(changed: usize) -> Found {
    if changed > 0 { Found::Yes } else { Found::No }
}

/// One row inserted, or none because of a conflict.
fn inserted(changed: usize) -> Insert {
    if changed > 0 { Insert::Done } else { Insert::Taken }
}
