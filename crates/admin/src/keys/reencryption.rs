//! Replacing the master key, with its beginning and end in the audit trail.
//!
//! How it goes on after an interruption is told where it is done: [`token::keys::reseal`].

use kernel::{Audit, AuditEvent, Ctx};
use token::keys::reseal::{self, Resealed};
use token::keys::{KeyFault, MasterKey};
use token::ports::Keys;

use crate::actor::Actor;

/// Begins, or goes on. The kids of all keys that have a private half.
///
/// # Errors
/// As [`reseal::begin`].
pub fn begin(
    tx: &mut (impl Keys + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    old: &MasterKey,
    new: &MasterKey,
) -> Result<Vec<String>, KeyFault> {
    let kids = reseal::begin(tx, old, new, ctx)?;
    let event = AuditEvent::new(ctx.now(), "key.reencrypt.begin").actor(actor);
    tx.record(event.detail(format!("{} private halves", kids.len())))?;
    Ok(kids)
}

/// Seals one private half anew.
///
/// # Errors
/// As [`reseal::one`].
pub fn one(
    tx: &mut (impl Keys + ?Sized),
    ctx: &Ctx,
    kid: &str,
    old: &MasterKey,
    new: &MasterKey,
) -> Result<Resealed, KeyFault> {
    reseal::one(tx, kid, old, new, ctx)
}

/// From now on the new master key is the database's.
///
/// # Errors
/// As [`reseal::finish`].
pub fn finish(
    tx: &mut (impl Keys + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    new: &MasterKey,
) -> Result<(), KeyFault> {
    reseal::finish(tx, new)?;
    tx.record(AuditEvent::new(ctx.now(), "key.reencrypt.end").actor(actor))?;
    Ok(())
}
