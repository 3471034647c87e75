//! APIs and scopes of one's own, on the command line.

use serde_json::json;

use super::installation::{Installation, talk};

const API: &str = "https://api.test/notes";

#[test]
fn an_api_is_registered_once_changed_and_removed() {
    let installation = Installation::new();
    let mut create = vec!["resource", "create", "--identifier", API];
    create.extend(["--scope", "notes:read", "notes:write", "--access-ttl", "5m"]);
    let made = installation.json(&create, "");
    assert_eq!(made["identifier"], API);
    assert_eq!(made["scopes"], json!(["notes:read", "notes:write"]));
    assert_eq!(
        (&made["access_ttl"], &made["access_token_alg"]),
        (&json!(300), &json!(null))
    );
    assert_eq!(installation.exit_code(&create), Some(5));

    let mut update = vec![
        "resource",
        "update",
        API,
        "--name",
        "Notes",
        "--scope",
        "notes:read",
    ];
    update.extend(["--access-token-alg", "EdDSA", "--access-ttl", "default"]);
    let mut rehearsed = update.clone();
    rehearsed.push("--dry-run");
    assert_eq!(installation.json(&rehearsed, "")["name"], "Notes");
    assert_eq!(
        installation.json(&["resource", "show", API], "")["name"],
        json!(null)
    );
    let changed = installation.json(&update, "");
    assert_eq!(
        (&changed["access_ttl"], &changed["access_token_alg"]),
        (&json!(null), &json!("EdDSA"))
    );
    assert_eq!(installation.json(&["resource", "list"], ""), json!([changed]));

    let rows: [(&[&str], i32); 5] = [
        (&["resource", "delete", "https://api.test/none"], 4),
        (&["resource", "delete", API], 2),
        (&["resource", "delete", API, "--yes", "--dry-run"], 0),
        (&["resource", "delete", API, "--yes"], 0),
        (&["resource", "show", API], 4),
    ];
    for (arguments, code) in rows {
        assert_eq!(installation.exit_code(arguments), Some(code), "{arguments:?}");
    }
}

#[test]
fn an_api_has_a_name_of_its_own_and_scopes_of_its_own() {
    let installation = Installation::new();
    let bad: [&[&str]; 7] = [
        &["--identifier", "notes"],
        &["--identifier", "https://api.test/#part"],
        &["--identifier", &installation.issuer],
        &["--identifier", API, "--scope", "email"],
        &["--identifier", API, "--scope", "no\"tes"],
        &["--identifier", API, "--access-ttl", "0s"],
        &["--identifier", API, "--access-ttl", "25h"],
    ];
    for arguments in bad {
        let arguments = [&["resource", "create"], arguments].concat();
        assert_eq!(installation.exit_code(&arguments), Some(2), "{arguments:?}");
    }
    assert_eq!(installation.json(&["resource", "list"], ""), json!([]));
}

#[test]
fn a_scope_gives_claims_that_are_nobody_elses() {
    let installation = Installation::new();
    let mut create = vec!["scope", "create", "--name", "employee"];
    create.extend([
        "--claim",
        "employee_number=employeeNumber",
        "--description",
        "Your number",
    ]);
    let made = installation.json(&create, "");
    assert_eq!(made["claims"], json!({ "employee_number": "employeeNumber" }));
    let rows: [(&[&str], i32); 8] = [
        (&["scope", "create", "--name", "employee", "--claim", "a=b"], 5),
        (
            &[
                "scope",
                "create",
                "--name",
                "other",
                "--claim",
                "employee_number=badge",
            ],
            5,
        ),
        (&["scope", "create", "--name", "other", "--claim", "sub=badge"], 2),
        (
            &["scope", "create", "--name", "other", "--claim", "email=badge"],
            2,
        ),
        (
            &["scope", "create", "--name", "profile", "--claim", "badge=badge"],
            0,
        ),
        (
            &["resource", "create", "--identifier", API, "--scope", "employee"],
            5,
        ),
        (&["scope", "delete", "employee", "--yes"], 0),
        (&["scope", "show", "employee"], 4),
    ];
    for (arguments, code) in rows {
        assert_eq!(installation.exit_code(arguments), Some(code), "{arguments:?}");
    }
}

#[test]
fn no_access_token_lives_longer_than_a_day() {
    let installation = Installation::new();
    let path = installation.path("signet.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(
        &path,
        text.replace("# access_ttl = \"10m\"", "access_ttl = \"2d\""),
    )
    .unwrap();
    let output = installation.signet(&["config", "check"]);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), talk(&output));
    assert!(said.contains("tokens.access_ttl is longer than 1d"), "{said}");
}
