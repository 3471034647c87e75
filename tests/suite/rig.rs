//! A provider of its own for every story: fresh database, real HTTP on a free port, a clock the story moves.
//!
//! Keys, people and clients are made once per run and copied: RSA keys and password hashes are slow to make.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, Weak, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web::Data;
use admin::Ports;
use admin::keys::custody::Custody;
use identity::password::Password;
use identity::{Hasher, HasherSize, PasswordHash};
use kernel::{
    Access, Clock, Ctx, FixedClock, Issuer, Policy, StorageFault, SystemClock, SystemEntropy, work,
};
use mail::{Catcher, Sender};
use outbound::Outbound;
use server::http::{self, Manner};
use server::notifier::Notifier;
use session::RevocationList;
use store::{Database, OpenMode};
use tempfile::TempDir;
use token::SigningAlg;
use token::issue::{IssuePlan, Issued};
use token::keys::fresh::Check;
use token::keys::{self, Fresh, KeyFault, KeyPlan, KeyRing, MasterKey, SharedRing};
use web::peer::TrustedProxies;
use web::{AppState, Metrics, Parts, Patience};

use crate::audit::{self, Event};
use crate::cast;
use crate::storage::Storage;

/// The name of the database in its directory.
const FILE: &str = "signet.db";

/// As often as `signet serve`.
pub const LOOKS: Duration = Duration::from_millis(100);

/// What a provider is started with.
pub struct Beginning {
    /// A directory of its own.
    pub dir: TempDir,
    /// Its database, with keys, people and clients.
    pub store: Arc<Database>,
    /// What the story moves.
    pub clock: Arc<FixedClock>,
    /// What it takes for the present.
    pub time: Arc<dyn Clock>,
    /// Who it says it is; none: its address.
    pub issuer: Option<String>,
    /// Its policy.
    pub policy: Policy,
    /// How long clients may keep it waiting.
    pub patience: Patience,
    /// How often it looks what others changed.
    pub looks: Duration,
}

/// A running provider. Dropping it stops the server and removes the database.
pub struct Provider {
    /// Where it is, and unless it is one of several nodes who it says it is: `http://127.0.0.1:PORT`.
    pub issuer: String,
    /// What it takes for the present. Starts at the real one, because relying parties look at their own clock.
    pub clock: Arc<FixedClock>,
    /// Where passwords are checked; it counts.
    pub hasher: Arc<Hasher>,
    /// What it sends by mail: `inbox.letters()`.
    pub inbox: Arc<Catcher>,
    /// Its database, to be taken away or counted.
    pub storage: Arc<Storage>,
    state: Arc<AppState>,
    ctx: Arc<Ctx>,
    store: Arc<Database>,
    is_behind: Arc<AtomicBool>,
    server: ServerHandle,
    thread: Option<JoinHandle<()>>,
    dir: TempDir,
}

/// The master key of every story.
struct Holder {
    store: Arc<Database>,
    state: OnceLock<Weak<AppState>>,
    is_behind: Arc<AtomicBool>,
}

impl Custody for Holder {
    fn master(&self) -> Arc<MasterKey> {
        template().master.clone()
    }

    fn settle(&self) {
        if let Some(state) = self.state.get().and_then(Weak::upgrade) {
            state.replace_ring(load_ring(&self.store));
        }
    }

    fn is_behind(&self) -> bool {
        self.is_behind.load(Ordering::SeqCst)
    }
}

impl Provider {
    /// With the default policy.
    pub fn start() -> Self {
        Self::with(Policy::default())
    }

    /// With a policy of the story's own.
    pub fn with(policy: Policy) -> Self {
        Self::waiting(policy, Patience::default())
    }

    /// With such a policy, and with limits of its own to what clients may keep it waiting.
    pub fn waiting(policy: Policy, patience: Patience) -> Self {
        Self::alone(policy, patience, LOOKS)
    }

    /// With the default policy, and deaf: it never looks what other processes changed.
    pub fn deaf() -> Self {
        Self::alone(Policy::default(), Patience::default(), Duration::MAX)
    }

    fn alone(policy: Policy, patience: Patience, looks: Duration) -> Self {
        let template = template();
        let dir = tempfile::tempdir().unwrap();
        copy(template.dir.path(), dir.path());
        let store = Arc::new(open(dir.path(), OpenMode::MustExist));
        let clock = Arc::new(FixedClock::at(SystemClock.now()));
        let beginning = Beginning {
            dir,
            store,
            time: clock.clone(),
            clock,
            issuer: None,
            policy,
            patience,
            looks,
        };
        Self::from(beginning)
    }

    /// On a database there is already, as one node of several.
    pub fn from(beginning: Beginning) -> Self {
        let Beginning {
            dir,
            store,
            clock,
            time,
            issuer,
            policy,
            patience,
            looks,
        } = beginning;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let ctx = Arc::new(Ctx {
            clock: time,
            entropy: Arc::new(SystemEntropy),
            issuer: Issuer::new(issuer.as_deref().unwrap_or(&address)),
            policy,
        });
        let hasher = Arc::new(Hasher::start(HasherSize::for_cores(2), ctx.entropy.clone()).unwrap());
        let catcher = Arc::new(Catcher::new(ctx.clone(), Sender::of_host("localhost").unwrap()));
        let storage = Arc::new(Storage::new(store.clone()));
        let is_behind = Arc::<AtomicBool>::default();
        let holder = Arc::new(Holder {
            store: store.clone(),
            state: OnceLock::new(),
            is_behind: is_behind.clone(),
        });
        let parts = Parts {
            ctx: ctx.clone(),
            store: storage.clone() as Arc<admin::Store>,
            hasher: hasher.clone(),
            ring: Arc::new(SharedRing::new(load_ring(&store))),
            custody: holder.clone(),
            key_plan: KeyPlan::default(),
            urls: Arc::new(cast::Anywhere),
            revocations: store.revocations(),
            post: catcher.clone(),
            inbox: Some(catcher.clone()),
            metrics: Arc::new(Metrics::new().unwrap()),
            hosts: Vec::new(),
            trusted_proxies: TrustedProxies::default(),
        };
        let state = Arc::new(AppState::new(parts).unwrap());
        holder.state.set(Arc::downgrade(&state)).unwrap();
        let (caches, database) = (Arc::downgrade(&state), Arc::downgrade(&store));
        let forget = move |changes: &[kernel::Change]| {
            if let (Some(state), Some(store)) = (caches.upgrade(), database.upgrade()) {
                state.apply(changes);
                if changes.contains(&kernel::Change::Keys) {
                    state.replace_ring(load_ring(&store));
                }
            }
        };
        store
            .watch_every(looks, ctx.clock.clone(), Box::new(forget))
            .unwrap();
        let caches = Arc::downgrade(&state);
        let heed = move |changes: &[kernel::Change]| {
            if let Some(state) = caches.upgrade() {
                state.forget(changes);
            }
        };
        store.heed(Box::new(heed)).unwrap();
        let (server, thread) = serve(listener, state.clone(), patience);
        Self {
            issuer: address,
            clock,
            hasher,
            inbox: catcher,
            storage,
            state,
            ctx,
            store,
            is_behind,
            server,
            thread: Some(thread),
            dir,
        }
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.issuer)
    }

    /// New keys for an act of [`administer`](Self::administer), one of each.
    pub fn fresh(&self, algorithms: &[SigningAlg]) -> Fresh {
        let check = work::run::<dyn Ports, _, KeyFault>(&*self.store, Access::Read, |ports| {
            Check::of(ports, &template().master)
        });
        Fresh::make(algorithms, &template().master, check.unwrap(), &self.ctx).unwrap()
    }

    /// Signs a token of the story's own, as the token endpoint would.
    pub fn issue(&self, plan: &IssuePlan) -> Issued {
        token::issue::issue(plan, &self.state.ring.get(), &self.ctx).unwrap()
    }

    /// Lets time pass.
    pub fn wait(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// How many units of work an act needs once everything is warm: those that read, those that may write. The least of
    /// several times, because the provider also has things of its own to do.
    pub fn least_work(&self, mut act: impl FnMut()) -> (u64, u64) {
        let mut once = || {
            let before = self.storage.work();
            act();
            let after = self.storage.work();
            (after.0 - before.0, after.1 - before.1)
        };
        (0..20).map(|_| once()).min().unwrap()
    }

    /// What the audit trail says, oldest first.
    pub fn audit(&self) -> Vec<Event> {
        audit::read(&self.file())
    }

    /// Stores what was counted, as a server does once a minute.
    pub fn store_statistics(&self) {
        web::statistics::store(&self.state).unwrap();
    }

    /// What its handlers share, for a story that calls them without a connection.
    pub fn state(&self) -> Arc<AppState> {
        self.state.clone()
    }

    /// The file of its database.
    pub fn file(&self) -> PathBuf {
        self.dir.path().join(FILE)
    }

    /// SQL past the house, as somebody with the file would do it.
    pub fn tamper(&self, sql: &str) {
        audit::tamper(&self.file(), sql);
    }

    /// How many rows a table has.
    pub fn rows(&self, table: &str) -> i64 {
        audit::count(&self.file(), table)
    }

    /// Sessions that were not ended.
    pub fn live_sessions(&self) -> i64 {
        self.rows("sessions WHERE ended_at IS NULL")
    }

    /// From now on the database's keys cannot be loaded again.
    pub fn fall_behind(&self) {
        self.is_behind.store(true, Ordering::SeqCst);
    }

    /// Cleans up, as `signet serve` does once a minute.
    pub fn sweep(&self) {
        self.store.sweep(self.ctx.now(), &self.ctx.policy).unwrap();
    }

    /// The replica of the revocation list that its endpoints ask.
    pub fn revocations(&self) -> Arc<RevocationList> {
        self.store.revocations()
    }

    /// Its signing keys.
    pub fn ring(&self) -> Arc<KeyRing> {
        self.state.ring.get()
    }

    /// Delivers logout notices, as `signet serve` does, until dropped.
    pub fn notifier(&self) -> Notifier {
        Notifier::start(self.state.clone(), Outbound::loopback().unwrap()).unwrap()
    }

    /// Does something an administrator would do on the command line.
    pub fn administer<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut dyn Ports, &Ctx) -> Result<T, admin::AdminFault> + Send + 'static,
    ) -> T {
        let ctx = self.ctx.clone();
        work::run::<dyn Ports, _, _>(&*self.store, Access::Write, move |ports| act(ports, &ctx)).unwrap()
    }

    /// The same by another process on its database.
    pub fn administer_elsewhere<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut dyn Ports, &Ctx) -> Result<T, admin::AdminFault> + Send + 'static,
    ) -> T {
        let (other, ctx) = (open(self.dir.path(), OpenMode::MustExist), self.ctx.clone());
        work::run::<dyn Ports, _, _>(&other, Access::Write, move |ports| act(ports, &ctx)).unwrap()
    }

    /// Begins such an act and dies before it is committed.
    pub fn undone(
        &self,
        act: impl FnOnce(&mut dyn Ports, &Ctx) -> Result<(), admin::AdminFault> + Send + 'static,
    ) {
        let ctx = self.ctx.clone();
        let died = work::run::<dyn Ports, (), admin::AdminFault>(&*self.store, Access::Write, move |ports| {
            act(ports, &ctx)?;
            Err(StorageFault::Unavailable("killed".to_owned()).into())
        });
        assert!(matches!(died, Err(admin::AdminFault::Storage(_))));
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        drop(self.server.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(listener: TcpListener, state: Arc<AppState>, patience: Patience) -> (ServerHandle, JoinHandle<()>) {
    let (sender, receiver) = mpsc::channel();
    let thread = thread::spawn(move || {
        let state = Data::from(state);
        let manner = Manner {
            workers: 2,
            grace: 0,
            patience,
            ..Manner::default()
        };
        actix_web::rt::System::new().block_on(async move {
            let server = http::serve(&state, vec![listener], manner).unwrap();
            sender.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    (receiver.recv().unwrap(), thread)
}

/// The keys of a provider, as they are stored.
fn load_ring(store: &Database) -> KeyRing {
    let loaded = work::run::<dyn Ports, _, KeyFault>(store, Access::Read, |ports| {
        KeyRing::load(&ports.keys()?, &template().master)
    });
    loaded.unwrap()
}

/// What every provider begins as.
struct Template {
    dir: TempDir,
    master: Arc<MasterKey>,
    password: PasswordHash,
}

fn template() -> &'static Template {
    static MADE: OnceLock<Template> = OnceLock::new();
    MADE.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let ctx = foundation();
        let master = MasterKey::generate(&*ctx.entropy);
        let hasher = Hasher::start(HasherSize::for_cores(1), ctx.entropy.clone()).unwrap();
        let template = Template {
            dir,
            master: Arc::new(master),
            password: hasher.hash(Password::new(cast::PASSWORD).unwrap()).unwrap(),
        };
        template.fill(&open(template.dir.path(), OpenMode::Create), ctx);
        template
    })
}

impl Template {
    fn fill(&self, store: &Database, ctx: Ctx) {
        let prepared = keys::prepare(&SigningAlg::USUAL, &self.master, &ctx).unwrap();
        let installed = work::run::<dyn Ports, _, KeyFault>(store, Access::Write, move |ports| {
            keys::install(ports, prepared)
        });
        installed.unwrap();
        let hash = self.password.clone();
        let installed = work::run::<dyn Ports, _, admin::AdminFault>(store, Access::Write, move |ports| {
            cast::install(ports, &ctx, &hash)
        });
        installed.unwrap();
    }
}

/// Puts keys, people and clients into a database that has none.
pub fn fill(store: &Database) {
    template().fill(store, foundation());
}

/// When and as whom everything begins.
fn foundation() -> Ctx {
    Ctx {
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        // Nothing that is stored names the issuer.
        issuer: Issuer::new("http://127.0.0.1"),
        policy: Policy::default(),
    }
}

fn open(dir: &Path, mode: OpenMode) -> Database {
    Database::open(&format!("sqlite://{}", dir.join(FILE).display()), mode).unwrap()
}

/// The database file, and its journal if it has one.
fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}
