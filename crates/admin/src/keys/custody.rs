//! Whoever holds the master key: makes new signing keys for those who turn them, puts them to use, and sees to it that
//! nothing of an erased private half stays behind. The command line holds it itself; the console and the API are given this.

use std::sync::Arc;

use kernel::Ctx;
use token::SigningAlg;
use token::keys::fresh::Check;
use token::keys::{Fresh, KeyFault, MasterKey};

/// The master key of a running server.
pub trait Custody: Send + Sync {
    /// The key in use.
    fn master(&self) -> Arc<MasterKey>;
    /// After keys were turned, before whoever turned them is answered: this process signs and verifies with what the database
    /// holds now, and nothing of an erased private half stays in its files. Slow: not on an async thread. A fault is only
    /// logged, because what was done is done.
    fn settle(&self);
    /// Whether this process still has keys in use that are older than the database's, because these could not be loaded.
    fn is_behind(&self) -> bool;
}

impl dyn Custody {
    /// One new key for each of `algorithms`, sealed under the key that `check` was made of. Slow: not in a transaction, and
    /// not on an async thread.
    ///
    /// # Errors
    /// [`KeyFault::Generation`].
    pub fn make(&self, algorithms: &[SigningAlg], check: Check, ctx: &Ctx) -> Result<Fresh, KeyFault> {
        Fresh::make(algorithms, &self.master(), check, ctx)
    }
}
