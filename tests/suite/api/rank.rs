//! Nobody gets further by the API than by their role: ATTACKS 221, 223, 225, 229.

use admin::{Administrator, Role};
use identity::inbox::Inbox as _;
use reqwest::Method;
use serde_json::json;

use super::{Operator, give, sub};
use crate::actors::{Browser, RelyingParty};
use crate::rig::Provider;

#[test]
fn who_helps_people_grants_nothing_and_touches_nobody_above() {
    let provider = Provider::start();
    let alice = sub(&provider, "alice");
    give(&provider, Administrator::Person(alice), &[Role::Owner]);
    let support = Operator::program(&provider, "helpdesk", &[Role::Support]);
    let own = json!({"roles": ["owner"]});
    for path in [
        "/administrators/clients/helpdesk",
        &format!("/administrators/users/{}", sub(&provider, "bob")),
    ] {
        support
            .send(Method::PUT, path, &[("if-match", "*")], Some(&own))
            .ok(403);
    }
    let path = format!("/users/{alice}");
    support.act(&format!("{path}/lock")).ok(403);
    support.act(&format!("{path}/password-link")).ok(403);
    support
        .change(Method::PATCH, &path, Some(&json!({"email": "evil@example.org"})))
        .ok(403);
    support.change(Method::DELETE, &path, None).ok(403);
    assert!(provider.inbox.letters().is_empty());
    let manager = Operator::program(&provider, "hr", &[Role::UserManager]);
    manager
        .change(
            Method::PATCH,
            &path,
            Some(&json!({"password": "correct horse battery 2"})),
        )
        .ok(403);
    manager.act(&format!("{path}/lock")).ok(403);
    RelyingParty::new(&provider, "web").sign_in(&mut Browser::new(&provider), "alice", "openid");
    let sessions = manager.get(&format!("/sessions?user={alice}")).ok(200).json;
    let session = format!("/sessions/{}", sessions["items"][0]["sid"].as_str().unwrap());
    manager.send(Method::DELETE, &session, &[], None).ok(403);
}

#[test]
fn who_manages_clients_gives_none_what_they_may_not() {
    let provider = Provider::start();
    let manager = Operator::program(&provider, "desk", &[Role::ClientManager]);
    let api = provider.url("/api/v1");
    let reaching = json!({
        "client_id": "mine", "grant_types": ["client_credentials"], "scope": "admin:people", "resources": [api],
    });
    manager.post("/clients", &reaching).ok(403);
    let plain = json!({"client_id": "mine", "redirect_uris": ["https://mine.test/cb"], "scope": "openid"});
    manager.post("/clients", &plain).ok(201);
    for patch in [
        json!({"scope": "openid admin:people"}),
        json!({"scope": null, "resources": [api]}),
    ] {
        manager
            .change(Method::PATCH, "/clients/mine", Some(&patch))
            .ok(403);
    }
    // Nor do they get at the secret of one that has more.
    Operator::program(&provider, "boss", &[Role::Owner]);
    manager.act("/clients/boss/secrets").ok(403);
    manager
        .change(Method::PATCH, "/clients/boss", Some(&json!({"client_name": "x"})))
        .ok(403);
    manager.change(Method::DELETE, "/clients/boss", None).ok(403);
    manager
        .post(
            "/resources",
            &json!({"identifier": "https://x.test", "scopes": ["admin:people"]}),
        )
        .ok(403);
}

#[test]
fn what_may_not_be_seen_is_not_seen_beside_something_else() {
    let provider = Provider::start();
    let web = RelyingParty::new(&provider, "web");
    web.sign_in(&mut Browser::new(&provider), "alice", "openid");
    let alice = sub(&provider, "alice").to_string();
    // Key operators see sessions and clients, but not people.
    let keys = Operator::program(&provider, "keys", &[Role::KeyOperator]);
    let listed = keys.get("/sessions").ok(200).json;
    assert_eq!(
        (&listed["items"][0]["username"], &listed["items"][0]["sub"]),
        (&json!(alice), &json!(alice))
    );
    keys.get("/sessions?user=alice").ok(403);
    keys.get(&format!("/sessions?user={alice}")).ok(200);
    keys.get("/grants?user=alice").ok(403);
    let grants = keys.get("/grants").ok(200).json;
    assert_eq!(grants["items"][0]["username"], alice.as_str());
    for path in [
        "/users",
        "/groups",
        "/administrators",
        "/audit",
        "/flows",
        "/audit/checkpoints",
    ] {
        keys.get(path).ok(403);
    }
    for path in [
        format!("/users/{alice}"),
        format!("/administrators/users/{alice}"),
        "/groups/staff/members".to_owned(),
    ] {
        keys.get(&path).ok(403);
    }
    // Nothing is told to who holds no role at all, numbers neither.
    let nobody = Operator::program(&provider, "nobody", &[]);
    nobody.get("/statistics").ok(403);
    assert_eq!(nobody.get("/me").ok(200).json["permissions"], json!([]));
}

#[test]
fn an_auditor_reads_everything_and_no_secret_and_changes_nothing() {
    let provider = Provider::start();
    let owner = Operator::owner(&provider);
    let made = owner
        .post(
            "/clients",
            &json!({"client_id": "made", "redirect_uris": ["https://made.test/cb"]}),
        )
        .ok(201);
    let user = json!({"username": "carol", "password": "correct horse battery staple"});
    owner.post("/users", &user).ok(201);
    let secret = made.text("client_secret");
    let auditor = Operator::program(&provider, "auditor", &[Role::Auditor]);
    for path in [
        "/users",
        "/groups",
        "/clients",
        "/clients/made",
        "/clients/made/secrets",
        "/resources",
        "/scopes",
        "/keys",
        "/key-schedule",
        "/sessions",
        "/grants",
        "/revocations",
        "/revocations/status",
        "/audit?limit=200",
        "/flows",
        "/administrators",
        "/statistics",
    ] {
        let body = auditor.get(path).ok(200).body;
        for hidden in [secret, "correct horse", "$argon2", "digest", "sealed", "PRIVATE"] {
            assert!(!body.contains(hidden), "{path} tells of {hidden}: {body}");
        }
    }
    auditor.post("/users", &json!({"username": "eve"})).ok(403);
    auditor.post("/groups", &json!({"name": "x"})).ok(403);
    auditor.act("/keys/rotate").ok(403);
    auditor.act("/key-schedule/pause").ok(403);
    auditor.act("/clients/made/disable").ok(403);
    auditor.change(Method::DELETE, "/clients/made", None).ok(403);
    auditor
        .post("/sessions/preview", &json!({"before": "0s"}))
        .ok(403);
}
