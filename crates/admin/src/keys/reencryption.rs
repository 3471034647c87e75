//! Replacing the master key, with its beginning and end in the audit trail.
//!
//! How it goes on after an interruption is told where it is done: [`token::keys::reseal`].

use kernel::{Audit, Ctx, StorageFault};
use token::keys::reseal::{self, Resealed};
use token::keys::{KeyFault, MasterKey};
use token::ports::Keys;

use crate::actor::Actor;
use crate::authority::Permission;
use crate::fault::AdminFault;

/// Why it did not go on.
#[derive(Debug, thiserror::Error)]
pub enum ReencryptionFault {
    /// The actor may not do this.
    #[error(transparent)]
    Refused(#[from] AdminFault),
    /// Of the keys themselves, or of storage.
    #[error(transparent)]
    Key(#[from] KeyFault),
}

impl From<StorageFault> for ReencryptionFault {
    fn from(fault: StorageFault) -> Self {
        ReencryptionFault::Key(fault.into())
    }
}

/// Begins, or goes on. The kids of all keys that have a private half.
///
/// # Errors
/// `Refused`; else as [`reseal::begin`].
pub fn begin(
    tx: &mut (impl Keys + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    old: &MasterKey,
    new: &MasterKey,
) -> Result<Vec<String>, ReencryptionFault> {
    actor.require(Permission::TurnKeys)?;
    let kids = reseal::begin(tx, old, new, ctx)?;
    let event = actor.event(ctx.now(), "key.reencrypt.begin");
    tx.record(event.detail(format!("{} private halves", kids.len())))?;
    Ok(kids)
}

/// Seals one private half anew.
///
/// # Errors
/// `Refused`; else as [`reseal::one`].
pub fn one(
    tx: &mut (impl Keys + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    kid: &str,
    old: &MasterKey,
    new: &MasterKey,
) -> Result<Resealed, ReencryptionFault> {
    actor.require(Permission::TurnKeys)?;
    Ok(reseal::one(tx, kid, old, new, ctx)?)
}

/// From now on the new master key is the database's.
///
/// # Errors
/// `Refused`; else as [`reseal::finish`].
pub fn finish(
    tx: &mut (impl Keys + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    new: &MasterKey,
) -> Result<(), ReencryptionFault> {
    actor.require(Permission::TurnKeys)?;
    reseal::finish(tx, new)?;
    tx.record(actor.event(ctx.now(), "key.reencrypt.end"))?;
    Ok(())
}
