//! Packages that may not be in the dependency graph. Owns the list and its reasons.

use super::assert_kept;
use super::workspace::{built_names, locked_names};

const BANNED: &[(&str, &str)] = &[
    (
        "openssl",
        "one cryptographic library, aws-lc-rs; nothing of the system's to link",
    ),
    (
        "openssl-sys",
        "one cryptographic library, aws-lc-rs; nothing of the system's to link",
    ),
    (
        "native-tls",
        "one cryptographic library, aws-lc-rs; nothing of the system's to link",
    ),
    ("ring", "one cryptographic library, aws-lc-rs"),
    ("aws-lc-fips-sys", "needs cmake, perl and go to build"),
    (
        "actix-governor",
        "throttling is a policy of identity, counted where every node sees it",
    ),
];

/// Banned packages that cargo locks all the same, because a dependency names them in a feature nobody switches on. They
/// may stand in the lock file, and nowhere else.
const LOCKED_ONLY: &[(&str, &str)] = &[(
    "ring",
    "rustls-webpki and quinn-proto can do with it; rustls is told aws-lc",
)];

#[test]
fn no_banned_package_is_locked_or_built() {
    let (locked, built) = (locked_names(), built_names());
    let excused = |name: &str| LOCKED_ONLY.iter().any(|(it, _)| *it == name);
    let is_locked = |name: &str| !excused(name) && locked.iter().any(|it| it == name);
    let found = BANNED
        .iter()
        .filter(|(name, _)| is_locked(name) || built.iter().any(|it| it == name));
    assert_kept(
        &found
            .map(|(name, reason)| format!("{name} is in the graph: {reason}"))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn an_excuse_that_is_not_needed_any_more_goes() {
    let locked = locked_names();
    let idle = LOCKED_ONLY
        .iter()
        .filter(|(name, _)| !locked.iter().any(|it| it == name));
    assert_kept(
        &idle
            .map(|(name, _)| format!("{name} has left the lock file: take it out of LOCKED_ONLY"))
            .collect::<Vec<_>>(),
    );
}
