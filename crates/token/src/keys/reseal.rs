//! Rotation of the master key: every private half is sealed anew, in a unit of work of its own.
//!
//! Interrupted anywhere, it goes on where it was: who calls it again with the same two keys finds some halves sealed under
//! the one and some under the other. A marker names the new key meanwhile, so that nobody goes on with a third one and no
//! key is made under the old one. The check of the master key changes last.

use kernel::Ctx;

use identity::ports::{Found, Insert};

use super::bootstrap::{CHECK, CHECK_PLAINTEXT};
use super::fault::KeyFault;
use super::sealing::MasterKey;
use super::{StoredKey, check_master};
use crate::ports::Keys;

/// Names the marker among the installation's values: the new master key's check, until it is the only one.
pub(super) const IN_PROGRESS: &str = "master_key_next";

/// What became of one private half.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resealed {
    /// It is sealed under the new key now.
    Now,
    /// It was already, or is gone.
    Before,
}

/// Whether it may begin, or go on, with these two keys.
///
/// # Errors
/// [`KeyFault::WrongMasterKey`] when `old` is not the database's, [`KeyFault::OtherMasterKey`] when another new key was begun
/// with. Storage.
pub fn may_begin<K: Keys + ?Sized>(tx: &mut K, old: &MasterKey, new: &MasterKey) -> Result<(), KeyFault> {
    check_master(tx, old)?;
    match tx.meta(IN_PROGRESS)? {
        Some(check) if !opens(new, &check) => Err(KeyFault::OtherMasterKey),
        Some(_) | None => Ok(()),
    }
}

/// Begins, or goes on. The kids of all keys that have a private half.
///
/// # Errors
/// As [`may_begin`].
pub fn begin<K: Keys + ?Sized>(
    tx: &mut K,
    old: &MasterKey,
    new: &MasterKey,
    ctx: &Ctx,
) -> Result<Vec<String>, KeyFault> {
    may_begin(tx, old, new)?;
    if tx.meta(IN_PROGRESS)?.is_none() {
        let check = new.seal(CHECK, CHECK_PLAINTEXT, &*ctx.entropy);
        if tx.insert_meta(IN_PROGRESS, &check)? == Insert::Taken {
            return Err(KeyFault::OtherMasterKey);
        }
    }
    let with_private = tx.keys()?.into_iter().filter(|key| key.sealed_private.is_some());
    Ok(with_private.map(|key| key.kid).collect())
}

/// Seals one private half anew.
///
/// # Errors
/// [`KeyFault::Sealed`] when neither key opens it. Storage.
pub fn one<K: Keys + ?Sized>(
    tx: &mut K,
    kid: &str,
    old: &MasterKey,
    new: &MasterKey,
    ctx: &Ctx,
) -> Result<Resealed, KeyFault> {
    let key = tx.keys()?.into_iter().find(|key| key.kid == kid);
    // Retired or revoked meanwhile: there is nothing left to seal.
    let Some((key, sealed)) = key.and_then(|key| key.sealed_private.clone().map(|sealed| (key, sealed)))
    else {
        return Ok(Resealed::Before);
    };
    if new.open(kid, &sealed).is_some() {
        return Ok(Resealed::Before);
    }
    let private = old.open(kid, &sealed);
    let private = private.ok_or_else(|| KeyFault::Sealed { kid: kid.to_owned() })?;
    let resealed = StoredKey {
        sealed_private: Some(new.seal(kid, &private, &*ctx.entropy)),
        ..key.clone()
    };
    match tx.update_key(&resealed, key.state)? {
        Found::Yes => Ok(Resealed::Now),
        Found::No => Err(super::LifeFault::Overtaken(kid.to_owned()).into()),
    }
}

/// Makes `new` the database's master key, once every private half opens under it.
///
/// # Errors
/// [`KeyFault::Sealed`] for a half that does not; then nothing changes. Storage.
pub fn finish<K: Keys + ?Sized>(tx: &mut K, new: &MasterKey) -> Result<(), KeyFault> {
    let marker = tx.meta(IN_PROGRESS)?.filter(|check| opens(new, check));
    let marker = marker.ok_or(KeyFault::OtherMasterKey)?;
    for key in tx.keys()? {
        let opens = key
            .sealed_private
            .as_ref()
            .is_none_or(|sealed| new.open(&key.kid, sealed).is_some());
        if !opens {
            return Err(KeyFault::Sealed { kid: key.kid });
        }
    }
    let check = tx.meta(CHECK)?.ok_or(KeyFault::NotInitialised)?;
    let swapped = tx.swap_meta(CHECK, &check, &marker)? == Found::Yes;
    if swapped && tx.delete_meta(IN_PROGRESS, &marker)? == Found::Yes {
        Ok(())
    } else {
        Err(KeyFault::OtherMasterKey)
    }
}

/// Whether the database's master key is `new` already and nothing is left to do.
///
/// # Errors
/// Storage.
pub fn is_finished<K: Keys + ?Sized>(tx: &mut K, new: &MasterKey) -> Result<bool, KeyFault> {
    Ok(tx.meta(IN_PROGRESS)?.is_none() && tx.meta(CHECK)?.is_some_and(|check| opens(new, &check)))
}

fn opens(master: &MasterKey, check: &[u8]) -> bool {
    master
        .open(CHECK, check)
        .is_some_and(|plaintext| plaintext.as_slice() == CHECK_PLAINTEXT)
}

#[cfg(test)]
mod tests {
    use kernel::SeededEntropy;

    use super::*;
    use crate::keys::testing::{Memory, ctx, database, master};
    use crate::keys::{Fresh, KeyRing, fresh::Check};

    fn other(seed: u64) -> MasterKey {
        MasterKey::generate(&SeededEntropy::new(seed))
    }

    /// Works until a step beyond `steps` would be due.
    fn run(database: &mut Memory, steps: usize) -> Result<(), KeyFault> {
        let ((ctx, _), new) = (ctx(), other(5));
        let kids = begin(database, &master(), &new, &ctx)?;
        for kid in kids.iter().take(steps) {
            one(database, kid, &master(), &new, &ctx)?;
        }
        if steps > kids.len() {
            finish(database, &new)?;
        }
        Ok(())
    }

    #[test]
    fn interrupted_anywhere_it_goes_on() {
        let halves = database().keys.len();
        for steps in 0..=halves {
            let mut database = database();
            run(&mut database, steps).unwrap();
            // Until the end the old key is the database's, and no new key is made.
            assert!(check_master(&mut database, &master()).is_ok());
            assert!(Check::of(&mut database, &master()).is_err());
            assert!(matches!(
                begin(&mut database, &master(), &other(6), &ctx().0),
                Err(KeyFault::OtherMasterKey)
            ));
            run(&mut database, halves + 1).unwrap();
            assert!(is_finished(&mut database, &other(5)).unwrap());
            assert!(KeyRing::load(&database.keys, &other(5)).is_ok());
            assert!(KeyRing::load(&database.keys, &master()).is_err());
            assert!(check_master(&mut database, &master()).is_err());
        }
    }

    #[test]
    fn it_does_not_end_before_everything_is_sealed_anew() {
        let mut database = database();
        run(&mut database, 3).unwrap();
        assert!(matches!(
            finish(&mut database, &other(5)),
            Err(KeyFault::Sealed { .. })
        ));
        assert!(check_master(&mut database, &master()).is_ok());
    }

    #[test]
    fn keys_made_before_it_began_are_not_published_after() {
        let mut database = database();
        let check = Check::of(&mut database, &master()).unwrap();
        let fresh = Fresh::make(&[], &master(), check, &ctx().0).unwrap();
        assert!(fresh.still_fits(&mut database).unwrap().is_ok());
        run(&mut database, 0).unwrap();
        assert!(fresh.still_fits(&mut database).unwrap().is_err());
        run(&mut database, 100).unwrap();
        assert!(fresh.still_fits(&mut database).unwrap().is_err());
    }

    #[test]
    fn a_stranger_s_key_begins_nothing() {
        let mut database = database();
        let begun = begin(&mut database, &other(7), &other(5), &ctx().0);
        assert!(matches!(begun, Err(KeyFault::WrongMasterKey)));
        assert!(database.meta(IN_PROGRESS).unwrap().is_none());
    }
}
