//! What a database says about the columns of its tables.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use kernel::StorageFault;

use super::order::Table;
use crate::conn::{Conn, on};

/// What a column holds. The schema knows no other types, so nothing is ever rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Whole,
    /// SQLite has whole numbers instead.
    Truth,
    Bytes,
}

/// A column.
pub struct Column {
    pub name: String,
    pub kind: Kind,
    /// Whether a sequence of PostgreSQL gives its values. SQLite goes on after the greatest by itself.
    pub sequence: bool,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    sequence: bool,
}

/// The columns of a table by name, so that both databases tell them in one order; none if there is no such table.
pub fn columns(conn: &mut Conn, table: &Table) -> Result<Vec<Column>, StorageFault> {
    let question = match conn {
        Conn::Sqlite(_) => format!(
            "SELECT name, type AS kind, 0 AS sequence FROM pragma_table_info('{}')",
            table.name
        ),
        Conn::Postgres(_) => format!(
            "SELECT column_name::text AS name, data_type::text AS kind, is_identity::text = 'YES' AS sequence
             FROM information_schema.columns
             WHERE table_schema = current_schema() AND table_name = '{}'",
            table.name
        ),
    };
    let lines: Vec<Line> = on!(conn, |c| diesel::sql_query(question).load(c))?;
    let mut columns = lines
        .into_iter()
        .map(|line| line.column(table))
        .collect::<Result<Vec<_>, _>>()?;
    columns.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(columns)
}

impl Line {
    fn column(self, table: &Table) -> Result<Column, StorageFault> {
        let kind = match self.kind.as_str() {
            "TEXT" | "text" => Kind::Text,
            "INTEGER" | "bigint" => Kind::Whole,
            "boolean" => Kind::Truth,
            "BLOB" | "bytea" => Kind::Bytes,
            other => {
                return Err(StorageFault::Unavailable(format!(
                    "{}.{} is of the type {other}, which cannot be copied",
                    table.name, self.name
                )));
            }
        };
        Ok(Column {
            name: self.name,
            kind,
            sequence: self.sequence,
        })
    }
}
