//! New keys, made ahead: making one is slow and has no place in a transaction.

use kernel::{Ctx, StorageFault};

use super::bootstrap::CHECK;
use super::fault::KeyFault;
use super::generate::generate;
use super::life::LifeFault;
use super::reseal::IN_PROGRESS;
use super::sealing::MasterKey;
use super::{KeyState, StoredKey, check_master};
use crate::client::SigningAlg;
use crate::ports::Keys;

/// Proof that a master key is the database's, to be handed to [`Fresh::make`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check(Vec<u8>);

impl Check {
    /// Asks the database.
    ///
    /// # Errors
    /// As [`check_master`]; [`LifeFault::MasterKeyChanged`] while keys are sealed anew. Storage.
    pub fn of<K: Keys + ?Sized>(tx: &mut K, master: &MasterKey) -> Result<Self, KeyFault> {
        check_master(tx, master)?;
        if tx.meta(IN_PROGRESS)?.is_some() {
            return Err(LifeFault::MasterKeyChanged.into());
        }
        tx.meta(CHECK)?.map(Self).ok_or(KeyFault::NotInitialised)
    }
}

/// Keys waiting for their place, each to be published by whichever step needs one of its algorithm.
#[derive(Debug, Clone)]
pub struct Fresh {
    keys: Vec<StoredKey>,
    check: Check,
}

impl Fresh {
    /// Makes one key for each of `algorithms`. Slow; touches no storage.
    ///
    /// # Errors
    /// [`KeyFault::Generation`].
    pub fn make(
        algorithms: &[SigningAlg],
        master: &MasterKey,
        check: Check,
        ctx: &Ctx,
    ) -> Result<Self, KeyFault> {
        let made = algorithms
            .iter()
            .map(|alg| generate(*alg, KeyState::Next, master, ctx));
        Ok(Self {
            keys: made.collect::<Result<_, _>>()?,
            check,
        })
    }

    /// None, for steps that publish none: they need no master key.
    pub fn none() -> Self {
        Self {
            keys: Vec::new(),
            // No database's: nothing is ever published with it.
            check: Check(Vec::new()),
        }
    }

    /// One of them.
    ///
    /// # Errors
    /// [`LifeFault::NoneMade`].
    pub fn take(&mut self, alg: SigningAlg) -> Result<StoredKey, LifeFault> {
        let at = self.keys.iter().position(|key| key.alg == alg);
        let at = at.ok_or(LifeFault::NoneMade(alg))?;
        Ok(self.keys.swap_remove(at))
    }

    /// Whether they are sealed under the database's master key still. To be asked in the unit of work that publishes one:
    /// a key nobody can open would be found in an emergency.
    ///
    /// # Errors
    /// Storage.
    pub fn still_fits<K: Keys + ?Sized>(&self, tx: &mut K) -> Result<Result<(), LifeFault>, StorageFault> {
        let same = tx.meta(CHECK)?.as_deref() == Some(&self.check.0);
        if same && tx.meta(IN_PROGRESS)?.is_none() {
            Ok(Ok(()))
        } else {
            Ok(Err(LifeFault::MasterKeyChanged))
        }
    }
}
