//! The arrows of docs/architecture.md, and which of our crates may name which library. Owns both tables.

use super::assert_kept;
use super::workspace::{Package, members};

/// What each crate may depend on: no arrow upward, none between adapters. `server` wires everything, so it has no row.
const ARROWS: &[(&str, &[&str])] = &[
    ("kernel", &[]),
    ("protocol", &["kernel"]),
    ("identity", &["kernel"]),
    ("i18n", &[]),
    ("session", &["identity", "kernel"]),
    ("token", &["session", "identity", "protocol", "kernel"]),
    ("admin", &["token", "session", "identity", "protocol", "kernel"]),
    (
        "store",
        &["admin", "token", "session", "identity", "protocol", "kernel"],
    ),
    ("outbound", &[]),
    (
        "web",
        &[
            "admin", "token", "session", "identity", "protocol", "kernel", "i18n",
        ],
    ),
    ("mail", &["identity", "kernel", "i18n"]),
    ("guard", &["protocol"]),
    ("demo", &["guard", "outbound", "kernel"]),
];

/// The crates that may depend on any other: the wiring and these tests.
const TOP: &[&str] = &["server", "suite"];

/// A library and the only crates that name it. A room that is not built yet may be named here: until then nobody may.
/// These tests are free to use any of them; they never ship.
const WRAPPERS: &[(&str, &[&str])] = &[
    ("diesel", &["store"]),
    ("diesel_migrations", &["store"]),
    ("libsqlite3-sys", &["store"]),
    ("diesel-async", &["store"]),
    ("tokio-postgres", &["store"]),
    ("tokio-rustls", &["store", "server"]),
    ("rustls-native-certs", &["store"]),
    ("redis", &["store"]),
    ("actix-web", &["web", "demo", "server", "guard"]),
    ("actix-http", &["server"]),
    ("actix-service", &["server"]),
    ("askama", &["web", "demo", "mail", "i18n"]),
    ("fluent-bundle", &["i18n"]),
    ("fluent-syntax", &["i18n"]),
    ("unic-langid", &["i18n"]),
    ("argon2", &["identity"]),
    ("oxide-auth", &["token"]),
    ("jsonwebtoken", &["token", "guard"]),
    ("openidconnect", &["token", "demo", "federation"]),
    ("reqwest", &["outbound"]),
    ("lettre", &["mail"]),
    ("clap", &["server"]),
    ("clap_complete", &["server"]),
    ("clap_mangen", &["server"]),
    ("prometheus", &["web"]),
    ("tracing-subscriber", &["server"]),
];

#[test]
fn no_arrow_points_upward_or_between_adapters() {
    let ours = members();
    let names: Vec<&str> = ours.iter().map(|package| package.name.as_str()).collect();
    let wrong = ours
        .iter()
        .filter(|package| !TOP.contains(&package.name.as_str()));
    assert_kept(
        &wrong
            .flat_map(|package| wrong_arrows(package, &names))
            .collect::<Vec<_>>(),
    );
}

fn wrong_arrows(package: &Package, ours: &[&str]) -> Vec<String> {
    let from = &package.name;
    let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| name == from) else {
        return vec![format!(
            "{from} has no row in ARROWS: say what it may depend on, there and in docs/architecture.md"
        )];
    };
    let targets = package
        .direct
        .iter()
        .map(String::as_str)
        .filter(|to| ours.contains(to));
    let wrong = targets.filter(|to| !allowed.contains(to));
    wrong
        .map(|to| format!("{from} -> {to}: {from} may depend on [{}]", allowed.join(", ")))
        .collect()
}

#[test]
fn every_row_of_arrows_is_a_crate() {
    let ours = members();
    let gone = ARROWS
        .iter()
        .filter(|(name, _)| !ours.iter().any(|package| package.name == *name));
    assert_kept(
        &gone
            .map(|(name, _)| format!("ARROWS has a row for {name}, which is no crate of the workspace"))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn libraries_stay_behind_their_crate() {
    let ours = members();
    assert_kept(
        &ours
            .iter()
            .filter(|package| package.name != "suite")
            .flat_map(strays)
            .collect::<Vec<_>>(),
    );
}

fn strays(package: &Package) -> Vec<String> {
    let name = package.name.as_str();
    let named = WRAPPERS
        .iter()
        .filter(|(library, _)| package.direct.iter().any(|it| it == library));
    let wrong = named.filter(|(_, allowed)| !allowed.contains(&name));
    wrong
        .map(|(library, allowed)| format!("{name} names {library}: only [{}] may", allowed.join(", ")))
        .collect()
}
