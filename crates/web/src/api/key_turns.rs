//! Turning signing keys: rotating, activating, retiring, revoking, publishing what is missing, and the schedule.
//!
//! New keys are made between two units of work: the first finds out which are needed, the second publishes them and fails when
//! the world has moved on meanwhile.

use std::sync::Arc;

use actix_web::web;
use admin::keys::Insistence;
use admin::keys::custody::Custody;
use admin::keys::rotation::{self, Rotated};
use admin::keys::schedule;
use admin::keys::withdrawal::{self, BlastRadius};
use admin::{Actor, AdminFault, Permission as P};
use kernel::{Ctx, Timestamp};
use serde::{Deserialize, Serialize};
use token::SigningAlg;
use token::keys::fresh::Check;
use token::keys::{Fresh, KeyFault, KeyState, Rotation};
use utoipa::ToSchema;

use super::Answer;
use super::call::{AllPorts, Call, Stop};
use super::keys::{Key, Radius};
use super::operation::{Operation, get, post};
use super::problem::Problem;
use super::reply::Reply;

const TURN: &[P] = &[P::ViewKeys, P::TurnKeys];
const SAFE: &str = "Before `safe_at` somebody who verifies may not have the key yet: that is refused, unless `force` comes with a \
                    `reason`, which goes into the audit trail.";

pub(super) fn operations() -> Vec<Operation> {
    vec![
        post("/keys/rotate", ("rotateKeys", "The spare takes over, for one algorithm or for all"), TURN, rotate)
            .may_take::<Turn>()
            .gives::<Turned>()
            .faults(&[404, 409])
            .more(SAFE),
        post("/keys/generate", ("generateKeys", "Publishes keys that are missing"), TURN, generate)
            .may_take::<Which>()
            .gives::<Made>()
            .faults(&[409]),
        post("/keys/{kid}/activate", ("activateKey", "This spare takes over"), TURN, activate)
            .may_take::<Step>()
            .gives::<TurnedKey>()
            .faults(&[409])
            .more(SAFE),
        post("/keys/{kid}/retire", ("retireKey", "A retiring key leaves the JWK Set"), TURN, retire)
            .may_take::<Step>()
            .gives::<Key>()
            .faults(&[409]),
        post("/keys/{kid}/revoke", ("revokeKey", "Takes a key back at once, and what it signed with it"), REVOKE, revoke)
            .takes::<Revocation>()
            .gives::<Radius>()
            .faults(&[409])
            .more("Look at its blast radius first: `state` says how the key stood there. The answer is that of the blast radius."),
        get("/key-schedule", ("getKeySchedule", "When keys rotate by themselves, and whether they do"), &[P::ViewKeys], look)
            .gives::<Schedule>(),
        post("/key-schedule/pause", ("pauseKeySchedule", "Keys rotate by hand only from now on"), TURN, pause)
            .may_take::<Reason>()
            .faults(&[409]),
        post("/key-schedule/resume", ("resumeKeySchedule", "Keys rotate by themselves again"), TURN, resume)
            .faults(&[409]),
    ]
}

const REVOKE: &[P] = &[P::ViewKeys, P::ViewApplications, P::ViewSessions, P::RevokeKeys];

/// Which algorithm is turned.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = KeyTurn)]
struct Turn {
    /// Absent: every algorithm.
    #[schema(example = "ES256")]
    alg: Option<String>,
    /// Act before it is safe.
    force: bool,
    /// Why; needed with `force`.
    reason: Option<String>,
}

/// A step of one key.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = KeyStep)]
struct Step {
    /// Act before it is safe.
    force: bool,
    /// Why; needed with `force`.
    reason: Option<String>,
}

/// Which algorithm.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = KeyAlgorithm)]
struct Which {
    /// Absent: every algorithm.
    alg: Option<String>,
}

/// Why something is done.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct Reason {
    /// For the audit trail.
    reason: Option<String>,
}

/// A key to be taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = KeyRevocation)]
struct Revocation {
    /// As the blast radius said: `next`, `active`, `retiring` or `retired`.
    state: String,
    /// For the audit trail.
    reason: Option<String>,
}

/// What was turned.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TurnedKeys)]
struct Turned {
    rotated: Vec<TurnedKey>,
}

/// What became of an algorithm's keys.
#[derive(Debug, Serialize, ToSchema)]
struct TurnedKey {
    alg: &'static str,
    /// Signs from now on.
    kid: String,
    published_for_seconds: u64,
    /// Verifies until `leaves_jwks_at`.
    retiring: Option<String>,
    leaves_jwks_at: Option<String>,
    /// The new spare.
    next: String,
}

impl From<Rotated> for TurnedKey {
    fn from(rotated: Rotated) -> Self {
        Self {
            alg: rotated.alg.as_str(),
            kid: rotated.active,
            published_for_seconds: rotated.published_for.as_secs(),
            retiring: rotated.retiring,
            leaves_jwks_at: rotated.leaves_jwks_at.map(Timestamp::to_rfc3339),
            next: rotated.next,
        }
    }
}

/// The keys that were missing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MadeKeys)]
struct Made {
    keys: Vec<Key>,
}

/// When keys rotate by themselves.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KeySchedule)]
struct Schedule {
    /// `running` or `paused`.
    rotation: &'static str,
    rotate_every_seconds: u64,
    turns: Vec<NextTurn>,
}

/// The next rotation of one algorithm.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NextKeyTurn)]
struct NextTurn {
    alg: &'static str,
    /// Signs until then.
    kid: String,
    /// Signs from then on.
    next: Option<String>,
    safe_at: Option<String>,
    /// Nothing while the schedule is paused.
    rotates_at: Option<String>,
}

fn alg(name: Option<&str>) -> Result<Option<SigningAlg>, Problem> {
    let parsed = name.map(str::parse::<SigningAlg>).transpose();
    parsed.map_err(|wrong| Problem::invalid(vec![format!("alg: {wrong}")]))
}

/// What `force` and `reason` mean together.
fn insistence(force: bool, reason: Option<String>) -> Result<Insistence, Problem> {
    let reason = brief(reason).filter(|reason| !reason.trim().is_empty());
    match (force, reason) {
        (false, _) => Ok(Insistence::None),
        (true, Some(reason)) => Ok(Insistence::Because(reason)),
        (true, None) => Err(Problem::invalid(vec![
            "reason: to act before it is safe takes one".to_owned(),
        ])),
    }
}

fn brief(reason: Option<String>) -> Option<String> {
    reason.map(|reason| reason.chars().take(500).collect())
}

/// Makes the new keys that `needed` names, sealed for this database.
async fn make(
    call: &Call,
    needed: impl FnOnce(&mut AllPorts, &Ctx, &Actor) -> Result<Vec<SigningAlg>, Stop> + Send + 'static,
) -> Result<Fresh, Problem> {
    let custody: Arc<dyn Custody> = Arc::clone(&call.state.custody);
    let asked = Arc::clone(&custody);
    let (algorithms, check) = call
        .read(move |tx, ctx, actor| {
            let algorithms = needed(tx, ctx, actor)?;
            let check = Check::of(tx, &asked.master()).map_err(refused)?;
            Ok((algorithms, check))
        })
        .await?;
    let ctx = Arc::clone(&call.state.ctx);
    let made = web::block(move || custody.make(&algorithms, check, &ctx)).await;
    let made = made.map_err(|_| AdminFault::Conflict("the server is stopping".to_owned()))?;
    Ok(made.map_err(refused)?)
}

fn refused(fault: KeyFault) -> AdminFault {
    match fault {
        KeyFault::Storage(fault) => AdminFault::Storage(fault),
        fault => AdminFault::Conflict(fault.to_string()),
    }
}

/// After keys were turned: what is answered from now on is signed with what there is now.
async fn settle(call: &Call) {
    let custody = Arc::clone(&call.state.custody);
    // Only a server that stops does not get to it; its successor will.
    let _ = web::block(move || custody.settle()).await;
}

async fn rotate(call: Call) -> Answer {
    let said: Turn = call.said()?;
    let (alg, insistence) = (alg(said.alg.as_deref())?, insistence(said.force, said.reason)?);
    let fresh = make(&call, move |tx, _, actor| {
        Ok(rotation::algorithms(tx, actor, alg)?)
    })
    .await?;
    let rotated = call
        .write(move |tx, ctx, actor| Ok(rotation::rotate(tx, ctx, actor, alg, &insistence, fresh)?))
        .await?;
    settle(&call).await;
    Reply::ok(&Turned {
        rotated: rotated.into_iter().map(TurnedKey::from).collect(),
    })
}

async fn generate(call: Call) -> Answer {
    let said: Which = call.said()?;
    let alg = alg(said.alg.as_deref())?;
    let (plan, again) = (call.state.key_plan.clone(), call.state.key_plan.clone());
    let fresh = make(&call, move |tx, _, actor| {
        Ok(rotation::missing(tx, actor, &plan, alg)?)
    })
    .await?;
    let made = call
        .write(move |tx, ctx, actor| Ok(rotation::generate(tx, ctx, actor, &again, alg, fresh)?))
        .await?;
    settle(&call).await;
    Reply::ok(&Made {
        keys: made.iter().map(Key::from).collect(),
    })
}

async fn activate(call: Call) -> Answer {
    let (kid, said) = (call.segment("kid"), call.said::<Step>()?);
    let insistence = insistence(said.force, said.reason)?;
    let wanted = kid.clone();
    let fresh = make(&call, move |tx, ctx, actor| {
        Ok(vec![admin::keys::find(tx, ctx, actor, &wanted)?.key.alg])
    })
    .await?;
    let rotated = call
        .write(move |tx, ctx, actor| Ok(rotation::activate(tx, ctx, actor, &kid, &insistence, fresh)?))
        .await?;
    settle(&call).await;
    Reply::ok(&TurnedKey::from(rotated))
}

async fn retire(call: Call) -> Answer {
    let (kid, said) = (call.segment("kid"), call.said::<Step>()?);
    let insistence = insistence(said.force, said.reason)?;
    let status = call
        .write(move |tx, ctx, actor| Ok(withdrawal::retire(tx, ctx, actor, &kid, &insistence)?))
        .await?;
    settle(&call).await;
    Reply::ok(&Key::from(&status))
}

async fn revoke(call: Call) -> Answer {
    let (kid, said) = (call.segment("kid"), call.said::<Revocation>()?);
    let radius = call
        .read(move |tx, ctx, actor| stood(withdrawal::blast_radius(tx, ctx, actor, &kid)?, &said.state))
        .await;
    let radius: BlastRadius = radius?;
    let shown = Radius::from(&radius);
    let leaves_a_gap = matches!(radius.state, KeyState::Active | KeyState::Next);
    let needed: Vec<_> = leaves_a_gap.then_some(radius.alg).into_iter().collect();
    let fresh = make(&call, move |_, _, _| Ok(needed)).await?;
    let reason = brief(said.reason);
    call.write(move |tx, ctx, actor| {
        Ok(withdrawal::revoke(
            tx,
            ctx,
            actor,
            &radius,
            reason.as_deref(),
            fresh,
        )?)
    })
    .await?;
    settle(&call).await;
    Reply::ok(&shown)
}

/// The key stands as somebody saw it.
fn stood(radius: BlastRadius, seen: &str) -> Result<BlastRadius, Stop> {
    if radius.state.as_str() == seen {
        return Ok(radius);
    }
    let reason = format!(
        "the key is {} by now: look again what revoking it does",
        radius.state.as_str()
    );
    Err(AdminFault::Conflict(reason).into())
}

async fn look(call: Call) -> Answer {
    let plan = call.state.key_plan.clone();
    let every = plan.rotate_every;
    let (turns, rotation) = call
        .read(move |tx, ctx, actor| {
            Ok((
                schedule::list(tx, ctx, actor, &plan)?,
                schedule::rotation(tx, actor)?,
            ))
        })
        .await?;
    let next = |turn: schedule::Turn| NextTurn {
        alg: turn.alg.as_str(),
        kid: turn.active,
        next: turn.next,
        safe_at: turn.safe_at.map(Timestamp::to_rfc3339),
        rotates_at: turn.rotates_at.map(Timestamp::to_rfc3339),
    };
    Reply::ok(&Schedule {
        rotation: match rotation {
            Rotation::Running => "running",
            Rotation::Paused => "paused",
        },
        rotate_every_seconds: every.as_secs(),
        turns: turns.into_iter().map(next).collect(),
    })
}

async fn pause(call: Call) -> Answer {
    let reason = brief(call.said::<Reason>()?.reason);
    call.write(move |tx, ctx, actor| Ok(schedule::pause(tx, ctx, actor, reason.as_deref())?))
        .await?;
    Ok(Reply::nothing())
}

async fn resume(call: Call) -> Answer {
    call.write(move |tx, ctx, actor| Ok(schedule::resume(tx, ctx, actor)?))
        .await?;
    Ok(Reply::nothing())
}
