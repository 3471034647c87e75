//! The rows of one table, page by page.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use kernel::StorageFault;
use serde_json::Value;

use super::phrases::Phrases;
use super::tally::Tally;
use crate::conn::{Conn, on};

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    row: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

/// How many there are.
pub fn count(conn: &mut Conn, phrases: &Phrases) -> Result<i64, StorageFault> {
    let count: Count = on!(conn, |c| diesel::sql_query(&phrases.count).get_result(c))?;
    Ok(count.rows)
}

/// Reads all rows, `page` after page, each page an array of rows; and counts them.
pub fn read(
    conn: &mut Conn,
    phrases: &Phrases,
    mut page: impl FnMut(&str) -> Result<(), StorageFault>,
) -> Result<Tally, StorageFault> {
    let mut tally = Tally::default();
    let mut rows: Vec<Row> = on!(&mut *conn, |c| diesel::sql_query(&phrases.first).load(c))?;
    while let Some(last) = rows.last() {
        let mut array = String::from("[");
        for Row { row } in &rows {
            let row = plain(row, phrases.width)?;
            tally.add(&row);
            if array.len() > 1 {
                array.push(',');
            }
            array.push_str(&row);
        }
        array.push(']');
        page(&array)?;
        let next = diesel::sql_query(&phrases.next).bind::<Text, _>(&last.row);
        rows = on!(&mut *conn, |c| next.load(c))?;
    }
    Ok(tally)
}

/// Writes one page.
pub fn write(conn: &mut Conn, phrases: &Phrases, page: &str) -> Result<(), StorageFault> {
    let write = diesel::sql_query(&phrases.write).bind::<Text, _>(page);
    on!(conn, |c| write.execute(c)).map(drop)
}

/// The values that belong to a row, written as this program writes JSON: databases differ in blanks and escapes.
fn plain(row: &str, width: usize) -> Result<String, StorageFault> {
    let unreadable =
        |error: serde_json::Error| StorageFault::Unavailable(format!("a row makes no sense: {error}"));
    let mut values: Vec<Value> = serde_json::from_str(row).map_err(unreadable)?;
    values.truncate(width);
    serde_json::to_string(&values).map_err(unreadable)
}
