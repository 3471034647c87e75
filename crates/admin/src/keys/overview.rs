//! Everything about keys at one look: per algorithm its keys, who uses it, and when it rotates.

use std::collections::HashMap;
use std::time::Duration;

use kernel::{Ctx, StorageFault, Timestamp};
use token::SigningAlg;
use token::client::Recipient;
use token::keys::handover::of;
use token::keys::{KeyPlan, KeyState, Rotation, StoredKey};
use token::ports::{Clients, Keys, Resources};

use super::KeyStatus;
use super::evidence::{self, Evidence};
use super::schedule::{self, Turn};
use super::sightings::JwksSightings;
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
    /// Clients whose tokens it signs.
    pub clients: usize,
    /// Which of them have seen the spare.
    pub seen: Seen,
    /// APIs that asked for it.
    pub resources: usize,
}

/// Which clients have seen the spare of an algorithm, as far as it can be inferred ([`sightings`](super::sightings)).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// So many fetched the JWK Set since the spare is in it.
    pub have: usize,
    /// Those that did not, the one last seen longest ago first; never, before all. The first few.
    pub have_not: Vec<Unseen>,
    /// So many did not, in all.
    pub missing: usize,
    /// Public clients, of which nothing can be inferred: anybody may call themselves one.
    pub unknowable: usize,
}

/// A client that has not been seen with the spare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unseen {
    /// Which.
    pub client_id: String,
    /// Its name.
    pub name: String,
    /// When it last fetched the JWK Set.
    pub last: Option<Timestamp>,
}

/// So many of those that have not seen a spare are named.
const NAMED: usize = 5;

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
    T: Keys + Clients + Resources + JwksSightings + ?Sized,
{
    actor.require(Permission::ViewKeys)?;
    let (now, all) = (ctx.now(), tx.keys()?);
    let turns = schedule::turns(tx, ctx, plan)?;
    let using = evidence::recipients(tx)?;
    let sightings = sightings(tx)?;
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
            clients: using.iter().filter(|client| client.uses(alg)).count(),
            seen: named(tx, seen(&using, alg, &keys, &sightings))?,
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

fn sightings(tx: &mut (impl JwksSightings + ?Sized)) -> Result<HashMap<String, Timestamp>, StorageFault> {
    let all = tx.jwks_sightings()?.into_iter();
    Ok(all
        .map(|sighting| (sighting.client_id, sighting.fetched_at))
        .collect())
}

/// Who of the algorithm's clients fetched the JWK Set since its spare is in it.
/// Whoever is named has their id for a name yet.
fn seen(using: &[Recipient], alg: SigningAlg, keys: &[StoredKey], last: &HashMap<String, Timestamp>) -> Seen {
    let Some(spare) = of(keys, alg, KeyState::Next) else {
        return Seen::default();
    };
    let mut seen = Seen::default();
    for client in using.iter().filter(|client| client.uses(alg)) {
        match last.get(&client.client_id) {
            _ if client.public => seen.unknowable += 1,
            Some(at) if *at >= spare.published_at => seen.have += 1,
            at => seen.have_not.push(Unseen {
                client_id: client.client_id.clone(),
                name: client.client_id.clone(),
                last: at.copied(),
            }),
        }
    }
    seen.missing = seen.have_not.len();
    seen.have_not.sort_by_key(|unseen| unseen.last);
    seen.have_not.truncate(NAMED);
    seen
}

/// Clients are read for their names only where those are shown.
fn named(tx: &mut (impl Clients + ?Sized), mut seen: Seen) -> Result<Seen, StorageFault> {
    for unseen in &mut seen.have_not {
        if let Some(client) = tx.client(&unseen.client_id)? {
            client.display_name().clone_into(&mut unseen.name);
        }
    }
    Ok(seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str, alg: SigningAlg, public: bool) -> Recipient {
        Recipient {
            client_id: name.to_owned(),
            id_token_alg: alg,
            access_token_alg: alg,
            public,
        }
    }

    fn key(state: KeyState, published_at: Timestamp) -> StoredKey {
        StoredKey {
            kid: format!("k-{}", published_at.as_secs()),
            alg: SigningAlg::ES256,
            state,
            public_jwk: "{}".to_owned(),
            sealed_private: None,
            published_at,
            activated_at: None,
            leaves_jwks_at: None,
        }
    }

    #[test]
    fn who_has_seen_the_spare_is_told_apart_from_who_has_not_and_who_cannot_be_followed() {
        let at = Timestamp::from_secs;
        let es = SigningAlg::ES256;
        let using = [
            user("new", es, false),
            user("old", es, false),
            user("never", es, false),
            user("spa", es, true),
            user("other", SigningAlg::RS256, false),
        ];
        let last = HashMap::from([("new".to_owned(), at(100)), ("old".to_owned(), at(99))]);
        let keys = [key(KeyState::Active, at(1)), key(KeyState::Next, at(100))];
        let told = seen(&using, es, &keys, &last);
        assert_eq!((told.have, told.missing, told.unknowable), (1, 2, 1));
        let named: Vec<_> = told.have_not.iter().map(|one| one.client_id.as_str()).collect();
        assert_eq!(named, ["never", "old"]);
        assert_eq!(seen(&using, es, &keys[..1], &last), Seen::default());
    }

    #[test]
    fn a_key_stops_to_sign_when_its_successor_begins_or_it_is_taken_back() {
        let at = Timestamp::from_secs;
        let mut first = key(KeyState::Retiring, at(1));
        first.activated_at = Some(at(1));
        first.leaves_jwks_at = Some(at(500));
        let mut second = key(KeyState::Active, at(2));
        second.activated_at = Some(at(300));
        let all = [first.clone(), second.clone()];
        assert_eq!(signed_until(&all, &first), Some(at(300)));
        assert_eq!(signed_until(&all, &second), None);
        second.state = KeyState::Revoked;
        second.leaves_jwks_at = Some(at(400));
        let all = [first, second.clone()];
        assert_eq!(signed_until(&all, &second), Some(at(400)));
    }
}
