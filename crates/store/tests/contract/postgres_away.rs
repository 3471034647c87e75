//! A server that freezes, restarts or is not the one to write to: who waits is answered, and the next finds it again.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use kernel::{Access, StorageFault, work};
use store::{Database, OpenMode};

use crate::own_postgres::{OwnPostgres, Wire};
use crate::support::{NOW, Ports};

/// A unit of work is answered within this: a silent statement is given up after three seconds, a unit in the queue too.
const ANSWERED: Duration = Duration::from_secs(8);
/// From when the server is back.
const RECOVERED: Duration = Duration::from_secs(10);

/// A unit of work that writes and says how often it did.
fn bump(db: &Database) -> Result<u32, StorageFault> {
    work::run(db, Access::Write, |ports: &mut Ports| {
        ports.bump("a", Duration::from_secs(60), NOW)
    })
}

fn read(db: &Database) -> Result<(), StorageFault> {
    work::run(db, Access::Read, |ports: &mut Ports| {
        ports.users(None, 1).map(drop)
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "the bounds of the issue are seconds of the machine"
)]
fn now() -> Instant {
    Instant::now()
}

/// Tries until it works, which it has to within [`RECOVERED`].
fn recovers<T>(what: impl Fn() -> Result<T, StorageFault>) -> T {
    let begun = now();
    loop {
        match what() {
            Ok(answer) => return answer,
            Err(fault) => assert!(begun.elapsed() < RECOVERED, "still {fault}"),
        }
    }
}

#[test]
fn a_frozen_server_costs_nobody_more_than_seconds_and_is_used_again_afterwards() {
    let server = OwnPostgres::start(Wire::Clear, &[]);
    let url = server.url("127.0.0.1", "postgres", "");
    let db = Database::open(&url, OpenMode::Create).unwrap();
    assert_eq!(bump(&db).unwrap(), 1);
    server.signal("-STOP", "postgres");
    let begun = now();
    let (seen, written) = std::thread::scope(|scope| {
        let writing = scope.spawn(|| bump(&db));
        (read(&db), writing.join().unwrap())
    });
    assert!(begun.elapsed() < ANSWERED, "{:?}", begun.elapsed());
    for answer in [seen.map(|()| 0), written] {
        assert!(matches!(answer, Err(StorageFault::Unavailable(_))), "{answer:?}");
    }
    // Two connections have waited in vain; the others do not learn the same one by one, and new ones can be had.
    for _ in 0..10 {
        read(&db).unwrap();
    }
    server.signal("-CONT", "postgres");
    assert_eq!(
        recovers(|| bump(&db)),
        2,
        "what was given up was not done in secret"
    );
    recovers(|| read(&db));
}

#[test]
fn a_restart_is_survived_and_meanwhile_nobody_waits_long() {
    let mut server = OwnPostgres::start(Wire::Clear, &[]);
    let url = server.url("127.0.0.1", "postgres", "");
    let db = Database::open(&url, OpenMode::Create).unwrap();
    assert_eq!(bump(&db).unwrap(), 1);
    server.stop();
    let begun = now();
    for _ in 0..50 {
        let (written, seen) = (bump(&db), read(&db));
        assert!(
            matches!(written, Err(StorageFault::Unavailable(_))),
            "{written:?}"
        );
        assert!(matches!(seen, Err(StorageFault::Unavailable(_))), "{seen:?}");
    }
    assert!(begun.elapsed() < ANSWERED, "{:?}", begun.elapsed());
    server.start_again();
    assert_eq!(recovers(|| bump(&db)), 2);
    recovers(|| read(&db));
}

#[test]
fn a_restart_nobody_noticed_is_not_noticed_by_the_next_either() {
    let mut server = OwnPostgres::start(Wire::Clear, &[]);
    let db = Database::open(&server.url("127.0.0.1", "postgres", ""), OpenMode::Create).unwrap();
    server.stop();
    server.start_again();
    for count in 1..=20 {
        assert_eq!(bump(&db).unwrap(), count);
        read(&db).unwrap();
    }
}

#[test]
fn hosts_that_are_dead_or_silent_are_passed_over() {
    let server = OwnPostgres::start(Wire::Clear, &[]);
    // Takes connections and says nothing.
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let mute = mute.local_addr().unwrap().port();
    for dead in ["127.0.0.1:1".to_owned(), format!("127.0.0.1:{mute}")] {
        let url = server.url(&format!("{dead},127.0.0.1"), "postgres", "");
        let db = Database::open(&url, OpenMode::Create).unwrap();
        bump(&db).unwrap();
    }
}

#[test]
fn who_is_to_be_written_to_may_not_only_read() {
    let replica = OwnPostgres::start(Wire::Clear, &["default_transaction_read_only=on"]);
    let said = Database::open(&replica.url("127.0.0.1", "postgres", ""), OpenMode::Create)
        .err()
        .unwrap();
    assert!(said.to_string().contains("it only reads"), "{said}");
    let primary = OwnPostgres::start(Wire::Clear, &[]);
    let also = format!("127.0.0.1:{},127.0.0.1", replica.port);
    // One password for both, as in a cluster.
    let password = &primary.password;
    let sql = format!("BEGIN READ WRITE; ALTER USER signet PASSWORD '{password}'; COMMIT");
    replica.tell("postgres", &sql);
    let db = Database::open(&primary.url(&also, "postgres", ""), OpenMode::Create).unwrap();
    assert_eq!(bump(&db).unwrap(), 1);
    // A primary that becomes a replica: the first to hear it loses the connection, and nobody else is there to write to.
    let turn = |to: &str| {
        primary.tell(
            "postgres",
            &format!("ALTER SYSTEM SET default_transaction_read_only = {to}"),
        );
        primary.tell("postgres", "SELECT pg_reload_conf()");
    };
    turn("on");
    let refused = recovers(|| match bump(&db) {
        Ok(_) => Err(StorageFault::Unavailable("it still writes".into())),
        Err(fault) => Ok(fault),
    });
    assert!(refused.to_string().contains("read"), "{refused}");
    turn("off");
    recovers(|| bump(&db));
}
