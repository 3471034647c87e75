//! A provider ready to be served: database, keys and caches, kept up to date by the store's change feed.
//!
//! Listening is `serve`'s business; what requests do is `web`'s.

use std::sync::{Arc, OnceLock, Weak};

use admin::Ports;
use admin::keys::custody::Custody;
use admin::keys::lineup::algorithms_of;
use identity::{Hasher, HasherSize};
use kernel::{Access, Change, StorageFault, work};
use store::Database;
use token::SigningAlg;
use token::keys::{self, KeyFault, KeyPlan, MasterKey, SharedRing};
use web::peer::TrustedProxies;
use web::state::SharedJudge;
use web::{AppState, Metrics, Parts};

use crate::exit::{Exit, Failure};
use crate::installation::{Installation, Keep};
use crate::mail_room::MailRoom;
use crate::serve::Wake;
use crate::vault::{Reload, Vault};

/// What every listener of the provider shares.
#[derive(Clone)]
pub(crate) struct Provider {
    /// For the handlers.
    pub(crate) state: Arc<AppState>,
    /// For jobs. Dropped last, it finishes what was queued.
    pub(crate) store: Arc<Database>,
    /// Opens the keys.
    pub(crate) vault: Arc<Vault>,
    /// Wakes whoever keeps the keys.
    pub(crate) wake: Arc<Wake>,
}

/// Which requests are taken for whose.
pub(crate) struct Surroundings {
    /// Host names answered to, beside the issuer's.
    pub(crate) hosts: Vec<String>,
    /// Whose forwarded headers are believed.
    pub(crate) trusted_proxies: TrustedProxies,
    /// Which algorithms are published, and how long a key signs.
    pub(crate) key_plan: KeyPlan,
    /// Judges where requests to clients may go.
    pub(crate) urls: Arc<SharedJudge>,
}

/// The master key, the database whose keys it opens, and where they are in use.
struct Holder {
    vault: Arc<Vault>,
    store: Arc<Database>,
    /// Weak: the handlers hold this.
    state: OnceLock<Weak<AppState>>,
}

impl Custody for Holder {
    fn master(&self) -> Arc<MasterKey> {
        self.vault.master()
    }

    fn settle(&self) {
        // What cannot be loaded now the watcher's news of the same change has loaded again.
        if let Some(state) = self.state.get().and_then(Weak::upgrade) {
            self.vault.reload(&self.store, &state);
        }
        if let Err(fault) = self.store.sweep_out() {
            tracing::warn!(%fault, "the database's log could not be emptied");
        }
    }

    fn is_behind(&self) -> bool {
        self.vault.is_behind()
    }
}

impl Provider {
    /// Loads keys and starts to listen for changes.
    ///
    /// # Errors
    /// One line, when the master key is not the database's or a key is damaged.
    pub(crate) fn open(
        installation: &Installation,
        vault: Vault,
        surroundings: Surroundings,
        mail: MailRoom,
        metrics: Arc<Metrics>,
    ) -> Result<Self, Failure> {
        let vault = Arc::new(vault);
        let ring = Arc::new(SharedRing::new(vault.ring(&installation.store)?));
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let hasher = Hasher::start(
            HasherSize::for_cores(cores),
            Arc::clone(&installation.ctx.entropy),
        )
        .map_err(|error| Failure::new(Exit::Failed, error))?;
        let store = Arc::clone(&installation.store);
        let holder = Arc::new(Holder {
            vault: Arc::clone(&vault),
            store: Arc::clone(&store),
            state: OnceLock::new(),
        });
        let state = Arc::new(AppState::new(Parts {
            ctx: Arc::clone(&installation.ctx),
            store: Arc::clone(&store) as Arc<admin::Store>,
            hasher: Arc::new(hasher),
            ring,
            custody: Arc::clone(&holder) as Arc<dyn Custody>,
            key_plan: surroundings.key_plan,
            urls: surroundings.urls,
            revocations: store.revocations(),
            post: mail.post,
            inbox: mail.inbox,
            metrics,
            hosts: surroundings.hosts,
            trusted_proxies: surroundings.trusted_proxies,
        })?);
        let _ = holder.state.set(Arc::downgrade(&state));
        // Weak: the watcher belongs to the database and must not keep it alive.
        let (database, caches) = (Arc::downgrade(&store), Arc::downgrade(&state));
        let wake = Arc::new(Wake::default());
        let (opener, bell) = (Arc::clone(&vault), Arc::clone(&wake));
        let listener = move |changes: &[Change]| {
            if let (Some(store), Some(state)) = (database.upgrade(), caches.upgrade()) {
                let (vault, wake) = (Arc::clone(&opener), Arc::clone(&bell));
                Self {
                    state,
                    store,
                    vault,
                    wake,
                }
                .hear(changes);
            }
        };
        store.watch(Arc::clone(&installation.ctx.clock), Box::new(listener))?;
        let caches = Arc::downgrade(&state);
        store.heed(Box::new(move |changes| {
            if let Some(state) = caches.upgrade() {
                state.forget(changes);
            }
        }))?;
        let provider = Self {
            state,
            store,
            vault,
            wake,
        };
        // A key that was taken back between reading the keys and watching would be told of by nobody.
        provider.hear(&[Change::Everything]);
        Ok(provider)
    }

    /// Brings caches up to date. Runs on the watcher's thread.
    fn hear(&self, changes: &[Change]) {
        self.state.apply(changes);
        if changes
            .iter()
            .any(|change| matches!(change, Change::Keys | Change::Everything))
        {
            // Tried again soon: by the keeper, which waits a little between two tries.
            if self.reload_ring() == Reload::Behind {
                self.wake.look();
            }
        }
        if changes.iter().any(|change| self.wants_another_algorithm(change)) {
            self.wake.look();
        }
    }

    /// Puts the database's keys in the place of those in use.
    pub(crate) fn reload_ring(&self) -> Reload {
        self.vault.reload(&self.store, &self.state)
    }

    /// Whether after this change something is to be signed with an algorithm that has no key.
    fn wants_another_algorithm(&self, change: &Change) -> bool {
        let ring = self.state.ring.get();
        let lacks = |alg: &SigningAlg| ring.signer(*alg).is_none();
        match change {
            Change::Client(client_id) => {
                let client_id = client_id.clone();
                let found =
                    work::run::<dyn Ports, _, StorageFault>(&*self.store, Access::Read, move |ports| {
                        ports.client(&client_id)
                    });
                // Not to know is a reason to look.
                found.map_or(true, |client| {
                    client.is_some_and(|client| algorithms_of(&client).iter().any(lacks))
                })
            }
            Change::Catalogue => {
                let catalogue = self.state.catalogue.get();
                catalogue
                    .resources()
                    .filter_map(|resource| resource.access_token_alg)
                    .any(|alg| lacks(&alg))
            }
            Change::Everything => true,
            Change::User(_) | Change::Keys => false,
        }
    }
}

/// The counters of a provider, at zero.
///
/// # Errors
/// Never, unless two of them have one name.
pub(crate) fn metrics() -> Result<Arc<Metrics>, Failure> {
    let metrics = Metrics::new().map_err(|fault| Failure::new(Exit::Failed, fault))?;
    Ok(Arc::new(metrics))
}

/// Makes the first keys of a database that never had any. Nodes that start together on a new database all come here; the
/// first one makes them.
///
/// # Errors
/// When the database has keys under another master key, which are never replaced.
pub(crate) fn ensure_keys(
    installation: &Installation,
    plan: &KeyPlan,
    master: &MasterKey,
) -> Result<(), Failure> {
    let algorithms: Vec<SigningAlg> = plan.wanted([]).into_iter().collect();
    let prepared = keys::prepare(&algorithms, master, &installation.ctx).map_err(on_keys)?;
    let made = installation.write(Keep::Changes, move |ports, _| keys::install(ports, prepared));
    match made {
        Err(KeyFault::AlreadyInitialised) => {
            let same = MasterKey::from_text(&master.to_text()).map_err(on_keys)?;
            check_master(installation, same).map(drop).map_err(on_keys)
        }
        made => made.map(drop).map_err(on_keys),
    }
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
        KeyFault::AlreadyInitialised | KeyFault::OtherMasterKey | KeyFault::Life(_) => {
            Failure::new(Exit::Conflict, fault)
        }
        fault => Failure::new(Exit::Failed, fault),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use kernel::{Ctx, Issuer, Policy, SystemClock, SystemEntropy};
    use store::{Database, OpenMode};

    use super::*;

    #[test]
    fn who_comes_second_to_a_new_database_finds_the_keys_there() {
        let file = std::env::temp_dir().join(format!("signet-first-keys-{}.db", std::process::id()));
        let store = Database::open(&format!("sqlite://{}", file.display()), OpenMode::Create).unwrap();
        let ctx = Ctx {
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            issuer: Issuer::new("https://id.example.com"),
            policy: Policy::default(),
        };
        let installation = Installation {
            store: Arc::new(store),
            ctx: Arc::new(ctx),
        };
        let (ours, others) = (
            MasterKey::generate(&SystemEntropy),
            MasterKey::generate(&SystemEntropy),
        );
        let ensure = |master| ensure_keys(&installation, &KeyPlan::default(), master);
        ensure(&ours).unwrap();
        ensure(&ours).unwrap();
        assert_eq!(ensure(&others).unwrap_err().exit, Exit::Configuration);
        drop(installation);
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", file.display()));
        }
    }
}
