//! When keys rotate by themselves, and whether they do.

use identity::ports::Insert;
use kernel::{Ctx, StorageFault, Timestamp};
use serde_json::json;
use token::SigningAlg;
use token::keys::handover::of;
use token::keys::{KeyPlan, KeyState, Rotation};
use token::ports::Keys;

use super::KeyPorts;
use crate::actor::Actor;
use crate::authority::Permission;
use crate::fault::AdminFault;

/// Names the pause among the installation's values; it holds the moment it began, in milliseconds, as text.
const PAUSED: &str = "key_rotation_paused";

/// The next rotation of one algorithm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Which algorithm.
    pub alg: SigningAlg,
    /// Signs until then.
    pub active: String,
    /// Signs from then on.
    pub next: Option<String>,
    /// When the next key may take over by hand.
    pub safe_at: Option<Timestamp>,
    /// When it takes over by itself; nothing while the schedule is paused.
    pub rotates_at: Option<Timestamp>,
}

/// The next rotation of every algorithm.
///
/// # Errors
/// `Storage`.
pub fn list(
    tx: &mut (impl Keys + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    plan: &KeyPlan,
) -> Result<Vec<Turn>, AdminFault> {
    actor.require(Permission::ViewKeys)?;
    Ok(turns(tx, ctx, plan)?)
}

/// As [`list`], for use-cases that asked for their own permission.
pub(super) fn turns(
    tx: &mut (impl Keys + ?Sized),
    ctx: &Ctx,
    plan: &KeyPlan,
) -> Result<Vec<Turn>, StorageFault> {
    let (keys, rotation) = (tx.keys()?, state(tx)?);
    let wait = ctx.policy.min_published;
    let turn = |alg| {
        let active = of(&keys, alg, KeyState::Active)?;
        let next = of(&keys, alg, KeyState::Next);
        let rotates_at = plan.rotates_at(&keys, alg, wait);
        Some(Turn {
            alg,
            active: active.kid.clone(),
            next: next.map(|next| next.kid.clone()),
            safe_at: next.map(|next| next.safe_at(wait)),
            rotates_at: rotates_at.filter(|_| rotation == Rotation::Running),
        })
    };
    Ok(SigningAlg::ALL.into_iter().filter_map(turn).collect())
}

/// Whether keys rotate by themselves.
///
/// # Errors
/// `Storage`.
pub fn rotation(tx: &mut (impl Keys + ?Sized), actor: &Actor) -> Result<Rotation, AdminFault> {
    actor.require(Permission::ViewKeys)?;
    Ok(state(tx)?)
}

/// As [`rotation`], for use-cases that asked for their own permission.
pub(super) fn state(tx: &mut (impl Keys + ?Sized)) -> Result<Rotation, StorageFault> {
    Ok(match tx.meta(PAUSED)? {
        Some(_) => Rotation::Paused,
        None => Rotation::Running,
    })
}

/// Keys rotate by hand only from now on. Retirements go on: what nobody needs any more leaves.
///
/// # Errors
/// `Conflict` when they do already; `Storage`.
pub fn pause(
    tx: &mut (impl KeyPorts + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    reason: Option<&str>,
) -> Result<(), AdminFault> {
    actor.require(Permission::TurnKeys)?;
    let since = ctx.now().as_millis().to_string();
    if tx.insert_meta(PAUSED, since.as_bytes())? == Insert::Taken {
        return Err(AdminFault::Conflict("the schedule is paused already".to_owned()));
    }
    let event = actor.event(ctx.now(), "key.schedule.pause");
    let event = event.before(schedule("running")).after(schedule("paused"));
    tx.record(event.detail(reason.unwrap_or("no reason given")))?;
    Ok(())
}

/// Keys rotate by themselves again. What came due meanwhile is done within the minute.
///
/// # Errors
/// `Conflict` when they do already; `Storage`.
pub fn resume(tx: &mut (impl KeyPorts + ?Sized), ctx: &Ctx, actor: &Actor) -> Result<(), AdminFault> {
    actor.require(Permission::TurnKeys)?;
    let since = tx.meta(PAUSED)?;
    let since = since.ok_or_else(|| AdminFault::Conflict("the schedule is not paused".to_owned()))?;
    tx.delete_meta(PAUSED, &since)?;
    let event = actor.event(ctx.now(), "key.schedule.resume");
    tx.record(event.before(schedule("paused")).after(schedule("running")))?;
    Ok(())
}

fn schedule(state: &str) -> serde_json::Value {
    json!({ "schedule": state })
}
