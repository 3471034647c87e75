//! Taking keys out of the JWK Set: when nothing they signed is good any more, or at once, because they leaked.

use std::time::Duration;

use identity::ports::Found;
use kernel::{Ctx, Timestamp};
use session::{Revocation, Revoked};
use token::SigningAlg;
use token::keys::handover::{self, of};
use token::keys::{Fresh, KeyState, LifeFault};
use token::ports::{Clients, Keys, Resources};

use super::evidence::{self, Evidence};
use super::{Insistence, KeyPorts, KeyStatus};
use crate::actor::Actor;
use crate::audit::tell_states;
use crate::authority::Permission;
use crate::fault::AdminFault;
use crate::statistics::{self, Statistics};

/// A retiring key leaves the JWK Set. Its public half stays, for ID tokens given as hints.
///
/// # Errors
/// `NotFound`; `Conflict` for a key that does not retire, or whose tokens may still be good; `Storage`.
pub fn retire(
    tx: &mut (impl KeyPorts + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    kid: &str,
    insistence: &Insistence,
) -> Result<KeyStatus, AdminFault> {
    actor.require(Permission::TurnKeys)?;
    let key = super::by_kid(tx, ctx, kid)?.key;
    let writes = handover::retire(&key, ctx.now(), insistence.haste(&ctx.policy))?;
    let before = tx.keys()?;
    handover::apply(tx, &writes)?;
    let event = actor.event(ctx.now(), "key.retire").subject(kid);
    let event = event.detail(insistence.tell(key.alg.to_string()));
    tell_states(tx, event, &before, key.alg)?;
    super::by_kid(tx, ctx, kid)
}

/// What taking a key back will do, as far as that can be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlastRadius {
    /// Which key.
    pub kid: String,
    /// Its algorithm.
    pub alg: SigningAlg,
    /// Where it stands.
    pub state: KeyState,
    /// Which key signs then; none when this one does not sign now.
    pub successor: Option<Successor>,
    /// What it signed that is still good.
    pub evidence: Evidence,
    /// Enabled clients whose tokens are signed with the algorithm, by id.
    pub clients: Vec<String>,
    /// Sessions in which somebody is signed in. They go on: no cookie is signed with this key.
    pub sessions: u64,
    /// An API that verifies by itself believes the key until it fetches the JWK Set anew. How long that takes is its own
    /// decision; this is `keys.min_published` from now, what the operator allows for.
    pub believed_elsewhere_until: Timestamp,
}

/// The key that takes over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Successor {
    /// Which key.
    pub kid: String,
    /// How long it has been in the JWK Set.
    pub published_for: Duration,
    /// When every verifier will have it, as `safe_at` says.
    pub safe_at: Timestamp,
}

/// What revoking this key would do.
///
/// # Errors
/// `NotFound`; `Conflict` for a key that was revoked already; `Storage`.
pub fn blast_radius<T>(tx: &mut T, ctx: &Ctx, actor: &Actor, kid: &str) -> Result<BlastRadius, AdminFault>
where
    T: Keys + Clients + Resources + Statistics + ?Sized,
{
    actor.require(Permission::ViewKeys)?;
    // The clients and the sessions in it are told to those who may ask for them alone.
    actor.require(Permission::ViewApplications)?;
    actor.require(Permission::ViewSessions)?;
    let key = super::by_kid(tx, ctx, kid)?.key;
    key.revoke(ctx.now())?;
    let keys = tx.keys()?;
    let spare = of(&keys, key.alg, KeyState::Next).filter(|_| key.state == KeyState::Active);
    Ok(BlastRadius {
        alg: key.alg,
        state: key.state,
        successor: spare.map(|spare| Successor {
            kid: spare.kid.clone(),
            published_for: ctx.now().since(spare.published_at),
            safe_at: spare.safe_at(ctx.policy.min_published),
        }),
        evidence: evidence::about(tx, ctx, kid)?,
        clients: evidence::clients_using(tx, actor, key.alg)?,
        sessions: statistics::live_sessions(tx, ctx)?,
        believed_elsewhere_until: ctx.now().plus(ctx.policy.min_published),
        kid: key.kid,
    })
}

/// Takes a key back: out of the JWK Set, nothing it signed is believed, the spare signs at once where it signed. What that
/// means was looked up before, in a unit of work that only read: counting takes time, and nobody else writes meanwhile.
///
/// # Errors
/// `NotFound`; `Conflict` for a key that was revoked already or took a step since `radius` was told, or when no new spare was
/// made; `Storage`.
pub fn revoke(
    tx: &mut (impl KeyPorts + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    radius: &BlastRadius,
    reason: Option<&str>,
    mut fresh: Fresh,
) -> Result<(), AdminFault> {
    actor.require(Permission::RevokeKeys)?;
    let (now, keys) = (ctx.now(), tx.keys()?);
    let kid = &radius.kid;
    let key = keys.iter().find(|key| key.kid == *kid);
    let key = key.ok_or_else(|| AdminFault::not_found("key", kid))?;
    key.revoke(now)?;
    if key.state != radius.state {
        return Err(LifeFault::Overtaken(kid.clone()).into());
    }
    let new = match key.state {
        KeyState::Active | KeyState::Next => Some(fresh.take(key.alg)?),
        KeyState::Retiring | KeyState::Retired | KeyState::Revoked => None,
    };
    let publishes = if new.is_some() { Found::Yes } else { Found::No };
    handover::apply(tx, &handover::revoke(&keys, key, new, now)?)?;
    if publishes == Found::Yes {
        fresh.still_fits(tx)??;
    }
    // No ring has the key any more. The list also tells processes whose ring is older than the list.
    tx.revoke(&Revocation::at(now, Revoked::Key(kid.clone())))?;
    let event = actor.event(now, "key.revoke").subject(kid);
    tell_states(tx, event.detail(story(radius, reason)), &keys, radius.alg)
}

fn story(radius: &BlastRadius, reason: Option<&str>) -> String {
    let successor = radius.successor.as_ref().map(|successor| {
        let seconds = successor.published_for.as_secs();
        format!("; {} signs instead, published {seconds} s ago", successor.kid)
    });
    format!(
        "{}, {}; {} counted tokens were good{}; {}",
        radius.alg,
        radius.state.as_str(),
        radius.evidence.live_tokens,
        successor.unwrap_or_default(),
        reason.unwrap_or("no reason given")
    )
}
