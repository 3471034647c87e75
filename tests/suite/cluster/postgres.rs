//! A PostgreSQL that a story may stop, kill and promote, and its standby. It makes sure of a commit before it acknowledges
//! one, as an operator's does; only the disk is not waited for, because no story takes the machine's power away.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};

use kernel::SystemEntropy;
use kernel::id::Sid;
use tempfile::TempDir;

use crate::cli::installation::{free_port, signal, until};
use crate::cli::nobody::{command, give};

const OWNER: &str = "signet";

/// Ends the server when nobody holds the other end of standard input any more, however the tests end.
const KEEPER: &str = r#"
    trap '' HUP INT TERM
    "$@" &
    read -r _
    kill -QUIT $! 2>/dev/null
    wait
"#;

/// How it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// As a restart by an operator: who is connected is hung up on.
    Fast,
    /// `kill -9` of all its processes.
    Kill,
}

/// The turn of those who write, held by somebody who does nothing.
pub struct Turn {
    holder: Child,
    said: ChildStdin,
}

impl Turn {
    /// Lets whoever waits longest have it.
    pub fn pass_on(mut self) {
        drop(self.said);
        self.holder.wait().unwrap();
    }
}

/// A server. Dropping it ends it.
pub struct Postgres {
    /// Where it listens on this machine.
    pub port: u16,
    password: String,
    dir: TempDir,
    keeper: Option<Child>,
}

impl Postgres {
    /// An empty one.
    pub fn start() -> Self {
        let mut server = Self::at(free_port(), Sid::generate(&SystemEntropy).to_string());
        let secret = server.dir.path().join("password");
        std::fs::write(&secret, &server.password).unwrap();
        give(&secret);
        let made = command(&program("initdb"))
            .args(["--username", OWNER, "--auth", "scram-sha-256"])
            .args(["--encoding", "UTF8", "--no-locale", "--no-sync"])
            .arg("--pwfile")
            .arg(&secret)
            .arg("--pgdata")
            .arg(server.data())
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        server.start_again();
        server
    }

    /// A standby, at that port, that has each commit before this server acknowledges it.
    pub fn standby(&self, port: u16) -> Self {
        let mut standby = Self::at(port, self.password.clone());
        let copied = command(&program("pg_basebackup"))
            .args(["-h", "127.0.0.1", "-U", OWNER, "-p", &self.port.to_string()])
            .args(["--checkpoint=fast", "--no-sync", "-R", "-D"])
            .arg(standby.data())
            .env("PGPASSWORD", &self.password)
            .output()
            .unwrap();
        assert!(copied.status.success(), "{copied:?}");
        standby.start_again();
        self.sql("ALTER SYSTEM SET synchronous_standby_names = '*'");
        self.sql("SELECT pg_reload_conf()");
        until("the standby is waited for", || {
            let state = self.sql("SELECT sync_state FROM pg_stat_replication");
            (state == "sync").then_some(())
        });
        standby
    }

    fn at(port: u16, password: String) -> Self {
        let dir = tempfile::tempdir().unwrap();
        give(dir.path());
        Self {
            port,
            password,
            dir,
            keeper: None,
        }
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// `database.url`, by way of these ports of this machine.
    pub fn url(&self, ports: &[u16]) -> String {
        let hosts: Vec<_> = ports.iter().map(|port| format!("127.0.0.1:{port}")).collect();
        let (password, hosts) = (&self.password, hosts.join(","));
        let wanted = if ports.len() > 1 {
            "?target_session_attrs=read-write"
        } else {
            ""
        };
        format!("postgres://{OWNER}:{password}@{hosts}/postgres{wanted}")
    }

    /// Starts it until it answers.
    pub fn start_again(&mut self) {
        let log = std::fs::File::create(self.dir.path().join("log")).unwrap();
        let keeper = command(Path::new("/bin/sh"))
            .args(["-c", KEEPER, "sh"])
            .arg(program("postgres"))
            .arg("-D")
            .arg(self.data())
            .arg("-k")
            .arg(self.dir.path())
            .args(["-p", &self.port.to_string()])
            .args(["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"])
            .args(["-c", "autovacuum=off", "-c", "wal_level=replica"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        self.keeper = Some(keeper);
        until("PostgreSQL answers", || {
            self.ask("SELECT 1").status.success().then_some(())
        });
    }

    /// Ends it.
    pub fn end(&mut self, end: End) {
        match end {
            End::Fast => signal(self.pid(), "INT"),
            End::Kill => {
                let all = self.sql("SELECT string_agg(pid::text, ' ') FROM pg_stat_activity");
                signal(self.pid(), "KILL");
                for pid in all.split(' ') {
                    // Many of them went with it.
                    let _ = Command::new("kill")
                        .args(["-s", "KILL", pid])
                        .stderr(Stdio::null())
                        .status();
                }
            }
        }
        until("nobody answers there", || {
            (!self.ask("SELECT 1").status.success()).then_some(())
        });
        self.let_go();
    }

    /// Makes a standby the server.
    pub fn promote(&self) {
        assert_eq!(self.sql("SELECT pg_promote(true, 30)"), "t");
    }

    /// Whether it takes writes.
    pub fn is_in_charge(&self) -> bool {
        let told = self.ask("SELECT pg_is_in_recovery()");
        told.status.success() && told.stdout.starts_with(b"f")
    }

    /// What one statement brings, as text.
    #[track_caller]
    pub fn sql(&self, statement: &str) -> String {
        let told = self.ask(statement);
        assert!(told.status.success(), "{statement}: {told:?}");
        String::from_utf8(told.stdout).unwrap().trim().to_owned()
    }

    /// Takes the turn of those who write, so that all of them wait.
    pub fn hold_writers(&self) -> Turn {
        let mut psql = self.psql();
        let mut holder = psql.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let mut said = holder.stdin.take().unwrap();
        writeln!(said, "SELECT pg_advisory_lock(7305513);").unwrap();
        let turn = Turn { holder, said };
        until("the turn is held", || {
            (self.turns("granted AND application_name = 'psql'") == 1).then_some(())
        });
        turn
    }

    /// Waits until somebody has that turn.
    pub fn until_held(&self) {
        until("somebody may write", || {
            (self.turns("granted") == 1).then_some(())
        });
    }

    /// Waits until so many wait for it.
    pub fn until_waiting(&self, many: u32) {
        until("somebody waits for a turn", || {
            (self.turns("NOT granted") >= many).then_some(())
        });
    }

    /// How many have their turn, or want one.
    fn turns(&self, which: &str) -> u32 {
        let count = "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
            WHERE locktype = 'advisory' AND objid = 7305513";
        self.sql(&format!("{count} AND {which}")).parse().unwrap()
    }

    fn ask(&self, statement: &str) -> Output {
        self.psql().args(["-c", statement]).output().unwrap()
    }

    fn psql(&self) -> Command {
        let mut psql = command(&program("psql"));
        psql.args(["-X", "-A", "-t", "-q", "-h", "127.0.0.1", "-U", OWNER])
            .args(["-p", &self.port.to_string(), "-d", "postgres"])
            .env("PGPASSWORD", &self.password)
            .env("PGCONNECT_TIMEOUT", "5")
            .stdin(Stdio::null());
        psql
    }

    fn pid(&self) -> u32 {
        let file = std::fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        file.lines().next().unwrap().parse().unwrap()
    }

    /// Lets the keeper end the server, if it still runs.
    fn let_go(&mut self) {
        if let Some(mut keeper) = self.keeper.take() {
            drop(keeper.stdin.take());
            keeper.wait().unwrap();
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.let_go();
    }
}

/// `$POSTGRES_BIN`, or the newest that Debian put beside each other.
fn program(name: &str) -> PathBuf {
    if let Some(named) = std::env::var_os("POSTGRES_BIN") {
        return PathBuf::from(named).join(name);
    }
    let version = |path: &PathBuf| -> Option<u32> { path.file_name()?.to_str()?.parse().ok() };
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let newest = versions
        .filter_map(|entry| Some(entry.ok()?.path()))
        .max_by_key(version);
    let newest = newest.expect("PostgreSQL is installed (tests/run installs it)");
    newest.join("bin").join(name)
}
