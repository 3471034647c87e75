//! The database as the rest of the house holds it: threads with connections behind two queues.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use admin::Ports;
use kernel::work::Job;
use kernel::{Access, Clock, CorrectedClock, Entropy, StorageFault, UnitOfWork, entropy, work};
use session::RevocationList;

use crate::cache::announcer::Announcer;
use crate::cache::follower::Follower;
use crate::cache::state::CacheState;
use crate::cache::url::CacheUrl;
use crate::cache::{Ending, Place};
use crate::change::{INTERVAL, Listener, SharedListener, Watcher};
use crate::engine::alone::Alone;
use crate::engine::queue::{Queue, Tasks, queue};
use crate::engine::{Shared, Task, together};
use crate::fault::OpenFault;
use crate::location::Location;
use crate::schema;
use crate::tx::Tx;

/// Connections that read. SQLite's reads are short and mostly cached; a server's cost a trip over the network.
const SQLITE_READERS: usize = 2;
const POSTGRES_READERS: usize = 4;
/// Connections that write to a server, where a commit waits for its disk. SQLite has exactly one.
const POSTGRES_WRITERS: usize = 6;

/// Whether opening may make a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenMode {
    /// It must be there, with a schema on which this program can work: its own or that of the next release.
    MustExist,
    /// A missing file is created (mode 0600, in a directory that exists) and pending migrations are applied.
    Create,
}

/// How much was done since opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Transactions committed by writers.
    pub commits: u64,
    /// Units of work with [`Access::Write`].
    pub writes: u64,
    /// Units of work with [`Access::Read`].
    pub reads: u64,
}

/// An open database. Dropping it finishes what was queued and closes the connections.
pub struct Database {
    location: Location,
    shared: Arc<Shared>,
    /// Empty while dropping.
    queues: Option<Queues>,
    workers: Vec<JoinHandle<()>>,
    watcher: Mutex<Option<JoinHandle<()>>>,
    cache: OnceLock<Place>,
    announcing: Mutex<Option<JoinHandle<()>>>,
    following: Ending,
    pub(crate) swept_grants: Mutex<String>,
    pub(crate) swept_browsers: Mutex<String>,
}

struct Queues {
    writes: Queue,
    reads: Queue,
}

impl Database {
    /// Opens the database at `sqlite://PATH` or `postgres://...`.
    ///
    /// # Errors
    /// One line saying what is wrong with the URL, the file, the server or the schema.
    pub fn open(url: &str, mode: OpenMode) -> Result<Self, OpenFault> {
        let location = Location::parse(url)?;
        if mode == OpenMode::Create {
            location.create()?;
        }
        location.check()?;
        let mut first = match mode {
            OpenMode::Create => location.connect_patiently(Access::Write)?,
            OpenMode::MustExist => location.connect(Access::Write)?,
        };
        match mode {
            OpenMode::Create => drop(schema::raise(&mut first)?),
            OpenMode::MustExist => schema::require_fit(&mut first)?,
        }
        let mut database = Self {
            location,
            shared: Arc::default(),
            queues: None,
            workers: Vec::new(),
            watcher: Mutex::default(),
            cache: OnceLock::new(),
            announcing: Mutex::default(),
            following: Ending::default(),
            swept_grants: Mutex::default(),
            swept_browsers: Mutex::default(),
        };
        let (writes, write_tasks) = queue();
        let (reads, read_tasks) = queue();
        database.queues = Some(Queues { writes, reads });
        match &database.location {
            Location::File(_) => {
                database.spawn_together(Tx::new(first), write_tasks)?;
                database.spawn_alone(SQLITE_READERS, Access::Read, &read_tasks)?;
            }
            Location::Server(_) => {
                drop(first);
                database.spawn_alone(POSTGRES_WRITERS, Access::Write, &write_tasks)?;
                database.spawn_alone(POSTGRES_READERS, Access::Read, &read_tasks)?;
            }
        }
        Ok(database)
    }

    fn spawn_together(&mut self, tx: Tx, tasks: Tasks) -> Result<(), OpenFault> {
        let shared = self.shared.clone();
        self.workers.push(spawn("store-writer", move || {
            together::serve(tx, &tasks, &shared)
        })?);
        Ok(())
    }

    fn spawn_alone(&mut self, threads: usize, access: Access, tasks: &Tasks) -> Result<(), OpenFault> {
        for _ in 0..threads {
            let alone = Alone {
                tx: Tx::new(self.location.connect(access)?),
                location: self.location.clone(),
                access,
                shared: self.shared.clone(),
                able: Some(tasks.able()),
            };
            let tasks = tasks.clone();
            self.workers
                .push(spawn("store-worker", move || alone.serve(&tasks))?);
        }
        Ok(())
    }

    /// From now on `listener` is told of every change to clients, users, keys and the catalogue, whichever process made
    /// it, and [`revocations`](Self::revocations) knows what any process revoked; `clock` says how fresh it is. Once per
    /// database; call it before anything is cached.
    ///
    /// # Errors
    /// When there is a listener already, or no connection can be had for it.
    pub fn watch(&self, clock: Arc<dyn Clock>, listener: Listener) -> Result<(), OpenFault> {
        self.watch_every(INTERVAL, clock, listener)
    }

    /// As [`watch`](Self::watch), with the database looked at every so often. Where there is a Redis
    /// ([`join`](Self::join)), its news is followed too.
    ///
    /// # Errors
    /// As [`watch`](Self::watch).
    pub fn watch_every(
        &self,
        every: Duration,
        clock: Arc<dyn Clock>,
        listener: Listener,
    ) -> Result<(), OpenFault> {
        let listener: SharedListener = listener.into();
        let watcher = Watcher::start(self.location.clone(), Arc::clone(&clock), &self.shared)?;
        let Some(bell) = self.shared.bell.install() else {
            return Err(OpenFault::Unreachable(
                "its changes are being watched already".into(),
            ));
        };
        let told = Arc::clone(&listener);
        let thread = spawn("store-watcher", move || watcher.serve(&bell, every, &told))?;
        *self.watcher.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread);
        self.follow(clock, listener)
    }

    /// From now on `listener` is told of what this process commits, before whoever asked for it is answered: what it
    /// remembers is then never older than an answer. The watcher tells of the same a little later, with what others did.
    /// Runs on the threads that write: it only forgets, and waits for nothing. Once per database.
    ///
    /// # Errors
    /// When there is a listener already.
    pub fn heed(&self, listener: Listener) -> Result<(), OpenFault> {
        let taken = |_| OpenFault::Unreachable("its own changes are being heeded already".into());
        self.shared.heeding.set(listener.into()).map_err(taken)
    }

    /// Announces what is committed from now on at the Redis of `cache`, where the nodes of this installation hear it.
    /// Connects when there is something to say. Once per database, before [`watch`](Self::watch).
    ///
    /// # Errors
    /// Storage, where the installation's id is kept.
    pub fn join(&self, cache: &CacheUrl, entropy: &dyn Entropy) -> Result<(), OpenFault> {
        let (fresh, node): ([u8; 16], [u8; 8]) = (entropy::bytes(entropy), entropy::bytes(entropy));
        let installation = self
            .installation(fresh)
            .map_err(|fault| OpenFault::Unreachable(fault.to_string()))?;
        let place = Place::new(cache.clone(), &installation, &node);
        let (announcer, body) = Announcer::new(&place)?;
        if self.cache.set(place).is_err() || self.shared.announcer.set(announcer).is_err() {
            return Err(OpenFault::Unreachable("it has joined a Redis already".into()));
        }
        let thread = spawn("store-announcer", body)?;
        *self.announcing.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread);
        Ok(())
    }

    /// What tells this installation from others that use the same Redis; `fresh` the first time.
    fn installation(&self, fresh: [u8; 16]) -> Result<Vec<u8>, StorageFault> {
        const NAME: &str = "installation";
        let known = work::run::<dyn Ports, _, StorageFault>(self, Access::Read, |ports| ports.meta(NAME))?;
        match known {
            Some(id) => Ok(id),
            None => work::run::<dyn Ports, _, StorageFault>(self, Access::Write, move |ports| {
                ports.insert_meta(NAME, &fresh)?;
                // Another process may have been first.
                Ok(ports.meta(NAME)?.unwrap_or_else(|| fresh.to_vec()))
            }),
        }
    }

    fn follow(&self, clock: Arc<dyn Clock>, listener: SharedListener) -> Result<(), OpenFault> {
        let (Some(place), Some(announcer)) = (self.cache.get(), self.shared.announcer.get()) else {
            return Ok(());
        };
        announcer.stay();
        let follower = Follower {
            place: place.clone(),
            location: self.location.clone(),
            clock,
            list: self.revocations(),
            listener,
            looked: Arc::clone(&self.shared.looked),
            fence: self.shared.fence.clone(),
        };
        self.following.spawn("store-follower", follower.start()?)
    }

    /// How it goes with Redis, where there is one.
    pub fn cache_state(&self) -> Option<CacheState> {
        self.cache.get().map(|place| place.health.state())
    }

    /// Where it is.
    pub(crate) fn location(&self) -> &Location {
        &self.location
    }

    /// The clock that follows the database's, once there is one.
    pub(crate) fn timekeeper(&self) -> &OnceLock<Arc<CorrectedClock>> {
        &self.shared.clock
    }

    /// Who announces in Redis, where there is one.
    pub(crate) fn announcer(&self) -> Option<&Announcer> {
        self.shared.announcer.get()
    }

    /// This process's replica of the revocation list. What this process revokes is in it before the unit of work is
    /// answered; what others revoke, once [`watch`](Self::watch) was called.
    pub fn revocations(&self) -> Arc<RevocationList> {
        self.shared.revocations.clone()
    }

    /// How much was done since opening.
    pub fn counts(&self) -> Counts {
        Counts {
            commits: self.shared.commits.value(),
            writes: self.shared.writes.value(),
            reads: self.shared.reads.value(),
        }
    }

    fn put(&self, access: Access, task: Task) {
        if let Some(why) = self.shared.fence.why() {
            return (task.done)(Err(StorageFault::Outdated(why)));
        }
        match (&self.queues, access) {
            (Some(queues), Access::Write) => queues.writes.put(task),
            (Some(queues), Access::Read) => queues.reads.put(task),
            (None, _) => (task.done)(Err(StorageFault::Unavailable(
                "the store is shutting down".into(),
            ))),
        }
    }
}

impl UnitOfWork<dyn Ports> for Database {
    fn submit(&self, access: Access, job: Job<dyn Ports>) {
        let Job { run, done } = job;
        self.put(
            access,
            Job {
                run: Box::new(move |tx: &mut Tx| run(tx)),
                done,
            },
        );
    }
}

/// The database for work on the bare transaction, behind the ports.
pub(crate) struct Bare<'a>(pub &'a Database);

impl UnitOfWork<Tx> for Bare<'_> {
    fn submit(&self, access: Access, job: Task) {
        self.0.put(access, job);
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.queues = None;
        self.shared.bell.remove();
        let follower = self.following.end();
        let watcher = taken(&mut self.watcher);
        self.workers
            .drain(..)
            .chain(watcher)
            .chain(follower)
            .for_each(wait_for);
        // The workers were the last who had something to announce.
        if let Some(announcer) = self.shared.announcer.get() {
            announcer.close();
        }
        taken(&mut self.announcing).into_iter().for_each(wait_for);
    }
}

fn taken(thread: &mut Mutex<Option<JoinHandle<()>>>) -> Option<JoinHandle<()>> {
    thread.get_mut().unwrap_or_else(PoisonError::into_inner).take()
}

/// The last owner may be a reply, which runs on one of these threads: it cannot wait for itself.
fn wait_for(thread: JoinHandle<()>) {
    if thread.thread().id() != thread::current().id() {
        let _ = thread.join();
    }
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, OpenFault> {
    let thread = thread::Builder::new().name(name.to_owned()).spawn(body);
    thread.map_err(|error| OpenFault::Unreachable(format!("no thread for it: {error}")))
}
