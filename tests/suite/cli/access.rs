//! Who is signed in where, what was given to whom, and how an operator takes it back from a running server.

use serde_json::{Value, json};

use super::installation::{Installation, until};
use super::{alice, client};
use crate::actors::browser::param;
use crate::actors::relying_party::Tokens;
use crate::actors::{Browser, RelyingParty};
use crate::cast::CALLBACK;

/// Alice at a browser, signed in at `web`, by a running server.
struct Scene {
    browser: Browser,
    web: RelyingParty,
    tokens: Tokens,
}

impl Scene {
    fn at(installation: &Installation) -> Self {
        let secret = client(installation, "web")["client_secret"]
            .as_str()
            .unwrap()
            .to_owned();
        alice(installation);
        let web = RelyingParty::at(&installation.issuer, "web", Some(&secret), CALLBACK);
        let mut browser = Browser::at(&installation.issuer);
        let tokens = web.sign_in(&mut browser, "alice", "offline_access");
        Self { browser, web, tokens }
    }

    /// Waits until the running server knows that the access token was taken back.
    fn await_refusal(&self) {
        until("the access token is refused", || {
            self.web.userinfo(&self.tokens.access).err()
        });
    }

    fn refresh(&self) -> Result<Tokens, String> {
        self.web.refresh(self.tokens.refresh.as_ref().unwrap())
    }

    /// What the app gets for `prompt=none`: a code, or an error.
    fn silent(&mut self) -> Option<String> {
        let landed = self
            .browser
            .open(&self.web.depart("", &[("prompt", "none")]).url)
            .app();
        param(&landed, "error")
    }
}

#[test]
fn a_session_is_listed_and_ended() {
    let installation = Installation::new();
    let _serving = installation.serve();
    let mut scene = Scene::at(&installation);
    let listed = installation.json(&["session", "list"], "");
    let session = &listed[0];
    assert_eq!(
        (&session["username"], &session["clients"]),
        (&json!("alice"), &json!(["web"]))
    );
    assert_eq!(session["sub"], scene.tokens.subject);
    for member in ["sid", "created_at", "last_seen_at", "auth_time"] {
        assert!(session[member].is_string(), "{member}: {session}");
    }
    assert_eq!(installation.json(&["user", "sessions", "alice"], ""), listed);
    assert_eq!(
        installation.json(&["session", "list", "--user", "alice@example.org"], ""),
        listed
    );

    let sid = session["sid"].as_str().unwrap();
    let rows: [(&[&str], i32); 6] = [
        (&["session", "revoke", "nonsense"], 4),
        (&["session", "revoke", sid], 2),
        (&["session", "revoke", sid, "--dry-run"], 0),
        (&["session", "revoke", sid, "--yes"], 0),
        (&["session", "revoke", sid, "--yes"], 0),
        (&["session", "list", "--user", "nobody"], 4),
    ];
    for (arguments, code) in rows {
        assert_eq!(installation.exit_code(arguments), Some(code), "{arguments:?}");
    }
    assert_eq!(installation.json(&["session", "list"], ""), json!([]));
    assert!(installation.json(&["session", "show", sid], "")["ended_at"].is_string());
    scene.await_refusal();
    assert_eq!(scene.silent().as_deref(), Some("login_required"));
    scene.refresh().unwrap();
}

#[test]
fn a_grant_is_listed_and_taken_back() {
    let installation = Installation::new();
    let _serving = installation.serve();
    let mut scene = Scene::at(&installation);
    let listed = installation.json(&["grant", "list", "--user", "alice", "--client", "web"], "");
    assert_eq!(installation.json(&["grant", "list"], ""), listed);
    let id = listed[0]["id"].as_str().unwrap();
    assert_eq!(installation.exit_code(&["grant", "revoke", id]), Some(2));
    assert_eq!(installation.exit_code(&["grant", "revoke", id, "--yes"]), Some(0));
    assert_eq!(installation.json(&["grant", "list"], ""), json!([]));
    scene.await_refusal();
    assert!(scene.refresh().is_err());
    assert_eq!(scene.silent(), None, "the session goes on");
}

#[test]
fn a_disabled_client_has_nothing_left_and_gets_nothing_back() {
    let installation = Installation::new();
    let _serving = installation.serve();
    let scene = Scene::at(&installation);
    assert_eq!(
        installation.exit_code(&["client", "disable", "web", "--yes"]),
        Some(0)
    );
    scene.await_refusal();
    assert_eq!(installation.exit_code(&["client", "enable", "web"]), Some(0));
    let mut browser = Browser::at(&installation.issuer);
    until("the client is known again", || {
        let page = browser.get(&scene.web.depart("", &[]).url);
        (page.status < 400).then_some(())
    });
    scene.await_refusal();
    assert!(scene.refresh().is_err());
    let again = scene.web.sign_in(&mut browser, "alice", "");
    scene.web.userinfo(&again.access).unwrap();
}

#[test]
fn a_locked_person_has_nothing_left() {
    let installation = Installation::new();
    let _serving = installation.serve();
    let scene = Scene::at(&installation);
    assert_eq!(installation.exit_code(&["user", "lock", "alice"]), Some(0));
    scene.await_refusal();
    assert_eq!(installation.exit_code(&["user", "unlock", "alice"]), Some(0));
    // That she was locked is read from her row; that her tokens were taken back arrives with the next news.
    scene.await_refusal();
    assert!(scene.refresh().is_err());
    assert_eq!(installation.json(&["session", "list"], ""), json!([]));
}

#[test]
fn a_token_is_looked_at_and_taken_back() {
    let installation = Installation::new();
    let _serving = installation.serve();
    let scene = Scene::at(&installation);
    let (access, refresh) = (&scene.tokens.access, scene.tokens.refresh.as_ref().unwrap());
    let inspected = installation.json(&["token", "inspect"], access);
    assert_eq!(inspected["header"]["typ"], "at+jwt");
    assert_eq!(inspected["claims"]["sub"], scene.tokens.subject);

    let worth = |token: &str| installation.json(&["token", "introspect"], token);
    let told = worth(access);
    assert_eq!(
        (&told["active"], &told["username"]),
        (&json!(true), &json!("alice"))
    );
    assert_eq!(worth(refresh)["active"], true);
    let nothing: Value = json!({ "active": false });
    assert_eq!(worth("nonsense"), nothing);

    let revoke = |token: &str| installation.fed(&["token", "revoke"], token).status.code();
    assert_eq!(revoke("nonsense"), Some(4));
    assert_eq!(revoke(&format!("{access}\n")), Some(0));
    scene.await_refusal();
    assert_eq!(
        (worth(access), &worth(refresh)["active"]),
        (nothing.clone(), &json!(true))
    );
    assert_eq!(revoke(refresh), Some(0));
    assert_eq!(worth(refresh), nothing);
    assert!(scene.refresh().is_err());
}
