//! What a dead server left behind, read past the house, and what must be true of it however it died.

use std::path::Path;

use diesel::sql_types::Text;
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query};

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    found: String,
}

/// Each lists what is only half there; the column is called `found`.
const HALVES: [(&str, &str); 9] = [
    (
        "a refresh token without its grant",
        "SELECT grant_id AS found FROM refresh_tokens WHERE grant_id NOT IN (SELECT id FROM grants)",
    ),
    (
        "two living refresh tokens of one grant",
        "SELECT grant_id AS found FROM refresh_tokens WHERE spent_at IS NULL GROUP BY grant_id HAVING count(*) > 1",
    ),
    (
        "a spent code without the refresh token it was spent for",
        "SELECT id AS found FROM grants WHERE code_redeemed_at IS NOT NULL AND revoked_at IS NULL
         AND scope LIKE '%offline_access%' AND id NOT IN (SELECT grant_id FROM refresh_tokens)",
    ),
    (
        "a refresh token of a code that was not spent",
        "SELECT id AS found FROM grants JOIN refresh_tokens ON grant_id = id WHERE code_redeemed_at IS NULL",
    ),
    (
        "a person who cannot be named at the door",
        "SELECT username AS found FROM users WHERE id NOT IN (SELECT user_id FROM logins)
         OR (email IS NOT NULL AND (SELECT count(*) FROM logins WHERE user_id = id) < 2)",
    ),
    (
        "a person who cannot be found",
        "SELECT username AS found FROM users WHERE id NOT IN (SELECT user_id FROM user_terms)",
    ),
    (
        "a person nobody is on record to have made",
        "SELECT username AS found FROM users WHERE id NOT IN
         (SELECT subject FROM audit WHERE event = 'user.create' AND subject IS NOT NULL)",
    ),
    (
        "a session of a browser that is not there",
        "SELECT sid AS found FROM sessions WHERE browser_id NOT IN (SELECT id FROM browsers)",
    ),
    (
        "an algorithm without one active key and one spare",
        "SELECT alg AS found FROM keys GROUP BY alg
         HAVING sum(state = 'active') <> 1 OR sum(state = 'next') <> 1",
    ),
];

/// SQLite finds nothing wrong with the file, and nothing is half there.
#[track_caller]
pub fn are_whole(database: &Path) {
    let mut conn = SqliteConnection::establish(&database.display().to_string()).unwrap();
    let mut all = |sql: &str| -> Vec<String> {
        let rows: Vec<Found> = sql_query(sql).load(&mut conn).unwrap();
        rows.into_iter().map(|row| row.found).collect()
    };
    assert_eq!(
        all("SELECT integrity_check AS found FROM pragma_integrity_check"),
        ["ok"]
    );
    let dangling = all("SELECT \"table\" AS found FROM pragma_foreign_key_check");
    assert!(dangling.is_empty(), "rows that refer to nothing: {dangling:?}");
    for (what, sql) in HALVES {
        let found = all(sql);
        assert!(found.is_empty(), "{what}: {found:?}");
    }
}
