//! Opening, migrating, and one clear line for everything that can be wrong.

use std::fs;

use kernel::{Access, work};
use store::{Database, OpenFault, OpenMode, schema};
use tempfile::TempDir;

use crate::support::{Fresh, Ports, everywhere};

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

#[test]
fn a_newer_schema_is_left_alone() {
    let db = Fresh::sqlite();
    db.sql("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')");
    let newer = OpenFault::SchemaTooNew {
        unknown: vec!["9999".into()],
    };
    assert_eq!(fault(&db.url, OpenMode::MustExist), newer);
    assert_eq!(fault(&db.url, OpenMode::Create), newer);
    assert_eq!(schema::up(&db.url).unwrap_err(), newer);
    assert_eq!(schema::plan(&db.url).unwrap_err(), newer);
    assert_eq!(schema::status(&db.url).unwrap().unknown, ["9999"]);
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
