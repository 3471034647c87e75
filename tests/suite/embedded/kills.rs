//! `kill -9` in the middle of everything: afterwards either the old state or the new one, and all that was acknowledged.

use std::process::{Child, Command, Stdio};
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use super::caller::Caller;
use super::ledger::{Fates, Ledger};
use super::remains;
use crate::audit::count;
use crate::cast::PASSWORD;
use crate::cli::alice;
use crate::cli::installation::{Installation, program, until};

/// After how many acknowledged writes the server is killed in each round.
const AFTER: [u64; 8] = [40, 3, 90, 17, 61, 8, 130, 29];

/// How often, if somebody wants more: `SIGNET_KILLS=200`.
fn rounds() -> usize {
    let asked = std::env::var("SIGNET_KILLS").ok();
    asked.map_or(AFTER.len(), |number| number.parse().unwrap())
}

/// A moment that differs from round to round, so that the end comes at other points than right after an answer.
fn odd_moment(round: usize) {
    let micros = u64::try_from(round).unwrap() * 1_931 % 12_000;
    thread::park_timeout(Duration::from_micros(micros));
}

#[test]
fn killed_under_load_it_knows_all_it_acknowledged_and_nothing_by_half() {
    let installation = Installation::new();
    let caller = Caller::new(&installation);
    let sub = alice(&installation)["sub"].as_str().unwrap().to_owned();
    let database = installation.path("data/signet.db");
    let mut serving = installation.serve_aloud();
    let cookies = caller.cookies("alice");
    let mut fates = Fates::new();
    for round in 0..rounds() {
        let enough = caller.acknowledged.load(Ordering::SeqCst) + AFTER[round % AFTER.len()];
        let ledger = Ledger::of(&caller, &cookies, round, || {
            until("enough was acknowledged", || {
                (caller.acknowledged.load(Ordering::SeqCst) >= enough).then_some(())
            });
            odd_moment(round);
            drop(serving);
        });
        serving = installation.serve_aloud();
        remains::are_whole(&database);
        ledger.settle(&caller, &database, round, &mut fates);
        remains::are_whole(&database);
        // Whoever was signed in still is.
        assert!(caller.code(&cookies).is_some());
    }
    println!("{} rounds, fates: {fates:?}", rounds());
    assert_eq!(count(&database, &format!("users WHERE id = '{sub}'")), 1);
    let verified = installation.signet(&["audit", "verify"]);
    assert!(verified.status.success(), "the trail is whole: {verified:?}");
    let said = std::fs::read_to_string(installation.path("said.err")).unwrap();
    assert!(!said.contains("panicked"), "{said}");
}

/// The command line writes by itself, without a server.
#[test]
fn a_command_that_is_killed_makes_all_of_a_person_or_nobody() {
    let installation = Installation::new();
    let database = installation.path("data/signet.db");
    let mut there = 0;
    for round in 0..16_u64 {
        let name = format!("person{round}");
        let mut command = begin_to_make(&installation, &name);
        // It takes a moment to hash the password; later and later, until it has been faster.
        thread::park_timeout(Duration::from_millis(12 * round));
        command.kill().unwrap();
        let acknowledged = command.wait().unwrap().success();
        let rows = count(&database, &format!("users WHERE username = '{name}'"));
        assert!(!acknowledged || rows == 1, "{name}");
        there += rows;
        remains::are_whole(&database);
    }
    println!("{there} of 16 were made");
    let again = begin_to_make(&installation, "person0").wait().unwrap();
    assert!(again.success() || count(&database, "users WHERE username = 'person0'") == 1);
}

fn begin_to_make(installation: &Installation, name: &str) -> Child {
    use std::io::Write as _;
    let mut child = Command::new(program())
        .args([
            "user",
            "create",
            "--username",
            name,
            "--email",
            &format!("{name}@example.org"),
        ])
        .args(["--password-stdin", "--config"])
        .arg(installation.path("signet.toml"))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let typed = child.stdin.take().unwrap().write_all(PASSWORD.as_bytes());
    typed.unwrap();
    child
}
