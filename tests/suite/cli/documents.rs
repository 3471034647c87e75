//! Commands that the documentation tells people to type, typed.

use std::path::Path;

use super::installation::Installation;

#[test]
fn what_the_pages_about_apps_tell_to_type_is_taken_and_is_good_practice() {
    let installation = Installation::new();
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/connect");
    let pages: Vec<_> = std::fs::read_dir(pages).unwrap().collect();
    for page in &pages {
        let text = std::fs::read_to_string(page.as_ref().unwrap().path()).unwrap();
        for command in commands(&text) {
            let output = installation.signet(&words(&command)[1..]);
            assert!(output.status.success(), "{command}: {output:?}");
        }
    }
    let clients = installation.json(&["client", "list"], "");
    assert!(
        clients.as_array().unwrap().len() >= pages.len() - 1,
        "one for each page"
    );

    let findings = installation.signet(&["lint", "--json"]).stdout;
    let findings: serde_json::Value = serde_json::from_slice(&findings).unwrap();
    let told = findings.as_array().unwrap().iter();
    let told: Vec<_> = told
        .filter(|finding| finding["severity"] != "note")
        .map(|finding| (&finding["subject"], &finding["rule"]))
        .collect();
    // The page says why, and what to use instead.
    assert_eq!(told, [(&"client forum".into(), &"no-pkce".into())]);
}

/// Lines of the page's blocks of code that begin with the program's name, continued lines joined.
fn commands(page: &str) -> Vec<String> {
    let joined = page.replace("\\\n", " ");
    let blocks = joined.split("\n```").skip(1).step_by(2);
    let lines = blocks.flat_map(str::lines);
    lines
        .filter(|line| line.starts_with("signet "))
        .map(str::to_owned)
        .collect()
}

/// As a shell would take it; only single quotes are used.
fn words(command: &str) -> Vec<&str> {
    let parts = command.split('\'').enumerate();
    parts
        .flat_map(|(at, part)| match at % 2 {
            0 => part.split_whitespace().collect(),
            _ => vec![part],
        })
        .collect()
}
