//! The house keeps its own rules: crate arrows, who may name which library, bans, licences, sizes, and no path of
//! anybody's machine in the sources. Owns the rules about the repository; what Signet does is told by the other stories.

mod bans;
mod crates;
mod deploy;
mod documents;
mod licences;
mod snippets;
mod sources;
mod spdx;
mod words;
mod workspace;

/// Fails with every broken rule at once, so that one run is enough to mend them all.
#[track_caller]
fn assert_kept(broken: &[String]) {
    assert!(
        broken.is_empty(),
        "{} broken:\n  {}\n",
        broken.len(),
        broken.join("\n  ")
    );
}
