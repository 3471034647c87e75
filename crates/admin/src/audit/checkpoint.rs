//! When a checkpoint of the trail is due, and signing it. The job that keeps keys asks; one node does it.

use std::time::Duration;

use kernel::audit::Link;
use kernel::{Audit, Ctx};
use token::keys::KeyRing;
use token::{Checkpoint, Keys, checkpoint};

use super::ports::AuditTrail;
use crate::actor::Actor;
use crate::authority::Permission;
use crate::fault::AdminFault;

/// How long records may wait for a signature.
pub const INTERVAL: Duration = Duration::from_secs(3600);
/// The event beside every checkpoint. It makes one that was taken away again miss, and its subject is the checkpoint's number.
pub(crate) const EVENT: &str = "audit.checkpoint";

/// Whether a checkpoint is due: something was recorded since the last one, and that is an hour old or its key signs no more.
///
/// # Errors
/// `Storage`.
pub fn is_due(tx: &mut (impl AuditTrail + ?Sized), ctx: &Ctx, ring: &KeyRing) -> Result<bool, AdminFault> {
    let Some(newest) = tx.newest_audit_record()? else {
        return Ok(false);
    };
    let Some(last) = tx.newest_checkpoint()? else {
        return Ok(true);
    };
    // The record right behind a checkpoint says that it was made.
    let is_news = newest.seq > last.seq.saturating_add(1);
    let signs = ring
        .algorithms()
        .filter_map(|alg| ring.signer(alg))
        .any(|signer| signer.kid() == last.kid);
    Ok(is_news && (!signs || ctx.now().since(last.at) >= INTERVAL))
}

/// The checkpoints about records with numbers above `after`, by number.
///
/// # Errors
/// `Forbidden`; `Storage`.
pub fn list(
    tx: &mut (impl AuditTrail + ?Sized),
    actor: &Actor,
    after: u64,
    limit: u32,
) -> Result<Vec<Checkpoint>, AdminFault> {
    actor.require(Permission::ViewAudit)?;
    Ok(tx.checkpoints(after, limit)?)
}

/// Signs where the chain stands, unless another node was faster. The checkpoint, if one was made.
///
/// # Errors
/// `Conflict` when the key does not sign; `Storage`.
pub fn sign(
    tx: &mut (impl AuditTrail + Audit + Keys + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    ring: &KeyRing,
) -> Result<Option<Checkpoint>, AdminFault> {
    if !is_due(tx, ctx, ring)? {
        return Ok(None);
    }
    let Some(newest) = tx.newest_audit_record()? else {
        return Ok(None);
    };
    // A trail that was never chained begins to be with the next event; one that does not read as a chain is not vouched for.
    let Some(link) = newest.hash.as_deref().and_then(Link::stored) else {
        return Ok(None);
    };
    let signed = checkpoint::sign(ring, ctx, newest.seq, &link);
    let Some(checkpoint) = signed.map_err(|fault| AdminFault::Conflict(fault.to_string()))? else {
        return Ok(None);
    };
    // A ring may lag behind the database by a moment; what a revoked key signs is worth nothing.
    let known = tx.keys()?;
    if !known
        .iter()
        .any(|key| key.kid == checkpoint.kid && key.state.is_published())
    {
        return Ok(None);
    }
    tx.insert_checkpoint(&checkpoint)?;
    let event = actor.event(ctx.now(), EVENT).subject(checkpoint.seq);
    tx.record(event.detail(&checkpoint.kid))?;
    Ok(Some(checkpoint))
}
