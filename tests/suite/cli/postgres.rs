//! An installation that keeps everything in PostgreSQL, from the first table to a key that was rotated.

use serde_json::Value;

use super::installation::{Installation, Serving, until};
use super::own_postgres::{OwnPostgres, Wire};
use super::postgres_server::{PostgresDatabase, PostgresServer};
use super::{alice, client};
use crate::actors::browser::http;
use crate::actors::{Browser, RelyingParty};
use crate::cast::{CALLBACK, PASSWORD};

/// An installation, and the database its configuration names.
pub fn installation() -> (Installation, PostgresDatabase) {
    let database = PostgresServer::shared().database();
    (installation_at(&database.url()), database)
}

/// An installation whose configuration names this database.
fn installation_at(url: &str) -> Installation {
    let installation = Installation::new();
    let path = installation.path("signet.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let (sqlite, postgres) = ("url = \"sqlite://data/signet.db\"", format!("url = \"{url}\""));
    assert!(text.contains(sqlite), "{text}");
    std::fs::write(&path, text.replace(sqlite, &postgres)).unwrap();
    std::fs::remove_file(installation.path("data/signet.db")).unwrap();
    installation
}

/// The identifier of the key that signs with this algorithm.
fn active(installation: &Installation, alg: &str) -> String {
    let keys = installation.json(&["key", "list"], "");
    let mut keys = keys.as_array().unwrap().iter();
    let found = keys.find(|key| key["alg"] == alg && key["state"] == "active");
    found.unwrap()["kid"].as_str().unwrap().to_owned()
}

/// What a compact JWT says in its header.
fn header(token: &str) -> Value {
    use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
    let head = token.split('.').next().unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(head).unwrap()).unwrap()
}

#[test]
fn from_empty_tables_to_a_rotated_key() {
    let (installation, database) = installation();
    let pending = installation.signet(&["migrate", "status"]);
    let pending = String::from_utf8(pending.stdout).unwrap();
    assert!(
        pending.contains("pending") && !pending.contains("applied"),
        "{pending}"
    );
    let up = installation.signet(&["migrate", "up"]);
    assert!(up.status.success(), "{up:?}");
    let secret = client(&installation, "web")["client_secret"]
        .as_str()
        .unwrap()
        .to_owned();
    let sub = alice(&installation)["sub"].as_str().unwrap().to_owned();
    installation.json(&["admin", "grant", "alice", "owner"], "");

    let serving = installation.serve_aloud();
    let web = RelyingParty::at(&installation.issuer, "web", Some(&secret), CALLBACK);
    let mut browser = Browser::at(&installation.issuer);
    let first = web.sign_in(&mut browser, "alice", "offline_access");
    assert_eq!(first.subject, sub);
    assert_eq!(web.userinfo(&first.access).unwrap(), sub);
    let second = web.refresh(first.refresh.as_ref().unwrap()).unwrap();
    rotate(&installation, &web, second.refresh.as_ref().unwrap());
    console(&installation);
    drop(serving);

    restart(&installation, &web, &mut browser, &second.access);
    assert!(
        !installation.path("data/signet.db").exists(),
        "nothing is kept beside it"
    );
    for said in ["said.out", "said.err"] {
        let said = std::fs::read_to_string(installation.path(said)).unwrap();
        let url = database.url();
        let password = url.split([':', '@']).nth(2).unwrap();
        assert!(!said.contains(password), "{said}");
    }
}

/// The spare takes over while the server runs; what the old key signed is still believed.
fn rotate(installation: &Installation, web: &RelyingParty, refresh: &str) {
    let old = active(installation, "RS256");
    let rotation = [
        "key", "rotate", "--alg", "RS256", "--force", "--reason", "a story",
    ];
    let rotated = installation.signet(&rotation);
    assert!(rotated.status.success(), "{rotated:?}");
    let new = active(installation, "RS256");
    assert_ne!(old, new);
    let mut token = refresh.to_owned();
    until("the new key signs", || {
        let next = web.refresh(&token).unwrap();
        token = next.refresh.unwrap();
        (header(&next.id_token)["kid"] == new.as_str()).then_some(())
    });
    let jwks = http()
        .get(format!("{}/jwks", installation.issuer))
        .send()
        .unwrap();
    let jwks = jwks.text().unwrap();
    assert!(jwks.contains(&old) && jwks.contains(&new), "{jwks}");
}

/// Every section of the console, as its owner sees it.
fn console(installation: &Installation) {
    let mut browser = Browser::at(&installation.issuer);
    let door = browser
        .open(&format!("{}/admin/keys", installation.issuer))
        .page();
    let inside = browser
        .submit(&door, &[("username", "alice"), ("password", PASSWORD)])
        .page();
    for section in [
        "",
        "/keys",
        "/users",
        "/groups",
        "/clients",
        "/resources",
        "/sessions",
        "/revocations",
        "/audit",
        "/flows",
        "/administrators",
    ] {
        let url = format!("{}/admin{section}", installation.issuer);
        let page = browser.open(&url).page();
        assert_eq!(
            (page.status, page.url.as_str()),
            (200, url.as_str()),
            "{}",
            inside.title()
        );
    }
}

/// What was acknowledged is there after a kill: tokens, the session, the trail.
fn restart(installation: &Installation, web: &RelyingParty, browser: &mut Browser, access: &str) {
    let serving: Serving = installation.serve_aloud();
    assert!(web.userinfo(access).is_ok());
    let silent = web.depart("", &[("prompt", "none")]);
    let landed = browser.open(&silent.url).app();
    web.finish(silent, &landed);
    let verified = installation.signet(&["audit", "verify"]);
    assert!(verified.status.success(), "{verified:?}");
    let doctor = installation.signet(&["doctor"]);
    let told = String::from_utf8(doctor.stdout).unwrap();
    assert!(told.contains("PostgreSQL") && !told.contains("FAIL"), "{told}");
    serving.terminate();
    assert_eq!(serving.ended(), Some(0));
}

#[test]
fn over_tls_to_a_server_that_proves_its_name() {
    let server = OwnPostgres::start(Wire::Tls, &[]);
    let url = server.url(
        "localhost",
        "postgres",
        "sslmode=verify-full&sslrootcert=tls/ca.pem",
    );
    let installation = installation_at(&url);
    // The file is named from the configuration's directory.
    let status = ["migrate", "status"];
    assert_eq!(
        installation.exit_code(&status),
        Some(7),
        "there is no such file yet"
    );
    std::fs::create_dir(installation.path("tls")).unwrap();
    std::fs::copy(server.dir.join("ca.pem"), installation.path("tls/ca.pem")).unwrap();
    let up = installation.signet(&["migrate", "up"]);
    assert!(up.status.success(), "{up:?}");
    let secret = client(&installation, "web")["client_secret"]
        .as_str()
        .unwrap()
        .to_owned();
    alice(&installation);
    let serving = installation.serve_aloud();
    let web = RelyingParty::at(&installation.issuer, "web", Some(&secret), CALLBACK);
    let mut browser = Browser::at(&installation.issuer);
    let tokens = web.sign_in(&mut browser, "alice", "offline_access");
    web.refresh(tokens.refresh.as_ref().unwrap()).unwrap();
    drop(serving);

    let shown = installation.signet(&["config", "show"]);
    assert!(!String::from_utf8_lossy(&shown.stdout).contains(&server.password));
    // Somebody else's certificate in its place.
    std::fs::copy(server.dir.join("client.pem"), installation.path("tls/ca.pem")).unwrap();
    let refused = installation.signet(&status);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("signed by an unknown authority"), "{said}");
    assert!(!said.contains(&server.password), "{said}");
    assert_eq!(refused.status.code(), Some(7));
    let path = installation.path("signet.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("verify-full", "prefer")).unwrap();
    assert_eq!(installation.exit_code(&status), Some(3), "prefer is refused");
}
