//! The database that `tests/load/fill` makes is one that Signet could have made.

use std::sync::Arc;

use admin::Ports;
use diesel::connection::SimpleConnection as _;
use diesel::sql_types::BigInt;
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query};
use identity::{LoginKey, PasswordHash};
use kernel::{Access, Clock as _, Ctx, Issuer, Policy, StorageFault, SystemClock, SystemEntropy, work};
use store::{Database, OpenMode};

use crate::cast;

/// The alias fixes the trait object's lifetime.
type AllPorts = dyn Ports;

pub const FILL: &str = include_str!("../../load/fill.sqlite.sql");
/// Enough for one who is locked.
const USERS: usize = 1_050;
const CLIENTS: usize = 30;
const SESSIONS: usize = 200;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

pub fn filled(file: &std::path::Path) -> Database {
    let url = format!("sqlite://{}", file.display());
    let ctx = Ctx {
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        issuer: Issuer::new("http://127.0.0.1"),
        policy: Policy::default(),
    };
    let database = Database::open(&url, OpenMode::Create).unwrap();
    work::run::<dyn Ports, _, admin::AdminFault>(&database, Access::Write, move |ports| {
        cast::install(ports, &ctx, &PasswordHash::new("a hash"))
    })
    .unwrap();
    let mut conn = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    let size = format!(
        "PRAGMA foreign_keys = ON;
         CREATE TEMP TABLE size AS SELECT {USERS} AS users, {CLIENTS} AS clients, {SESSIONS} AS sessions;"
    );
    conn.batch_execute(&size).unwrap();
    conn.batch_execute(FILL).unwrap();
    let broken: Count = sql_query("SELECT count(*) AS count FROM pragma_foreign_key_check")
        .get_result(&mut conn)
        .unwrap();
    assert_eq!(broken.count, 0, "rows refer to what is not there");
    database
}

pub fn read<T: Send + 'static>(
    database: &Database,
    look: impl FnOnce(&mut AllPorts) -> Result<T, StorageFault> + Send + 'static,
) -> T {
    work::run::<dyn Ports, _, StorageFault>(database, Access::Read, look).unwrap()
}

#[test]
fn every_row_makes_sense() {
    let dir = tempfile::tempdir().unwrap();
    let database = filled(&dir.path().join("signet.db"));
    let (users, clients, sessions) = read(&database, |ports| {
        Ok((
            ports.users(None, 10_000)?,
            ports.clients(None, 1_000)?,
            ports.sessions(None, 1_000)?,
        ))
    });
    assert_eq!(
        users
            .iter()
            .filter(|user| user.username.starts_with("user"))
            .count(),
        USERS
    );
    assert!(users.iter().any(|user| user.groups.len() == 1));
    assert_eq!(users.iter().filter(|user| !user.is_active()).count(), 1);
    assert_eq!(
        clients
            .iter()
            .filter(|client| client.client_id.starts_with("load-"))
            .count(),
        CLIENTS
    );
    let locked = |n: usize| (1 + n * 48_271 % USERS) % 1_000 == 999;
    let living = (1..=SESSIONS).filter(|n| n % 10 != 0 && !locked(*n)).count();
    assert_eq!(
        sessions.len(),
        living,
        "one in ten has ended, and those of the locked"
    );

    let (sid, user) = (sessions[0].sid, sessions[0].user);
    let (grants, told, refreshes) = read(&database, move |ports| {
        Ok((
            ports.grants_of_session(sid)?,
            ports.clients_of_session(sid)?,
            ports.last_refreshes(user)?,
        ))
    });
    assert!(!grants.is_empty() && grants.len() == told.len());
    assert!(
        refreshes
            .iter()
            .any(|(id, _)| grants.iter().any(|grant| grant.id == *id))
    );
    let known = read(&database, |ports| {
        ports.user_by_login(&LoginKey::of("User7@load.example"))
    });
    assert_eq!(known.unwrap().username, "user7");
}

#[test]
fn nothing_of_it_has_expired() {
    let dir = tempfile::tempdir().unwrap();
    let database = filled(&dir.path().join("signet.db"));
    let swept = database.sweep(SystemClock.now(), &Policy::default()).unwrap();
    assert_eq!(
        (swept.sessions, swept.browsers, swept.grants, swept.revocations),
        (0, 0, 0, 0)
    );
}
