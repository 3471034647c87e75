//! What operators look at, and the settings they get wrong.

use super::ledger::AtRest;
use super::life::{Life, MAIL};

/// Every verb that shows something.
pub fn look(life: &mut Life) {
    for verb in [
        &["config", "show", "--origin"][..],
        &["config", "check"],
        &["client", "list"],
        &["client", "show", "web"],
        &["session", "list"],
        &["grant", "list"],
        &["key", "list"],
        &["key", "export-public"],
        &["migrate", "status"],
        &["healthcheck"],
    ] {
        life.done(verb, "");
        life.done(&[verb, &["--json"]].concat(), "");
    }
    // Who it is about is told; nothing they know is.
    let people = life.installation.signet(&["user", "show", "alice", "--json"]);
    let told = String::from_utf8(people.stdout).unwrap().replace(MAIL, "");
    life.said.push(("user show".to_owned(), told.into_bytes()));
    let file = life.installation.path("rotated");
    let rotate = ["client", "rotate-secret", "web", "--yes", "--write-secret"];
    life.done(&[&rotate[..], &[file.to_str().unwrap()]].concat(), "");
    let secret = std::fs::read_to_string(file).unwrap();
    life.ledger.note("client secret", AtRest::Hidden, secret.trim());
}

/// Settings that are wrong and hold a secret.
pub fn err(life: &mut Life) {
    const SECRET: &str = "a-secret-in-a-setting";
    life.ledger.note("setting", AtRest::Hidden, SECRET);
    for (name, value) in [
        (
            "SIGNET_MAIL__URL",
            format!("smtp://signet:{SECRET}@mail.test:notaport"),
        ),
        ("SIGNET_MAIL__URL", format!("{SECRET}://mail.test")),
        (
            "SIGNET_CACHE__URL",
            format!("redis://:{SECRET}@127.0.0.1:notaport"),
        ),
        (
            "SIGNET_CACHE__URL",
            format!("redis+cluster://:{SECRET}@127.0.0.1:6379"),
        ),
        (
            "SIGNET_DATABASE__URL",
            format!("postgres://signet:{SECRET}@127.0.0.1:1/signet"),
        ),
        (
            "SIGNET_DATABASE__URL",
            format!("mysql://signet:{SECRET}@127.0.0.1/signet"),
        ),
        ("SIGNET_SECRETS__MASTER_KEY", SECRET.to_owned()),
    ] {
        life.installation.set(name, &value);
        for verb in [
            &["config", "check"][..],
            &["config", "show"],
            &["user", "list"],
            &["serve"],
        ] {
            // A cache that is away is found out while serving; that would not end.
            if verb != ["serve"] || life.installation.exit_code(&["config", "check"]) != Some(0) {
                life.verb(verb, "");
            }
        }
        life.installation.unset(name);
    }
}
