//! `signet key`, beside stopped and running servers.

mod erasure;

use serde_json::{Value, json};

use super::installation::{Installation, free_port, talk, until};
use super::{alice, client};
use crate::actors::browser::http;
use crate::actors::{Browser, RelyingParty};
use crate::cast::CALLBACK;

fn keys(installation: &Installation) -> Vec<Value> {
    let all = installation.json(&["key", "list"], "");
    all.as_array().unwrap().clone()
}

/// The kid of the key in this state.
#[track_caller]
fn kid(installation: &Installation, alg: &str, state: &str) -> String {
    let all = keys(installation);
    let mut meant = all
        .iter()
        .filter(|key| key["alg"] == alg && key["state"] == state);
    let key = meant
        .next()
        .unwrap_or_else(|| panic!("no {alg} key is {state}: {all:?}"));
    assert!(meant.next().is_none(), "{all:?}");
    key["kid"].as_str().unwrap().to_owned()
}

fn served(url: &str) -> Vec<String> {
    let answer = http().get(format!("{url}/jwks")).send().unwrap().text().unwrap();
    let set: Value = serde_json::from_str(&answer).unwrap();
    let kids = set["keys"].as_array().unwrap().iter();
    kids.map(|jwk| jwk["kid"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn exit_codes_tell_what_is_missing_before_anybody_is_asked() {
    let installation = Installation::new();
    let (active, next) = (
        kid(&installation, "ES256", "active"),
        kid(&installation, "ES256", "next"),
    );
    let force = ["--force", "--reason", "drill"];
    let rows: [(&[&str], i32); 14] = [
        (&["key", "rotate"], 5),
        (&["key", "rotate", "--alg", "ES384"], 4),
        (&["key", "rotate", "--force"], 2),
        (&["key", "activate", "k-none"], 4),
        (&["key", "activate", &next], 5),
        (&["key", "activate", &active], 5),
        (&["key", "retire", "k-none"], 4),
        (&["key", "retire", &active], 5),
        (&["key", "retire", &active, force[0], force[1], force[2]], 5),
        (&["key", "generate", "--alg", "ES384"], 5),
        (&["key", "schedule", "--resume"], 5),
        (&["key", "revoke", "k-none"], 4),
        (&["key", "revoke", &active], 2),
        (&["key", "revoke", &active, "--dry-run"], 0),
    ];
    for (arguments, code) in rows {
        assert_eq!(installation.exit_code(arguments), Some(code), "{arguments:?}");
    }
    // None of it changed anything.
    assert_eq!(kid(&installation, "ES256", "active"), active);
    assert_eq!(keys(&installation).len(), 6);
}

#[test]
fn a_forced_rotation_turns_every_algorithm() {
    let installation = Installation::new();
    let spares = ["RS256", "ES256", "EdDSA"].map(|alg| kid(&installation, alg, "next"));
    let arguments = ["key", "rotate", "--force", "--reason", "drill"];
    let rehearsed = installation.json(&[&arguments[..], &["--dry-run"]].concat(), "");
    assert_eq!(rehearsed.as_array().unwrap().len(), 3);
    assert_eq!(keys(&installation).len(), 6);
    installation.json(&arguments, "");
    for (alg, spare) in ["RS256", "ES256", "EdDSA"].into_iter().zip(spares) {
        assert_eq!(kid(&installation, alg, "active"), spare);
        let retiring = kid(&installation, alg, "retiring");
        assert_eq!(installation.exit_code(&["key", "retire", &retiring]), Some(5));
        kid(&installation, alg, "next");
    }
    // The new spares are not safe for a day.
    assert_eq!(installation.exit_code(&["key", "rotate"]), Some(5));
}

#[test]
fn an_emergency_reaches_two_running_servers() {
    let installation = Installation::new();
    alice(&installation);
    let secret = client(&installation, "web")["client_secret"]
        .as_str()
        .unwrap()
        .to_owned();
    let port = free_port();
    let (_one, _two) = (installation.serve(), installation.serve_at(port));
    let second = format!("http://127.0.0.1:{port}");
    let web = RelyingParty::at(&installation.issuer, "web", Some(&secret), CALLBACK);
    let tokens = web.sign_in(&mut Browser::at(&installation.issuer), "alice", "offline_access");
    assert!(web.userinfo(&tokens.access).is_ok());
    let (leaked, spare) = (
        kid(&installation, "ES256", "active"),
        kid(&installation, "ES256", "next"),
    );
    let radius = installation.json(&["key", "revoke", &leaked, "--dry-run"], "");
    assert_eq!(
        (&radius["clients"], &radius["sessions"]),
        (&json!(["web"]), &json!(1))
    );
    assert_eq!(radius["successor"]["kid"], json!(spare));
    let revoked = installation.signet(&["key", "revoke", &leaked, "--reason", "leaked", "--yes"]);
    assert!(revoked.status.success(), "{revoked:?}");
    assert!(talk(&revoked).contains("out of reach"), "{revoked:?}");
    for url in [&installation.issuer, &second] {
        until("the key left the JWK Set", || {
            let kids = served(url);
            (!kids.contains(&leaked) && kids.contains(&spare)).then_some(())
        });
    }
    until("its token is refused", || web.userinfo(&tokens.access).err());
    let next = web.refresh(tokens.refresh.as_ref().unwrap()).unwrap();
    assert!(web.userinfo(&next.access).is_ok());
    assert_eq!(kid(&installation, "ES256", "active"), spare);
    kid(&installation, "ES256", "next");
    assert_eq!(
        installation.exit_code(&["key", "revoke", &leaked, "--yes"]),
        Some(5)
    );
}

#[test]
fn killed_at_any_moment_a_server_leaves_one_key_that_signs_and_one_spare() {
    let mut installation = Installation::new();
    installation.set("SIGNET_KEYS__ROTATE_EVERY", "1s");
    installation.set("SIGNET_KEYS__MIN_PUBLISHED", "0s");
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..4 {
        let serving = installation.serve();
        let before = kid(&installation, "EdDSA", "active");
        until("a rotation", || {
            (kid(&installation, "EdDSA", "active") != before).then_some(())
        });
        drop(serving);
        for alg in ["RS256", "ES256", "EdDSA"] {
            seen.insert(kid(&installation, alg, "active"));
            kid(&installation, alg, "next");
        }
    }
    assert!(seen.len() >= 12, "{seen:?}");
}

#[test]
fn a_running_server_begins_an_algorithm_that_a_client_wants() {
    let installation = Installation::new();
    alice(&installation);
    let _serving = installation.serve();
    let arguments = [
        "client",
        "create",
        "--client-id",
        "fapi",
        "--name",
        "F",
        "--first-party",
        "--redirect-uri",
        CALLBACK,
        "--id-token-alg",
        "PS256",
        "--access-token-alg",
        "ES384",
    ];
    let made = installation.json(&arguments, "");
    until("both sign", || {
        let all = keys(&installation);
        let signs = |alg: &str| {
            all.iter()
                .any(|key| key["alg"] == alg && key["state"] == "active")
        };
        (signs("PS256") && signs("ES384")).then_some(())
    });
    let discovery = format!("{}/.well-known/openid-configuration", installation.issuer);
    let fapi = until("discovery tells", || {
        let text = http().get(&discovery).send().ok()?.text().ok()?;
        text.contains("PS256").then(|| {
            let secret = made["client_secret"].as_str();
            RelyingParty::at(&installation.issuer, "fapi", secret, CALLBACK)
        })
    });
    let tokens = fapi.sign_in(&mut Browser::at(&installation.issuer), "alice", "");
    assert_eq!(crate::apis::part(&tokens.id_token, 0)["alg"], "PS256");
    assert_eq!(crate::apis::part(&tokens.access, 0)["alg"], "ES384");
    assert!(fapi.userinfo(&tokens.access).is_ok());
}

#[test]
fn the_master_key_is_replaced_beside_a_running_server() {
    let installation = Installation::new();
    let _serving = installation.serve();
    let (old, new) = (
        installation.path("secrets/master.key"),
        installation.path("secrets/new.key"),
    );
    let arguments = ["key", "reencrypt", "--new-master-key-file", new.to_str().unwrap()];
    let rehearsed = installation.json(&[&arguments[..], &["--dry-run"]].concat(), "");
    assert!(rehearsed["resealed"] == 6 && !new.exists());
    assert_eq!(installation.json(&arguments, "")["resealed"], 6);
    assert_eq!(super::mode(&new), 0o600);
    // The file of the key in use is not the file of a new one, whatever its name.
    let link = installation.path("secrets/link.key");
    std::os::unix::fs::symlink(&old, &link).unwrap();
    for current in [&old, &link] {
        let file = current.to_str().unwrap();
        let named = ["key", "reencrypt", "--new-master-key-file", file];
        assert_eq!(installation.exit_code(&named), Some(5), "{file}");
    }
    // Once more: nothing is left to do.
    assert_eq!(installation.json(&arguments, "")["resealed"], 0);
    // The old one is nobody's key any more.
    let force = ["key", "rotate", "--force", "--reason", "drill"];
    assert_eq!(installation.exit_code(&force), Some(3));
    // Nor does it begin anything, or leave a new file behind.
    let third = installation.path("secrets/third.key");
    let begin = [
        "key",
        "reencrypt",
        "--new-master-key-file",
        third.to_str().unwrap(),
    ];
    assert_eq!(installation.exit_code(&begin), Some(3));
    assert!(!third.exists());
    std::fs::rename(&new, &old).unwrap();
    assert_eq!(installation.exit_code(&force), Some(0));
    let active = kid(&installation, "ES256", "active");
    until("the server reads the new file", || {
        let first = |alg_kids: Vec<String>| alg_kids.contains(&kid(&installation, "ES256", "next"));
        (served(&installation.issuer).contains(&active) && first(served(&installation.issuer))).then_some(())
    });
}

/// Where the configuration says the master key is.
const MASTER: &str = "SIGNET_SECRETS__MASTER_KEY_FILE";

/// Replaces the master key; servers that run meanwhile do not find the new one where they look.
fn strand(installation: &mut Installation) {
    let new = installation.path("secrets/new.key");
    let new = new.to_str().unwrap();
    installation.json(&["key", "reencrypt", "--new-master-key-file", new], "");
    installation.set(MASTER, new);
}

#[test]
fn an_emergency_reaches_a_server_that_cannot_open_the_keys() {
    let mut installation = Installation::new();
    let _stranded = installation.serve();
    strand(&mut installation);
    for alg in ["ES256", "RS256"] {
        let (leaked, spare) = (kid(&installation, alg, "active"), kid(&installation, alg, "next"));
        let revoked = installation.signet(&["key", "revoke", &leaked, "--yes"]);
        assert!(revoked.status.success(), "{revoked:?}");
        until("the key left the JWK Set", || {
            let kids = served(&installation.issuer);
            (!kids.contains(&leaked) && kids.contains(&spare)).then_some(())
        });
    }
    // It opened the spares while it could, and signs with them.
    alice(&installation);
    let made = client(&installation, "web");
    let secret = made["client_secret"].as_str();
    let web = RelyingParty::at(&installation.issuer, "web", secret, CALLBACK);
    let tokens = web.sign_in(&mut Browser::at(&installation.issuer), "alice", "");
    let signed_with = &crate::apis::part(&tokens.access, 0)["kid"];
    assert_eq!(*signed_with, json!(kid(&installation, "ES256", "active")));
}

#[test]
fn a_server_without_the_master_key_keeps_no_other_from_working() {
    let mut installation = Installation::new();
    let _stranded = installation.serve();
    strand(&mut installation);
    let _able = installation.serve_at(free_port());
    let arguments = [
        "client",
        "create",
        "--client-id",
        "fapi",
        "--name",
        "F",
        "--redirect-uri",
        CALLBACK,
        "--id-token-alg",
        "ES384",
    ];
    installation.json(&arguments, "");
    until("the able one makes the keys", || {
        keys(&installation)
            .iter()
            .any(|key| key["alg"] == "ES384" && key["state"] == "active")
            .then_some(())
    });
}

#[test]
fn where_no_key_is_made_no_master_key_is_needed() {
    let mut installation = Installation::new();
    installation.json(&["key", "rotate", "--force", "--reason", "drill"], "");
    installation.set(MASTER, "/nowhere/master.key");
    let retiring = kid(&installation, "ES256", "retiring");
    let active = kid(&installation, "ES256", "active");
    assert_eq!(
        installation.exit_code(&["key", "revoke", &retiring, "--yes"]),
        Some(0)
    );
    assert_eq!(kid(&installation, "ES256", "revoked"), retiring);
    assert_eq!(
        installation.exit_code(&["key", "revoke", &active, "--yes"]),
        Some(3)
    );
}

#[test]
fn public_keys_are_exported() {
    let installation = Installation::new();
    let set = installation.json(&["key", "export-public"], "");
    assert_eq!(set["keys"].as_array().unwrap().len(), 6);
    let active = kid(&installation, "RS256", "active");
    let jwk = installation.json(&["key", "export-public", &active], "");
    assert!(jwk["kid"] == json!(active) && jwk.get("d").is_none());
    let pem = installation.signet(&["key", "export-public", &active, "--pem"]);
    let pem = String::from_utf8(pem.stdout).unwrap();
    assert!(pem.starts_with("-----BEGIN PUBLIC KEY-----\n") && pem.ends_with("-----END PUBLIC KEY-----\n"));
    assert_eq!(
        installation.exit_code(&["key", "export-public", "k-none"]),
        Some(4)
    );
}
