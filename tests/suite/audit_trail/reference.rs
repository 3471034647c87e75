//! The manual lists every event there is, and no other.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const NOUNS: [&str; 14] = [
    "admin", "audit", "client", "code", "consent", "group", "grant", "key", "logout", "refresh", "resource",
    "scope", "session", "token",
];
/// What looks like an event in the sources and is none: settings, and names of files.
const OTHERS: [&str; 2] = ["session.absolute", "session.idle"];

fn is_event(text: &str) -> bool {
    let noun = text.split('.').next().unwrap_or_default();
    let shaped = text
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || b"._-".contains(&byte));
    let is_file = [".html", ".pem", ".md", ".svg", ".txt", ".js", ".json", ".toml"]
        .iter()
        .any(|end| text.ends_with(end));
    shaped
        && !is_file
        && text.contains('.')
        && !text.ends_with('.')
        && (NOUNS.contains(&noun) || noun == "user")
        && !OTHERS.contains(&text)
}

fn sources(directory: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && name != "tests" {
            sources(&path, into);
        } else if name.ends_with(".rs") && name != "tests.rs" {
            into.push(path);
        }
    }
}

/// What stands between `mark`s in a text.
fn between(text: &str, mark: char) -> BTreeSet<String> {
    let pieces = text.split(mark).filter(|piece| is_event(piece));
    pieces.map(str::to_owned).collect()
}

#[test]
fn the_manual_lists_what_the_program_records() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut files = Vec::new();
    for own in ["identity", "session", "token", "admin", "web"] {
        sources(&root.join("crates").join(own).join("src"), &mut files);
    }
    let mut recorded = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(file).unwrap();
        // Tests beside the code may name what they like.
        let code = text.split("#[cfg(test)]").next().unwrap();
        recorded.extend(
            code.lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .flat_map(|line| between(line, '"')),
        );
    }
    let manual = std::fs::read_to_string(root.join("docs/operate/audit.md")).unwrap();
    let (_, table) = manual.split_once("## Events").unwrap();
    assert_eq!(between(table, '`'), recorded);
}
