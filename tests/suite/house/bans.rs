//! Packages that may not be in the dependency graph. Owns the list and its reasons.

use super::assert_kept;
use super::workspace::built_names;

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

#[test]
fn no_banned_package_is_built() {
    let built = built_names();
    let found = BANNED
        .iter()
        .filter(|(name, _)| built.iter().any(|it| it == name));
    assert_kept(
        &found
            .map(|(name, reason)| format!("{name} is built: {reason}"))
            .collect::<Vec<_>>(),
    );
}
