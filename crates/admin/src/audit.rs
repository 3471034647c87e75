//! The audit trail, read: looked through, exported, verified; and its checkpoints, signed.
//!
//! Every use-case of this crate writes to it in its own unit of work. How records are chained is `kernel::audit`'s business.

mod change;
pub mod checkpoint;
pub mod csv;
pub mod filter;
pub mod moment;
mod names;
pub mod network;
pub mod ports;
pub mod verification;

use kernel::audit::AuditRecord;

pub use filter::{AuditFilter, EventPattern};
pub use names::names;
pub use network::Network;
pub use ports::{AuditTrail, Order};
pub use verification::{Discord, Progress, Verification, verify};

pub(crate) use change::{Shown, tell, tell_states};

use crate::actor::Actor;
use crate::authority::Permission;
use crate::fault::AdminFault;

/// Records on one page at most.
pub const LARGEST_PAGE: u32 = 1000;

/// Some of what was looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditPage {
    /// In the order that was asked for.
    pub records: Vec<AuditRecord>,
    /// What to ask for behind these; none when this is all. It need not be the last of these: what was looked at without being
    /// what was looked for lies between.
    pub next: Option<u64>,
}

/// What fits the filter, behind the record `after`; at most `limit` of it and at most [`LARGEST_PAGE`]. Where the filter lets
/// few of many records through, a page may hold less and still have a next one.
///
/// # Errors
/// `Forbidden`; `Storage`.
pub fn query(
    tx: &mut (impl AuditTrail + ?Sized),
    actor: &Actor,
    filter: &AuditFilter,
    after: Option<u64>,
    order: Order,
    limit: u32,
) -> Result<AuditPage, AdminFault> {
    actor.require(Permission::ViewAudit)?;
    Ok(tx.audit_records(filter, after, order, limit.clamp(1, LARGEST_PAGE))?)
}

/// What was recorded behind the number `after`, as it comes in: for whoever watches. Which of it fits a filter the watcher asks
/// the filter; the last number is where to go on.
///
/// # Errors
/// `Forbidden`; `Storage`.
pub fn follow(
    tx: &mut (impl AuditTrail + ?Sized),
    actor: &Actor,
    after: u64,
) -> Result<Vec<AuditRecord>, AdminFault> {
    actor.require(Permission::ViewAudit)?;
    Ok(tx.audit_chain(after, LARGEST_PAGE)?)
}
