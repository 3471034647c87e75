//! The SQL that reads a table's rows as JSON and writes them again, in the words of either database.
//!
//! On its way a row is an array: text as it is, numbers and truth values as whole numbers, bytes in hexadecimal digits. So
//! one statement reads and one writes any table, a page at a time, and both databases agree on what a row is.

use super::catalogue::{Column, Kind};
use super::order::Table;
use crate::conn::Conn;

/// Rows of a page. The longest rows are documents of a few ten thousand bytes, most are a hundred times shorter.
const PAGE: usize = 500;

/// Whose SQL.
#[derive(Clone, Copy)]
enum Words {
    Sqlite,
    Postgres,
}

/// A table's statements.
pub struct Phrases {
    /// Reads the first page: one text per row.
    pub first: String,
    /// Reads the page after the row it is given.
    pub next: String,
    /// Writes the rows of a page, given as one array.
    pub write: String,
    /// Counts rows.
    pub count: String,
    /// What a filled table needs.
    pub settle: Vec<String>,
    /// Values of a row that belong to it. Behind them stands what only its place on a page is known by.
    pub width: usize,
}

impl Phrases {
    /// For a table with these columns, in this order.
    pub fn new(conn: &Conn, table: &Table, columns: &[Column]) -> Self {
        let words = match conn {
            Conn::Sqlite(_) => Words::Sqlite,
            Conn::Postgres(_) => Words::Postgres,
        };
        let (anew, own): (Vec<&Column>, Vec<&Column>) = columns
            .iter()
            .partition(|column| table.numbers_anew(&column.name));
        let width = own.len();
        let all = [&own[..], &anew[..]].concat();
        Self {
            first: words.read(table, &all, ""),
            next: words.read(table, &all, &words.beyond(table, &all)),
            write: words.write(table, &own),
            count: format!(r#"SELECT count(*) AS rows FROM "{}""#, table.name),
            settle: words.settle(table, columns),
            width,
        }
    }
}

impl Words {
    fn read(self, table: &Table, columns: &[&Column], beyond: &str) -> String {
        let values = list(columns, |column| self.give(column));
        let row = match self {
            Self::Sqlite => format!("json_array({values})"),
            Self::Postgres => format!("json_build_array({values})::text"),
        };
        let (name, key) = (table.name, key(table));
        format!(r#"SELECT {row} AS row FROM "{name}" {beyond} ORDER BY {key} LIMIT {PAGE}"#)
    }

    /// Behind the row that is the parameter.
    fn beyond(self, table: &Table, columns: &[&Column]) -> String {
        let row = match self {
            Self::Sqlite => "?1",
            Self::Postgres => "$1::json",
        };
        let places = columns.iter().enumerate();
        let named = |name: &&str| places.clone().find(|(_, column)| column.name == **name);
        let found = table.key.iter().filter_map(named);
        let values: Vec<_> = found.map(|(at, column)| self.take(column, row, at)).collect();
        format!("WHERE ({}) > ({})", key(table), values.join(", "))
    }

    /// A column as a value of JSON.
    fn give(self, Column { name, kind, .. }: &Column) -> String {
        match (self, kind) {
            (Self::Sqlite, Kind::Bytes) => format!(r#"iif("{name}" IS NULL, NULL, hex("{name}"))"#),
            (Self::Postgres, Kind::Bytes) => format!(r#"upper(encode("{name}", 'hex'))"#),
            (Self::Postgres, Kind::Truth) => format!(r#""{name}"::int"#),
            _ => format!(r#""{name}""#),
        }
    }

    /// The value of a column, out of an array.
    fn take(self, column: &Column, row: &str, at: usize) -> String {
        match (self, column.kind) {
            (Self::Sqlite, Kind::Bytes) => format!("unhex({row} ->> {at})"),
            (Self::Postgres, Kind::Bytes) => format!("decode({row} ->> {at}, 'hex')"),
            (Self::Postgres, Kind::Whole) => format!("({row} ->> {at})::bigint"),
            (Self::Postgres, Kind::Truth) => format!("({row} ->> {at})::int::boolean"),
            _ => format!("{row} ->> {at}"),
        }
    }

    fn write(self, table: &Table, columns: &[&Column]) -> String {
        let (name, names) = (
            table.name,
            list(columns, |column| format!(r#""{}""#, column.name)),
        );
        let places = columns.iter().enumerate();
        let values: Vec<_> = places
            .map(|(at, column)| self.take(column, "value", at))
            .collect();
        let values = values.join(", ");
        match self {
            Self::Sqlite => {
                format!(r#"INSERT INTO "{name}" ({names}) SELECT {values} FROM json_each(?1) ORDER BY key"#)
            }
            // What a sequence gave elsewhere stays as it is.
            Self::Postgres => format!(
                r#"INSERT INTO "{name}" ({names}) OVERRIDING SYSTEM VALUE SELECT {values} FROM jsonb_array_elements($1::jsonb)"#
            ),
        }
    }

    /// Sequences go on behind what was copied; the planner learns how large the table is, before it reads what it copied and
    /// for whoever serves from it next.
    fn settle(self, table: &Table, columns: &[Column]) -> Vec<String> {
        let Self::Postgres = self else {
            return Vec::new();
        };
        let table = table.name;
        let sequences = columns
            .iter()
            .filter(|column| column.sequence)
            .map(|Column { name, .. }| {
                format!(
                    r#"SELECT setval(pg_get_serial_sequence('"{table}"', '{name}'),
                   (SELECT coalesce(max("{name}"), 0) + 1 FROM "{table}"), false)"#
                )
            });
        sequences.chain([format!(r#"ANALYZE "{table}""#)]).collect()
    }
}

fn key(table: &Table) -> String {
    let names: Vec<_> = table.key.iter().map(|name| format!(r#""{name}""#)).collect();
    names.join(", ")
}

fn list(columns: &[&Column], phrase: impl Fn(&Column) -> String) -> String {
    let phrases: Vec<_> = columns.iter().map(|column| phrase(column)).collect();
    phrases.join(", ")
}
