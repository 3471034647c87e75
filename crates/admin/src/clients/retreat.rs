//! Taking back what a client was given, and clearing it away, part after part, each a unit of work of its own: a client that
//! everybody uses has hundreds of thousands of grants, and no statement may take that long.
//!
//! What counts comes first and at once: a client that is disabled gets nothing, and its tokens are refused. If whoever
//! asked goes away between two parts, it stays so, and asking again goes on.

use kernel::id::GrantId;
use kernel::{Audit, Ctx};
use session::Revocations;
use token::ending::{self, BATCH};
use token::{Clients, Grants, Resources};

use crate::actor::Actor;
use crate::authority::Permission;
use crate::fault::AdminFault;
use crate::ports::Administrators;
use crate::rank;

/// What a part left over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// There may be more.
    Some,
    /// That was all.
    None,
}

/// How far taking back has come. The first part begins with the default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Progress {
    /// Not begun.
    #[default]
    Begun,
    /// Everything up to this grant was looked at.
    After(GrantId),
    /// Nothing is left.
    Done,
}

impl Progress {
    /// Whether nothing is left.
    pub fn is_done(self) -> bool {
        self == Progress::Done
    }
}

/// Takes back the next grants of a client that is disabled, of another none. Belongs behind
/// [`disable`](super::disable), and before [`enable`](super::enable).
///
/// # Errors
/// `Forbidden`; `NotFound`; `Storage`.
pub fn take_back(
    tx: &mut (impl Clients + Resources + Grants + Administrators + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    client_id: &str,
    progress: Progress,
) -> Result<Progress, AdminFault> {
    actor.require(Permission::ManageApplications)?;
    let client = super::by_id(tx, client_id)?;
    rank::over_client(tx, actor, &client)?;
    let after = match progress {
        _ if client.enabled => return Ok(Progress::Done),
        Progress::Done => return Ok(Progress::Done),
        Progress::Begun => None,
        Progress::After(id) => Some(id),
    };
    let last = ending::grants_of(tx, ctx, client_id, after)?;
    Ok(last.map_or(Progress::Done, Progress::After))
}

/// Makes a large client small enough to be removed: disables it, and removes the next part of what goes with it. Leaves a
/// small one alone. Belongs before [`delete`](super::delete), until nothing is left over.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Storage`.
pub fn clear(
    tx: &mut (impl Clients + Resources + Grants + Revocations + Administrators + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    client_id: &str,
) -> Result<Rest, AdminFault> {
    actor.require(Permission::ManageApplications)?;
    let client = super::by_id(tx, client_id)?;
    rank::over_client(tx, actor, &client)?;
    if !tx.is_large(client_id, BATCH)? {
        return Ok(Rest::None);
    }
    // What counts comes first, in a unit of work of its own.
    if client.enabled {
        super::disable(tx, ctx, actor, client_id)?;
    } else {
        tx.thin_out(client_id, BATCH)?;
    }
    Ok(Rest::Some)
}
