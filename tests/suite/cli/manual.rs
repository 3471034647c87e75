//! What the program says about itself: its configuration's schema, its manual, completion for shells; and `token inspect`,
//! which needs nothing but the token.

use super::installation::Installation;

#[test]
fn the_schema_needs_no_configuration() {
    let mut installation = Installation::new();
    installation.set("SIGNET_ACESS__TTL", "wrong");
    assert_eq!(installation.exit_code(&["config", "check"]), Some(3));
    let schema = installation.json(&["config", "schema"], "");
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let text = installation.signet(&["config", "schema"]).stdout;
    let as_text: serde_json::Value = serde_json::from_slice(&text).unwrap();
    assert_eq!(as_text, schema);
    let file = std::fs::read_to_string(installation.path("signet.toml")).unwrap();
    assert!(file.contains("issuer") && schema["properties"]["issuer"]["type"] == "string");
}

#[test]
fn the_manual_has_a_page_for_each_command() {
    let installation = Installation::new();
    let dir = installation.path("man");
    let output = installation.signet(&["man", "--dir", dir.to_str().unwrap()]);
    assert!(output.status.success(), "{output:?}");
    for page in [
        "signet.1",
        "signet-serve.1",
        "signet-client-create.1",
        "signet-key-reencrypt.1",
    ] {
        let roff = std::fs::read_to_string(dir.join(page)).unwrap();
        assert!(
            roff.contains(".TH") && roff.contains("SYNOPSIS"),
            "{page}: {roff}"
        );
    }
    let printed = String::from_utf8(installation.signet(&["man"]).stdout).unwrap();
    assert_eq!(printed, std::fs::read_to_string(dir.join("signet.1")).unwrap());
    assert!(printed.contains("a check found something"), "{printed}");
}

#[test]
fn shells_complete_it() {
    let installation = Installation::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = installation.signet(&["completion", shell]);
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(
            output.status.success() && script.contains("rotate-secret"),
            "{shell}"
        );
    }
    assert_eq!(installation.exit_code(&["completion", "tcsh"]), Some(2));
}

#[test]
fn a_token_is_inspected_without_a_database_and_without_its_signature() {
    let mut installation = Installation::new();
    std::fs::remove_file(installation.path("data/signet.db")).unwrap();
    installation.set("SIGNET_ISSUER", "nonsense");
    // {"alg":"none"} {"sub":"alice","exp":1}
    let token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSIsImV4cCI6MX0.c2lnbmF0dXJl";
    let told = installation.json(&["token", "inspect"], &format!("{token}\n"));
    assert_eq!(
        (&told["header"]["alg"], &told["claims"]["sub"]),
        (&"none".into(), &"alice".into())
    );
    assert_eq!(told["times"]["exp"], "1970-01-01T00:00:01Z");
    let file = installation.path("token");
    std::fs::write(&file, token).unwrap();
    let output = installation.signet(&["token", "inspect", "--token-file", file.to_str().unwrap()]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("1970-01-01T00:00:01Z, expired"), "{text}");
    assert!(!text.contains("c2lnbmF0dXJl"), "{text}");
    let output = installation.fed(&["token", "inspect"], "s3cret");
    assert_eq!(output.status.code(), Some(1));
    assert!(!String::from_utf8(output.stderr).unwrap().contains("s3cret"));
}
