//! `signet doctor` and `signet lint`: what an operator is told about an installation, and what a script makes of it.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use super::client;
use super::installation::{Installation, free_port};
use super::redis_server::RedisServer;

/// Runs a check; its exit code and its JSON.
fn check(installation: &Installation, arguments: &[&str]) -> (Option<i32>, Value) {
    let output = installation.signet(&[arguments, &["--json"]].concat());
    let told = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    (output.status.code(), told)
}

/// The verdicts on one thing.
fn verdicts<'a>(told: &'a Value, check: &str) -> Vec<&'a str> {
    let checks = told["checks"].as_array().unwrap().iter();
    let of_check = checks.filter(|finding| finding["check"] == check);
    of_check
        .map(|finding| finding["verdict"].as_str().unwrap())
        .collect()
}

#[test]
fn a_sound_installation_has_warnings_only() {
    let installation = Installation::new();
    let (code, told) = check(&installation, &["doctor"]);
    assert_eq!((code, &told["failed"]), (Some(0), &0.into()), "{told:#}");
    for name in [
        "config", "secrets", "database", "disk", "keys", "clock", "outbound", "cache",
    ] {
        let verdicts = verdicts(&told, name);
        assert!(
            !verdicts.is_empty() && !verdicts.contains(&"fail"),
            "{name}: {told:#}"
        );
    }
    assert_eq!(
        (verdicts(&told, "mail"), verdicts(&told, "issuer")),
        (vec!["warn"], vec!["warn"])
    );
    let text = String::from_utf8(installation.signet(&["doctor"]).stdout).unwrap();
    assert!(
        text.contains("PASS config") && text.contains("WARN mail"),
        "{text}"
    );
    assert!(text.contains("0 failed, "), "{text}");
}

#[test]
fn a_running_provider_is_seen_from_outside() {
    let installation = Installation::new();
    let (code, told) = check(&installation, &["doctor", "--remote"]);
    assert_eq!(
        (code, verdicts(&told, "discovery")),
        (Some(1), vec!["fail"]),
        "{told:#}"
    );

    let serving = installation.serve();
    let (code, told) = check(&installation, &["doctor", "--remote"]);
    assert_eq!(code, Some(0), "{told:#}");
    assert_eq!(
        (verdicts(&told, "discovery"), verdicts(&told, "jwks")),
        (vec!["pass"], vec!["pass"])
    );
    assert_eq!(verdicts(&told, "clock"), ["pass", "pass"]);
    drop(serving);

    // Another provider where this one should be.
    let mut other = Installation::new();
    other.set(
        "SIGNET_ISSUER",
        &format!("http://localhost:{}", installation.port()),
    );
    let _serving = installation.serve();
    let (code, told) = check(&other, &["doctor", "--remote"]);
    assert_eq!(
        (code, verdicts(&told, "discovery")),
        (Some(1), vec!["fail"]),
        "{told:#}"
    );
}

#[test]
fn what_is_broken_fails() {
    let mut installation = Installation::new();
    let master = installation.path("secrets/master.key");
    std::fs::set_permissions(&master, std::fs::Permissions::from_mode(0o644)).unwrap();
    let (code, told) = check(&installation, &["doctor"]);
    assert_eq!(
        (code, verdicts(&told, "secrets")),
        (Some(1), vec!["fail", "pass"]),
        "{told:#}"
    );

    // A copy takes the mode along.
    std::fs::copy(Installation::new().path("secrets/master.key"), &master).unwrap();
    let (code, told) = check(&installation, &["doctor"]);
    assert_eq!(
        (code, verdicts(&told, "secrets")),
        (Some(1), vec!["pass", "fail"]),
        "{told:#}"
    );

    let url = format!("redis://:s3cret@127.0.0.1:{}", free_port());
    installation.set("SIGNET_CACHE__URL", &url);
    let output = installation.signet(&["doctor"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("FAIL cache") && !text.contains("s3cret"), "{text}");

    std::fs::remove_file(installation.path("data/signet.db")).unwrap();
    let (code, told) = check(&installation, &["doctor"]);
    assert_eq!(
        (code, verdicts(&told, "database")),
        (Some(1), vec!["fail"]),
        "{told:#}"
    );
}

#[test]
fn a_redis_that_answers_is_well() {
    let mut installation = Installation::new();
    let mut redis = RedisServer::start();
    installation.set("SIGNET_CACHE__URL", &redis.url());
    let (code, told) = check(&installation, &["doctor"]);
    assert_eq!(
        (code, verdicts(&told, "cache")),
        (Some(0), vec!["pass"]),
        "{told:#}"
    );
    redis.stop();
    let (code, told) = check(&installation, &["doctor"]);
    assert_eq!(
        (code, verdicts(&told, "cache")),
        (Some(1), vec!["fail"]),
        "{told:#}"
    );
}

#[test]
fn a_configuration_that_does_not_load_is_a_finding() {
    let mut installation = Installation::new();
    installation.set("SIGNET_TOKENS__ACESS_TTL", "5m");
    installation.set("SIGNET_SESSION__IDLE", "soon");
    let (code, told) = check(&installation, &["doctor"]);
    assert_eq!(
        (code, verdicts(&told, "config")),
        (Some(1), vec!["fail", "fail"]),
        "{told:#}"
    );
}

#[test]
fn lint_names_the_rule_the_client_and_the_remedy() {
    let installation = Installation::new();
    client(&installation, "web");
    let (code, told) = check(&installation, &["lint"]);
    assert_eq!(code, Some(0), "{told:#}");
    let notes = told.as_array().unwrap();
    assert!(
        notes.iter().all(|finding| finding["severity"] == "note"),
        "{told:#}"
    );

    installation.json(&["client", "update", "web", "--no-require-pkce"], "");
    let (code, told) = check(&installation, &["lint", "--set", "tokens.access_ttl=2h"]);
    assert_eq!(code, Some(1), "{told:#}");
    let rules: Vec<_> = told
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| &finding["rule"])
        .collect();
    assert_eq!(rules[..2], ["long-access-token", "no-pkce"]);
    assert_eq!(
        (&told[1]["subject"], &told[1]["spec"]),
        (&"client web".into(), &"RFC 9700 2.1.1".into())
    );
    let text = String::from_utf8(installation.signet(&["lint"]).stdout).unwrap();
    assert!(
        text.contains("WARN  client web: no-pkce (RFC 9700 2.1.1)"),
        "{text}"
    );
    assert!(
        text.contains("fix: once it sends one: signet client update web --require-pkce"),
        "{text}"
    );
}
