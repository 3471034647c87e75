//! Rules about documentation: what it names exists. Owns how tests and files are named there; what is written about them is
//! for readers to judge.

use std::path::{Path, PathBuf};

use super::assert_kept;
use super::workspace::{root, text_files};

/// Documents that name tests and sources, in backticks.
const MAPS: &[&str] = &["docs/rfc-map.md", "docs/threat-model.md"];

#[test]
fn every_test_and_file_a_map_names_exists() {
    let broken = MAPS.iter().flat_map(|map| {
        let text = std::fs::read_to_string(root().join(map)).unwrap();
        let names: Vec<String> = in_backticks(&text).flat_map(alternatives).collect();
        assert!(names.len() > 50, "{map} names next to nothing");
        names
            .into_iter()
            .filter(|name| !exists(name))
            .map(move |name| format!("{map} names `{name}`, which does not exist"))
    });
    assert_kept(&broken.collect::<Vec<_>>());
}

#[test]
fn every_link_leads_somewhere() {
    let files = text_files();
    let pages = files
        .iter()
        .filter(|(path, _)| path.extension().is_some_and(|it| it == "md"));
    let broken = pages.flat_map(|(page, text)| {
        let here = root().join(page.parent().unwrap());
        links(text)
            .filter(move |to| !here.join(to).exists())
            .map(move |to| format!("{} links to {to}, which does not exist", page.display()))
    });
    assert_kept(&broken.collect::<Vec<_>>());
}

/// Links to files beside the page, without the place in them. Blocks of code link to nothing.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let prose = text.split("\n```").step_by(2);
    prose
        .flat_map(|part| part.split("](").skip(1))
        .filter_map(|rest| rest.split(')').next())
        .filter(|to| !to.contains("://") && !to.starts_with('#'))
        .map(|to| to.split('#').next().unwrap_or(to))
}

fn in_backticks(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| line.split('`').skip(1).step_by(2))
}

/// `a/{b,c}.rs` is `a/b.rs` and `a/c.rs`.
fn alternatives(name: &str) -> Vec<String> {
    let Some((before, (choices, after))) = name
        .split_once('{')
        .and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    else {
        return vec![name.to_owned()];
    };
    let whole = |choice: &str| format!("{before}{choice}{after}");
    choices.split(',').map(whole).collect()
}

/// Whether what is named is there; what is neither a test nor a file of ours is not judged.
fn exists(name: &str) -> bool {
    let is_name = |text: &str| {
        text.chars()
            .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_')
    };
    if name.contains("::") {
        return !name.split("::").all(is_name) || is_test(&name.split("::").collect::<Vec<_>>());
    }
    if let Some(story) = name.strip_prefix("tests/") {
        let at = |end: &str| root().join("tests").join(format!("{story}{end}"));
        return ["", ".rs", ".test.mjs"].iter().any(|end| at(end).exists());
    }
    !name.contains("/src/") || root().join("crates").join(name).exists()
}

/// Whether these words name a module with tests in it, or one of its tests. The first says where to look.
fn is_test(words: &[&str]) -> bool {
    let tree = match words[0] {
        "suite" => root().join("tests/suite"),
        "contract" => root().join("crates/store/tests/contract"),
        krate => root().join("crates").join(krate).join("src"),
    };
    let (last, before) = words[1..].split_last().unwrap();
    let parent = before.iter().fold(tree, |path, word| path.join(word));
    has(&parent.join(last), "test]\n") || has(&parent, &format!("fn {last}("))
}

/// Whether a module's file, or one below it, says this.
fn has(module: &Path, words: &str) -> bool {
    let own = std::fs::read_to_string(module.with_extension("rs")).is_ok_and(|text| text.contains(words));
    own || below(module)
        .iter()
        .any(|file| std::fs::read_to_string(file).is_ok_and(|text| text.contains(words)))
}

/// The Rust files in a directory and those in it.
fn below(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| if path.is_dir() { below(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|it| it == "rs"))
        .collect()
}

#[test]
fn names_are_looked_up_and_others_are_left() {
    assert!(exists("suite::code"));
    assert!(exists("suite::code::twenty_at_once_get_one_answer"));
    assert!(exists("token::client::register"));
    assert!(exists("contract::once"));
    assert!(exists("token/src/ending.rs"));
    assert!(exists("tests/clients/two_open"));
    assert!(exists("ending::Session") && exists("offline_access"));
    assert!(!exists("suite::codes"));
    assert!(!exists("suite::code::nobody_wrote_this"));
    assert!(!exists("token/src/beginning.rs"));
    assert!(!exists("tests/clients/three_open"));
}
