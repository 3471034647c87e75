//! What every handler shares.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use admin::Ports;
use admin::keys::custody::Custody;
use admin::ports::Store;
use identity::User;
use identity::hasher::Hasher;
use identity::inbox::Inbox;
use identity::notice::Post;
use kernel::{Access, Change, Ctx, StorageFault, work};
use session::RevocationList;
use token::client::register::JudgeUrl;
use token::client::secrets::SecretUses;
use token::discovery::{DiscoveryFault, Document};
use token::keys::{KeyPlan, KeyRing, SharedRing};
use token::{Client, SharedCatalogue};

use crate::client_cache;
use crate::console;
use crate::flows::FlowLog;
use crate::memory::Memory;
use crate::metrics::{Metrics, Rollup};
use crate::oauth;
use crate::peer::TrustedProxies;
use crate::people;
use crate::save_limit::SaveLimit;
use crate::sightings::Sightings;
use crate::views::Transport;

/// A judge that every worker asks.
pub type SharedJudge = dyn JudgeUrl + Send + Sync;

/// The discovery document, or why there is none.
type Discovery = Result<Document, DiscoveryFault>;

/// Shared by all workers; cheap to clone through its `Arc`.
pub struct AppState {
    /// Time, dice, issuer, policy.
    pub ctx: Arc<Ctx>,
    /// The store.
    pub store: Arc<Store>,
    /// The bounded pool that checks passwords.
    pub hasher: Arc<Hasher>,
    /// The signing keys in use.
    pub ring: Arc<SharedRing>,
    /// Holds the master key, for the console's and the API's turns of keys.
    pub custody: Arc<dyn Custody>,
    /// Which algorithms are published, and how long a key signs.
    pub key_plan: KeyPlan,
    /// Judges where requests to clients may go, for what the console and the API register.
    pub urls: Arc<SharedJudge>,
    /// The replica of the revocation list.
    pub revocations: Arc<RevocationList>,
    /// Resources and scopes an operator defined.
    pub catalogue: SharedCatalogue,
    /// Carries letters to people.
    pub post: Arc<dyn Post>,
    /// Shows letters instead, where nothing is really sent.
    pub inbox: Option<Arc<dyn Inbox>>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Whose forwarded headers are believed.
    pub trusted_proxies: TrustedProxies,
    /// When clients last used their secrets.
    pub secret_uses: SecretUses,
    hosts: RwLock<HashSet<String>>,
    is_draining: AtomicBool,
    pub(crate) saved: SaveLimit,
    pub(crate) sightings: Sightings,
    pub(crate) flows: Arc<FlowLog>,
    pub(crate) rollup: Rollup,
    pub(crate) clients: Memory<Arc<Client>>,
    pub(crate) people: Memory<Arc<User>>,
    discovery: RwLock<Arc<Discovery>>,
}

/// What an [`AppState`] is made of.
pub struct Parts {
    /// Time, dice, issuer, policy.
    pub ctx: Arc<Ctx>,
    /// The store.
    pub store: Arc<Store>,
    /// The bounded pool that checks passwords.
    pub hasher: Arc<Hasher>,
    /// The signing keys in use.
    pub ring: Arc<SharedRing>,
    /// Holds the master key, for the console's and the API's turns of keys.
    pub custody: Arc<dyn Custody>,
    /// Which algorithms are published, and how long a key signs.
    pub key_plan: KeyPlan,
    /// Judges where requests to clients may go.
    pub urls: Arc<SharedJudge>,
    /// The replica of the revocation list.
    pub revocations: Arc<RevocationList>,
    /// Carries letters to people.
    pub post: Arc<dyn Post>,
    /// Shows letters instead, where nothing is really sent.
    pub inbox: Option<Arc<dyn Inbox>>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Names, without ports, this server answers to beside the issuer's.
    pub hosts: Vec<String>,
    /// Whose forwarded headers are believed.
    pub trusted_proxies: TrustedProxies,
}

impl AppState {
    /// Puts together what handlers need, registers the console and the API, and reads the catalogue. Waits for the store: not
    /// for async threads.
    ///
    /// # Errors
    /// Storage.
    pub fn new(parts: Parts) -> Result<Self, StorageFault> {
        let hosts = all_hosts(&parts.ctx, &parts.hosts);
        let discovery = oauth::discovery::document(&parts.ctx.issuer, &parts.ring.get());
        let state = Self {
            ctx: parts.ctx,
            store: parts.store,
            hasher: parts.hasher,
            ring: parts.ring,
            custody: parts.custody,
            key_plan: parts.key_plan,
            urls: parts.urls,
            revocations: parts.revocations,
            post: parts.post,
            inbox: parts.inbox,
            metrics: parts.metrics,
            catalogue: SharedCatalogue::default(),
            trusted_proxies: parts.trusted_proxies,
            secret_uses: SecretUses::default(),
            hosts: RwLock::new(hosts),
            is_draining: AtomicBool::new(false),
            saved: SaveLimit::default(),
            sightings: Sightings::default(),
            flows: Arc::default(),
            rollup: Rollup::default(),
            clients: client_cache::memory(),
            people: people::memory(),
            discovery: RwLock::new(Arc::new(discovery)),
        };
        state.register_own()?;
        state.reload_catalogue()?;
        Ok(state)
    }

    /// The console is a client like others and the management API an API like others, both there from the first start.
    fn register_own(&self) -> Result<(), StorageFault> {
        let ctx = Arc::clone(&self.ctx);
        work::run::<dyn Ports, _, StorageFault>(&*self.store, Access::Write, move |tx| {
            admin::console::ensure_client(tx, &ctx, console::CALLBACK)?;
            admin::api::ensure_resource(tx, &ctx)
        })
    }

    fn reload_catalogue(&self) -> Result<(), StorageFault> {
        let catalogue =
            work::run::<dyn Ports, _, StorageFault>(&*self.store, Access::Read, |tx| tx.catalogue())?;
        self.catalogue.replace(catalogue);
        Ok(())
    }

    /// From now on these keys sign and are published; discovery tells of their algorithms.
    pub fn replace_ring(&self, ring: KeyRing) {
        let document = oauth::discovery::document(&self.ctx.issuer, &ring);
        self.ring.replace(ring);
        *self.discovery.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(document);
    }

    /// The discovery document.
    pub(crate) fn discovery(&self) -> Arc<Discovery> {
        Arc::clone(&self.discovery.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Forgets what changed. Waits for nothing: the store calls it between a commit and its answer.
    pub fn forget(&self, changes: &[Change]) {
        for change in changes {
            match change {
                Change::Client(client_id) => self.clients.forget(client_id),
                Change::User(sub) => self.people.forget(sub),
                Change::Everything => {
                    self.clients.clear();
                    self.people.clear();
                }
                Change::Keys | Change::Catalogue => {}
            }
        }
    }

    /// Forgets, or reads again, what changed elsewhere. Called by the store's change feed on a thread that may wait.
    pub fn apply(&self, changes: &[Change]) {
        self.forget(changes);
        let of_catalogue = |change: &Change| matches!(change, Change::Catalogue | Change::Everything);
        if changes.iter().any(of_catalogue)
            && let Err(fault) = self.reload_catalogue()
        {
            tracing::warn!(%fault, "resources and scopes could not be read again");
        }
    }

    /// Whether a Host header without its port names this server.
    pub(crate) fn answers_to(&self, host: &str) -> bool {
        let hosts = self.hosts.read().unwrap_or_else(PoisonError::into_inner);
        hosts.contains(&host.to_ascii_lowercase())
    }

    /// From now on it answers to these names and the issuer's.
    pub fn replace_hosts(&self, hosts: &[String]) {
        let hosts = all_hosts(&self.ctx, hosts);
        *self.hosts.write().unwrap_or_else(PoisonError::into_inner) = hosts;
    }

    /// The process is about to stop: it is not ready any more, and each answer is the last on its connection.
    pub fn drain(&self) {
        self.is_draining.store(true, Ordering::SeqCst);
    }

    /// Whether the process is about to stop.
    pub fn is_draining(&self) -> bool {
        self.is_draining.load(Ordering::SeqCst)
    }

    /// The issuer's web origin (RFC 6454 6.2), as browsers name it in `Origin`.
    pub(crate) fn origin(&self) -> String {
        let issuer = self.ctx.issuer.as_str();
        url::Url::parse(issuer).map_or_else(|_| issuer.to_owned(), |url| url.origin().ascii_serialization())
    }

    /// How people reach us.
    pub(crate) fn transport(&self) -> Transport {
        if self.ctx.issuer.is_https() {
            Transport::Https
        } else {
            Transport::Http
        }
    }

    /// The issuer's host, for people.
    pub(crate) fn place(&self) -> &str {
        let issuer = self.ctx.issuer.as_str();
        let after = issuer.split_once("://").map_or(issuer, |(_, rest)| rest);
        after.split('/').next().unwrap_or(after)
    }
}

/// `more`, and the issuer's own.
fn all_hosts(ctx: &Ctx, more: &[String]) -> HashSet<String> {
    let mut hosts: HashSet<String> = more.iter().map(|host| host.to_ascii_lowercase()).collect();
    let issuer = url::Url::parse(ctx.issuer.as_str()).ok();
    hosts.extend(issuer.and_then(|url| url.host_str().map(str::to_owned)));
    hosts
}
