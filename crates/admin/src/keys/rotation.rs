//! Turning keys by hand: the spare takes over, and a new spare is published in the same unit of work.

use std::time::Duration;

use kernel::{Ctx, Timestamp};
use token::SigningAlg;
use token::keys::handover::{self, of};
use token::keys::{Fresh, KeyPlan, KeyState, LifeFault, StoredKey};
use token::ports::{Clients, Keys, Resources};

use super::lineup::{Look, wanted};
use super::{Insistence, KeyPorts, KeyStatus, last_token};
use crate::actor::Actor;
use crate::audit::{Shown, tell, tell_states};
use crate::authority::Permission;
use crate::fault::AdminFault;

/// What became of an algorithm's keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// Which algorithm.
    pub alg: SigningAlg,
    /// Signs from now on.
    pub active: String,
    /// How long it had been in the JWK Set by then.
    pub published_for: Duration,
    /// Verifies until [`leaves_jwks_at`](Self::leaves_jwks_at).
    pub retiring: Option<String>,
    /// When the old key leaves the JWK Set.
    pub leaves_jwks_at: Option<Timestamp>,
    /// The new spare.
    pub next: String,
}

/// The algorithms a rotation is about: one that has keys, or all that have.
///
/// # Errors
/// `NotFound` for an algorithm without keys; `Storage`.
pub fn algorithms(
    tx: &mut (impl Keys + ?Sized),
    actor: &Actor,
    alg: Option<SigningAlg>,
) -> Result<Vec<SigningAlg>, AdminFault> {
    actor.require(Permission::ViewKeys)?;
    turning(tx, alg)
}

fn turning(tx: &mut (impl Keys + ?Sized), alg: Option<SigningAlg>) -> Result<Vec<SigningAlg>, AdminFault> {
    let keys = tx.keys()?;
    let signs = |alg: &SigningAlg| of(&keys, *alg, KeyState::Active).is_some();
    match alg {
        Some(alg) if signs(&alg) => Ok(vec![alg]),
        Some(alg) => Err(AdminFault::not_found("key for", alg)),
        None => Ok(SigningAlg::ALL.into_iter().filter(signs).collect()),
    }
}

/// Rotates one algorithm, or all: all of them or none.
///
/// # Errors
/// `NotFound` for an algorithm without keys; `Conflict` while a spare is not safe; `Storage`.
pub fn rotate(
    tx: &mut (impl KeyPorts + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    alg: Option<SigningAlg>,
    insistence: &Insistence,
    mut fresh: Fresh,
) -> Result<Vec<Rotated>, AdminFault> {
    actor.require(Permission::TurnKeys)?;
    let algorithms = turning(tx, alg)?;
    let turn = |alg| turn(tx, ctx, actor, alg, insistence, &mut fresh);
    algorithms.into_iter().map(turn).collect()
}

/// The spare with this id takes over.
///
/// # Errors
/// `NotFound`; `Conflict` for a key that is no spare, or not safe yet; `Storage`.
pub fn activate(
    tx: &mut (impl KeyPorts + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    kid: &str,
    insistence: &Insistence,
    mut fresh: Fresh,
) -> Result<Rotated, AdminFault> {
    actor.require(Permission::TurnKeys)?;
    let spare = super::by_kid(tx, ctx, kid)?.key;
    spare.activate(ctx.now())?;
    turn(tx, ctx, actor, spare.alg, insistence, &mut fresh)
}

/// One algorithm's turn.
pub(super) fn turn(
    tx: &mut (impl KeyPorts + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    alg: SigningAlg,
    insistence: &Insistence,
    fresh: &mut Fresh,
) -> Result<Rotated, AdminFault> {
    let (now, keys) = (ctx.now(), tx.keys()?);
    let spare = of(&keys, alg, KeyState::Next).ok_or(LifeFault::NoSpare(alg))?;
    let old = of(&keys, alg, KeyState::Active);
    let leaves = old.map(|old| last_token(tx, ctx, &old.kid)).transpose()?;
    let new = fresh.take(alg)?;
    let rotated = Rotated {
        alg,
        active: spare.kid.clone(),
        published_for: now.since(spare.published_at),
        retiring: old.map(|old| old.kid.clone()),
        leaves_jwks_at: leaves,
        next: new.kid.clone(),
    };
    let haste = insistence.haste(&ctx.policy);
    let writes = handover::rotate(&keys, alg, new, now, leaves.unwrap_or(now), haste)?;
    handover::apply(tx, &writes)?;
    fresh.still_fits(tx)??;
    let detail = format!(
        "{alg}: signs instead of {}, published {} s ago; next is {}",
        rotated.retiring.as_deref().unwrap_or("none"),
        rotated.published_for.as_secs(),
        rotated.next
    );
    let event = actor.event(now, "key.rotate").subject(&rotated.active);
    tell_states(tx, event.detail(insistence.tell(detail)), &keys, alg)?;
    Ok(rotated)
}

/// The new keys that [`generate`] will need, one entry each; none where nothing is missing.
///
/// # Errors
/// `Conflict` for an algorithm nobody wants: its keys would be taken away again; `Storage`.
pub fn missing<T>(
    tx: &mut T,
    actor: &Actor,
    plan: &KeyPlan,
    alg: Option<SigningAlg>,
) -> Result<Vec<SigningAlg>, AdminFault>
where
    T: Keys + Clients + Resources + ?Sized,
{
    actor.require(Permission::ViewKeys)?;
    lacking(tx, plan, alg)
}

fn lacking<T>(tx: &mut T, plan: &KeyPlan, alg: Option<SigningAlg>) -> Result<Vec<SigningAlg>, AdminFault>
where
    T: Keys + Clients + Resources + ?Sized,
{
    let keys = tx.keys()?;
    let wanted = wanted(tx, plan, &keys, Look::Everywhere)?;
    if let Some(alg) = alg.filter(|alg| !wanted.contains(alg)) {
        return Err(AdminFault::Conflict(format!(
            "nobody uses {alg}: list it in keys.algorithms, or choose it for a client or an API"
        )));
    }
    let meant = wanted.into_iter().filter(|own| alg.is_none_or(|alg| alg == *own));
    let lacks = |alg| {
        let lacking = |state: &KeyState| of(&keys, alg, *state).is_none();
        let count = [KeyState::Active, KeyState::Next]
            .iter()
            .filter(|state| lacking(state))
            .count();
        std::iter::repeat_n(alg, count)
    };
    Ok(meant.flat_map(lacks).collect())
}

/// Publishes what is missing: spares, and the first keys of algorithms that came into use. The new keys; none where nothing
/// is missing.
///
/// # Errors
/// As [`missing`]; `Conflict` when something else is missing by now; `Storage`.
pub fn generate<T>(
    tx: &mut T,
    ctx: &Ctx,
    actor: &Actor,
    plan: &KeyPlan,
    alg: Option<SigningAlg>,
    mut fresh: Fresh,
) -> Result<Vec<KeyStatus>, AdminFault>
where
    T: KeyPorts + Clients + ?Sized,
{
    actor.require(Permission::TurnKeys)?;
    let mut algorithms = lacking(tx, plan, alg)?;
    algorithms.dedup();
    let mut made = Vec::new();
    for alg in algorithms {
        made.extend(complete(tx, ctx, actor, alg, &mut fresh)?);
    }
    Ok(made
        .into_iter()
        .map(|key| KeyStatus::of(key, &ctx.policy))
        .collect())
}

/// Gives an algorithm what it lacks.
pub(super) fn complete(
    tx: &mut (impl KeyPorts + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    alg: SigningAlg,
    fresh: &mut Fresh,
) -> Result<Vec<StoredKey>, AdminFault> {
    let (now, keys) = (ctx.now(), tx.keys()?);
    if of(&keys, alg, KeyState::Active).is_none() && of(&keys, alg, KeyState::Next).is_some() {
        // The spare signs rather than nobody.
        let because = Insistence::Because("no key of the algorithm signs".to_owned());
        let rotated = turn(tx, ctx, actor, alg, &because, fresh)?;
        return Ok(vec![super::by_kid(tx, ctx, &rotated.next)?.key]);
    }
    let writes = match of(&keys, alg, KeyState::Active) {
        None => handover::begin(fresh.take(alg)?, fresh.take(alg)?, now),
        Some(_) => handover::add_spare(fresh.take(alg)?, now),
    };
    handover::apply(tx, &writes)?;
    fresh.still_fits(tx)??;
    let mut made = Vec::new();
    for write in writes {
        if let handover::Write::Publish(key) = write {
            let event = actor.event(now, "key.generate").subject(&key.kid);
            let event = tell(event, None, Some(Shown::of_keys(std::slice::from_ref(&key), alg)));
            tx.record(event.detail(format!("{alg}: {}", key.state.as_str())))?;
            made.push(key);
        }
    }
    Ok(made)
}
