//! The audit trail as a story reads it: from the file, past the house, which so far only writes it.

use std::path::Path;

use diesel::sql_types::{Nullable, Text};
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
