//! A connection to one of the two databases, and the macro that compiles a query for both.

use diesel::connection::SimpleConnection;
use diesel::{QueryResult, SqliteConnection};
use kernel::StorageFault;

use crate::postgres::line::{Line, Standing};

/// A connection. A plain enum: diesel's `MultiConnection` knows neither upserts nor statement ids known at compile time.
#[expect(
    clippy::large_enum_variant,
    reason = "there is one per thread, and it stays where it is"
)]
pub enum Conn {
    /// The embedded database.
    Sqlite(SqliteConnection),
    /// A server.
    Postgres(Line),
}

impl Conn {
    /// Statements without parameters or rows: transactions, savepoints, settings, migrations.
    pub fn batch(&mut self, sql: &str) -> QueryResult<()> {
        match self {
            Conn::Sqlite(conn) => conn.batch_execute(sql),
            Conn::Postgres(conn) => conn.batch_execute(sql),
        }
    }

    /// Whether it is of use. A file does not go away.
    pub fn standing(&self) -> Standing {
        match self {
            Conn::Sqlite(_) => Standing::Good,
            Conn::Postgres(conn) => conn.standing(),
        }
    }

    /// Whether a new one is better before something is begun on it.
    pub fn is_doubtful(&self) -> bool {
        match self {
            Conn::Sqlite(_) => false,
            Conn::Postgres(conn) => conn.is_doubtful(),
        }
    }
}

/// Writes a query once and compiles it for either database: `on!(conn, |c| query.execute(c))`.
///
/// A row that a key names is read with `get_result`. `first` would add a bound `LIMIT`, and SQLite, which looks at its value to
/// plan, prepares such a statement anew each time it is run: half of what a lookup costs.
macro_rules! on {
    ($conn:expr, |$c:ident| $query:expr) => {
        match $conn {
            $crate::conn::Conn::Sqlite($c) => $query,
            $crate::conn::Conn::Postgres($c) => $query,
        }
        .map_err($crate::conn::unavailable)
    };
}
pub(crate) use on;

/// What diesel says, for the log.
pub fn unavailable(error: diesel::result::Error) -> StorageFault {
    StorageFault::Unavailable(error.to_string())
}
