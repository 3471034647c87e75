//! The change watcher: tells this process's caches what any process wrote.
//!
//! The command line writes beside a running server, so caches cannot rely on their own process's writes. A thread looks
//! at the feed `changes` and at the revocation list: at once after a commit of our own, every 100 ms otherwise. On SQLite
//! that look is one counter.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use diesel::dsl::max;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use kernel::{Access, Change, Clock, StorageFault, Timestamp};
use session::RevocationList;

use crate::clock::Timekeeper;
use crate::conn::{Conn, on, unavailable};
use crate::engine::Shared;
use crate::fault::OpenFault;
use crate::fence::{Guard, Passage};
use crate::location::Location;
use crate::revocation::Reading;
use crate::tables::changes;

/// Is told of changes, in their order. Runs on the watcher's thread: it should only forget things.
pub type Listener = Box<dyn Fn(&[Change]) + Send + Sync>;
/// The same, told by more than one thread.
pub type SharedListener = Arc<dyn Fn(&[Change]) + Send + Sync>;

/// How often to look when nobody rings.
pub const INTERVAL: Duration = Duration::from_millis(100);
/// Beyond this many changes at once it is cheaper for caches to forget everything.
const MANY: i64 = 1000;

/// Wakes the watcher, if there is one.
#[derive(Default)]
pub struct Bell(Mutex<Option<SyncSender<()>>>);

impl Bell {
    /// A watcher may wait for the other end. `None` if there is one already.
    pub fn install(&self) -> Option<Receiver<()>> {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if slot.is_some() {
            return None;
        }
        // One ring is enough however many there were.
        let (sender, receiver) = sync_channel(1);
        *slot = Some(sender);
        Some(receiver)
    }

    /// There may be news.
    pub fn ring(&self) {
        if let Some(sender) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            // Full means that somebody has rung already.
            let _ = sender.try_send(());
        }
    }

    /// Lets the watcher end.
    pub fn remove(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// Where the watcher stands.
pub struct Watcher {
    location: Location,
    conn: Conn,
    clock: Arc<dyn Clock>,
    seen: i64,
    version: Option<i64>,
    reading: Reading,
    revocations: Arc<RevocationList>,
    looked: Arc<AtomicI64>,
    timekeeper: Option<Timekeeper>,
    guard: Guard,
}

/// A change in the words of the feed.
pub fn words_of(change: &Change) -> (&'static str, &str) {
    match change {
        Change::Client(id) => ("client", id),
        Change::User(id) => ("user", id),
        Change::Keys | Change::Everything => ("keys", ""),
        Change::Catalogue => ("catalogue", ""),
    }
}

/// The words of the feed as a change.
pub fn change_of(kind: &str, id: &str) -> Change {
    match kind {
        "client" => Change::Client(id.to_owned()),
        "user" => Change::User(id.to_owned()),
        "keys" => Change::Keys,
        "catalogue" => Change::Catalogue,
        // Written by a newer version of this program.
        _ => Change::Everything,
    }
}

impl Watcher {
    /// Begins after the newest change there is, with the revocation list filled.
    pub fn start(location: Location, clock: Arc<dyn Clock>, shared: &Shared) -> Result<Self, OpenFault> {
        let conn = location.connect(Access::Read)?;
        let mut watcher = Self {
            location,
            conn,
            clock,
            seen: 0,
            version: None,
            reading: Reading::default(),
            revocations: Arc::clone(&shared.revocations),
            looked: Arc::clone(&shared.looked),
            timekeeper: timekeeper(shared),
            guard: Guard::new(shared.fence.clone()),
        };
        watcher
            .begin()
            .map_err(|fault| OpenFault::Unreachable(fault.to_string()))?;
        Ok(watcher)
    }

    fn begin(&mut self) -> Result<(), StorageFault> {
        self.seen = newest(&mut self.conn)?.unwrap_or(0);
        let begun = self.clock.now();
        self.read_revocations(begun)?;
        self.know_until(begun);
        Ok(())
    }

    /// Nothing committed before `begun` is unknown.
    fn know_until(&self, begun: Timestamp) {
        self.revocations.known_until(begun);
        self.looked.fetch_max(begun.as_millis(), Ordering::Release);
    }

    /// Tells the listener until the bell is removed; looks when it rings, and every so often.
    pub fn serve(mut self, bell: &Receiver<()>, every: Duration, listener: &SharedListener) {
        let mut failing = false;
        while bell.recv_timeout(every) != Err(RecvTimeoutError::Disconnected) {
            match self.look() {
                Ok(news) if news.is_empty() => failing = false,
                Ok(news) => {
                    failing = false;
                    listener(&news);
                }
                Err(fault) if failing => tracing::debug!(%fault, "still no news of changes"),
                Err(fault) => {
                    tracing::warn!(%fault, "no news of changes; caches may be stale");
                    failing = true;
                }
            }
            if failing {
                self.reconnect();
            }
        }
    }

    /// The connection may be what fails. The list is not fresh meanwhile, so storage is asked instead of it.
    fn reconnect(&mut self) {
        if let Ok(conn) = self.location.connect(Access::Read) {
            self.conn = conn;
            // Counts per connection.
            self.version = None;
            // A replica that was promoted may lack the last commits and give their numbers to others: all is read again, and
            // caches forget everything, because no news has the number that would be next.
            self.reading = Reading::default();
            self.seen = -1;
        }
    }

    /// What happened since the last look. Afterwards the revocation list knows everything committed before it.
    fn look(&mut self) -> Result<Vec<Change>, StorageFault> {
        if self.guard.look(&mut self.conn, self.clock.now())? == Passage::Closed {
            return Ok(Vec::new());
        }
        if let Some(timekeeper) = &mut self.timekeeper
            && timekeeper.look(&mut self.conn)? == Passage::Closed
        {
            return Ok(Vec::new());
        }
        let begun = self.clock.now();
        let version = data_version(&mut self.conn)?;
        let mut news = Vec::new();
        if version.is_none() || version != self.version {
            self.read_revocations(begun)?;
            news = self.changes()?;
            self.version = version;
        }
        self.know_until(begun);
        Ok(news)
    }

    /// Reads on in the revocation list.
    fn read_revocations(&mut self, now: Timestamp) -> Result<(), StorageFault> {
        let entries = self.reading.go_on(&mut self.conn, now)?;
        if !entries.is_empty() {
            self.revocations.add(entries);
        }
        Ok(())
    }

    /// Reads on in the feed.
    fn changes(&mut self) -> Result<Vec<Change>, StorageFault> {
        let rows: Vec<(i64, String, String)> = on!(&mut self.conn, |c| changes::table
            .filter(changes::seq.gt(self.seen))
            .order(changes::seq)
            .limit(MANY + 1)
            .load(c))?;
        let news = self.read(&rows);
        if rows.len() as i64 > MANY {
            self.seen = newest(&mut self.conn)?.unwrap_or(self.seen);
        } else if let Some((last, ..)) = rows.last() {
            self.seen = *last;
        }
        Ok(news)
    }

    /// Rows as news. A gap in the numbers means that rows were trimmed before we saw them; on PostgreSQL it may also be
    /// an undone write, which costs no more than a few cache misses.
    fn read(&self, rows: &[(i64, String, String)]) -> Vec<Change> {
        let Some((first, ..)) = rows.first() else {
            return Vec::new();
        };
        if *first != self.seen + 1 || rows.len() as i64 > MANY {
            return vec![Change::Everything];
        }
        rows.iter().map(|(_, kind, id)| change_of(kind, id)).collect()
    }
}

/// Where the database has a clock that is followed.
fn timekeeper(shared: &Shared) -> Option<Timekeeper> {
    let clock = shared.clock.get().cloned();
    clock.map(|clock| Timekeeper::new(clock, shared.fence.clone()))
}

/// The number of the newest change.
fn newest(conn: &mut Conn) -> Result<Option<i64>, StorageFault> {
    on!(conn, |c| changes::table.select(max(changes::seq)).first(c))
}

#[derive(QueryableByName)]
struct DataVersion {
    #[diesel(sql_type = BigInt)]
    data_version: i64,
}

/// SQLite's counter of other connections' commits; PostgreSQL has none.
fn data_version(conn: &mut Conn) -> Result<Option<i64>, StorageFault> {
    match conn {
        Conn::Sqlite(conn) => {
            let row: DataVersion = diesel::sql_query("PRAGMA data_version")
                .get_result(conn)
                .map_err(unavailable)?;
            Ok(Some(row.data_version))
        }
        Conn::Postgres(_) => Ok(None),
    }
}
