//! What `tests/load/fill` says in SQL of the rows it makes, by what they are sorted and found, is what the program would have
//! said of them; and it speaks of every column there is.

use std::collections::{BTreeMap, BTreeSet};

use admin::audit::network::key_of;
use admin::audit::{AuditFilter, Order};
use admin::directory::{address, terms};
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query};
use kernel::{Clock as _, SystemClock};
use token::client::AuthMethod;

use super::filled::{FILL, filled, read};

const POSTGRES: &str = include_str!("../../load/fill.postgres.sql");

/// Columns that are left as new rows have them. A column that a migration adds is written here, or filled.
const LEFT_OUT: [(&str, &[&str]); 4] = [
    ("audit", &["client_id", "before", "after"]),
    ("client_secrets", &["expires_at", "last_used_at"]),
    ("grants", &["claims"]),
    // A number of its own.
    ("revocations", &["seq"]),
];

/// Tables that do not grow with people, clients or sessions, or are emptied within minutes.
const LEFT_EMPTY: [&str; 15] = [
    "administrators",
    "audit_checkpoints",
    "changes",
    "claim_scopes",
    "console_sessions",
    "interactions",
    "kept_answers",
    "keys",
    "logout_notices",
    "meta",
    "password_resets",
    "resources",
    "setup_links",
    "statistics",
    "throttles",
];

#[derive(QueryableByName)]
struct Said {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Nullable<Text>)]
    key: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    words: Option<String>,
}

/// The key and the words of every row, by its id. Words are separated by the one character none of them has.
fn said(conn: &mut SqliteConnection, sql: &str) -> BTreeMap<String, (String, BTreeSet<String>)> {
    let rows: Vec<Said> = sql_query(sql).load(conn).unwrap();
    let words = |text: String| text.split('\n').map(str::to_owned).collect();
    rows.into_iter()
        .map(|row| {
            let known = (
                row.key.unwrap_or_default(),
                row.words.map_or_else(BTreeSet::new, words),
            );
            (row.id, known)
        })
        .collect()
}

fn open(dir: &tempfile::TempDir) -> (store::Database, SqliteConnection) {
    let file = dir.path().join("signet.db");
    let database = filled(&file);
    let conn = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    (database, conn)
}

#[test]
fn people_and_clients_are_found_by_the_words_the_program_would_have_written() {
    let dir = tempfile::tempdir().unwrap();
    let (database, mut conn) = open(&dir);
    let people = said(
        &mut conn,
        "SELECT id, name_key AS key, group_concat(term, char(10)) AS words FROM users JOIN user_terms ON user_id = id GROUP BY id",
    );
    let memberships = said(
        &mut conn,
        "SELECT user_id || ' ' || group_name AS id, name_key AS key, NULL AS words FROM memberships",
    );
    let users = read(&database, |ports| ports.users(None, 10_000));
    assert_eq!(people.len(), users.len());
    for user in users {
        let id = user.id.to_string();
        let own = terms::of_person(&user.username, user.email.as_deref(), &user.profile);
        let key = terms::person_key(&user.username);
        for group in &user.groups {
            assert_eq!(memberships[&format!("{id} {group}")].0, key);
        }
        assert_eq!(people[&id], (key, own), "{}", user.username);
    }

    let known = said(
        &mut conn,
        "SELECT client_id AS id, name_key || ' ' || public || ' ' || first_party AS key, group_concat(term, char(10)) AS words
         FROM clients JOIN client_terms USING (client_id) GROUP BY client_id",
    );
    let clients = read(&database, |ports| ports.clients(None, 1_000));
    assert_eq!(known.len(), clients.len());
    for client in clients {
        let name = terms::client_key(&client.client_id, &client.metadata);
        let public = client.metadata.token_endpoint_auth_method == AuthMethod::None;
        let key = format!(
            "{name} {} {}",
            u8::from(public),
            u8::from(client.policy.first_party)
        );
        let own = terms::of_client(&client.client_id, &client.metadata);
        assert_eq!(known[&client.client_id], (key, own), "{}", client.client_id);
        assert_eq!(client.secrets.is_empty(), public, "{}", client.client_id);
    }
}

#[test]
fn sessions_and_records_are_found_by_their_address() {
    let dir = tempfile::tempdir().unwrap();
    let (database, mut conn) = open(&dir);
    let sessions = said(
        &mut conn,
        "SELECT sid AS id, address_key AS key, address AS words FROM sessions",
    );
    for (sid, (key, written)) in &sessions {
        let written = written.first().unwrap();
        assert_eq!(address::key(written).as_ref(), Some(key), "{sid}: {written}");
    }
    // Under a key that is not its address's, a record is read without an address.
    let records = said(
        &mut conn,
        "SELECT CAST(seq AS TEXT) AS id, lower(hex(address_key)) AS key, address AS words FROM audit WHERE hash IS NOT NULL
         AND event IN ('user.login', 'user.login.failed', 'session.end')",
    );
    assert!(records.len() > sessions.len());
    for (seq, (key, written)) in &records {
        let written = written.first().unwrap();
        let bytes = key_of(written).unwrap();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(*key, hex, "{seq}: {written}");
    }
    for (query, some) in [
        ("address=10.0.0.0%2F8&event=user.login", true),
        ("address=192.0.2.7&outcome=refused", false),
        ("event=session.end", true),
        ("event=user.login.failed&outcome=refused", true),
    ] {
        let filter = AuditFilter::from_query(query, SystemClock.now()).unwrap();
        let found = read(&database, move |ports| {
            ports.audit_records(&filter, None, Order::NewestFirst, 50)
        })
        .records;
        assert_eq!(!found.is_empty(), some, "{query}");
        assert!(found.iter().all(|record| record.address.is_some()), "{query}");
    }
}

/// The columns each `INSERT` names, by table.
fn named(sql: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut tables: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for insert in sql.split("INSERT INTO ").skip(1) {
        let (table, rest) = insert.split_once(' ').unwrap();
        let columns = rest
            .strip_prefix('(')
            .unwrap_or_else(|| panic!("an INSERT into {table} names no columns"));
        let columns = columns.split_once(')').unwrap().0.split(',');
        let own = tables.entry(table.to_owned()).or_default();
        own.extend(columns.map(|column| column.trim().to_owned()));
    }
    tables
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    filled: i64,
}

fn names(conn: &mut SqliteConnection, sql: &str) -> Vec<Name> {
    sql_query(sql).load(conn).unwrap()
}

#[test]
fn every_table_and_every_column_is_thought_of_on_both_databases() {
    let dir = tempfile::tempdir().unwrap();
    let (_database, mut conn) = open(&dir);
    let (here, there) = (named(FILL), named(POSTGRES));
    let tables = names(
        &mut conn,
        "SELECT name, 0 AS filled FROM sqlite_schema
         WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_\\_%' ESCAPE '\\'",
    );
    for Name { name: table, .. } in tables {
        let Some(columns) = here.get(&table) else {
            assert!(
                LEFT_EMPTY.contains(&table.as_str()),
                "{table} is neither filled nor left empty"
            );
            continue;
        };
        let left_out = LEFT_OUT
            .iter()
            .find(|(name, _)| *name == table)
            .map_or(&[][..], |(_, columns)| *columns);
        let rows = names(
            &mut conn,
            &format!("SELECT 'rows' AS name, count(*) AS filled FROM {table}"),
        );
        // Tokens are counted for a key, and this database has none.
        assert!(
            rows[0].filled > 0 || table == "signed_tokens",
            "{table} is not filled"
        );
        let there_is = format!("SELECT name, 0 AS filled FROM pragma_table_info('{table}')");
        for Name { name: column, .. } in names(&mut conn, &there_is) {
            // SQLite counts records of the trail by itself.
            let by_itself = (table.as_str(), column.as_str()) == ("audit", "seq");
            let thought_of = columns.contains(&column) || left_out.contains(&column.as_str());
            assert!(thought_of || by_itself, "{table}.{column} is not filled");
            let on_postgres = there.get(&table).is_some_and(|there| there.contains(&column));
            assert_eq!(
                on_postgres,
                columns.contains(&column) || by_itself,
                "{table}.{column}"
            );
        }
    }
}
