//! Looking things up: a page of people, clients, sessions, grants or revocations, and one search over all of them.
//!
//! Every list goes on from a [`Cursor`], never from a count of rows to skip, so that page one thousand costs what page one
//! does. A list looks at no more rows than a page is worth ([`LOOKED_AT`]): where a filter lets few of them through, a page
//! may hold less than was asked for and still have a next one. Whoever may not see a thing does not find it either.

pub mod address;
pub mod anything;
pub mod clients;
pub mod cursor;
pub mod ending;
pub mod grants;
pub mod people;
pub mod ports;
pub mod revocations;
pub mod sessions;
pub mod terms;

use std::collections::HashMap;

use identity::Users;
use kernel::StorageFault;
use kernel::id::UserId;

use crate::actor::Actor;
use crate::authority::Permission;
use crate::fault::AdminFault;
use crate::users;

pub use anything::{Hit, anything};
pub use cursor::{Cursor, InvalidCursor, Page};
pub use ports::Directory;

/// The longest page anybody gets.
pub const LONGEST_PAGE: u32 = 200;

/// How many rows one page looks at before it is handed over as it is.
pub const LOOKED_AT: usize = 2_000;

/// The length of a page somebody asked for.
fn within_reason(limit: u32) -> u32 {
    limit.clamp(1, LONGEST_PAGE)
}

/// Whom a filter means by a user name, an address or a `sub`. The `sub` is all that is known to those who may not see people.
fn meant(
    tx: &mut (impl Users + ?Sized),
    actor: &Actor,
    name: Option<&str>,
) -> Result<Option<UserId>, AdminFault> {
    let Some(name) = name else { return Ok(None) };
    match name.parse::<UserId>() {
        Ok(id) => Ok(Some(id)),
        Err(_) => users::find(tx, actor, name).map(|user| Some(user.id)),
    }
}

/// What to call the people on a page; whoever is missing goes by their `sub`.
pub(crate) fn names(
    tx: &mut (impl Directory + ?Sized),
    actor: &Actor,
    people: impl Iterator<Item = UserId>,
) -> Result<HashMap<UserId, String>, StorageFault> {
    if !actor.may().contain(Permission::ViewPeople) {
        return Ok(HashMap::new());
    }
    let mut people: Vec<UserId> = people.collect();
    people.sort();
    people.dedup();
    Ok(tx.usernames(&people)?.into_iter().collect())
}

/// Whether anything can be called so. PostgreSQL takes no text with a zero in it.
fn is_possible(name: &Option<String>) -> bool {
    name.as_ref().is_none_or(|name| !name.contains('\0'))
}
