//! The sandbox's applications beside an installation that stays, registered there as anybody's are: `signet demo`.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::alice;
use super::installation::{Installation, program, signal, talk, until};
use crate::actors::Browser;
use crate::actors::browser::http;

/// Three ports in a row that nobody listens on, most likely.
fn three_ports() -> u16 {
    until("three free ports in a row", || {
        let first = TcpListener::bind("127.0.0.1:0").ok()?;
        let port = first.local_addr().ok()?.port();
        let rest = [port.checked_add(1)?, port.checked_add(2)?];
        rest.iter()
            .all(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
            .then_some(port)
    })
}

/// Puts the secrets of the three clients into files and registers them, as deploy/compose/setup.sh does.
fn register(installation: &Installation, port: u16) {
    let at = |offset: u16| format!("http://localhost:{}", port + offset);
    let api = at(2);
    let said = installation.signet(&[
        "resource",
        "create",
        "--identifier",
        &api,
        "--scope",
        "notes.read",
        "notes.write",
    ]);
    assert!(said.status.success(), "{said:?}");
    for (name, offset) in [("notes", 0), ("calendar", 1), ("demo-api", 2)] {
        let file = installation.path(name);
        std::fs::write(&file, format!("a-secret-of-the-demo-application-{name}\n")).unwrap();
        let callback = format!("{}/callback", at(offset));
        let mut verb = vec!["client", "create", "--client-id", name, "--secret-file"];
        verb.push(file.to_str().unwrap());
        verb.extend(if name == "demo-api" {
            vec!["--resource-server-of", &api]
        } else {
            vec!["--first-party", "--resource", &api, "--redirect-uri", &callback]
        });
        verb.extend(if name == "demo-api" {
            [].as_slice()
        } else {
            &["--grant", "authorization_code", "--grant", "refresh_token"]
        });
        let said = installation.signet(&verb);
        assert!(said.status.success(), "{said:?}");
    }
}

/// Runs it until both applications answer. Dropping it is `kill -9`.
struct Demo(Child);

impl Demo {
    fn start(issuer: &str, secrets: &Path, port: u16) -> Self {
        let mut command = Command::new(program());
        command
            .args([
                "demo",
                "--issuer",
                issuer,
                "--port",
                &port.to_string(),
                "--secrets",
            ])
            .arg(secrets)
            .stdin(Stdio::null())
            .stderr(Stdio::null());
        let demo = Self(command.spawn().unwrap());
        for port in [port, port + 1] {
            until("the application answers", || {
                http().get(format!("http://localhost:{port}/")).send().ok()
            });
        }
        demo
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn two_applications_beside_an_installation_share_one_sign_in() {
    let installation = Installation::new();
    let port = three_ports();
    register(&installation, port);
    alice(&installation);
    let _serving = installation.serve();
    let secrets = installation.path("signet.toml");
    let mut demo = Demo::start(&installation.issuer, secrets.parent().unwrap(), port);
    let mut person = Browser::at(&installation.issuer);
    let [notes, calendar] = [port, port + 1].map(|port| format!("http://localhost:{port}"));

    let mut at_notes = Browser::at(&notes);
    let away = at_notes.open(&notes).app();
    let back = person.sign_in(away.as_str(), "alice");
    let page = at_notes.open(back.as_str()).page();
    assert!(page.body.contains("alice"), "{page:?}");

    // The second asks nobody anything.
    let mut at_calendar = Browser::at(&calendar);
    let away = at_calendar.open(&calendar).app();
    let back = person.open(away.as_str()).app();
    let page = at_calendar.open(back.as_str()).page();
    assert!(page.body.contains("alice"), "{page:?}");

    signal(demo.0.id(), "TERM");
    assert_eq!(demo.0.wait().unwrap().code(), Some(0));
}

#[test]
fn without_a_secret_it_does_not_begin() {
    let installation = Installation::new();
    let port = three_ports().to_string();
    let nowhere = installation.path("nowhere");
    let verb = ["demo", "--issuer", &installation.issuer, "--port", &port];
    let said = Command::new(program())
        .args(verb)
        .arg("--secrets")
        .arg(&nowhere)
        .output()
        .unwrap();
    assert_eq!(said.status.code(), Some(1));
    assert!(talk(&said).contains("nowhere/demo-api"), "{said:?}");
}
