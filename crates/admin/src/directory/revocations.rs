//! The revocation list: its entries, what each still refuses, how long it is and how far behind.

use std::time::Duration;

use kernel::{Ctx, Timestamp};
use session::revocation::Sizes;
use session::{Revocation, RevocationList};

use super::cursor::{Cursor, Page};
use super::ports::{Directory, RevocationQuery};
use super::{is_possible, within_reason};
use crate::actor::Actor;
use crate::authority::Permission;
use crate::fault::AdminFault;

/// Which entries.
pub type RevocationFilter = RevocationQuery;

/// Entries that still refuse something, the newest first: each names what is refused, what was issued until when, and when
/// there will be nothing left of it.
///
/// # Errors
/// `Forbidden`; `Storage`.
pub fn revocations(
    tx: &mut (impl Directory + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    filter: &RevocationFilter,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<Revocation>, AdminFault> {
    actor.require(Permission::ViewSessions)?;
    if !is_possible(&filter.id) {
        return Ok(Page::last(Vec::new()));
    }
    Ok(tx.revocations_like(filter, ctx.now(), after, within_reason(limit))?)
}

/// How the list of this process stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListStatus {
    /// How many entries there are, by kind.
    pub sizes: Sizes,
    /// Up to when it knows everything; nothing where it was never filled.
    pub as_of: Option<Timestamp>,
    /// How long ago that is.
    pub lag: Option<Duration>,
}

/// How the replica of this process stands, without a question to storage.
///
/// # Errors
/// `Forbidden`.
pub fn status(list: &RevocationList, ctx: &Ctx, actor: &Actor) -> Result<ListStatus, AdminFault> {
    actor.require(Permission::ViewSessions)?;
    let as_of = list.as_of();
    Ok(ListStatus {
        sizes: list.sizes(),
        as_of,
        lag: as_of.map(|as_of| ctx.now().since(as_of)),
    })
}
