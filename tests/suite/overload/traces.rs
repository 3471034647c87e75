//! What somebody can make the log and the audit trail say: one short line for a request, and a record for a guess that counted.

use std::fs;

use crate::actors::browser::{encode, http};
use crate::actors::{Attacker, Browser};
use crate::cast::CALLBACK;
use crate::cli::installation::Installation;
use crate::rig::Provider;

/// Requests of each kind.
const MANY: usize = 50;
/// No line of the log is longer, whatever was sent.
const LONGEST: usize = 600;

#[test]
fn a_request_of_any_size_is_one_short_line_in_the_log() {
    let installation = Installation::new();
    let _serving = installation.serve_aloud();
    let log = || fs::read_to_string(installation.path("said.err")).unwrap();
    let before = log().lines().count();
    let long = "noise".repeat(2_000);
    let query = encode(&[
        ("client_id", &long),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
    ]);
    let url = |path: &str| format!("{}{path}", installation.issuer);
    for _ in 0..MANY {
        let requests = [
            http().get(url(&format!("/authorize?{query}"))),
            http().get(url(&format!("/{long}"))),
            http().get(url("/userinfo")).bearer_auth(&long),
            http()
                .get(url("/login"))
                .header("user-agent", &long)
                .header("cookie", format!("signet={long}")),
            http()
                .post(url("/token"))
                .basic_auth(&long, Some(&long))
                .body("grant_type=noise"),
        ];
        for request in requests {
            let status = request.send().unwrap().status().as_u16();
            assert!(status < 500, "{status}");
        }
    }
    let said = log();
    let lines: Vec<_> = said.lines().skip(before).collect();
    assert!(
        lines.len() >= 5 * MANY && lines.len() <= 5 * MANY + 5,
        "{}",
        lines.len()
    );
    for line in lines {
        assert!(line.len() < LONGEST && !line.contains("noise"), "{line}");
    }
}

#[test]
fn guesses_beyond_the_limit_leave_no_record() {
    let provider = Provider::start();
    let door = Attacker(&provider).authorize_url("web", &[]);
    let mut browser = Browser::new(&provider);
    let page = browser.open(&door).page();
    let before = provider.rows("audit");
    for number in 0..160 {
        let username = format!("somebody{number}");
        browser.send_form(&page, &[("username", &username), ("password", "a guess")]);
    }
    let records = provider.rows("audit") - before;
    // A hundred of one network count; one more record says that it was stopped.
    assert_eq!(records, 101);
    let (flows, most) = (provider.rows("flows"), 60);
    assert!(flows <= most, "{flows}");
}
