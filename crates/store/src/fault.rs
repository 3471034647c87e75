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
    /// Migrations are pending.
    #[error("the database schema is too old (missing: {}); run `signet migrate up`", .pending.join(", "))]
    SchemaTooOld {
        /// Their names, oldest first.
        pending: Vec<String>,
    },
    /// A newer program has migrated it.
    #[error("the database schema is newer than this program (unknown: {}); use the newer program", .unknown.join(", "))]
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
