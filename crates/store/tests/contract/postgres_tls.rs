//! TLS to PostgreSQL: whom it is spoken with, and what people are told when it is not.

use store::{Database, OpenMode, schema};

use crate::own_postgres::{OwnPostgres, Wire};
use crate::postgres_server::PostgresServer;

/// What opening it says.
fn refused(url: &str) -> String {
    match Database::open(url, OpenMode::MustExist) {
        Ok(_) => panic!("{url} was let in"),
        Err(fault) => fault.to_string(),
    }
}

/// Whether one gets as far as asking for the schema.
fn reached(url: &str) {
    schema::status(url).unwrap();
}

#[test]
fn a_server_proves_its_name_and_an_installation_lives_on_it() {
    let server = OwnPostgres::start(Wire::Tls, &[]);
    let ca = server.file("ca.pem");
    let url = server.url(
        "localhost",
        "postgres",
        &format!("sslmode=verify-full&sslrootcert={ca}"),
    );
    drop(Database::open(&url, OpenMode::Create).unwrap());
    drop(Database::open(&url, OpenMode::MustExist).unwrap());
}

#[test]
fn how_sure_one_is_of_a_server_is_what_the_url_says() {
    let server = OwnPostgres::start(Wire::Tls, &[]);
    let (ca, other) = (server.file("ca.pem"), server.file("client.pem"));
    let url = |host: &str, parameters: &str| server.url(host, "postgres", parameters);
    // The certificate names localhost, not the address.
    let named = format!("sslmode=verify-full&sslrootcert={ca}");
    reached(&url("localhost", &named));
    let said = refused(&url("127.0.0.1", &named));
    assert!(
        said.ends_with("its certificate is not for the name 127.0.0.1"),
        "{said}"
    );
    reached(&url("127.0.0.1", &format!("sslmode=verify-ca&sslrootcert={ca}")));
    reached(&url("127.0.0.1", "sslmode=require"));
    for mode in ["require", "verify-ca", "verify-full"] {
        let said = refused(&url("localhost", &format!("sslmode={mode}&sslrootcert={other}")));
        assert!(said.contains("signed by an unknown authority"), "{mode}: {said}");
    }
    // The system's authorities know nothing of it.
    let said = refused(&url("localhost", "sslmode=verify-full"));
    assert!(said.contains("sslrootcert"), "{said}");
    let said = refused(&url("localhost", "sslmode=disable"));
    assert!(said.contains("no encryption"), "{said}");
    let said = refused(&url("localhost", "sslmode=verify-full&sslrootcert=/nowhere.pem"));
    assert!(said.contains("sslrootcert /nowhere.pem: No such file"), "{said}");
}

#[test]
fn a_client_may_have_to_prove_itself_by_a_certificate() {
    let server = OwnPostgres::start(Wire::Tls, &[]);
    server.tell("postgres", "CREATE DATABASE guarded");
    let file = |name| server.file(name);
    let named = format!("sslmode=verify-full&sslrootcert={}", file("ca.pem"));
    let said = refused(&server.url("localhost", "guarded", &named));
    assert!(said.contains("client certificate"), "{said}");
    let own = format!(
        "{named}&sslcert={}&sslkey={}",
        file("client.pem"),
        file("client.key")
    );
    reached(&server.url("localhost", "guarded", &own));
    let mixed = format!(
        "{named}&sslcert={}&sslkey={}",
        file("client.pem"),
        file("server.key")
    );
    let said = refused(&server.url("localhost", "guarded", &mixed));
    assert!(said.contains("sslkey"), "{said}");
}

#[test]
fn who_asks_for_tls_takes_nothing_less() {
    let database = PostgresServer::shared().database();
    let url = database.url();
    reached(&url);
    for mode in ["require", "verify-ca", "verify-full"] {
        let said = refused(&format!("{url}?sslmode={mode}"));
        assert!(said.contains("it offers no TLS; sslmode=disable"), "{said}");
    }
}

#[test]
fn one_line_says_what_is_wrong() {
    let database = PostgresServer::shared().database();
    let url = database.url();
    let (head, name) = url.rsplit_once('/').unwrap();
    let (scheme, place) = head.split_once('@').unwrap();
    let (user, password) = scheme.rsplit_once(':').unwrap();
    let said = refused(&format!("{user}:wrong@{place}/{name}"));
    assert!(
        said.ends_with("it refuses the password of the user signet"),
        "{said}"
    );
    let said = refused(&format!("{head}/nowhere"));
    assert!(said.ends_with("it has no database nowhere"), "{said}");
    let said = refused(&format!("{user}:{password}@127.0.0.1:1/{name}"));
    assert_eq!(
        said,
        "the database cannot be reached: 127.0.0.1:1: nobody listens there"
    );
    let said = refused(&format!("{user}:{password}@/{name}?host=/nowhere"));
    assert!(said.ends_with("there is no such socket"), "{said}");
    let said = refused(&format!("{user}:{password}@no.such.host.invalid/{name}"));
    assert!(said.ends_with("its name is not known"), "{said}");
    assert!(!said.contains(password));
    let said = refused(&format!("{url}?keepalives=1"));
    assert_eq!(said, "database.url does not know the parameter `keepalives`");
}
