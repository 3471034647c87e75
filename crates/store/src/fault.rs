//! Why a database cannot be used: one clear line each, for the person who started the program.

use crate::postgres::url::UrlFault;

/// Why opening, inspecting or migrating failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenFault {
    /// Not a URL of a kind known here. A mistake in the configuration.
    #[error("`{0}` is not a database URL: it begins with sqlite:// and a path, or with postgres://")]
    Url(String),
    /// A URL of PostgreSQL that says something unknown. A mistake in the configuration.
    #[error("database.url {0}")]
    Postgres(UrlFault),
    /// There is no such file.
    #[error("there is no database at {0}; `signet init` creates one")]
    Missing(String),
    /// The file cannot be made or written.
    #[error("the database {path} cannot be written: {reason}")]
    Unwritable {
        /// The file.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// The file holds something else.
    #[error("{0} is not an SQLite database")]
    NotADatabase(String),
    /// Nobody answers, or the answer is no.
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
    /// This machine and the server disagree by days.
    #[error(
        "this machine's clock and the database's are {} hours apart, more than any token lives; set right which of them is \
         wrong, then start again", .seconds.unsigned_abs() / 3600
    )]
    Clock {
        /// How far the machine is behind; negative where it is ahead.
        seconds: i64,
    },
    /// Migrations are pending.
    #[error("the database schema is too old (missing: {}); run `signet migrate up`", .pending.join(", "))]
    SchemaTooOld {
        /// Their names, oldest first.
        pending: Vec<String>,
    },
    /// Programs of two releases later have migrated it, or of another line.
    #[error(
        "the database schema is too new for this program (unknown: {}); use a newer one", .unknown.join(", ")
    )]
    SchemaTooNew {
        /// Versions this program does not know.
        unknown: Vec<String>,
    },
}

impl From<diesel::result::Error> for OpenFault {
    fn from(error: diesel::result::Error) -> Self {
        OpenFault::Unreachable(error.to_string())
    }
}
