//! The master key of a running server. It is read again when the database's keys are sealed under another one, so that
//! replacing it needs no restart.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use admin::Ports;
use kernel::{Access, work};
use store::Database;
use token::keys::{KeyFault, KeyRing, MasterKey};

use crate::exit::Failure;
use crate::master_key;
use crate::provider::on_keys;

/// Holds the master key, and opens the keys with it.
pub(crate) struct Vault {
    master: RwLock<Arc<MasterKey>>,
    /// Where it was read from; none where it lives in memory only.
    file: Option<PathBuf>,
    /// The last ring that was asked for could not be loaded.
    behind: AtomicBool,
}

impl Vault {
    /// Around a key that was read from `file`.
    pub(crate) fn new(master: MasterKey, file: Option<PathBuf>) -> Self {
        Self {
            master: RwLock::new(Arc::new(master)),
            file,
            behind: AtomicBool::new(false),
        }
    }

    /// The key in use.
    pub(crate) fn master(&self) -> Arc<MasterKey> {
        Arc::clone(&self.master.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether the ring in use is older than the database's keys because these could not be opened.
    pub(crate) fn is_behind(&self) -> bool {
        self.behind.load(Ordering::Acquire)
    }

    /// The database's keys, parsed. When the key does not open them, the one in the file may.
    ///
    /// # Errors
    /// One line.
    pub(crate) fn ring(&self, store: &Database) -> Result<KeyRing, Failure> {
        let loaded = match load(store, self.master()) {
            Err(KeyFault::Sealed { kid }) => match self.read_again() {
                Some(master) => load(store, master),
                None => Err(KeyFault::Sealed { kid }),
            },
            loaded => loaded,
        };
        self.behind.store(loaded.is_err(), Ordering::Release);
        loaded.map_err(on_keys)
    }

    fn read_again(&self) -> Option<Arc<MasterKey>> {
        let read = master_key::read(self.file.as_deref()?);
        let master = read
            .inspect_err(|failure| tracing::error!(%failure, "the master key could not be read again"))
            .ok()?;
        let master = Arc::new(master);
        *self.master.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&master);
        Some(master)
    }
}

fn load(store: &Database, master: Arc<MasterKey>) -> Result<KeyRing, KeyFault> {
    work::run::<dyn Ports, _, KeyFault>(store, Access::Read, move |ports| {
        KeyRing::load(&ports.keys()?, &master)
    })
}
