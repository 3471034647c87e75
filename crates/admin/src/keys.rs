//! Signing keys, as an administrator sees and turns them.
//!
//! What is one step of one key, and what several take together, is `token::keys`' business; here a step gets its actor, its
//! reasons and its place in the audit trail, and is one unit of work with them.

pub mod custody;
pub mod evidence;
pub mod export;
pub mod lineup;
pub mod overview;
pub mod reencryption;
pub mod rotation;
pub mod schedule;
pub mod sightings;
pub mod upkeep;
pub mod withdrawal;

use kernel::{Ctx, Policy, StorageFault, Timestamp};
use session::Revocations;
use token::keys::{Haste, LifeFault, StoredKey, Unapplied, schedule::longest_life};
use token::ports::{Keys, Resources};

use crate::actor::Actor;
use crate::authority::Permission;
use crate::fault::AdminFault;

/// A key with the moment from which it may sign. Never anything of its private half.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyStatus {
    /// The key at rest.
    pub key: StoredKey,
    /// From now on nobody who verifies can miss it.
    pub safe_at: Timestamp,
}

impl KeyStatus {
    fn of(key: StoredKey, policy: &Policy) -> Self {
        Self {
            safe_at: key.safe_at(policy.min_published),
            key,
        }
    }
}

/// Whether to act although something is not safe yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Insistence {
    /// Only when it is safe.
    None,
    /// Now, because of this; it goes into the audit trail.
    Because(String),
}

impl Insistence {
    fn haste(&self, policy: &Policy) -> Haste {
        match self {
            Insistence::None => Haste::WhenSafe(policy.min_published),
            Insistence::Because(_) => Haste::AtOnce,
        }
    }

    /// A sentence with the reason behind it, where there is one.
    fn tell(&self, sentence: String) -> String {
        match self {
            Insistence::None => sentence,
            Insistence::Because(reason) => format!("{sentence}; forced: {reason}"),
        }
    }
}

/// All keys, as the store orders them.
///
/// # Errors
/// `Storage`.
pub fn list(tx: &mut (impl Keys + ?Sized), ctx: &Ctx, actor: &Actor) -> Result<Vec<KeyStatus>, AdminFault> {
    actor.require(Permission::ViewKeys)?;
    let keys = tx.keys()?.into_iter();
    Ok(keys.map(|key| KeyStatus::of(key, &ctx.policy)).collect())
}

/// A key by id.
///
/// # Errors
/// `NotFound`; `Storage`.
pub fn find(
    tx: &mut (impl Keys + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    kid: &str,
) -> Result<KeyStatus, AdminFault> {
    actor.require(Permission::ViewKeys)?;
    by_kid(tx, ctx, kid)
}

/// As [`find`], for use-cases that asked for their own permission.
fn by_kid(tx: &mut (impl Keys + ?Sized), ctx: &Ctx, kid: &str) -> Result<KeyStatus, AdminFault> {
    let found = tx.keys()?.into_iter().find(|key| key.kid == kid);
    let found = found.map(|key| KeyStatus::of(key, &ctx.policy));
    found.ok_or_else(|| AdminFault::not_found("key", kid))
}

/// Nothing that `kid` signed until now is good after this: by what may be signed now, by what was counted, and by how far
/// clocks may disagree.
fn last_token<T>(tx: &mut T, ctx: &Ctx, kid: &str) -> Result<Timestamp, StorageFault>
where
    T: Keys + Resources + ?Sized,
{
    let now = ctx.now();
    let bound = now.plus(longest_life(&ctx.policy, &tx.catalogue()?));
    let counted = tx.signed(now)?.into_iter().filter(|signed| signed.kid == kid);
    let last = counted.map(|signed| signed.until).max().unwrap_or(bound);
    Ok(last.max(bound).plus(ctx.policy.leeway))
}

/// What turning keys needs of storage.
pub trait KeyPorts: Keys + Resources + Revocations + kernel::Audit {}
impl<T: Keys + Resources + Revocations + kernel::Audit + ?Sized> KeyPorts for T {}

impl From<LifeFault> for AdminFault {
    fn from(fault: LifeFault) -> Self {
        AdminFault::Conflict(fault.to_string())
    }
}

impl From<Unapplied> for AdminFault {
    fn from(fault: Unapplied) -> Self {
        match fault {
            Unapplied::Fault(fault) => fault.into(),
            Unapplied::Storage(fault) => fault.into(),
        }
    }
}
