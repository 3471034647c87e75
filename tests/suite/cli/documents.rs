//! Commands that the documentation tells people to type, typed.

use std::path::Path;

use admin::snippets::{self, Values};

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
    // Their pages say why, and what to use instead.
    let without_pkce = ["client forum", "client gitea"].map(serde_json::Value::from);
    let rule = "no-pkce".into();
    assert_eq!(told, without_pkce.each_ref().map(|client| (client, &rule)));
    settings_are_those_of_the_pages(&installation);
}

/// What `signet snippet` prints for the clients of the pages is what the pages say, for this issuer.
fn settings_are_those_of_the_pages(installation: &Installation) {
    for snippet in snippets::all().iter().filter(|snippet| snippet.name != "other") {
        let (client, _) = snippet.example;
        let values = Values {
            issuer: installation.issuer.clone(),
            client_secret: snippets::SECRET_KNOWN.to_owned(),
            ..Values::example(snippet)
        };
        let printed = installation.json(&["snippet", client, "--for", snippet.name], "");
        let parts: Vec<_> = printed["parts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|part| part["text"].as_str().unwrap())
            .collect();
        let expected: Vec<_> = snippet
            .filled(&values)
            .into_iter()
            .map(|part| part.text)
            .collect();
        assert_eq!(parts, expected, "{}", snippet.name);
        let listed = installation.json(&["snippet", client], "");
        let names: Vec<_> = listed
            .as_array()
            .unwrap()
            .iter()
            .map(|line| &line["name"])
            .collect();
        assert!(names.contains(&&snippet.name.into()), "{client}: {names:?}");
    }
    assert_eq!(
        installation.exit_code(&["snippet", "wiki", "--for", "nothing"]),
        Some(4)
    );
    assert_eq!(installation.exit_code(&["snippet", "nobody"]), Some(4));
    let text = installation
        .signet(&["snippet", "wiki", "--for", "authlib"])
        .stdout;
    let text = String::from_utf8(text).unwrap();
    assert!(
        text.starts_with("# environment\nISSUER=") && text.contains("docs/connect/authlib.md"),
        "{text}"
    );
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
