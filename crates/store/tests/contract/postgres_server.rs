//! A PostgreSQL of one's own, one per process of tests: in a directory that goes away, on a port of 127.0.0.1, behind a
//! password nobody else knows. What Debian's package may have started is neither asked nor touched.
//!
//! A process of tests has no last act in which it could stop its server, least of all when it is killed; so a shell stands
//! between the two, which waits for the end of its input.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use kernel::SystemEntropy;
use kernel::id::Sid;

use super::nobody::{command, give};

/// Whom the server obeys.
pub const OWNER: &str = "signet";

/// Starts the server and, when nobody holds the other end of standard input any more, ends it and what it wrote. Signals
/// from a terminal are for the tests; their end is what counts here.
const KEEPER: &str = r#"
    trap '' HUP INT TERM
    "$1/postgres" -D "$2/data" -k "$2" -p "$3" -c listen_addresses=127.0.0.1 -c max_connections=300 \
        -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 \
        -c autovacuum=off -c max_wal_size=64MB >"$2/log" 2>&1 &
    read -r _
    kill -QUIT $!
    wait
    rm -rf "$2"
"#;

/// Files that are never on a disk.
const MEMORY: &str = "/dev/shm";
/// KiB that are more than a server ever takes.
const ENOUGH: u64 = 1024 * 1024;

/// The server.
pub struct PostgresServer {
    /// `postgres://USER:PASSWORD@HOST:PORT`.
    address: String,
    /// Holds the end of the pipe that keeps it running.
    _keeper: Child,
}

/// An empty database of its own on the server; dropping it removes it.
pub struct PostgresDatabase {
    name: String,
}

impl PostgresServer {
    /// That of this process, started when first asked for.
    pub fn shared() -> &'static Self {
        static SERVER: OnceLock<PostgresServer> = OnceLock::new();
        SERVER.get_or_init(Self::start)
    }

    fn start() -> Self {
        let (programs, dir) = (programs(), directory());
        let password = Sid::generate(&SystemEntropy).to_string();
        make(&programs, &dir, &password);
        let port = free_port().to_string();
        let keeper = command(Path::new("/bin/sh"))
            .args(["-c", KEEPER, "sh"])
            .args([programs.as_path(), &dir])
            .arg(&port)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self {
            address: format!("postgres://{OWNER}:{password}@127.0.0.1:{port}"),
            _keeper: keeper,
        };
        let up = (0..1500).any(|_| tell(&server.url("postgres"), "").is_ok() || pause());
        let log = || std::fs::read_to_string(dir.join("log")).unwrap_or_default();
        assert!(up, "PostgreSQL does not answer: {}", log());
        server
    }

    /// A new database.
    pub fn database(&self) -> PostgresDatabase {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let name = format!("signet_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        self.tell(&format!("CREATE DATABASE {name} TEMPLATE template0"));
        PostgresDatabase { name }
    }

    fn url(&self, name: &str) -> String {
        format!("{}/{name}", self.address)
    }

    fn tell(&self, sql: &str) {
        tell(&self.url("postgres"), sql).unwrap();
    }
}

impl PostgresDatabase {
    /// For `database.url`.
    pub fn url(&self) -> String {
        PostgresServer::shared().url(&self.name)
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        PostgresServer::shared().tell(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}

/// SQL past the house.
pub fn tell(url: &str, sql: &str) -> Result<(), tokio_postgres::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.unwrap().block_on(async {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
        let pump = tokio::spawn(connection);
        let told = client.batch_execute(sql).await;
        drop(client);
        pump.await.unwrap()?;
        told
    })
}

/// A directory for the server alone: in memory where there is room, because a database per test is hundreds of files.
pub fn directory() -> PathBuf {
    let dir = match tempfile::tempdir_in(MEMORY) {
        Ok(dir) if room(dir.path()) >= ENOUGH => dir,
        _ => tempfile::tempdir().unwrap(),
    };
    dir.keep()
}

/// KiB to be had there.
fn room(dir: &Path) -> u64 {
    let told = Command::new("df").arg("-Pk").arg(dir).output();
    let told = told.map(|told| String::from_utf8_lossy(&told.stdout).into_owned());
    let available = |text: String| text.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok();
    told.ok().and_then(available).unwrap_or(0)
}

/// The files of a server without databases.
pub fn make(programs: &Path, dir: &Path, password: &str) {
    let secret = dir.join("password");
    std::fs::write(&secret, password).unwrap();
    give(&secret);
    give(dir);
    let made = command(&programs.join("initdb"))
        .args(["--username", OWNER, "--auth", "scram-sha-256"])
        .args(["--encoding", "UTF8", "--no-locale", "--no-sync"])
        .arg("--pwfile")
        .arg(&secret)
        .arg("--pgdata")
        .arg(dir.join("data"))
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
}

/// Where `initdb` and `postgres` are: `$POSTGRES_BIN`, or the newest that Debian put beside each other.
pub fn programs() -> PathBuf {
    if let Some(named) = std::env::var_os("POSTGRES_BIN") {
        return named.into();
    }
    let version = |path: &PathBuf| -> Option<u32> { path.file_name()?.to_str()?.parse().ok() };
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let newest = versions
        .filter_map(|entry| Some(entry.ok()?.path()))
        .max_by_key(version);
    newest
        .expect("PostgreSQL is installed (tests/run installs it)")
        .join("bin")
}

/// A port nobody listens on, most likely.
pub fn free_port() -> u16 {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    free.local_addr().unwrap().port()
}

/// Waits a little; false, so that it can stand in a search.
pub fn pause() -> bool {
    thread::park_timeout(Duration::from_millis(20));
    false
}
