//! An installation copied from one database to another: nothing is lost, nothing is half done.

use diesel::prelude::*;
use diesel::sql_types::Text;
use kernel::{Access, StorageFault, work};
use session::{Revocation, Revoked};
use store::copy::{self, Company, Copied, CopyFault};
use store::{Database, OpenFault, OpenMode};
use tempfile::TempDir;

use crate::postgres_server::{PostgresDatabase, PostgresServer};
use crate::support::{NOW, Ports, client, clock, execute, grant, user};

/// What becomes no part of a digest, and of no comparison here: the number of an entry of the revocation list.
const RENUMBERED: &str = "revocations.seq";

/// Places for databases, all of which go away with it.
struct Places {
    dir: TempDir,
    servers: Vec<PostgresDatabase>,
}

impl Places {
    fn new() -> Self {
        Self {
            dir: TempDir::new().unwrap(),
            servers: Vec::new(),
        }
    }

    fn file(&self, name: &str) -> String {
        format!("sqlite://{}", self.dir.path().join(name).display())
    }

    fn server(&mut self) -> String {
        let server = PostgresServer::shared().database();
        let url = server.url();
        self.servers.push(server);
        url
    }

    /// A database with rows in every table.
    fn filled(&self) -> String {
        let url = self.file("filled.db");
        drop(Database::open(&url, OpenMode::Create).unwrap());
        execute(&url, include_str!("copying/filled.sql"));
        url
    }
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Lines of text out of an SQLite file, past the house.
fn ask(url: &str, sql: &str) -> Vec<String> {
    let mut conn = SqliteConnection::establish(url.trim_start_matches("sqlite://")).unwrap();
    let lines: Vec<Line> = diesel::sql_query(sql).load(&mut conn).unwrap();
    lines.into_iter().map(|Line { line }| line).collect()
}

/// The tables an SQLite file has.
fn tables(url: &str) -> Vec<String> {
    ask(
        url,
        "SELECT name AS line FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
           AND name NOT LIKE '%schema_migrations' ORDER BY name",
    )
}

/// Every value of every row, in SQLite's own exact words.
fn contents(url: &str) -> Vec<String> {
    let table = |table: String| {
        let columns = ask(
            url,
            &format!(
                "SELECT group_concat('quote(\"' || name || '\")', ' || '', '' || ') AS line FROM pragma_table_info('{table}')
                 WHERE '{table}.' || name <> '{RENUMBERED}'"
            ),
        );
        let rows = format!(
            "SELECT '{table}: ' || {} AS line FROM \"{table}\" ORDER BY line",
            columns[0]
        );
        ask(url, &rows)
    };
    tables(url).into_iter().flat_map(table).collect()
}

fn copied(from: &str, to: &str) -> Vec<Copied> {
    copy::copy(from, to, Company::Nobody).unwrap()
}

fn write<T: Send + 'static>(
    store: &Database,
    work: impl FnOnce(&mut Ports) -> Result<T, StorageFault> + Send + 'static,
) -> T {
    work::run(store, Access::Write, work).unwrap()
}

/// Whether a database refuses as one that holds an installation, and keeps what it has.
fn refuses(from: &str, to: &str) -> bool {
    let refused = |answer: Result<Vec<Copied>, CopyFault>| matches!(answer, Err(CopyFault::Occupied(_)));
    refused(copy::plan(from, to)) && refused(copy::copy(from, to, Company::Nobody))
}

#[test]
fn everything_arrives_from_kind_to_kind_and_back() {
    let mut places = Places::new();
    let source = places.filled();
    let before = contents(&source);
    let way = [
        places.server(),
        places.server(),
        places.file("back.db"),
        places.file("again.db"),
    ];
    let mut from = source.clone();
    for to in &way {
        let planned = copy::plan(&from, to).unwrap();
        let done = copied(&from, to);
        assert_eq!(planned, done, "{to}");
        assert!(done.iter().all(|table| table.rows > 0), "{done:?}");
        assert!(refuses(&source, to), "{to}");
        from.clone_from(to);
    }
    assert_eq!(contents(&way[2]), before);
    assert_eq!(contents(&way[3]), before);
    assert_eq!(contents(&source), before);
}

#[test]
fn every_table_there_is_is_copied() {
    let mut places = Places::new();
    let source = places.filled();
    let mut known: Vec<_> = copied(&source, &places.server())
        .iter()
        .map(|table| table.table.to_owned())
        .collect();
    known.sort();
    assert_eq!(known, tables(&source));
}

/// Whether these lines hold, on either kind of database: each is a condition in words both know.
fn judge(url: &str, conditions: &[&str]) {
    execute(url, "CREATE TABLE judge (ok TEXT NOT NULL)");
    for condition in conditions {
        execute(
            url,
            &format!("INSERT INTO judge SELECT CASE WHEN {condition} THEN 'ok' END"),
        );
    }
}

#[test]
fn the_house_finds_everything_and_numbers_go_on() {
    let mut places = Places::new();
    let source = places.file("source.db");
    let store = Database::open(&source, OpenMode::Create).unwrap();
    let (alice, web) = (user(1, "alice", Some("alice@example.org")), client("web"));
    let (sub, kept) = (alice.id, web.clone());
    let ended = move || Revocation::at(NOW, Revoked::User(sub));
    write(&store, move |ports| {
        ports.insert_user(&alice)?;
        ports.insert_client(&web)?;
        ports.insert_grant(&grant(2, &web, &alice))?;
        ports.revoke(&ended())
    });
    drop(store);
    execute(
        &source,
        "UPDATE changes SET seq = seq + 90; UPDATE revocations SET seq = 1000000000000",
    );
    for to in [places.server(), places.file("other.db")] {
        copied(&source, &to);
        let store = Database::open(&to, OpenMode::MustExist).unwrap();
        store.watch(clock(), Box::new(|_| {})).unwrap();
        assert_eq!(store.revocations().len(), 1);
        let known = write(&store, move |ports| {
            ports.insert_client(&client("new"))?;
            ports.revoke(&ended())?;
            Ok((ports.user(sub)?, ports.client("web")?))
        });
        assert_eq!(known.0.unwrap().username, "alice");
        assert_eq!(known.1.unwrap(), kept);
        drop(store);
        judge(
            &to,
            &[
                "(SELECT count(*) FROM revocations) = 1",
                "(SELECT count(DISTINCT seq) FROM changes) = (SELECT max(seq) - min(seq) + 1 FROM changes)",
                "(SELECT min(seq) FROM changes) = 91",
                "(SELECT max(seq) FROM changes) > 92",
            ],
        );
    }
}

#[test]
fn a_server_that_runs_is_noticed_before_anything_is_done() {
    let mut places = Places::new();
    let (file, server) = (places.filled(), places.server());
    copied(&file, &server);
    for source in [file, server] {
        let running = Database::open(&source, OpenMode::MustExist).unwrap();
        let to = places.server();
        let refused = copy::copy(&source, &to, Company::Nobody);
        assert!(matches!(refused, Err(CopyFault::InUse)), "{source}: {refused:?}");
        execute(&to, "CREATE TABLE users (id TEXT); DROP TABLE users");
        // It was not disturbed, and may be copied on purpose.
        write(&running, |ports| ports.insert_client(&client("new")));
        assert!(copy::copy(&source, &to, Company::Anybody).is_ok());
        drop(running);
        copied(&source, &places.server());
    }
}

#[test]
fn all_arrives_or_nothing() {
    let mut places = Places::new();
    let source = places.filled();
    // A character that PostgreSQL has no place for, in a table that comes late.
    execute(
        &source,
        "UPDATE audit SET detail = 'a' || char(0) || 'b' WHERE seq = 8",
    );
    let to = places.server();
    let fault = copy::copy(&source, &to, Company::Nobody).unwrap_err();
    assert!(
        matches!(fault, CopyFault::Storage { table: "audit", .. }),
        "{fault}"
    );
    execute(&source, "UPDATE audit SET detail = NULL WHERE seq = 8");
    // Empty tables are no installation.
    copied(&source, &to);
}

#[test]
fn a_row_that_arrives_as_another_undoes_everything() {
    let mut places = Places::new();
    let source = places.filled();
    let server = places.server();
    let file = places.file("other.db");
    for to in [&server, &file] {
        drop(Database::open(to, OpenMode::Create).unwrap());
    }
    execute(
        &server,
        "CREATE FUNCTION garble() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.term = lower(NEW.term || 'x'); RETURN NEW; END $$;
         CREATE TRIGGER garble BEFORE INSERT ON client_terms FOR EACH ROW EXECUTE FUNCTION garble()",
    );
    execute(
        &file,
        "CREATE TRIGGER garble AFTER INSERT ON client_terms BEGIN UPDATE client_terms SET term = 'x'; END",
    );
    for to in [&server, &file] {
        let fault = copy::copy(&source, to, Company::Nobody).unwrap_err();
        let told = matches!(
            fault,
            CopyFault::Differs {
                table: "client_terms",
                sent: 1,
                kept: 1
            }
        );
        assert!(told, "{fault}");
        judge(
            to,
            &[
                "(SELECT count(*) FROM users) = 0",
                "(SELECT count(*) FROM meta) = 0",
            ],
        );
    }
}

#[test]
fn what_cannot_be_a_source_or_a_target_is_refused() {
    let mut places = Places::new();
    let (source, foreign) = (places.filled(), places.server());
    execute(&foreign, "CREATE TABLE users (id TEXT)");
    let refused = copy::copy(&source, &foreign, Company::Nobody);
    assert!(matches!(refused, Err(CopyFault::Foreign("users"))), "{refused:?}");
    judge(&foreign, &["to_regclass('meta') IS NULL"]);
    assert!(refuses(&source, &source), "onto itself");

    let missing = copy::copy(&places.file("none.db"), &places.server(), Company::Nobody);
    assert!(
        matches!(missing, Err(CopyFault::Source(OpenFault::Missing(_)))),
        "{missing:?}"
    );
    let to = places.file("new.db");
    execute(
        &source,
        "DELETE FROM __diesel_schema_migrations WHERE version = '0012'",
    );
    for answer in [
        copy::plan(&source, &to),
        copy::copy(&source, &to, Company::Nobody),
    ] {
        let old = matches!(answer, Err(CopyFault::Source(OpenFault::SchemaTooOld { .. })));
        assert!(old, "{answer:?}");
    }
    assert!(!places.dir.path().join("new.db").exists());
}
