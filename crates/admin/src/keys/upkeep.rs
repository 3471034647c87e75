//! What a server does for keys by itself: it rotates, retires, begins and ends what is due, and stores what was counted.
//!
//! Every step is a unit of work of its own that looks again whether the step is due. So two nodes never do a thing twice, and
//! a process that dies anywhere leaves one key that signs and one spare; the rest is done by the next look. Leading spares
//! the others the making of keys nobody needs, nothing depends on it.

use std::time::Duration;

use identity::ports::Found;
use kernel::{Ctx, StorageFault, Timestamp};
use token::keys::handover;
use token::keys::{Fresh, KeyPlan, KeyState, LifeFault, Signed, Step, StoredKey, schedule};
use token::ports::Clients;

use super::lineup::{self, Look};
use super::rotation::{complete, turn};
use super::{Insistence, KeyPorts, last_token, withdrawal};
use crate::actor::Actor;
use crate::audit::tell_states;
use crate::authority::Permission;
use crate::fault::AdminFault;
use crate::lead::Job;
pub use crate::lead::Lead;

/// A leader that is silent for longer has died. Longer than any step takes.
pub const LEASE: Duration = Duration::from_secs(15);
const UPKEEP: Job = Job {
    name: "key_upkeep_leader",
    lease: LEASE,
};

/// What there is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    /// Due now, in this order.
    pub steps: Vec<Step>,
    /// When something will be due of which this is known already.
    pub next_at: Option<Timestamp>,
}

/// Whether something was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// By us.
    Yes,
    /// It was not due any more: somebody else was faster.
    NotDue,
}

/// Looks what is due.
///
/// # Errors
/// `Storage`.
pub fn look<T>(
    tx: &mut T,
    ctx: &Ctx,
    actor: &Actor,
    plan: &KeyPlan,
    look: Look,
) -> Result<Outlook, AdminFault>
where
    T: KeyPorts + Clients + ?Sized,
{
    actor.require(Permission::ViewKeys)?;
    Ok(outlook(tx, ctx, plan, look)?)
}

fn outlook<T>(tx: &mut T, ctx: &Ctx, plan: &KeyPlan, look: Look) -> Result<Outlook, StorageFault>
where
    T: KeyPorts + Clients + ?Sized,
{
    let keys = tx.keys()?;
    let wanted = lineup::wanted(tx, plan, &keys, look)?;
    let (rotation, now) = (super::schedule::state(tx)?, ctx.now());
    let retirements = keys.iter().filter(|key| key.state == KeyState::Retiring);
    let retirements = retirements.filter_map(|key| key.leaves_jwks_at);
    let turns = super::schedule::turns(tx, ctx, plan)?.into_iter();
    let moments = turns.filter_map(|turn| turn.rotates_at).chain(retirements);
    Ok(Outlook {
        steps: schedule::due(&keys, plan, &wanted, rotation, now, &ctx.policy),
        next_at: moments.filter(|at| *at > now).min(),
    })
}

/// Takes the lead, or keeps it, unless another node has it.
///
/// # Errors
/// `Storage`.
pub fn lead(
    tx: &mut (impl KeyPorts + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    node: &str,
) -> Result<Lead, AdminFault> {
    actor.require(Permission::TurnKeys)?;
    Ok(UPKEEP.lead(tx, node, ctx.now())?)
}

/// Gives the lead up: everything is done.
///
/// # Errors
/// `Storage`.
pub fn give_up_lead(tx: &mut (impl KeyPorts + ?Sized), actor: &Actor, node: &str) -> Result<(), AdminFault> {
    actor.require(Permission::TurnKeys)?;
    Ok(UPKEEP.give_up(tx, node)?)
}

/// Does one step, if it is still due.
///
/// # Errors
/// `Conflict` when somebody else is doing it this moment; `Storage`.
pub fn perform<T>(
    tx: &mut T,
    ctx: &Ctx,
    actor: &Actor,
    plan: &KeyPlan,
    step: &Step,
    mut fresh: Fresh,
) -> Result<Done, AdminFault>
where
    T: KeyPorts + Clients + ?Sized,
{
    actor.require(Permission::TurnKeys)?;
    let thorough = match step {
        Step::Begin(_) | Step::GiveUp(_) => Look::Everywhere,
        Step::AddSpare(_) | Step::Promote(_) | Step::Rotate(_) | Step::Retire(_) => Look::AtWhatMayEnd,
    };
    if !outlook(tx, ctx, plan, thorough)?.steps.contains(step) {
        return Ok(Done::NotDue);
    }
    match step {
        Step::Begin(alg) | Step::AddSpare(alg) | Step::Promote(alg) => {
            complete(tx, ctx, actor, *alg, &mut fresh)?;
        }
        Step::Rotate(alg) => turn(tx, ctx, actor, *alg, &Insistence::None, &mut fresh).map(drop)?,
        Step::Retire(kid) => withdrawal::retire(tx, ctx, actor, kid, &Insistence::None).map(drop)?,
        Step::GiveUp(alg) => {
            let keys = tx.keys()?;
            let active = handover::of(&keys, *alg, KeyState::Active);
            let last = active
                .map(|active| last_token(tx, ctx, &active.kid))
                .transpose()?;
            let writes = handover::give_up(&keys, *alg, ctx.now(), last.unwrap_or(ctx.now()))?;
            handover::apply(tx, &writes)?;
            let event = actor.event(ctx.now(), "key.algorithm.end").subject(alg);
            let event = event.detail("nobody uses it, and keys.algorithms does not list it");
            tell_states(tx, event, &keys, *alg)?;
        }
    }
    Ok(Done::Yes)
}

/// Stores what a process counted. A retiring key that signed something later than was known, on a node that had not heard of
/// its retirement, stays as long as that is good.
///
/// # Errors
/// `Storage`.
pub fn store_signed(
    tx: &mut (impl KeyPorts + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    counted: &[Signed],
) -> Result<(), AdminFault> {
    actor.require(Permission::TurnKeys)?;
    tx.add_signed(counted)?;
    for key in tx.keys()? {
        let of_key = counted.iter().filter(|signed| signed.kid == key.kid);
        let last = of_key.map(|signed| signed.until.plus(ctx.policy.leeway)).max();
        let stays = last.filter(|last| key.leaves_jwks_at.is_some_and(|leaves| leaves < *last));
        if let Some(leaves) = stays.filter(|_| key.state == KeyState::Retiring) {
            let later = StoredKey {
                leaves_jwks_at: Some(leaves),
                ..key
            };
            if tx.update_key(&later, KeyState::Retiring)? == Found::No {
                return Err(LifeFault::Overtaken(later.kid).into());
            }
        }
    }
    Ok(())
}
