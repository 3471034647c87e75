//! That every message of `crates/i18n/locales` is said somewhere, and that nothing is said that is none. Owns the reading of
//! sources; what a message looks like is the crate's own test.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::assert_kept;
use super::workspace::text_files;

/// Where messages are named.
const SPEAKERS: [&str; 5] = [
    "templates/pages",
    "templates/mail",
    "crates/web/src",
    "crates/mail/src",
    "crates/i18n/src",
];

/// What follows the name of a message, in a template or in code.
const SAID: [&str; 5] = ["|t ", "|rich ", ".with(", ".strong(", ".code("];

fn messages(files: &[(PathBuf, String)]) -> BTreeSet<&str> {
    let english = files
        .iter()
        .filter(|(path, _)| path.starts_with("crates/i18n/locales/en"));
    let lines = english.flat_map(|(_, text)| text.lines());
    lines
        .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
        .filter_map(|line| line.split_once(" =").map(|(key, _)| key))
        .collect()
}

/// The literals of a text with what stands behind each.
fn literals(text: &str) -> impl Iterator<Item = (&str, &str)> {
    // Tags in templates put quotes within quotes, so any two neighbouring quotes may be a pair.
    let quotes: Vec<usize> = text.match_indices('"').map(|(at, _)| at).collect();
    let pairs: Vec<(usize, usize)> = quotes.windows(2).map(|pair| (pair[0], pair[1])).collect();
    pairs
        .into_iter()
        .map(|(from, to)| (&text[from + 1..to], &text[to + 1..]))
        .filter(|(literal, _)| is_key(literal))
}

fn is_key(literal: &str) -> bool {
    literal.starts_with(|c: char| c.is_ascii_lowercase())
        && literal
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_'))
}

fn speaks(path: &Path) -> bool {
    let is_test = path.components().any(|part| {
        let name = part.as_os_str().to_string_lossy();
        name == "tests" || name == "tests.rs" || name.starts_with("gallery")
    });
    !is_test && SPEAKERS.iter().any(|place| path.starts_with(place))
}

#[test]
fn every_message_is_said_and_everything_said_is_a_message() {
    let files = text_files();
    let messages = messages(&files);
    assert!(messages.len() > 150, "{}", messages.len());
    let mut named = BTreeSet::new();
    let mut said: BTreeMap<&str, &Path> = BTreeMap::new();
    for (path, text) in files.iter().filter(|(path, _)| speaks(path)) {
        for (key, behind) in literals(text) {
            named.insert(key);
            if SAID.iter().any(|mark| behind.starts_with(mark)) || is_said_by_code(text, key) {
                said.insert(key, path);
            }
        }
    }
    let silent = messages
        .difference(&named)
        .map(|key| format!("{key} is said nowhere"));
    let unknown = said
        .iter()
        .filter(|(key, _)| !messages.contains(**key))
        .map(|(key, path)| format!("{} says {key}, which is no message", path.display()));
    assert_kept(&silent.chain(unknown).collect::<Vec<_>>());
}

/// `Say::new("key")`, as code says what templates do not.
fn is_said_by_code(text: &str, key: &str) -> bool {
    text.contains(&format!("Say::new(\"{key}\")"))
}
