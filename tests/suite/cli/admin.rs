//! Administrators on the command line: the first by a link, others by roles, and the glass that is broken.

use serde_json::{Value, json};

use super::installation::{Installation, until};
use super::{alice, client};
use crate::actors::Browser;
use crate::cast::PASSWORD;

fn roles(installation: &Installation, name: &str) -> Value {
    let all = installation.json(&["admin", "list"], "");
    let found = all.as_array().unwrap().iter().find(|row| row["name"] == name);
    found.map_or(Value::Null, |row| row["roles"].clone())
}

/// What a command says on standard error.
fn talk(installation: &Installation, arguments: &[&str]) -> String {
    String::from_utf8(installation.signet(arguments).stderr).unwrap()
}

/// The link a server printed.
fn printed(installation: &Installation) -> Option<String> {
    let said = std::fs::read_to_string(installation.path("said.err")).unwrap();
    let beginning = format!("{}/setup/", installation.issuer);
    let link = said.split_whitespace().find(|word| word.starts_with(&beginning));
    link.map(str::to_owned)
}

#[test]
fn a_link_is_printed_until_there_is_an_owner() {
    let installation = Installation::new();
    let told = installation.json(&["admin", "setup-link"], "");
    let beginning = format!("{}/setup/", installation.issuer);
    let url = told["setup_url"].as_str().unwrap();
    assert!(
        url.starts_with(&beginning) && url.len() == beginning.len() + 43,
        "{url}"
    );
    let bare = installation.signet(&["admin", "setup-link"]);
    let bare = String::from_utf8(bare.stdout).unwrap();
    assert!(bare.starts_with(&beginning) && bare.trim_end() != url, "{bare}");
    let dry = installation.signet(&["admin", "setup-link", "--dry-run"]);
    assert!(dry.status.success() && dry.stdout.is_empty(), "{dry:?}");

    alice(&installation);
    installation.json(&["admin", "grant", "alice", "owner"], "");
    assert_eq!(installation.exit_code(&["admin", "setup-link"]), Some(5));
    let why = talk(&installation, &["admin", "setup-link"]);
    assert!(why.contains("signet admin recover USER"), "{why}");
}

#[test]
fn roles_are_given_and_taken_but_the_last_owner_stays() {
    let installation = Installation::new();
    alice(&installation);
    let grant = ["admin", "grant", "alice@example.org", "auditor", "owner"];
    assert_eq!(
        installation.json(&grant, "")["roles"],
        json!(["owner", "auditor"])
    );
    let dry = ["admin", "withdraw", "alice", "auditor", "--dry-run"];
    assert_eq!(installation.json(&dry, "")["roles"], json!(["owner"]));
    assert_eq!(roles(&installation, "alice"), json!(["owner", "auditor"]));

    for arguments in [
        ["admin", "withdraw", "alice", "owner"].as_slice(),
        &["user", "lock", "alice"],
        &["user", "delete", "alice", "--yes"],
    ] {
        assert_eq!(installation.exit_code(arguments), Some(5), "{arguments:?}");
        let why = talk(&installation, arguments);
        assert!(
            why.contains("last owner") && why.contains("signet admin grant"),
            "{why}"
        );
    }
    let bob = installation.exit_code(&["user", "create", "--username", "bob"]);
    assert_eq!(bob, Some(0));
    installation.json(&["admin", "grant", "bob", "owner"], "");
    installation.json(&["admin", "withdraw", "alice", "owner"], "");
    assert_eq!(roles(&installation, "alice"), json!(["auditor"]));
    installation.signet(&["user", "delete", "alice", "--yes"]);
    assert_eq!(roles(&installation, "alice"), Value::Null);
}

#[test]
fn a_client_holds_roles_of_its_own_and_the_words_are_judged() {
    let installation = Installation::new();
    alice(&installation);
    client(&installation, "web");
    let held = installation.json(&["admin", "grant", "--client", "web", "key-operator"], "");
    assert_eq!((&held["kind"], &held["id"]), (&json!("client"), &json!("web")));
    let ids = installation.signet(&["admin", "list", "-o", "ids"]);
    assert_eq!(String::from_utf8(ids.stdout).unwrap(), "web\n");
    for (arguments, code) in [
        (["admin", "grant", "alice"].as_slice(), 2),
        (&["admin", "grant", "alice", "king"], 2),
        (&["admin", "grant", "nobody", "owner"], 4),
        (&["admin", "grant", "--client", "nothing", "owner"], 4),
        (&["admin", "grant", "--client", "signet-console", "owner"], 5),
    ] {
        assert_eq!(installation.exit_code(arguments), Some(code), "{arguments:?}");
    }
}

#[test]
fn who_is_recovered_is_let_in_as_owner_with_a_link_to_a_password() {
    let installation = Installation::new();
    alice(&installation);
    assert_eq!(installation.exit_code(&["user", "lock", "alice"]), Some(0));
    let told = installation.json(&["admin", "recover", "alice"], "");
    let url = told["password_url"].as_str().unwrap();
    assert!(
        url.starts_with(&format!("{}/reset/", installation.issuer)),
        "{url}"
    );
    assert_eq!(roles(&installation, "alice"), json!(["owner"]));
    assert_eq!(
        installation.json(&["user", "show", "alice"], "")["state"],
        "active"
    );
    assert_eq!(installation.exit_code(&["admin", "recover", "nobody"]), Some(4));
    let dry = installation.signet(&["admin", "recover", "alice", "--dry-run"]);
    assert!(dry.status.success() && dry.stdout.is_empty(), "{dry:?}");
}

#[test]
fn a_server_without_an_owner_prints_a_link_and_one_with_an_owner_none() {
    let installation = Installation::new();
    let link = {
        let _serving = installation.serve_aloud();
        let link = until("the link is printed", || printed(&installation));
        let mut browser = Browser::at(&installation.issuer);
        let form = browser.open(&link).page();
        browser
            .submit(&form, &[("username", "root"), ("password", PASSWORD)])
            .page();
        link
    };
    assert_eq!(roles(&installation, "root"), json!(["owner"]));
    std::fs::remove_file(installation.path("said.err")).unwrap();
    let serving = installation.serve_aloud();
    until("the second server is ready", || {
        let said = std::fs::read_to_string(installation.path("said.err")).unwrap();
        let logged = std::fs::read_to_string(installation.path("said.out")).unwrap();
        [said, logged]
            .iter()
            .any(|text| text.contains("ready"))
            .then_some(())
    });
    serving.terminate();
    assert_eq!(serving.ended(), Some(0));
    assert_eq!(printed(&installation), None);
    let trail = installation.path("data/signet.db");
    assert!(
        !std::fs::read(trail)
            .unwrap()
            .windows(43)
            .any(|bytes| link.as_bytes().ends_with(bytes))
    );
}

/// ATTACKS 224: roles are taken by another process, and a session at the console is out with its next request.
#[test]
fn who_is_demoted_elsewhere_is_out_at_once() {
    let installation = Installation::new();
    alice(&installation);
    let bob = installation.exit_code(&["user", "create", "--username", "bob"]);
    assert_eq!(bob, Some(0));
    installation.json(&["admin", "grant", "bob", "owner"], "");
    installation.json(&["admin", "grant", "alice", "key-operator"], "");
    let _serving = installation.serve();
    let mut browser = Browser::at(&installation.issuer);
    let keys = format!("{}/admin/keys", installation.issuer);
    let page = browser.sign_in_as(&keys, "alice").page();
    assert_eq!((page.status, &page.url), (200, &keys), "{}", page.body);
    installation.json(&["admin", "withdraw", "alice", "key-operator"], "");
    let page = browser.open(&keys).page();
    assert_eq!((page.status, &page.url), (403, &keys), "{}", page.body);
    installation.json(&["admin", "grant", "alice", "auditor"], "");
    assert_eq!(browser.open(&keys).page().status, 200);
}
