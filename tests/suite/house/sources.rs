//! Rules about the text of the repository: how long a file may be, and whose paths it may not tell. Owns no lint; those
//! are clippy's.

use super::assert_kept;
use super::workspace::text_files;

/// Lines of a Rust file, its unit tests not counted.
const LONGEST: usize = 500;

/// Directories of somebody's machine, put together here so that this file does not name them.
const MACHINE_PATHS: &[&str] = &[concat!("/", "work/"), concat!("/", "root/")];

#[test]
fn no_file_is_too_long_to_read() {
    let files = text_files();
    let rust = files
        .iter()
        .filter(|(path, _)| path.extension().is_some_and(|it| it == "rs"));
    let lengths = rust.map(|(path, text)| (path, without_tests(text).lines().count()));
    let broken = lengths.filter(|(_, lines)| *lines > LONGEST);
    assert_kept(
        &broken
            .map(|(path, lines)| format!("{} has {lines} lines, {LONGEST} at most", path.display()))
            .collect::<Vec<_>>(),
    );
}

/// The text before the unit tests, which clippy keeps last in a file.
fn without_tests(text: &str) -> &str {
    text.split_once("\n#[cfg(test)]\nmod ")
        .map_or(text, |(before, _)| before)
}

#[test]
fn no_file_tells_of_a_machine() {
    let files = text_files();
    let broken = files.iter().flat_map(|(path, text)| {
        let told = text
            .lines()
            .enumerate()
            .filter(|(_, line)| MACHINE_PATHS.iter().any(|it| line.contains(it)));
        told.map(move |(at, line)| {
            format!(
                "{}:{} names a machine's path: {}",
                path.display(),
                at + 1,
                line.trim()
            )
        })
    });
    assert_kept(&broken.collect::<Vec<_>>());
}
