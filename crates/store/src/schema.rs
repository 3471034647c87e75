//! The tables' history: which migrations there are, which were applied, and applying the rest.
//!
//! The SQL lies in `migrations/sqlite` and `migrations/postgres`, one directory per step and the same steps in both. What
//! was applied is noted in diesel's own table, so that its command line understands these databases.
//!
//! What a release brings is one *generation*, said by the first two digits of its steps' versions: `0101` and `0102` are what
//! the first release after 00 brings. A generation only adds what programs of the one before tolerate, and takes away only what
//! they do not use (ADR 23). So a program works on its own schema and on the next; a version says enough to tell, also to a
//! program that does not know it.

use diesel::migration::MigrationConnection as _;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use kernel::{Access, StorageFault};

use crate::conn::{Conn, on};
use crate::fault::OpenFault;
use crate::filling;
use crate::location::Location;
use crate::tables::__diesel_schema_migrations as history;

type Fill = fn(&mut Conn) -> Result<(), StorageFault>;

/// One step.
struct Step {
    version: &'static str,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
    /// What SQL cannot work out for the rows there are.
    fill: Option<Fill>,
}

macro_rules! step {
    ($version:literal, $rest:literal) => {
        step!($version, $rest, None)
    };
    ($version:literal, $rest:literal, $fill:expr) => {
        Step {
            fill: $fill,
            version: $version,
            name: concat!($version, "_", $rest),
            sqlite: include_str!(concat!(
                "../../../migrations/sqlite/",
                $version,
                "_",
                $rest,
                "/up.sql"
            )),
            postgres: include_str!(concat!(
                "../../../migrations/postgres/",
                $version,
                "_",
                $rest,
                "/up.sql"
            )),
        }
    };
}

/// All steps, oldest first.
const STEPS: &[Step] = &[
    step!("0001", "base"),
    step!("0002", "revocation_and_resources"),
    step!("0003", "signed_tokens"),
    step!("0004", "administration"),
    step!("0005", "audit_chain"),
    step!("0006", "flows_and_statistics"),
    step!("0007", "directory", Some(filling::directory)),
    step!("0008", "kept_answers"),
    step!("0010", "jwks_sightings"),
    step!("0012", "client_algorithms"),
];

/// Where a database stands; names of steps, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Applied.
    pub applied: Vec<String>,
    /// Not yet applied.
    pub pending: Vec<String>,
    /// Applied by a newer program; bare version numbers.
    pub unknown: Vec<String>,
}

/// How this program and a schema go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// It is this program's own.
    Own,
    /// The next release has migrated it; this program tolerates that.
    Next,
    /// It lacks steps of this program.
    Behind,
    /// Programs of two releases later have migrated it, or this program's own steps are strange to it.
    Strange,
}

impl Fit {
    /// In a word.
    pub fn as_str(self) -> &'static str {
        match self {
            Fit::Own => "own",
            Fit::Next => "next",
            Fit::Behind => "behind",
            Fit::Strange => "strange",
        }
    }
}

impl Status {
    /// How this program goes with it.
    pub fn fit(&self) -> Fit {
        let next = self
            .unknown
            .iter()
            .all(|version| generation(version) == Some(own_generation() + 1));
        match (self.pending.is_empty(), self.unknown.is_empty()) {
            (true, true) => Fit::Own,
            (false, true) => Fit::Behind,
            (true, false) if next => Fit::Next,
            _ => Fit::Strange,
        }
    }
}

/// Which release brought the step of this version: the number of its first two digits of four. `None` for what no release
/// would write.
fn generation(version: &str) -> Option<u32> {
    let is_version = version.len() == 4 && version.bytes().all(|byte| byte.is_ascii_digit());
    is_version.then(|| version[..2].parse().ok()).flatten()
}

/// That of this program.
fn own_generation() -> u32 {
    STEPS
        .last()
        .and_then(|step| generation(step.version))
        .unwrap_or_default()
}

/// Where the database at `url` stands. Writes nothing.
///
/// # Errors
/// When there is no usable database.
pub fn status(url: &str) -> Result<Status, OpenFault> {
    stand(&mut existing(&Location::parse(url)?, Access::Read)?)
}

/// The pending steps: name and SQL.
///
/// # Errors
/// When there is no usable database, or a newer one.
pub fn plan(url: &str) -> Result<Vec<(String, &'static str)>, OpenFault> {
    let mut conn = existing(&Location::parse(url)?, Access::Read)?;
    let status = stand(&mut conn)?;
    refuse_strange(&status)?;
    Ok(pending(&status)
        .map(|step| (step.name.to_owned(), step.sql(&conn)))
        .collect())
}

/// Applies what is pending, all or nothing; the names of the steps applied.
///
/// # Errors
/// When there is no usable database, a newer one, or a step fails.
pub fn up(url: &str) -> Result<Vec<String>, OpenFault> {
    raise(&mut existing(&Location::parse(url)?, Access::Write)?)
}

impl Step {
    fn sql(&self, conn: &Conn) -> &'static str {
        match conn {
            Conn::Sqlite(_) => self.sqlite,
            Conn::Postgres(_) => self.postgres,
        }
    }
}

/// A connection to a database that is there already.
fn existing(location: &Location, access: Access) -> Result<Conn, OpenFault> {
    location.check()?;
    location.connect_patiently(access)
}

/// As [`up`], on an open connection.
pub(crate) fn raise(conn: &mut Conn) -> Result<Vec<String>, OpenFault> {
    // Two programs may start at once: whoever comes second waits here, then finds nothing pending. For a table that somebody
    // reads for long, a backup for one, nobody waits: whoever wants that table would have to wait behind us. A writer takes its
    // turn before it takes rows; who migrates does too, or each of the two could hold what the other waits for.
    let begun = conn.batch(match conn {
        Conn::Sqlite(_) => "BEGIN IMMEDIATE",
        Conn::Postgres(_) => {
            "BEGIN; SELECT pg_advisory_xact_lock(7305512); SET LOCAL lock_timeout = 2000; \
             SELECT pg_advisory_xact_lock(7305513)"
        }
    });
    if let Err(error) = begun {
        // On PostgreSQL the transaction is open when it waits in vain. On SQLite none is, and this fails.
        let _ = conn.batch("ROLLBACK");
        return Err(error.into());
    }
    let applied = apply_pending(conn);
    conn.batch(if applied.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    applied
}

fn apply_pending(conn: &mut Conn) -> Result<Vec<String>, OpenFault> {
    on!(&mut *conn, |c| c.setup()).map_err(away)?;
    let status = stand(conn)?;
    refuse_strange(&status)?;
    for step in pending(&status) {
        conn.batch(step.sql(conn))?;
        if let Some(fill) = step.fill {
            fill(conn).map_err(away)?;
        }
        let row = history::version.eq(step.version);
        on!(&mut *conn, |c| diesel::insert_into(history::table)
            .values(row)
            .execute(c))
        .map_err(away)?;
    }
    Ok(status.pending)
}

/// Refuses a schema on which this program cannot work.
pub(crate) fn require_fit(conn: &mut Conn) -> Result<(), OpenFault> {
    let status = stand(conn)?;
    match status.fit() {
        Fit::Own | Fit::Next => Ok(()),
        Fit::Behind => Err(OpenFault::SchemaTooOld {
            pending: status.pending,
        }),
        Fit::Strange => refuse_strange(&status),
    }
}

/// Refuses every schema but this program's own: whoever moves all there is must know all there is.
pub(crate) fn require_own(conn: &mut Conn) -> Result<(), OpenFault> {
    let status = stand(conn)?;
    match status.fit() {
        Fit::Own => Ok(()),
        Fit::Behind => Err(OpenFault::SchemaTooOld {
            pending: status.pending,
        }),
        Fit::Next | Fit::Strange => Err(OpenFault::SchemaTooNew {
            unknown: status.unknown,
        }),
    }
}

fn refuse_strange(status: &Status) -> Result<(), OpenFault> {
    match status.fit() {
        Fit::Own | Fit::Next | Fit::Behind => Ok(()),
        Fit::Strange => Err(OpenFault::SchemaTooNew {
            unknown: status.unknown.clone(),
        }),
    }
}

fn pending(status: &Status) -> impl Iterator<Item = &'static Step> {
    STEPS
        .iter()
        .filter(|step| status.pending.iter().any(|name| name == step.name))
}

pub(crate) fn stand(conn: &mut Conn) -> Result<Status, OpenFault> {
    let noted: Vec<String> = if has_history(conn)? {
        let versions = history::table.order(history::version).select(history::version);
        on!(conn, |c| versions.load(c)).map_err(away)?
    } else {
        Vec::new()
    };
    let (applied, pending) = STEPS
        .iter()
        .partition::<Vec<&Step>, _>(|step| noted.iter().any(|v| v == step.version));
    let names = |steps: Vec<&Step>| steps.into_iter().map(|step| step.name.to_owned()).collect();
    let unknown = noted
        .into_iter()
        .filter(|v| STEPS.iter().all(|step| step.version != v))
        .collect();
    Ok(Status {
        applied: names(applied),
        pending: names(pending),
        unknown,
    })
}

#[derive(QueryableByName)]
struct Exists {
    #[diesel(sql_type = Bool)]
    there: bool,
}

fn has_history(conn: &mut Conn) -> Result<bool, OpenFault> {
    let question = match conn {
        Conn::Sqlite(_) => {
            "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = '__diesel_schema_migrations') AS there"
        }
        Conn::Postgres(_) => "SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL AS there",
    };
    let row: Exists = on!(conn, |c| diesel::sql_query(question).get_result(c)).map_err(away)?;
    Ok(row.there)
}

fn away(fault: StorageFault) -> OpenFault {
    OpenFault::Unreachable(fault.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(pending: &[&str], unknown: &[&str]) -> Status {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Status {
            applied: Vec::new(),
            pending: names(pending),
            unknown: names(unknown),
        }
    }

    #[test]
    fn steps_are_in_order_and_no_release_reaches_into_another() {
        let versions: Vec<&str> = STEPS.iter().map(|step| step.version).collect();
        assert!(versions.is_sorted());
        assert!(versions.iter().all(|version| generation(version).is_some()));
    }

    #[test]
    fn a_program_works_on_its_own_schema_and_on_the_next() {
        let next = |number: u32| format!("{:02}{number:02}", own_generation() + 1);
        let after_next = format!("{:02}01", own_generation() + 2);
        let same = format!("{:02}99", own_generation());
        assert_eq!(status(&[], &[]).fit(), Fit::Own);
        assert_eq!(status(&["0001_base"], &[]).fit(), Fit::Behind);
        assert_eq!(status(&[], &[&next(1), &next(2)]).fit(), Fit::Next);
        for strange in [&*after_next, &same, "0", "101", "01010", "01x1", "\u{661}\u{661}"] {
            assert_eq!(status(&[], &[&next(1), strange]).fit(), Fit::Strange, "{strange}");
        }
        assert_eq!(status(&["0001_base"], &[&next(1)]).fit(), Fit::Strange);
    }
}
