//! Opening, migrating, and one clear line for everything that can be wrong.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use kernel::{Access, Clock as _, FixedClock, work};
use store::schema::Fit;
use store::{Database, OpenFault, OpenMode, schema};
use tempfile::TempDir;

use crate::postgres_server::{pause, tell};
use crate::support::{Fresh, NOW, Ports, client, everywhere};

const STEPS: [&str; 10] = [
    "0001_base",
    "0002_revocation_and_resources",
    "0003_signed_tokens",
    "0004_administration",
    "0005_audit_chain",
    "0006_flows_and_statistics",
    "0007_directory",
    "0008_kept_answers",
    "0010_jwks_sightings",
    "0012_client_algorithms",
];

fn url(dir: &TempDir) -> String {
    format!("sqlite://{}", dir.path().join("signet.db").display())
}

fn fault(url: &str, mode: OpenMode) -> OpenFault {
    Database::open(url, mode).err().expect("a fault")
}

#[test]
fn the_same_steps_exist_for_both_databases_and_in_the_program() {
    let steps = |database: &str| {
        let dir = format!("{}/../../migrations/{database}", env!("CARGO_MANIFEST_DIR"));
        let mut names: Vec<String> = fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    let db = Fresh::sqlite();
    assert_eq!(schema::status(&db.url).unwrap().applied, steps("sqlite"));
    assert_eq!(steps("sqlite"), steps("postgres"));
}

#[test]
fn a_new_database_is_current_and_migrating_again_does_nothing() {
    everywhere(|db| {
        let status = schema::status(&db.url).unwrap();
        assert_eq!((status.pending.len(), status.unknown.len()), (0, 0));
        assert_eq!(schema::plan(&db.url).unwrap(), []);
        assert_eq!(schema::up(&db.url).unwrap(), Vec::<String>::new());
    });
}

#[test]
fn an_empty_file_is_a_database_without_tables() {
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("signet.db"), "").unwrap();
    let url = url(&dir);
    assert_eq!(schema::status(&url).unwrap().applied, Vec::<String>::new());
    assert_eq!(
        fs::read(dir.path().join("signet.db")).unwrap(),
        b"",
        "looking writes nothing"
    );
    let plan = schema::plan(&url).unwrap();
    assert_eq!(plan[0].0, "0001_base");
    assert!(plan[0].1.contains("CREATE TABLE users"));
    let refused = fault(&url, OpenMode::MustExist);
    assert!(
        matches!(&refused, OpenFault::SchemaTooOld { pending } if pending == &STEPS),
        "{refused}"
    );
    assert_eq!(schema::up(&url).unwrap(), STEPS);
    Database::open(&url, OpenMode::MustExist).unwrap();
}

/// As if a newer program had migrated it.
fn note(db: &Fresh, version: &str) {
    db.sql(&format!(
        "INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}')"
    ));
}

#[test]
fn the_schema_of_the_next_release_is_worked_on() {
    everywhere(|db| {
        note(db, "0101");
        note(db, "0102");
        let status = schema::status(&db.url).unwrap();
        assert_eq!(
            (status.fit(), status.unknown),
            (Fit::Next, vec!["0101".into(), "0102".into()])
        );
        assert_eq!(schema::plan(&db.url).unwrap(), []);
        assert_eq!(schema::up(&db.url).unwrap(), Vec::<String>::new());
        for mode in [OpenMode::MustExist, OpenMode::Create] {
            let store = Database::open(&db.url, mode).unwrap();
            work::run(&store, Access::Write, |ports: &mut Ports| {
                ports.insert_client(&client("web"))
            })
            .unwrap();
            work::run(&store, Access::Write, |ports: &mut Ports| {
                ports.delete_client("web")
            })
            .unwrap();
        }
    });
}

#[test]
fn a_schema_further_ahead_is_left_alone() {
    // Two releases later; a step of this release that this program does not have; no step of ours at all.
    for strange in ["0201", "0099", "20260101000000"] {
        everywhere(|db| {
            note(db, strange);
            let newer = OpenFault::SchemaTooNew {
                unknown: vec![strange.into()],
            };
            assert_eq!(fault(&db.url, OpenMode::MustExist), newer);
            assert_eq!(fault(&db.url, OpenMode::Create), newer);
            assert_eq!(schema::up(&db.url).unwrap_err(), newer);
            assert_eq!(schema::plan(&db.url).unwrap_err(), newer);
            let status = schema::status(&db.url).unwrap();
            assert_eq!(
                (status.fit(), status.unknown),
                (Fit::Strange, vec![strange.into()])
            );
        });
    }
}

#[test]
fn a_running_program_stops_when_the_schema_leaves_it_behind() {
    everywhere(|db| {
        let clock = Arc::new(FixedClock::at(NOW));
        let store = Database::open(&db.url, OpenMode::MustExist).unwrap();
        store
            .watch_every(Duration::from_millis(5), clock.clone(), Box::new(|_| {}))
            .unwrap();
        let write = || {
            work::run(&store, Access::Write, |ports: &mut Ports| {
                ports.insert_meta("a", b"b")
            })
        };
        let read = || work::run(&store, Access::Read, |ports: &mut Ports| ports.meta("a"));
        let until = |what: &str, done: &dyn Fn() -> bool| {
            let done = (0..3000).any(|_| {
                clock.advance(Duration::from_secs(2));
                std::thread::park_timeout(Duration::from_millis(5));
                done()
            });
            assert!(done, "waited in vain: {what}");
        };
        note(db, "0101");
        until("it looks", &|| {
            store.revocations().is_fresh(clock.now(), Duration::from_secs(3))
        });
        write().unwrap();
        note(db, "0201");
        until("it stops", &|| write().is_err());
        let why = write().unwrap_err().to_string();
        assert!(
            why.contains("too new for this program") && why.contains("0201"),
            "{why}"
        );
        assert!(read().is_err(), "what it would read may not mean what it did");
        let known = store.revocations().as_of();
        until("time goes on", &|| {
            clock.now().since(known.unwrap()) > Duration::from_secs(60)
        });
        assert_eq!(
            store.revocations().as_of(),
            known,
            "and its list is not believed for long"
        );

        db.sql("DELETE FROM __diesel_schema_migrations WHERE version = '0201'");
        until("it goes on", &|| write().is_ok());
    });
}

#[test]
fn what_is_wrong_is_said_in_one_line() {
    let dir = TempDir::new().unwrap();
    let missing = url(&dir);
    assert!(
        matches!(fault(&missing, OpenMode::MustExist), OpenFault::Missing(path) if path.ends_with("signet.db"))
    );
    assert!(matches!(schema::status(&missing), Err(OpenFault::Missing(_))));
    let nowhere = format!("sqlite://{}/no/where.db", dir.path().display());
    assert!(matches!(
        fault(&nowhere, OpenMode::Create),
        OpenFault::Unwritable { .. }
    ));
    fs::write(dir.path().join("signet.db"), "This is a letter, not a database.").unwrap();
    assert!(matches!(
        fault(&missing, OpenMode::MustExist),
        OpenFault::NotADatabase(_)
    ));
    for bad in ["mysql://u:secret@h/d", "sqlite:", "sqlite://", "data.db"] {
        let refused = fault(bad, OpenMode::Create);
        assert!(matches!(refused, OpenFault::Url(_)), "{bad}");
        assert!(!refused.to_string().contains("secret"), "{refused}");
    }
    let refused = fault("postgres://127.0.0.1:1/signet", OpenMode::MustExist);
    assert!(matches!(refused, OpenFault::Unreachable(_)), "{refused}");
}

#[cfg(unix)]
#[test]
fn the_file_and_its_companions_are_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = TempDir::new().unwrap();
    let store = Database::open(&url(&dir), OpenMode::Create).unwrap();
    work::run(&store, Access::Write, |ports: &mut Ports| {
        ports.insert_meta("a", b"b")
    })
    .unwrap();
    let files: Vec<_> = fs::read_dir(dir.path()).unwrap().map(Result::unwrap).collect();
    assert_eq!(files.len(), 3, "{files:?}");
    for file in files {
        assert_eq!(
            file.metadata().unwrap().permissions().mode() & 0o777,
            0o600,
            "{file:?}"
        );
    }
}

/// Whoever migrates takes a writer's turn, and gives up soon where somebody does not give it back.
#[test]
fn who_migrates_waits_for_who_writes_and_not_for_long() {
    let db = Fresh::postgres();
    let tell = |sql: &str| tell(&db.url, sql);
    let held = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 7305513 AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| tell("SELECT pg_advisory_lock(7305513), pg_sleep(600)"));
        let is_held = format!("DO $$ BEGIN IF NOT EXISTS ({held}) THEN RAISE 'not yet'; END IF; END $$");
        assert!((0..1500).any(|_| tell(&is_held).is_ok() || pause()));
        let migrated = schema::up(&db.url);
        let end = format!(
            "SELECT pg_terminate_backend(l.pid) FROM pg_locks l WHERE EXISTS ({held} AND pid = l.pid)"
        );
        tell(&end).unwrap();
        assert!(writer.join().unwrap().is_err());
        let fault = migrated.unwrap_err().to_string();
        assert!(fault.contains("lock timeout"), "{fault}");
    });
    assert_eq!(schema::up(&db.url).unwrap(), Vec::<String>::new());
}
