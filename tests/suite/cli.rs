//! The real program, as operators and their scripts run it.

mod access;
mod admin;
mod apis;
mod audit;
mod clients;
mod demo_apps;
mod doctor;
mod documents;
mod drain;
mod growing_up;
pub mod installation;
mod keys;
mod letters;
mod manual;
mod metrics;
#[path = "../../crates/store/tests/contract/nobody.rs"]
pub mod nobody;
#[path = "../../crates/store/tests/contract/own_postgres.rs"]
#[allow(
    dead_code,
    reason = "written for the tests of the store, which play more tricks"
)]
pub mod own_postgres;
mod people;
mod postgres;
#[path = "../../crates/store/tests/contract/postgres_server.rs"]
pub mod postgres_server;
#[path = "../../crates/store/tests/contract/redis_server.rs"]
#[allow(
    dead_code,
    reason = "written for the tests of the store, which play more tricks"
)]
pub mod redis_server;
mod secrecy;
pub mod two_nodes;
mod upgrade;

use serde_json::Value;

use crate::actors::browser::{http, param};
use crate::actors::{Browser, RelyingParty};
use crate::cast::{CALLBACK, PASSWORD};
use installation::{Installation, mode, until};

const GRANTS: [&str; 4] = ["--grant", "authorization_code", "--grant", "refresh_token"];

/// A first-party client, with the secret it was given.
pub fn client(installation: &Installation, client_id: &str) -> Value {
    let mut arguments = vec![
        "client",
        "create",
        "--client-id",
        client_id,
        "--name",
        "Web",
        "--first-party",
    ];
    arguments.extend([
        "--redirect-uri",
        CALLBACK,
        "--scope",
        "openid profile email offline_access",
    ]);
    arguments.extend(GRANTS);
    installation.json(&arguments, "")
}

pub fn alice(installation: &Installation) -> Value {
    let arguments = [
        "user",
        "create",
        "--username",
        "alice",
        "--email",
        "alice@example.org",
        "--password-stdin",
    ];
    installation.json(&arguments, &format!("{PASSWORD}\n"))
}

#[test]
fn init_makes_an_installation_and_never_another_over_it() {
    let installation = Installation::new();
    for secret in ["secrets/master.key", "data/signet.db"] {
        assert_eq!(mode(&installation.path(secret)), 0o600, "{secret}");
    }
    let before = std::fs::read(installation.path("secrets/master.key")).unwrap();
    assert_eq!(installation.init().status.code(), Some(5));
    assert_eq!(
        std::fs::read(installation.path("secrets/master.key")).unwrap(),
        before
    );
}

#[test]
fn exit_codes_say_what_kind_of_failure_it_was() {
    let installation = Installation::new();
    client(&installation, "web");
    let rows: [(&[&str], i32); 8] = [
        (&["client", "frobnicate"], 2),
        (&["client", "show", "nobody"], 4),
        (&["user", "show", "nobody"], 4),
        (
            &[
                "client",
                "create",
                "--client-id",
                "web",
                "--name",
                "Web",
                "--redirect-uri",
                CALLBACK,
            ],
            5,
        ),
        // What is missing is said before anybody is asked to confirm.
        (&["client", "delete", "nobody"], 4),
        (&["client", "delete", "web"], 2),
        (&["client", "delete", "web", "--yes"], 0),
        (&["client", "show", "web"], 4),
    ];
    for (arguments, code) in rows {
        assert_eq!(installation.exit_code(arguments), Some(code), "{arguments:?}");
    }
}

#[test]
fn a_failure_is_talk_and_not_data() {
    let installation = Installation::new();
    let output = installation.signet(&["client", "show", "nobody", "--json"]);
    assert!(output.stdout.is_empty(), "{output:?}");
    assert!(!output.stderr.is_empty());
}

#[test]
fn another_master_key_is_refused() {
    let (installation, other) = (Installation::new(), Installation::new());
    std::fs::copy(
        other.path("secrets/master.key"),
        installation.path("secrets/master.key"),
    )
    .unwrap();
    let output = installation.signet(&["serve"]);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("master key"), "{said}");
}

#[test]
fn a_running_server_sees_a_new_client() {
    let installation = Installation::new();
    let _serving = installation.serve();
    let query = format!("client_id=late&redirect_uri={CALLBACK}&response_type=code&scope=openid&prompt=none");
    let url = format!("{}/authorize?{query}", installation.issuer);
    let status = || http().get(&url).send().unwrap().status().as_u16();
    assert_eq!(status(), 400);
    client(&installation, "late");
    until("the client is known", || (status() == 303).then_some(()));
    let disabled = installation.signet(&["client", "disable", "late", "--yes"]);
    assert!(disabled.status.success(), "{disabled:?}");
    until("the client is unknown again", || (status() == 400).then_some(()));
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    let installation = Installation::new();
    let secret = client(&installation, "web")["client_secret"]
        .as_str()
        .unwrap()
        .to_owned();
    let sub = alice(&installation)["sub"].as_str().unwrap().to_owned();
    let mut browser = Browser::at(&installation.issuer);

    let serving = installation.serve();
    let web = RelyingParty::at(&installation.issuer, "web", Some(&secret), CALLBACK);
    let first = web.sign_in(&mut browser, "alice", "offline_access");
    let second = web.refresh(first.refresh.as_ref().unwrap()).unwrap();
    drop(serving);

    let _serving = installation.serve();
    let third = web.refresh(second.refresh.as_ref().unwrap()).unwrap();
    assert_eq!(third.subject, sub);
    assert_eq!(web.userinfo(&second.access).unwrap(), sub);
    let silent = browser.open(&web.depart("", &[("prompt", "none")]).url).app();
    assert!(param(&silent, "code").is_some(), "{silent}");
    // The rotation was not forgotten, either: the spent token is spent.
    assert!(web.refresh(first.refresh.as_ref().unwrap()).is_err());
}

#[test]
fn wrong_settings_are_all_told_at_once() {
    let installation = Installation::new();
    let path = installation.path("signet.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let text = text.replace("# idle = \"12h\"", "idle = \"soon\"");
    std::fs::write(&path, format!("{text}\n[tokenz]\naccess_ttl = 1\n")).unwrap();
    let output = installation.signet(&["config", "check"]);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(said.contains("tokenz") && said.contains("soon"), "{said}");
}
