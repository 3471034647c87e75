//! The database as a story reads it, past the house: the audit trail, which so far is only written, and how full tables are.

use std::path::Path;

use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Event {
    /// `noun.verb`.
    #[diesel(sql_type = Text)]
    pub event: String,
    /// Who did it.
    #[diesel(sql_type = Nullable<Text>)]
    pub actor: Option<String>,
    /// Whom or what it concerns.
    #[diesel(sql_type = Nullable<Text>)]
    pub subject: Option<String>,
    /// The client involved.
    #[diesel(sql_type = Nullable<Text>)]
    pub client_id: Option<String>,
    /// One more sentence or value.
    #[diesel(sql_type = Nullable<Text>)]
    pub detail: Option<String>,
}

/// All of it, oldest first.
pub fn read(database: &Path) -> Vec<Event> {
    let mut conn = SqliteConnection::establish(&database.display().to_string()).unwrap();
    sql_query("SELECT event, actor, subject, client_id, detail FROM audit ORDER BY seq")
        .load(&mut conn)
        .unwrap()
}

/// Statements past the house.
pub fn tamper(database: &Path, sql: &str) {
    use diesel::connection::SimpleConnection as _;
    let mut conn = SqliteConnection::establish(&database.display().to_string()).unwrap();
    conn.batch_execute("PRAGMA busy_timeout = 5000").unwrap();
    conn.batch_execute(sql).unwrap();
}

/// How many rows a table has; a condition may follow its name.
pub fn count(database: &Path, table: &str) -> i64 {
    #[derive(QueryableByName)]
    struct Counted {
        #[diesel(sql_type = BigInt)]
        rows: i64,
    }
    let mut conn = SqliteConnection::establish(&database.display().to_string()).unwrap();
    let counted: Counted = sql_query(format!("SELECT count(*) AS rows FROM {table}"))
        .get_result(&mut conn)
        .unwrap();
    counted.rows
}
