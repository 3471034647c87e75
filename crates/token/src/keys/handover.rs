//! Steps that several keys of one algorithm take together, so that one signs and one spare is published before and after.
//!
//! Pure: from the keys there are to the [`Write`]s to be made, in an order that the database's indexes (one active key,
//! one spare) allow at every point. [`apply`] makes them; each is conditional, so that of two who try at once one wins
//! whole and the other changes nothing.

use std::time::Duration;

use identity::ports::{Found, Insert};
use kernel::{StorageFault, Timestamp};

use super::life::LifeFault;
use super::{KeyState, StoredKey};
use crate::client::SigningAlg;
use crate::ports::Keys;

/// One conditional write.
#[derive(Debug, Clone, PartialEq)]
pub enum Write {
    /// The key takes a step, if it still stands where it stood.
    Step {
        /// The key afterwards.
        to: StoredKey,
        /// Its state before.
        from: KeyState,
    },
    /// A new key.
    Publish(StoredKey),
}

/// Whether a key may sign before every verifier can know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Haste {
    /// Only from `safe_at` on, after this much time in the JWK Set.
    WhenSafe(Duration),
    /// At once: somebody took the responsibility, or the other key is worse.
    AtOnce,
}

/// Of `keys` the one in `state` that serves `alg`; meant for the states of which there is at most one.
pub fn of(keys: &[StoredKey], alg: SigningAlg, state: KeyState) -> Option<&StoredKey> {
    keys.iter().find(|key| key.alg == alg && key.state == state)
}

/// The spare takes over from the active key, which may be missing, and `fresh` becomes the spare. Nothing the old key
/// signed is good after `last_token`.
///
/// # Errors
/// [`LifeFault::NoSpare`], [`LifeFault::NotYetSafe`].
pub fn rotate(
    keys: &[StoredKey],
    alg: SigningAlg,
    fresh: StoredKey,
    now: Timestamp,
    last_token: Timestamp,
    haste: Haste,
) -> Result<Vec<Write>, LifeFault> {
    let spare = of(keys, alg, KeyState::Next).ok_or(LifeFault::NoSpare(alg))?;
    may_sign(spare, now, haste)?;
    let mut writes = Vec::with_capacity(3);
    if let Some(active) = of(keys, alg, KeyState::Active) {
        writes.push(step(active, active.step_down(last_token)?));
    }
    writes.push(step(spare, spare.activate(now)?));
    writes.push(Write::Publish(as_spare(fresh, now)));
    Ok(writes)
}

fn may_sign(spare: &StoredKey, now: Timestamp, haste: Haste) -> Result<(), LifeFault> {
    let Haste::WhenSafe(min_published) = haste else {
        return Ok(());
    };
    let safe_at = spare.safe_at(min_published);
    if now < safe_at {
        return Err(LifeFault::NotYetSafe {
            kid: spare.kid.clone(),
            alg: spare.alg,
            safe_at,
        });
    }
    Ok(())
}

/// `key` is taken back. If it signed, the spare signs at once, however short it was published; `fresh` becomes the spare
/// where there is none any more.
///
/// # Errors
/// [`LifeFault::Revoked`]; [`LifeFault::NoSpare`] where the key signs and nothing could take over.
pub fn revoke(
    keys: &[StoredKey],
    key: &StoredKey,
    fresh: Option<StoredKey>,
    now: Timestamp,
) -> Result<Vec<Write>, LifeFault> {
    let mut writes = vec![step(key, key.revoke(now)?)];
    if key.state == KeyState::Active {
        let spare = of(keys, key.alg, KeyState::Next).ok_or(LifeFault::NoSpare(key.alg))?;
        writes.push(step(spare, spare.activate(now)?));
    }
    if matches!(key.state, KeyState::Active | KeyState::Next) {
        let fresh = fresh.ok_or(LifeFault::NoneMade(key.alg))?;
        writes.push(Write::Publish(as_spare(fresh, now)));
    }
    Ok(writes)
}

/// A retiring key leaves the JWK Set.
///
/// # Errors
/// [`LifeFault::WrongState`]; [`LifeFault::StillNeeded`] unless somebody insists.
pub fn retire(key: &StoredKey, now: Timestamp, haste: Haste) -> Result<Vec<Write>, LifeFault> {
    let retired = key.retire(now)?;
    match key.leaves_jwks_at {
        Some(until) if until > now && haste != Haste::AtOnce => Err(LifeFault::StillNeeded {
            kid: key.kid.clone(),
            until,
        }),
        _ => Ok(vec![step(key, retired)]),
    }
}

/// The first keys of an algorithm: one that signs at once, because it replaces none, and its spare.
pub fn begin(active: StoredKey, spare: StoredKey, now: Timestamp) -> Vec<Write> {
    let active = StoredKey {
        state: KeyState::Active,
        published_at: now,
        activated_at: Some(now),
        ..active
    };
    vec![Write::Publish(active), Write::Publish(as_spare(spare, now))]
}

/// A spare where there is none.
pub fn add_spare(fresh: StoredKey, now: Timestamp) -> Vec<Write> {
    vec![Write::Publish(as_spare(fresh, now))]
}

/// The algorithm ends: its active key verifies until `last_token`, its spare goes at once.
///
/// # Errors
/// Never for keys as the database holds them.
pub fn give_up(
    keys: &[StoredKey],
    alg: SigningAlg,
    now: Timestamp,
    last_token: Timestamp,
) -> Result<Vec<Write>, LifeFault> {
    let mut writes = Vec::with_capacity(2);
    if let Some(active) = of(keys, alg, KeyState::Active) {
        writes.push(step(active, active.step_down(last_token)?));
    }
    if let Some(spare) = of(keys, alg, KeyState::Next) {
        writes.push(step(spare, spare.withdraw(now)?));
    }
    Ok(writes)
}

fn step(from: &StoredKey, to: StoredKey) -> Write {
    Write::Step { to, from: from.state }
}

fn as_spare(fresh: StoredKey, now: Timestamp) -> StoredKey {
    StoredKey {
        state: KeyState::Next,
        published_at: now,
        activated_at: None,
        ..fresh
    }
}

/// Makes the writes.
///
/// # Errors
/// [`Unapplied::Fault`] with [`LifeFault::Overtaken`] when a key stands elsewhere by now: the unit of work must end without a
/// commit. Storage.
pub fn apply<K: Keys + ?Sized>(tx: &mut K, writes: &[Write]) -> Result<(), Unapplied> {
    for write in writes {
        let (kid, done) = match write {
            Write::Step { to, from } => (&to.kid, tx.update_key(to, *from)? == Found::Yes),
            Write::Publish(key) => (&key.kid, tx.insert_key(key)? == Insert::Done),
        };
        if !done {
            return Err(Unapplied::Fault(LifeFault::Overtaken(kid.clone())));
        }
    }
    Ok(())
}

/// Why writes were not made.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Unapplied {
    /// A step is not taken.
    #[error(transparent)]
    Fault(#[from] LifeFault),
    /// Storage.
    #[error(transparent)]
    Storage(#[from] StorageFault),
}

#[cfg(test)]
mod tests;
