//! Where an installation is copied from: one snapshot, and if possible nobody else.

use diesel::prelude::*;
use diesel::result::Error;
use diesel::sql_types::Bool;
use kernel::Access;

use super::fault::CopyFault;
use crate::conn::Conn;
use crate::fault::OpenFault;
use crate::location::Location;
use crate::schema;

/// Who else may use the source while it is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Company {
    /// Nobody: a server that runs is noticed and the copy refused, one that starts has to wait.
    Nobody,
    /// Anybody. What is written after the copy began stays behind.
    Anybody,
}

/// How often a server is asked whether everybody has gone, a tenth of a second apart.
const LOOKS: usize = 10;

#[derive(QueryableByName)]
struct Free {
    #[diesel(sql_type = Bool)]
    free: bool,
}

/// A connection that sees the source as it is now, until it is dropped.
///
/// # Errors
/// When there is no source of this program's schema, or when it is in use.
pub fn open(location: &Location, company: Company) -> Result<Conn, CopyFault> {
    let away = |error| CopyFault::Source(OpenFault::from(error));
    location.check().map_err(CopyFault::Source)?;
    let mut conn = location
        .connect_patiently(Access::Read)
        .map_err(CopyFault::Source)?;
    if company == Company::Nobody && !close(&mut conn).map_err(away)? {
        return Err(CopyFault::InUse);
    }
    conn.batch(match conn {
        Conn::Sqlite(_) => "BEGIN",
        Conn::Postgres(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    })
    .map_err(away)?;
    // The first look into this transaction, from which on it sees nothing new.
    schema::require_own(&mut conn).map_err(CopyFault::Source)?;
    Ok(conn)
}

/// Keeps others from writing for as long as this connection lives; false if somebody is here already. Commands, which end
/// soon, are waited for.
fn close(conn: &mut Conn) -> QueryResult<bool> {
    match conn {
        Conn::Sqlite(_) => close_file(conn),
        Conn::Postgres(_) => {
            for _ in 0..LOOKS {
                if close_server(conn)? {
                    return Ok(true);
                }
                conn.batch("SELECT pg_sleep(0.1)")?;
            }
            Ok(false)
        }
    }
}

/// Takes the lock of who writes (`engine::alone`) if nobody else is connected; a server is even while it rests.
fn close_server(conn: &mut Conn) -> QueryResult<bool> {
    let Conn::Postgres(conn) = conn else {
        return Ok(false);
    };
    let question = "SELECT CASE WHEN EXISTS (
            SELECT 1 FROM pg_stat_activity
            WHERE datname = current_database() AND usesysid IS NOT NULL AND pid <> pg_backend_pid()
        ) THEN FALSE ELSE pg_try_advisory_lock(7305513) END AS free";
    let answer: Free = diesel::sql_query(question).get_result(conn)?;
    Ok(answer.free)
}

/// In this mode a transaction that may write takes the whole file, for as long as the connection lives; it fails while another
/// has the file open.
fn close_file(conn: &mut Conn) -> QueryResult<bool> {
    let taken = conn.batch(
        "PRAGMA busy_timeout = 1000; PRAGMA query_only = OFF; PRAGMA locking_mode = EXCLUSIVE;
         BEGIN EXCLUSIVE; COMMIT; PRAGMA query_only = ON",
    );
    match taken {
        Ok(()) => Ok(true),
        Err(Error::DatabaseError(_, said)) if said.message().contains("locked") => Ok(false),
        Err(error) => Err(error),
    }
}
