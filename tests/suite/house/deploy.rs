//! Rules about `deploy`: what it names exists here, what it takes from others is of one version, and nginx reads its files. Owns no
//! linter of others' formats; `deploy/check` calls those.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use super::assert_kept;
use super::workspace::{root, text_files};
use crate::cli::installation::free_port;

/// A file of `deploy` and its text.
fn files() -> Vec<(PathBuf, String)> {
    let mut files = text_files();
    files.retain(|(path, _)| path.starts_with("deploy"));
    assert!(files.len() > 30, "{}", files.len());
    files
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

/// What stands behind a word at the beginning of some line.
#[track_caller]
fn after<'a>(text: &'a str, word: &str) -> &'a str {
    let line = text.lines().find_map(|line| line.trim().strip_prefix(word));
    line.unwrap_or_else(|| panic!("no {word}"))
        .trim()
        .trim_matches('"')
}

/// The longest runs of these characters that begin like this.
fn words<'a>(text: &'a str, begin: &str, is_part: fn(char) -> bool) -> Vec<&'a str> {
    let starts = text
        .match_indices(begin)
        .filter(|(at, _)| !text[..*at].ends_with(is_part));
    let word = |at: usize| text[at..].split(|it| !is_part(it)).next().unwrap_or_default();
    starts.map(|(at, _)| word(at)).collect()
}

fn version() -> String {
    after(&read("Cargo.toml"), "version = ").to_owned()
}

#[test]
fn every_image_is_of_one_version() {
    let (compose, dockerfile) = (read("deploy/compose/compose.yaml"), read("deploy/Dockerfile"));
    let in_compose = compose
        .lines()
        .filter_map(|line| line.trim().strip_prefix("image: "));
    let own_stages = ["scratch", "build", "runtime"];
    let in_dockerfile = dockerfile
        .split_whitespace()
        .zip(dockerfile.split_whitespace().skip(1));
    let in_dockerfile = in_dockerfile.filter_map(|(word, next)| match word {
        "FROM" => Some(next),
        "COPY" => next.strip_prefix("--from="),
        _ => None,
    });
    let named: Vec<&str> = in_compose
        .chain(in_dockerfile.filter(|name| !own_stages.contains(name)))
        .collect();
    assert!(named.len() >= 9, "{named:?}");
    let (version, mut broken) = (version(), Vec::new());
    for image in named {
        let tag = image.rsplit_once(':').map_or("", |(_, tag)| tag);
        // Nothing that moves with the next release. PostgreSQL's have two numbers, everybody else's three.
        let numbers = if image.starts_with("postgres:") { 2 } else { 3 };
        let whole = tag.split('-').next().unwrap_or_default();
        if whole.split('.').count() < numbers
            || !whole
                .trim_start_matches('v')
                .starts_with(|it: char| it.is_ascii_digit())
        {
            broken.push(format!("{image} is not of one version"));
        }
        if image.starts_with("signet:") && whole != version {
            broken.push(format!("{image} is not this version, {version}"));
        }
    }
    assert_kept(&broken);
}

#[test]
fn chart_and_image_are_of_this_version() {
    let version = version();
    let (chart, dockerfile) = (read("deploy/helm/signet/Chart.yaml"), read("deploy/Dockerfile"));
    assert_eq!(after(&chart, "appVersion:"), version);
    assert_eq!(after(&dockerfile, "ARG VERSION="), version);
    let rust = after(&dockerfile, "FROM rust:");
    let needed = read("Cargo.toml");
    assert!(rust.starts_with(after(&needed, "rust-version = ")), "{rust}");
}

#[test]
fn every_setting_named_exists() {
    let reference = read("docs/configuration.md");
    let keys: BTreeSet<String> = reference
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(key, _)| format!("SIGNET_{}", key.replace('.', "__").to_uppercase()))
        .collect();
    assert!(keys.len() > 20);
    let is_part = |it: char| it.is_ascii_uppercase() || it.is_ascii_digit() || it == '_';
    let (mut broken, mut looked_at) = (Vec::new(), 0);
    for (path, text) in &files() {
        for name in words(text, "SIGNET_", is_part) {
            if name != "SIGNET_ISSUER" && !name.contains("__") {
                continue;
            }
            looked_at += 1;
            // The exact name wins, as it does when the environment is read.
            let plain = name.strip_suffix("_FILE").unwrap_or(name);
            if !keys.contains(name) && !keys.contains(plain) {
                broken.push(format!("{} names {name}, which is no setting", path.display()));
            }
        }
    }
    assert!(looked_at > 10, "{looked_at}");
    assert_kept(&broken);
}

#[test]
fn every_number_watched_is_told() {
    let told = read("docs/operate/metrics.md");
    let is_part = |it: char| it.is_ascii_lowercase() || it == '_';
    let named = |text: &str| -> BTreeSet<String> {
        let kinds = ["signet_", "http_server_", "process_"].iter();
        let all = kinds.flat_map(|kind| words(text, kind, is_part));
        all.map(str::to_owned).collect()
    };
    let told = named(&told);
    let (mut broken, mut looked_at) = (Vec::new(), 0);
    for path in ["deploy/prometheus/alerts.yml", "deploy/grafana/signet.json"] {
        for name in named(&read(path)) {
            looked_at += 1;
            // What a histogram is scraped as.
            let parts = ["_bucket", "_count", "_sum"];
            let whole = parts
                .iter()
                .find_map(|end| name.strip_suffix(end))
                .unwrap_or(&name);
            if !told.contains(whole) && !told.contains(&name) {
                broken.push(format!(
                    "{path} watches {name}, which docs/operate/metrics.md does not tell"
                ));
            }
        }
    }
    assert!(looked_at > 15, "{looked_at}");
    assert_kept(&broken);
}

#[test]
fn every_probe_asks_what_is_answered() {
    let told = read("docs/operate/metrics.md");
    let is_part = |it: char| it.is_ascii_lowercase() || it == '/';
    let mut looked_at = 0;
    for (path, text) in &files() {
        for probe in words(text, "/health/", is_part) {
            looked_at += 1;
            assert!(
                told.contains(&format!("`{probe}`")),
                "{}: {probe}",
                path.display()
            );
        }
    }
    assert!(looked_at >= 4, "{looked_at}");
}

#[test]
fn every_secret_of_the_installation_is_made() {
    let (compose, prepare) = (
        read("deploy/compose/compose.yaml"),
        read("deploy/compose/prepare"),
    );
    let made: BTreeSet<&str> = prepare
        .lines()
        .flat_map(|line| {
            let kept = line.rsplit_once("keep ").map(|(_, name)| name);
            let listed = line
                .strip_prefix("for name in ")
                .and_then(|it| it.split_once(';'));
            kept.into_iter().chain(listed.map(|(names, _)| names))
        })
        .flat_map(str::split_whitespace)
        .collect();
    let needed: Vec<&str> = compose
        .split("file: secrets/")
        .skip(1)
        .filter_map(|rest| rest.split_whitespace().next())
        .collect();
    assert!(needed.len() > 8);
    let missing = needed.iter().filter(|name| !made.contains(**name));
    assert_kept(
        &missing
            .map(|name| format!("prepare does not make secrets/{name}"))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn what_is_json_is_json() {
    let json = |path: &str| serde_json::from_str::<Value>(&read(path)).unwrap();
    let dashboard = json("deploy/grafana/signet.json");
    let panels = dashboard["panels"].as_array().unwrap();
    let ids: BTreeSet<u64> = panels.iter().filter_map(|panel| panel["id"].as_u64()).collect();
    assert_eq!(ids.len(), panels.len(), "every panel has an id of its own");
    // What the chart ships is what everybody else has.
    assert_eq!(json("deploy/helm/signet/files/dashboard.json"), dashboard);
    assert_eq!(
        read("deploy/helm/signet/files/alerts.yml"),
        read("deploy/prometheus/alerts.yml")
    );
    let values = json("deploy/helm/signet/values.schema.json");
    let known = values["properties"].as_object().unwrap();
    let given = read("deploy/helm/signet/values.yaml");
    let given: Vec<&str> = given
        .lines()
        .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
        .filter_map(|line| line.split_once(':').map(|(name, _)| name))
        .collect();
    assert!(given.len() > 15);
    let unknown = given.iter().filter(|name| !known.contains_key(**name));
    assert_kept(
        &unknown
            .map(|name| format!("values.schema.json does not know {name}"))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn nginx_reads_its_files() {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().display();
    let key = rcgen::KeyPair::generate().unwrap();
    let names = vec!["id.example.com".to_owned()];
    let certificate = rcgen::CertificateParams::new(names)
        .unwrap()
        .self_signed(&key)
        .unwrap();
    std::fs::write(dir.path().join("fullchain.pem"), certificate.pem()).unwrap();
    std::fs::write(dir.path().join("privkey.pem"), key.serialize_pem()).unwrap();
    std::fs::write(
        dir.path().join("signet-proxy.conf"),
        read("deploy/nginx/signet-proxy.conf"),
    )
    .unwrap();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {place}/{kind};\n"))
        .concat();
    for path in ["deploy/nginx/signet.conf", "deploy/compose/nginx.conf"] {
        let own = here(&read(path)).replace("/etc/ssl/id.example.com", &place.to_string());
        let whole = format!("pid {place}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}{own}}}\n");
        let file = dir.path().join("nginx.conf");
        std::fs::write(&file, whole).unwrap();
        let program = std::env::var_os("NGINX").unwrap_or_else(|| "/usr/sbin/nginx".into());
        let mut nginx = Command::new(program);
        let judged = nginx.arg("-t").arg("-p").arg(dir.path()).arg("-c").arg(&file);
        let judged = judged.args(["-e", "stderr"]).output();
        let judged = judged.expect("nginx is installed (tests/run installs it)");
        assert!(judged.status.success(), "{path}: {judged:?}");
    }
}

/// The same for a machine that has none of the names, and where others may listen on its ports.
fn here(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.contains("listen [::]"));
    let lines = lines.map(|line| match line.split_once("listen ") {
        Some((before, rest)) => {
            let rest = rest.trim_start_matches(|it: char| it.is_ascii_digit());
            format!("{before}listen 127.0.0.1:{}{rest}\n", free_port())
        }
        None => format!("{line}\n"),
    });
    let text: String = lines.collect();
    text.replace("signet-1:8080", "127.0.0.1:8080")
        .replace("signet-2:8080", "127.0.0.2:8080")
}
