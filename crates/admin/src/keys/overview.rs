//! Everything about keys at one look: per algorithm its keys, who uses it, and when it rotates.

use std::time::Duration;

use kernel::{Ctx, StorageFault, Timestamp};
use token::SigningAlg;
use token::keys::{KeyPlan, KeyState, Rotation, StoredKey};
use token::ports::{Clients, Keys, Resources};

use super::KeyStatus;
use super::evidence::{self, Evidence, PAGE};
use super::lineup::algorithms_of;
use super::schedule::{self, Turn};
use crate::actor::Actor;
use crate::authority::Permission;
use crate::fault::AdminFault;

/// How long a key that left the JWK Set is still shown.
const MEMORY: Duration = Duration::from_secs(120 * 24 * 3600);

/// All algorithms.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    /// Those that have keys.
    pub algorithms: Vec<Line>,
    /// Whether keys rotate by themselves.
    pub rotation: Rotation,
    /// How long a key signs before its spare takes over.
    pub rotate_every: Duration,
}

/// One algorithm.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Which.
    pub alg: SigningAlg,
    /// Its keys: the spare, the one that signs, then those that did, the newest first.
    pub keys: Vec<Known>,
    /// Its next rotation; none while no key of it signs.
    pub turn: Option<Turn>,
    /// Enabled clients whose tokens it signs.
    pub clients: usize,
    /// APIs that asked for it.
    pub resources: usize,
}

/// One key with what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// Where it stands.
    pub status: KeyStatus,
    /// When it stopped signing: when another took over, or it was taken back.
    pub signed_until: Option<Timestamp>,
    /// What it signed that is still good.
    pub evidence: Evidence,
}

/// The overview.
///
/// # Errors
/// `Forbidden`; `Storage`.
pub fn overview<T>(tx: &mut T, ctx: &Ctx, actor: &Actor, plan: &KeyPlan) -> Result<Overview, AdminFault>
where
    T: Keys + Clients + Resources + ?Sized,
{
    actor.require(Permission::ViewKeys)?;
    let (now, all) = (ctx.now(), tx.keys()?);
    let turns = schedule::turns(tx, ctx, plan)?;
    let using = users(tx)?;
    let catalogue = tx.catalogue()?;
    let mut algorithms = Vec::new();
    for alg in SigningAlg::ALL {
        let mut keys: Vec<StoredKey> = all.iter().filter(|key| key.alg == alg).cloned().collect();
        keys.retain(|key| key.leaves_jwks_at.is_none_or(|left| left.plus(MEMORY) > now));
        if keys.is_empty() {
            continue;
        }
        keys.sort_by_key(|key| (rank(key.state), std::cmp::Reverse(key.published_at)));
        let asked = catalogue
            .resources()
            .filter(|resource| resource.access_token_alg == Some(alg));
        algorithms.push(Line {
            alg,
            turn: turns.iter().find(|turn| turn.alg == alg).cloned(),
            clients: using.iter().filter(|algs| algs.contains(&alg)).count(),
            resources: asked.count(),
            keys: keys
                .into_iter()
                .map(|key| known(tx, ctx, &all, key))
                .collect::<Result<_, _>>()?,
        });
    }
    Ok(Overview {
        algorithms,
        rotation: schedule::state(tx)?,
        rotate_every: plan.rotate_every,
    })
}

fn rank(state: KeyState) -> u8 {
    match state {
        KeyState::Next => 0,
        KeyState::Active => 1,
        KeyState::Retiring => 2,
        KeyState::Retired | KeyState::Revoked => 3,
    }
}

fn known<T>(tx: &mut T, ctx: &Ctx, all: &[StoredKey], key: StoredKey) -> Result<Known, StorageFault>
where
    T: Keys + ?Sized,
{
    Ok(Known {
        signed_until: signed_until(all, &key),
        evidence: evidence::about(tx, ctx, &key.kid)?,
        status: KeyStatus::of(key, &ctx.policy),
    })
}

/// It is not stored: a key stops to sign at the moment its successor begins, or when it is taken back.
fn signed_until(all: &[StoredKey], key: &StoredKey) -> Option<Timestamp> {
    let began = key.activated_at?;
    let successors = all
        .iter()
        .filter(|other| other.alg == key.alg && other.kid != key.kid);
    let taken_over = successors
        .filter_map(|other| other.activated_at)
        .filter(|at| *at > began)
        .min();
    let taken_back = key.leaves_jwks_at.filter(|_| key.state == KeyState::Revoked);
    match key.state {
        KeyState::Next | KeyState::Active => None,
        KeyState::Retiring | KeyState::Retired | KeyState::Revoked => taken_over
            .into_iter()
            .chain(taken_back)
            .min()
            .or(key.leaves_jwks_at),
    }
}

/// For every client that holds tokens, the algorithms its tokens are signed with.
fn users(tx: &mut (impl Clients + ?Sized)) -> Result<Vec<Vec<SigningAlg>>, StorageFault> {
    let (mut using, mut last) = (Vec::new(), None::<String>);
    loop {
        let page = tx.clients(last.as_deref(), PAGE)?;
        let Some(end) = page.last() else {
            return Ok(using);
        };
        last = Some(end.client_id.clone());
        let holders = page.iter().filter(|client| evidence::holds_tokens(client));
        using.extend(holders.map(|client| algorithms_of(client).into_iter().collect::<Vec<_>>()));
    }
}
