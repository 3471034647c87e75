//! Copies an installation into an empty database of either kind: everything, or nothing.
//!
//! The source is read in one snapshot, the target written in one transaction, which is committed after every table was read
//! back and compared. Rows pass through untouched; this module knows no meaning of theirs. The one thing that does not
//! come along is the numbering of the revocation list, see [`order`].

mod catalogue;
mod fault;
mod order;
mod phrases;
mod rows;
mod source;
mod tally;
mod target;

use crate::conn::Conn;
use crate::location::Location;
use catalogue::Column;
use fault::at;
use order::{TABLES, Table};
use phrases::Phrases;

pub use fault::CopyFault;
pub use source::Company;

/// A table and its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// The table's name.
    pub table: &'static str,
    /// How many rows there are.
    pub rows: i64,
}

/// What [`copy`] would copy from one URL to the other, in its order. Writes nothing and waits for nobody.
///
/// # Errors
/// As [`copy`], but for a source in use.
pub fn plan(from: &str, to: &str) -> Result<Vec<Copied>, CopyFault> {
    let (from, to) = places(from, to)?;
    target::require_vacant(&to)?;
    let mut source = source::open(&from, Company::Anybody)?;
    let count = |table: &'static Table| {
        let (_, phrases) = described(&mut source, table)?;
        let rows = rows::count(&mut source, &phrases).map_err(at(table.name))?;
        Ok(Copied {
            table: table.name,
            rows,
        })
    };
    TABLES.iter().map(count).collect()
}

/// Copies the installation at one URL to the other; what was copied, in the order in which it was.
///
/// # Errors
/// When one of the two cannot be used, the target is not empty, the source is in use, or what arrived differs. Then the
/// target is as it was, or has empty tables.
pub fn copy(from: &str, to: &str, company: Company) -> Result<Vec<Copied>, CopyFault> {
    let (from, to) = places(from, to)?;
    target::require_vacant(&to)?;
    let mut source = source::open(&from, company)?;
    let mut target = target::open(&to)?;
    let copied = TABLES
        .iter()
        .map(|table| transfer(&mut source, &mut target, table))
        .collect::<Result<_, _>>()?;
    target::commit(target)?;
    Ok(copied)
}

fn places(from: &str, to: &str) -> Result<(Location, Location), CopyFault> {
    let from = Location::parse(from).map_err(CopyFault::Source)?;
    Ok((from, Location::parse(to).map_err(CopyFault::Target)?))
}

/// A table's columns and statements.
fn described(conn: &mut Conn, table: &'static Table) -> Result<(Vec<Column>, Phrases), CopyFault> {
    let columns = catalogue::columns(conn, table).map_err(at(table.name))?;
    if columns.is_empty() {
        return Err(CopyFault::Shape(table.name));
    }
    let phrases = Phrases::new(conn, table, &columns);
    Ok((columns, phrases))
}

/// Copies one table and compares.
fn transfer(source: &mut Conn, target: &mut Conn, table: &'static Table) -> Result<Copied, CopyFault> {
    let (sent_columns, giving) = described(source, table)?;
    let (kept_columns, taking) = described(target, table)?;
    let names = |columns: &[Column]| {
        columns
            .iter()
            .map(|column| column.name.clone())
            .collect::<Vec<_>>()
    };
    if names(&sent_columns) != names(&kept_columns) {
        return Err(CopyFault::Shape(table.name));
    }
    let fault = at(table.name);
    let sent = rows::read(source, &giving, |page| rows::write(target, &taking, page)).map_err(&fault)?;
    for statement in &taking.settle {
        target
            .batch(statement)
            .map_err(|error| fault(crate::conn::unavailable(error)))?;
    }
    let kept = rows::read(target, &taking, |_| Ok(())).map_err(&fault)?;
    let counted = [
        rows::count(source, &giving).map_err(&fault)?,
        rows::count(target, &taking).map_err(&fault)?,
    ];
    if sent != kept || counted != [sent.rows; 2] {
        return Err(CopyFault::Differs {
            table: table.name,
            sent: counted[0],
            kept: counted[1],
        });
    }
    Ok(Copied {
        table: table.name,
        rows: sent.rows,
    })
}
