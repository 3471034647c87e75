//! The master key of a running server. It is read again when the database's keys are sealed under another one, so that
//! replacing it needs no restart. Whoever loads the keys again does it here, one after the other.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use admin::Ports;
use kernel::{Access, work};
use store::Database;
use token::keys::{KeyFault, KeyRing, MasterKey, StoredKey};
use web::AppState;

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
    /// Held from reading the keys until they are in use, so that who read earlier is not in use later.
    turn: Mutex<()>,
}

/// What became of loading the keys again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reload {
    /// They are in use.
    Done,
    /// Not loaded; what was taken back is out of use nevertheless, where that could be read.
    Behind,
}

impl Vault {
    /// Around a key that was read from `file`.
    pub(crate) fn new(master: MasterKey, file: Option<PathBuf>) -> Self {
        Self {
            master: RwLock::new(Arc::new(master)),
            file,
            behind: AtomicBool::new(false),
            turn: Mutex::new(()),
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
        self.open(&rows(store).map_err(on_keys)?).map_err(on_keys)
    }

    /// Puts the database's keys in the place of those in use.
    ///
    /// An emergency does not wait for a master key: where the keys cannot be opened, those in use lose what the database
    /// does not vouch for any more. The rest still signs and verifies; an empty ring would stop everything.
    pub(crate) fn reload(&self, store: &Database, state: &AppState) -> Reload {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let done = rows(store).and_then(|rows| match self.open(&rows) {
            Ok(ring) => {
                state.replace_ring(ring);
                Ok(())
            }
            Err(fault) => {
                state.replace_ring(state.ring.get().narrowed(&rows)?);
                Err(fault)
            }
        });
        self.behind.store(done.is_err(), Ordering::Release);
        match done {
            Ok(()) => Reload::Done,
            Err(fault) => {
                tracing::error!(%fault, "the signing keys could not be loaded again");
                Reload::Behind
            }
        }
    }

    fn open(&self, rows: &[StoredKey]) -> Result<KeyRing, KeyFault> {
        match KeyRing::load(rows, &self.master()) {
            Err(KeyFault::Sealed { kid }) => match self.read_again() {
                Some(master) => KeyRing::load(rows, &master),
                None => Err(KeyFault::Sealed { kid }),
            },
            loaded => loaded,
        }
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

fn rows(store: &Database) -> Result<Vec<StoredKey>, KeyFault> {
    work::run::<dyn Ports, _, KeyFault>(store, Access::Read, |ports| Ok(ports.keys()?))
}
