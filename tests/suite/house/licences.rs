//! Every package that is built may be shipped with a program under MIT OR Apache-2.0. Owns the list of licences that
//! go with it; reading an expression is `spdx`'s.

use super::assert_kept;
use super::spdx;
use super::workspace::{Package, packages};

/// Fine in any package.
const ALLOWED: &[&str] = &[
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "Unicode-3.0",
    "CC0-1.0",
    "0BSD",
    "Unlicense",
];

/// Fine in the package named, each looked at on its own.
const ALLOWED_FOR: &[(&str, &str)] = &[
    ("xxhash-rust", "BSL-1.0"), // Boost's, as permissive as MIT; asks for no notice in what is compiled.
];

#[test]
fn every_package_has_a_licence_that_goes_with_ours() {
    assert_kept(&packages().iter().filter_map(objection).collect::<Vec<_>>());
}

fn objection(package: &Package) -> Option<String> {
    let Package { name, licence, .. } = package;
    let allowed = |it: &str| ALLOWED.contains(&it) || ALLOWED_FOR.contains(&(name.as_str(), it));
    match spdx::satisfied(licence, allowed) {
        Ok(true) => None,
        Ok(false) => Some(format!(
            "{name} is under {licence:?}, which ALLOWED and ALLOWED_FOR do not satisfy"
        )),
        Err(error) => Some(format!("{name} states its licence as {licence:?}: {error}")),
    }
}

#[test]
fn no_exception_outlives_its_package() {
    let packages = packages();
    let gone = ALLOWED_FOR
        .iter()
        .filter(|(name, _)| !packages.iter().any(|package| package.name == *name));
    assert_kept(
        &gone
            .map(|(name, _)| format!("ALLOWED_FOR names {name}, which nothing uses"))
            .collect::<Vec<_>>(),
    );
}
