//! Where a database is, and how a connection to it begins.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use diesel::{Connection as _, SqliteConnection};
use kernel::Access;

use crate::conn::Conn;
use crate::fault::OpenFault;
use crate::postgres::dial::Pace;
use crate::postgres::server::Server;

/// The first bytes of every SQLite database that is not empty.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// A database's address.
#[derive(Clone)]
pub enum Location {
    /// An SQLite file.
    File(PathBuf),
    /// PostgreSQL.
    Server(Arc<Server>),
}

impl Location {
    /// Understands `sqlite://PATH` (relative or absolute) and `postgres://...`.
    pub fn parse(url: &str) -> Result<Self, OpenFault> {
        if let Some(path) = url.strip_prefix("sqlite://").filter(|path| !path.is_empty()) {
            // Joined to `.`, no path is taken for one of SQLite's own names such as `:memory:`.
            return Ok(Self::File(Path::new(".").join(path)));
        }
        if let Some(server) = Server::parse(url) {
            return Ok(Self::Server(Arc::new(server.map_err(OpenFault::Postgres)?)));
        }
        // What stands before the scheme's end says enough; the rest may hold a password.
        Err(OpenFault::Url(
            url.split_once("://").map_or(url, |(scheme, _)| scheme).to_owned(),
        ))
    }

    /// Makes an empty file, readable by its owner only, where there is none. SQLite gives its side files the same mode.
    pub fn create(&self) -> Result<(), OpenFault> {
        let Self::File(path) = self else { return Ok(()) };
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(path) {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(unwritable(path, &error)),
        }
    }

    /// Looks at the file before SQLite does, whose complaints would name neither file nor remedy.
    pub fn check(&self) -> Result<(), OpenFault> {
        let Self::File(path) = self else { return Ok(()) };
        let file = match OpenOptions::new().read(true).write(true).open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(OpenFault::Missing(show(path))),
            Err(error) => return Err(unwritable(path, &error)),
        };
        match head(file) {
            Ok(head) if head.is_empty() || head == MAGIC => Ok(()),
            Ok(_) => Err(OpenFault::NotADatabase(show(path))),
            Err(error) => Err(unwritable(path, &error)),
        }
    }

    /// A new connection, ready for jobs of this kind, for each of whose statements somebody waits.
    pub fn connect(&self, access: Access) -> Result<Conn, OpenFault> {
        self.connect_at(Pace::Prompt, access)
    }

    /// A new connection for what takes as long as it takes: migrations, copies.
    pub fn connect_patiently(&self, access: Access) -> Result<Conn, OpenFault> {
        self.connect_at(Pace::Patient, access)
    }

    fn connect_at(&self, pace: Pace, access: Access) -> Result<Conn, OpenFault> {
        let refused =
            |error: diesel::ConnectionError| OpenFault::Unreachable(error.to_string().trim().to_owned());
        match self {
            Self::Server(server) => server
                .connect(pace)
                .map(Conn::Postgres)
                .map_err(OpenFault::Unreachable),
            Self::File(path) => {
                let name = path.to_str().ok_or_else(|| OpenFault::Missing(show(path)))?;
                let mut conn = Conn::Sqlite(SqliteConnection::establish(name).map_err(refused)?);
                conn.batch(settings(access))?;
                Ok(conn)
            }
        }
    }
}

/// What SQLite is told on every connection.
fn settings(access: Access) -> &'static str {
    match access {
        // FULL: a commit is on the disk before it is answered. FAST: erased secrets are overwritten in their pages.
        Access::Write => {
            "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             PRAGMA foreign_keys = ON; PRAGMA secure_delete = FAST; PRAGMA wal_autocheckpoint = 1000;
             PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;"
        }
        Access::Read => {
            "PRAGMA busy_timeout = 5000; PRAGMA query_only = ON; PRAGMA temp_store = MEMORY;
             PRAGMA cache_size = -8192;"
        }
    }
}

fn head(file: File) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::new();
    file.take(MAGIC.len() as u64).read_to_end(&mut head)?;
    Ok(head)
}

fn unwritable(path: &Path, error: &std::io::Error) -> OpenFault {
    OpenFault::Unwritable {
        path: show(path),
        reason: error.to_string(),
    }
}

/// Without the `./` that [`Location::parse`] put in front.
fn show(path: &Path) -> String {
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}
