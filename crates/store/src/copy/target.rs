//! Where an installation is copied to: tables made by this program, with nothing in them, in one transaction.

use diesel::prelude::*;
use diesel::sql_types::Bool;
use kernel::Access;

use super::catalogue;
use super::fault::{CopyFault, at};
use super::order::TABLES;
use crate::conn::{Conn, on};
use crate::fault::OpenFault;
use crate::location::Location;
use crate::schema;

#[derive(QueryableByName)]
struct Filled {
    #[diesel(sql_type = Bool)]
    filled: bool,
}

/// Refuses a target that holds anything. Writes nothing.
///
/// # Errors
/// When it holds an installation or tables of somebody else, or cannot be reached.
pub fn require_vacant(location: &Location) -> Result<(), CopyFault> {
    match location.check() {
        // It will be made.
        Err(OpenFault::Missing(_)) => return Ok(()),
        checked => checked.map_err(CopyFault::Target)?,
    }
    look(
        &mut location
            .connect_patiently(Access::Read)
            .map_err(CopyFault::Target)?,
    )
}

/// A connection inside a transaction, with every table there and empty; nobody else writes until it is over. Without
/// [`commit`] only empty tables stay.
///
/// # Errors
/// As [`require_vacant`], and when tables cannot be made.
pub fn open(location: &Location) -> Result<Conn, CopyFault> {
    location.create().map_err(CopyFault::Target)?;
    let mut conn = location
        .connect_patiently(Access::Write)
        .map_err(CopyFault::Target)?;
    schema::raise(&mut conn).map_err(CopyFault::Target)?;
    // A server that starts on the target takes these locks, too, before it makes tables or keys.
    conn.batch(match conn {
        Conn::Sqlite(_) => "BEGIN IMMEDIATE",
        Conn::Postgres(_) => {
            "BEGIN; SELECT pg_advisory_xact_lock(7305512); SELECT pg_advisory_xact_lock(7305513)"
        }
    })
    .map_err(away)?;
    // Once more: it may have been there first.
    look(&mut conn)?;
    Ok(conn)
}

/// Keeps what was written.
///
/// # Errors
/// When the database does not; then nothing was kept.
pub fn commit(mut conn: Conn) -> Result<(), CopyFault> {
    conn.batch("COMMIT").map_err(away)
}

fn look(conn: &mut Conn) -> Result<(), CopyFault> {
    let status = schema::stand(conn).map_err(CopyFault::Target)?;
    let known = !status.applied.is_empty();
    for table in TABLES {
        let there = !catalogue::columns(conn, table)
            .map_err(at(table.name))?
            .is_empty();
        if there && !known {
            return Err(CopyFault::Foreign(table.name));
        }
        let question = format!(r#"SELECT EXISTS (SELECT 1 FROM "{}") AS filled"#, table.name);
        if there && filled(conn, question).map_err(at(table.name))? {
            return Err(CopyFault::Occupied(table.name));
        }
    }
    Ok(())
}

fn filled(conn: &mut Conn, question: String) -> Result<bool, kernel::StorageFault> {
    let answer: Filled = on!(conn, |c| diesel::sql_query(question).get_result(c))?;
    Ok(answer.filled)
}

fn away(error: diesel::result::Error) -> CopyFault {
    CopyFault::Target(OpenFault::from(error))
}
