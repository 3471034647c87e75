//! An embedded installation moves to PostgreSQL with one command, and back with another; who is signed in stays so.

use reqwest::header::AUTHORIZATION;
use serde_json::Value;

use super::installation::{Installation, talk};
use super::postgres_server::{PostgresDatabase, PostgresServer};
use super::{alice, client};
use crate::actors::attacker::basic;
use crate::actors::browser::{encode, http, param};
use crate::actors::relying_party::Tokens;
use crate::actors::{Browser, RelyingParty};
use crate::cast::CALLBACK;

/// An installation, who uses it, and where it will move.
struct Scene {
    installation: Installation,
    server: PostgresDatabase,
    secret: String,
    web: Option<RelyingParty>,
}

impl Scene {
    fn new() -> Self {
        let mut installation = Installation::new();
        // A token is good for one use, whatever a retry would be forgiven.
        installation.set("SIGNET_TOKENS__REFRESH_GRACE", "0s");
        let made = client(&installation, "web");
        alice(&installation);
        let server = PostgresServer::shared().database();
        std::fs::write(installation.path("url"), format!("{}\n", server.url())).unwrap();
        Self {
            secret: made["client_secret"].as_str().unwrap().to_owned(),
            web: None,
            installation,
            server,
        }
    }

    /// The app, once there is a server to discover.
    fn web(&mut self) -> &RelyingParty {
        let (issuer, secret) = (&self.installation.issuer, &self.secret);
        self.web
            .get_or_insert_with(|| RelyingParty::at(issuer, "web", Some(secret), CALLBACK))
    }

    /// Signs alice in at this browser.
    fn sign_in(&mut self, browser: &mut Browser) -> Tokens {
        self.web().sign_in(browser, "alice", "offline_access")
    }

    /// Takes a token back.
    fn revoke(&self, token: &str) {
        let request = http()
            .post(format!("{}/revoke", self.installation.issuer))
            .header(AUTHORIZATION, basic("web", &self.secret))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(encode(&[("token", token)]));
        assert_eq!(request.send().unwrap().status(), 200);
    }

    /// Comes back to the app without a form; `hint` is an ID token from before.
    #[track_caller]
    fn is_signed_in(&mut self, browser: &mut Browser, hint: &str) {
        let url = self
            .web()
            .depart("", &[("prompt", "none"), ("id_token_hint", hint)])
            .url;
        let landed = browser.open(&url).app();
        assert!(param(&landed, "code").is_some(), "{landed}");
    }

    /// Another `database.url` in signet.toml.
    fn point(&self, from: &str, to: &str) {
        let path = self.installation.path("signet.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{text}");
        std::fs::write(&path, text.replace(from, to)).unwrap();
    }

    /// The chain of the trail is whole, and tells of what was done before.
    #[track_caller]
    fn trail_is_whole(&self, before: usize) {
        let verified = self.installation.signet(&["audit", "verify"]);
        assert!(verified.status.success(), "{verified:?}");
        assert!(records(&self.installation) >= before);
    }
}

fn records(installation: &Installation) -> usize {
    let trail = installation.json(&["audit", "query", "--limit", "500"], "");
    let count = |trail: &Value| trail.as_array().map(Vec::len);
    count(&trail).or_else(|| count(&trail["records"])).unwrap()
}

const EMBEDDED: &str = "sqlite://data/signet.db";

#[test]
fn an_installation_grows_up_and_nobody_has_to_sign_in_again() {
    let mut scene = Scene::new();
    let serving = scene.installation.serve();
    let mut browser = Browser::at(&scene.installation.issuer);
    let revoked = scene.sign_in(&mut Browser::at(&scene.installation.issuer));
    let spent = scene.sign_in(&mut browser);
    scene.revoke(&revoked.access);
    let kept = scene.web().refresh(spent.refresh.as_ref().unwrap()).unwrap();
    let rotate = [
        "key", "rotate", "--alg", "RS256", "--force", "--reason", "a story",
    ];
    assert_eq!(scene.installation.exit_code(&rotate), Some(0));
    let url_file = scene.installation.path("url");
    let copy = ["migrate", "copy", "--to-file", url_file.to_str().unwrap()];
    let refused = scene.installation.signet(&copy);
    assert_eq!(refused.status.code(), Some(5), "{refused:?}");
    assert!(talk(&refused).contains("stop the server"), "{refused:?}");
    serving.terminate();
    assert_eq!(serving.ended(), Some(0));
    // From here on nothing changes: until it ended, the server went on signing and noting what a rotated key must wait for.
    let keys = scene.installation.json(&["key", "list"], "");
    let trail = records(&scene.installation);
    let copied = scene.installation.json(&copy, "");
    assert!(copied["rows"].as_i64().unwrap() > 30, "{copied}");

    let url = scene.server.url();
    scene.point(EMBEDDED, &url);
    assert_eq!(scene.installation.json(&["key", "list"], ""), keys);
    assert_eq!(records(&scene.installation), trail);
    let serving = scene.installation.serve();
    scene.is_signed_in(&mut browser, &kept.id_token);
    let web = scene.web();
    assert!(web.userinfo(&kept.access).is_ok());
    assert!(web.userinfo(&revoked.access).is_err());
    let next = web.refresh(kept.refresh.as_ref().unwrap()).unwrap();
    assert_eq!(next.subject, kept.subject);
    scene.trail_is_whole(trail);
    serving.terminate();
    assert_eq!(serving.ended(), Some(0));

    // Back again: what was used over there is used here.
    let back = format!("sqlite://{}", scene.installation.path("data/back.db").display());
    let homewards = scene.installation.signet(&["migrate", "copy", "--to", &back]);
    assert!(homewards.status.success(), "{homewards:?}");
    scene.point(&url, &back);
    let _serving = scene.installation.serve();
    scene.is_signed_in(&mut browser, &next.id_token);
    let web = scene.web();
    let last = web.refresh(next.refresh.as_ref().unwrap()).unwrap();
    let used = web.refresh(kept.refresh.as_ref().unwrap());
    assert!(used.is_err(), "it was used over there");
    let family = web.refresh(last.refresh.as_ref().unwrap());
    assert!(family.is_err(), "theft ends the family");
    scene.trail_is_whole(trail);
}

#[test]
fn nothing_is_copied_over_an_installation_and_no_password_is_told() {
    let scene = Scene::new();
    let (installation, url) = (&scene.installation, scene.server.url());
    let password = url.split([':', '@']).nth(2).unwrap();
    let planned = installation.signet(&["migrate", "copy", "--to", &url, "--dry-run"]);
    assert!(planned.status.success(), "{planned:?}");
    assert!(talk(&planned).contains("--to-file"), "{planned:?}");
    let copied = installation.fed(&["migrate", "copy", "--to-file", "-"], &url);
    assert!(
        copied.status.success() && !talk(&copied).contains("--to-file"),
        "{copied:?}"
    );
    let again = installation.signet(&["migrate", "copy", "--to", &url]);
    assert_eq!(again.status.code(), Some(5), "{again:?}");
    let (owner, _) = url.split_once('@').unwrap();
    let nowhere = format!("{owner}@127.0.0.1:1/signet");
    let lost = installation.fed(&["migrate", "copy", "--to-file", "-"], &nowhere);
    assert_eq!(lost.status.code(), Some(7), "{lost:?}");
    let wrong = installation.signet(&["migrate", "copy", "--to", &url.replace("postgres", "mysql")]);
    assert_eq!(wrong.status.code(), Some(2), "{wrong:?}");
    for output in [planned, copied, again, lost, wrong] {
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), talk(&output));
        assert!(!said.contains(password), "{said}");
    }
}
