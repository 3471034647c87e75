//! The first keys of an installation, and the check that a master key belongs to a database.

use identity::ports::Insert;
use kernel::Ctx;

use super::fault::KeyFault;
use super::generate::generate;
use super::sealing::MasterKey;
use super::{KeyState, StoredKey};
use crate::client::SigningAlg;
use crate::ports::Keys;

/// Names the check among the installation's values; also its associated data.
pub(super) const CHECK: &str = "master_key_check";
/// What the check holds. Its secrecy does not matter, only that it opens.
pub(super) const CHECK_PLAINTEXT: &[u8] = b"signet";

/// Everything a fresh database needs of keys, made before its transaction begins.
#[derive(Debug, Clone)]
pub struct Prepared {
    keys: Vec<StoredKey>,
    check: Vec<u8>,
}

/// Makes an active key and a spare for each of `algorithms`, and the master key's check. Slow; touches no storage.
///
/// # Errors
/// [`KeyFault::Generation`].
pub fn prepare(algorithms: &[SigningAlg], master: &MasterKey, ctx: &Ctx) -> Result<Prepared, KeyFault> {
    let mut keys = Vec::with_capacity(2 * algorithms.len());
    for alg in algorithms.iter().copied() {
        keys.push(generate(alg, KeyState::Active, master, ctx)?);
        keys.push(generate(alg, KeyState::Next, master, ctx)?);
    }
    let check = master.seal(CHECK, CHECK_PLAINTEXT, &*ctx.entropy);
    Ok(Prepared { keys, check })
}

/// Stores what was prepared; the kids of the new keys.
///
/// # Errors
/// [`KeyFault::AlreadyInitialised`] where there is a check or any key, whatever its state: whoever lost the master key
/// must not lose the data with it. Storage.
pub fn install<K: Keys + ?Sized>(tx: &mut K, prepared: Prepared) -> Result<Vec<String>, KeyFault> {
    let fresh = tx.meta(CHECK)?.is_none() && tx.keys()?.is_empty();
    if !fresh || tx.insert_meta(CHECK, &prepared.check)? == Insert::Taken {
        return Err(KeyFault::AlreadyInitialised);
    }
    for key in &prepared.keys {
        if tx.insert_key(key)? == Insert::Taken {
            return Err(KeyFault::AlreadyInitialised);
        }
    }
    Ok(prepared.keys.into_iter().map(|key| key.kid).collect())
}

/// Whether `master` is the key this database was initialised with. Every start asks.
///
/// # Errors
/// [`KeyFault::NotInitialised`] on a fresh database, [`KeyFault::WrongMasterKey`] otherwise. Storage.
pub fn check_master<K: Keys + ?Sized>(tx: &mut K, master: &MasterKey) -> Result<(), KeyFault> {
    let Some(check) = tx.meta(CHECK)? else {
        // Keys without a check were not made by us or lost it: nothing says that this master key is theirs.
        return Err(if tx.keys()?.is_empty() {
            KeyFault::NotInitialised
        } else {
            KeyFault::WrongMasterKey
        });
    };
    match master.open(CHECK, &check) {
        Some(plaintext) if plaintext.as_slice() == CHECK_PLAINTEXT => Ok(()),
        _ => Err(KeyFault::WrongMasterKey),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use kernel::SeededEntropy;

    use super::*;
    use crate::keys::testing::{Memory, ctx, database, master};

    #[test]
    fn a_fresh_database_gets_an_active_key_and_a_spare_for_each_algorithm() {
        let database = database();
        for alg in SigningAlg::ALL {
            let of_alg = |state| {
                database
                    .keys
                    .iter()
                    .filter(|key| key.alg == alg && key.state == state)
                    .count()
            };
            assert_eq!(
                (of_alg(KeyState::Active), of_alg(KeyState::Next)),
                (1, 1),
                "{alg}"
            );
        }
        let kids: HashSet<_> = database.keys.iter().map(|key| &key.kid).collect();
        assert_eq!(kids.len(), database.keys.len());
        for key in &database.keys {
            assert!(key.kid.starts_with("k-") && key.kid.len() == 14, "{}", key.kid);
            assert_eq!(key.activated_at.is_some(), key.state == KeyState::Active);
        }
    }

    #[test]
    fn only_its_own_master_key_fits_a_database() {
        let mut database = database();
        assert!(check_master(&mut database, &master()).is_ok());
        let other = MasterKey::generate(&SeededEntropy::new(99));
        assert!(matches!(
            check_master(&mut database, &other),
            Err(KeyFault::WrongMasterKey)
        ));
        assert!(matches!(
            check_master(&mut Memory::default(), &other),
            Err(KeyFault::NotInitialised)
        ));
    }

    #[test]
    fn nothing_is_made_over_old_data() {
        let prepared = Prepared {
            keys: Vec::new(),
            check: vec![1],
        };
        let full = database();
        let without_check = Memory {
            keys: full.keys.clone(),
            ..Memory::default()
        };
        let without_keys = Memory {
            meta: full.meta.clone(),
            ..Memory::default()
        };
        for mut database in [full, without_check.clone(), without_keys] {
            let before = (database.keys.clone(), database.meta.clone());
            let outcome = install(&mut database, prepared.clone());
            assert!(matches!(outcome, Err(KeyFault::AlreadyInitialised)));
            assert_eq!((database.keys, database.meta), before);
        }
        assert!(matches!(
            check_master(&mut without_check.clone(), &master()),
            Err(KeyFault::WrongMasterKey)
        ));
    }

    #[test]
    fn a_generated_key_is_dated_now() {
        let (ctx, _) = ctx();
        let key = generate(SigningAlg::EdDSA, KeyState::Next, &master(), &ctx).unwrap();
        assert_eq!((key.published_at, key.activated_at), (ctx.now(), None));
    }
}
