//! `signet audit`, beside stopped and running servers.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::installation::{Installation, until};
use super::{alice, client};
use crate::audit;

fn query(installation: &Installation, arguments: &[&str]) -> Vec<Value> {
    let all = installation.json(&[&["audit", "query"], arguments].concat(), "");
    all.as_array().unwrap().clone()
}

fn text(installation: &Installation, arguments: &[&str]) -> String {
    let output = installation.signet(arguments);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn events(records: &[Value]) -> Vec<&str> {
    records
        .iter()
        .map(|record| record["event"].as_str().unwrap())
        .collect()
}

#[test]
fn what_administrators_did_is_found_by_every_filter() {
    let installation = Installation::new();
    let sub = alice(&installation)["sub"].as_str().unwrap().to_owned();
    client(&installation, "web");
    installation.json(&["user", "lock", "alice"], "");
    let found = query(&installation, &["--subject", &sub]);
    assert_eq!(events(&found), ["user.lock", "user.create"]);
    assert_eq!(found[0]["before"]["state"], "active");
    assert_eq!(found[0]["after"]["state"], "locked");
    assert_eq!(
        (&found[0]["actor"], &found[0]["way"]),
        (&Value::from("cli"), &Value::from("cli"))
    );
    assert_eq!(
        events(&query(&installation, &["--client", "web"])),
        ["client.create"]
    );
    let of_people = [
        "--event",
        "user.*",
        "--actor",
        "cli",
        "--since",
        "1h",
        "--outcome",
        "done",
    ];
    assert_eq!(query(&installation, &of_people).len(), 2);
    assert_eq!(query(&installation, &["--until", "1h"]).len(), 0);
    assert_eq!(
        query(&installation, &["--limit", "1", "--event", "user.*"]).len(),
        1
    );
    let seq = found[0]["seq"].to_string();
    assert_eq!(
        events(&query(&installation, &["--after", &seq, "--event", "user.*"])),
        ["user.create"]
    );
    assert_eq!(
        text(
            &installation,
            &["audit", "query", "--event", "user.lock", "-o", "ids"]
        ),
        format!("{seq}\n")
    );
    for wrong in [
        ["--since", "soon"],
        ["--address", "10.0.0"],
        ["--outcome", "maybe"],
        ["--event", "User"],
    ] {
        let arguments = [&["audit", "query"][..], &wrong].concat();
        assert_eq!(installation.exit_code(&arguments), Some(2), "{wrong:?}");
    }
}

#[test]
fn the_trail_leaves_as_csv_and_as_lines_of_json() {
    let installation = Installation::new();
    let reason = "=HYPERLINK(\"http://evil.test\")";
    installation.json(&["key", "schedule", "--pause", "--reason", reason], "");
    let table = text(&installation, &["audit", "export", "--format", "csv"]);
    assert!(table.starts_with("seq,at,event,outcome,actor,"), "{table}");
    assert!(
        table.contains("\"'=HYPERLINK(\"\"http://evil.test\"\")\""),
        "{table}"
    );
    let lines = text(&installation, &["audit", "export", "--format", "ndjson"]);
    let records: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(records.len(), table.lines().count() - 1);
    assert_eq!(records.last().unwrap()["detail"], reason);
    let queried = ["audit", "query", "--event", "key.schedule.pause"];
    assert_eq!(
        text(&installation, &[&queried[..], &["--ndjson"]].concat())
            .lines()
            .count(),
        1
    );
    assert_eq!(
        text(&installation, &[&queried[..], &["--csv"]].concat())
            .lines()
            .count(),
        2
    );
}

#[test]
fn verifying_says_what_fits_and_names_the_first_record_that_does_not() {
    let installation = Installation::new();
    alice(&installation);
    client(&installation, "web");
    let fits = installation.json(&["audit", "verify"], "");
    assert_eq!(fits["discord"], Value::Null);
    let victim = query(&installation, &["--event", "user.create"])[0]["seq"]
        .as_u64()
        .unwrap();
    audit::tamper(
        &installation.path("data/signet.db"),
        &format!("UPDATE audit SET actor = 'nobody' WHERE seq = {victim}"),
    );
    let output = installation.signet(&["audit", "verify"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.contains(&format!("Record {victim}: does not fit its hash")),
        "{said}"
    );
}

#[test]
fn a_running_server_signs_the_trail_at_its_start_and_with_a_new_key() {
    let installation = Installation::new();
    client(&installation, "web");
    let checkpoints = || {
        let verified = installation.json(&["audit", "verify"], "");
        assert_eq!(verified["discord"], Value::Null, "{verified}");
        verified["checkpoints"].as_u64().unwrap()
    };
    assert_eq!(checkpoints(), 0);
    let serving = installation.serve();
    until("the trail is signed", || (checkpoints() == 1).then_some(()));
    drop(serving);
    // The next start finds a key that signs no more, whatever the hour.
    installation.json(&["key", "rotate", "--force", "--reason", "drill"], "");
    let serving = installation.serve();
    until("the new key signs the trail", || {
        (checkpoints() == 2).then_some(())
    });
    drop(serving);
    let signed = query(&installation, &["--event", "audit.*"]);
    assert_ne!(signed[0]["detail"], signed[1]["detail"], "{signed:?}");
}

#[test]
fn the_tail_goes_on_with_what_other_programs_do() {
    let installation = Installation::new();
    alice(&installation);
    let mut tail = Tail(
        Command::new(super::installation::program())
            .args([
                "audit", "tail", "--follow", "--limit", "1", "--event", "user.*", "--json", "--config",
            ])
            .arg(installation.path("signet.toml"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let mut lines = BufReader::new(tail.0.stdout.take().unwrap()).lines();
    let mut next = || serde_json::from_str::<Value>(&lines.next().unwrap().unwrap()).unwrap();
    // The first line says that it watches from here on.
    assert_eq!(next()["event"], "user.create");
    installation.json(&["user", "lock", "alice"], "");
    assert_eq!(next()["event"], "user.lock");
}

/// Watches until it is dropped.
struct Tail(Child);

impl Drop for Tail {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
