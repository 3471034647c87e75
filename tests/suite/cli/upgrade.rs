//! The schema moves while a server runs: one release ahead it goes on, two ahead it does nothing more (ADR 23).

use super::installation::{Installation, free_port, talk, until};
use super::postgres_server::{PostgresDatabase, tell};
use super::{alice, client, postgres};
use crate::actors::browser::http;
use crate::actors::{Browser, RelyingParty};
use crate::cast::CALLBACK;

/// As if a newer program had migrated it.
fn note(database: &PostgresDatabase, version: &str) {
    let sql = format!("INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}')");
    tell(&database.url(), &sql).unwrap();
}

/// Why it is not ready.
fn lacks(installation: &Installation) -> String {
    let asked = http().get(installation.management("/health/ready")).send();
    asked.unwrap().text().unwrap()
}

fn ready(installation: &Installation) -> u16 {
    let asked = http().get(installation.management("/health/ready")).send();
    asked.unwrap().status().as_u16()
}

/// What a verb prints.
fn said(installation: &Installation, arguments: &[&str]) -> String {
    String::from_utf8(installation.signet(arguments).stdout).unwrap()
}

#[test]
fn a_server_goes_on_beside_the_next_release_and_stops_before_the_one_after() {
    let (installation, database) = postgres::installation();
    for arguments in [&["serve", "--no-migrate"][..], &["user", "list"]] {
        let refused = installation.signet(arguments);
        assert_eq!(refused.status.code(), Some(9), "{refused:?}");
        assert!(talk(&refused).contains("signet migrate up"), "{refused:?}");
    }
    assert!(installation.signet(&["migrate", "up"]).status.success());
    let secret = client(&installation, "web")["client_secret"]
        .as_str()
        .unwrap()
        .to_owned();
    alice(&installation);
    let _serving = installation.serve();
    let web = RelyingParty::at(&installation.issuer, "web", Some(&secret), CALLBACK);
    let mut browser = Browser::at(&installation.issuer);

    note(&database, "0101");
    let status = said(&installation, &["migrate", "status"]);
    assert!(status.contains("next      0101"), "{status}");
    assert_eq!(installation.json(&["migrate", "status"], "")["fit"], "next");
    assert_eq!(said(&installation, &["migrate", "plan"]), "");
    let doctor = said(&installation, &["doctor"]);
    assert!(doctor.contains("the next release has migrated it"), "{doctor}");
    let tokens = web.sign_in(&mut browser, "alice", "offline_access");
    assert_eq!(ready(&installation), 200);
    // One of this release can be started, too, whether it may migrate or not.
    drop(installation.serve_at(free_port()));

    note(&database, "0201");
    until("it is not ready", || (ready(&installation) == 503).then_some(()));
    let why = lacks(&installation);
    assert!(
        why.contains("too new for this program") && why.contains("0201"),
        "{why}"
    );
    assert!(web.refresh(tokens.refresh.as_ref().unwrap()).is_err());
    let jwks = http().get(format!("{}/jwks", installation.issuer)).send();
    assert_eq!(jwks.unwrap().status(), 200, "what it knows for certain it tells");
    for arguments in [
        &["serve"][..],
        &["serve", "--no-migrate"],
        &["user", "list"],
        &["migrate", "up"],
    ] {
        let refused = installation.signet(arguments);
        assert_eq!(refused.status.code(), Some(9), "{refused:?}");
        assert!(talk(&refused).contains("too new for this program"), "{refused:?}");
    }

    tell(
        &database.url(),
        "DELETE FROM __diesel_schema_migrations WHERE version = '0201'",
    )
    .unwrap();
    until("it is ready again", || {
        (ready(&installation) == 200).then_some(())
    });
    web.refresh(tokens.refresh.as_ref().unwrap()).unwrap();
}

#[test]
fn a_migrated_database_gets_its_first_keys_without_a_server() {
    let (installation, _database) = postgres::installation();
    assert!(installation.signet(&["migrate", "up"]).status.success());
    let count = |arguments: &[&str]| installation.json(arguments, "").as_array().unwrap().len();
    assert_eq!(
        count(&["key", "generate", "--dry-run"]),
        6,
        "three algorithms, a spare for each"
    );
    assert_eq!(count(&["key", "list"]), 0);
    assert_eq!(count(&["key", "generate"]), 6);
    assert_eq!(count(&["key", "list"]), 6);
    assert_eq!(count(&["key", "generate"]), 0, "nothing is missing");
}

#[test]
fn the_first_keys_are_also_those_of_an_algorithm_that_is_asked_for() {
    let (installation, _database) = postgres::installation();
    assert!(installation.signet(&["migrate", "up"]).status.success());
    let arguments = [
        "client",
        "create",
        "--client-id",
        "fapi",
        "--name",
        "F",
        "--redirect-uri",
        CALLBACK,
        "--id-token-alg",
        "ES384",
    ];
    installation.json(&arguments, "");
    let made = installation.json(&["key", "generate", "--alg", "ES384"], "");
    let of_it = |key: &&serde_json::Value| key["alg"] == "ES384";
    let made = made.as_array().unwrap();
    assert_eq!((made.len(), made.iter().filter(of_it).count()), (8, 2));
}
