//! A provider ready to be served: database, keys and caches, kept up to date by the store's change feed.
//!
//! Listening is `serve`'s business; what requests do is `web`'s.

use std::sync::{Arc, Weak};

use admin::Ports;
use identity::{Hasher, HasherSize};
use kernel::{Access, Change, work};
use store::Database;
use token::SigningAlg;
use token::keys::{self, KeyFault, KeyRing, MasterKey, SharedRing};
use web::peer::TrustedProxies;
use web::{AppState, Parts};

use crate::exit::{Exit, Failure};
use crate::installation::{Installation, Keep};
use crate::mail_room::MailRoom;

/// What every listener of the provider shares.
#[derive(Clone)]
pub(crate) struct Provider {
    /// For the handlers.
    pub(crate) state: Arc<AppState>,
    /// For jobs. Dropped last, it finishes what was queued.
    pub(crate) store: Arc<Database>,
}

/// Which requests are taken for whose.
#[derive(Debug, Default)]
pub(crate) struct Surroundings {
    /// Host names answered to, beside the issuer's.
    pub(crate) hosts: Vec<String>,
    /// Whose forwarded headers are believed.
    pub(crate) trusted_proxies: TrustedProxies,
}

impl Provider {
    /// Loads keys and starts to listen for changes.
    ///
    /// # Errors
    /// One line, when the master key is not the database's or a key is damaged.
    pub(crate) fn open(
        installation: &Installation,
        master: MasterKey,
        surroundings: Surroundings,
        mail: MailRoom,
    ) -> Result<Self, Failure> {
        let master = Arc::new(master);
        let ring = Arc::new(SharedRing::new(load_ring(&installation.store, &master)?));
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let hasher = Hasher::start(
            HasherSize::for_cores(cores),
            Arc::clone(&installation.ctx.entropy),
        )
        .map_err(|error| Failure::new(Exit::Failed, error))?;
        let store = Arc::clone(&installation.store);
        let state = Arc::new(AppState::new(Parts {
            ctx: Arc::clone(&installation.ctx),
            store: Arc::clone(&store) as Arc<admin::Store>,
            hasher: Arc::new(hasher),
            ring,
            revocations: store.revocations(),
            post: mail.post,
            inbox: mail.inbox,
            hosts: surroundings.hosts,
            trusted_proxies: surroundings.trusted_proxies,
        })?);
        // Weak: the watcher belongs to the database and must not keep it alive.
        let (database, caches) = (Arc::downgrade(&store), Arc::downgrade(&state));
        let listener = move |changes: &[Change]| forget(changes, &database, &caches, &master);
        store.watch(Arc::clone(&installation.ctx.clock), Box::new(listener))?;
        Ok(Self { state, store })
    }
}

/// Makes the first keys of a database that never had any.
///
/// # Errors
/// When the database has keys under another master key, which are never replaced.
pub(crate) fn ensure_keys(
    installation: &Installation,
    algorithms: &[SigningAlg],
    master: &MasterKey,
) -> Result<(), Failure> {
    let prepared = keys::prepare(algorithms, master, &installation.ctx).map_err(on_keys)?;
    installation
        .write(Keep::Changes, move |ports, _| keys::install(ports, prepared))
        .map(drop)
        .map_err(on_keys)
}

/// Whether the master key is the one of this database.
///
/// # Errors
/// [`KeyFault::NotInitialised`] for a database without keys, [`KeyFault::WrongMasterKey`]. Storage.
pub(crate) fn check_master(installation: &Installation, master: MasterKey) -> Result<MasterKey, KeyFault> {
    installation.read(move |ports, _| keys::check_master(ports, &master).map(|()| master))
}

/// What a fault of keys means for whoever started the program.
pub(crate) fn on_keys(fault: KeyFault) -> Failure {
    match fault {
        KeyFault::Storage(fault) => fault.into(),
        KeyFault::WrongMasterKey | KeyFault::MalformedMasterKey | KeyFault::NotInitialised => {
            Failure::new(Exit::Configuration, fault)
        }
        KeyFault::AlreadyInitialised => Failure::new(Exit::Conflict, fault),
        fault => Failure::new(Exit::Failed, fault),
    }
}

fn load_ring(store: &Database, master: &Arc<MasterKey>) -> Result<KeyRing, Failure> {
    let master = Arc::clone(master);
    let loaded = work::run::<dyn Ports, _, KeyFault>(store, Access::Read, move |ports| {
        KeyRing::load(&ports.keys()?, &master)
    });
    loaded.map_err(on_keys)
}

/// Brings caches up to date. Runs on the watcher's thread.
fn forget(changes: &[Change], store: &Weak<Database>, state: &Weak<AppState>, master: &Arc<MasterKey>) {
    let (Some(store), Some(state)) = (store.upgrade(), state.upgrade()) else {
        return;
    };
    state.apply(changes);
    if changes
        .iter()
        .any(|change| matches!(change, Change::Keys | Change::Everything))
    {
        match load_ring(&store, master) {
            Ok(ring) => state.replace_ring(ring),
            // The old ring still signs and verifies; an empty one would stop everything.
            Err(failure) => tracing::error!(%failure, "the signing keys could not be loaded again"),
        }
    }
}
