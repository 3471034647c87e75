//! Each area read and written.

use admin::{Administrator, Role};
use identity::inbox::Inbox as _;
use reqwest::Method;
use serde_json::json;

use super::{Operator, sub};
use crate::actors::{Attacker, Browser, RelyingParty};
use crate::rig::Provider;

#[test]
fn people_are_made_changed_locked_and_removed() {
    let provider = Provider::start();
    let operator = Operator::owner(&provider);
    let new = json!({
        "username": "carol", "email": "carol@example.org", "email_verified": true, "name": "Carol", "groups": ["staff"],
        "attributes": {"badge": 7}, "address": {"country": "FR"}, "password": "correct horse battery staple",
    });
    let made = operator.post("/users", &new).ok(201);
    assert!(made.json.get("password").is_none());
    assert_eq!(made.json["state"], "active");
    let path = format!("/users/{}", made.text("sub"));
    assert_eq!(made.header("location"), format!("/api/v1{path}"));
    let mut browser = Browser::new(&provider);
    browser.sign_in(&Attacker(&provider).authorize_url("web", &[]), "carol");

    let patch = json!({"name": null, "attributes": {"badge": null, "desk": "4b"}, "email": "c@example.org", "groups": []});
    let changed = operator.change(Method::PATCH, &path, Some(&patch)).ok(200).json;
    assert!(changed["name"].is_null());
    assert_eq!(changed["attributes"], json!({"desk": "4b"}));
    assert_eq!(changed["address"]["country"], "FR");
    assert_eq!(
        (&changed["email"], &changed["email_verified"]),
        (&json!("c@example.org"), &json!(false))
    );
    assert_eq!(changed["groups"], json!([]));
    operator
        .change(Method::PATCH, &path, Some(&json!({"username": "alice"})))
        .ok(409);
    operator.post("/users", &json!({"username": "carol"})).ok(409);

    operator.act(&format!("{path}/lock")).ok(204);
    assert_eq!(operator.get(&path).ok(200).json["state"], "locked");
    operator.act(&format!("{path}/password-link")).ok(409);
    operator.act(&format!("{path}/unlock")).ok(204);
    operator.act(&format!("{path}/password-link")).ok(204);
    assert_eq!(provider.inbox.letters().len(), 1);

    let found = operator.get("/users?text=car&state=active").ok(200).json;
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    operator.change(Method::DELETE, &path, None).ok(204);
    operator.get(&path).ok(404);
}

#[test]
fn groups_are_made_joined_left_and_removed() {
    let provider = Provider::start();
    let operator = Operator::owner(&provider);
    let new = json!({"name": "A & B/C", "description": "All", "roles": ["editor"]});
    let made = operator.post("/groups", &new).ok(201);
    let path = made.header("location");
    let path = path.strip_prefix("/api/v1").unwrap();
    assert_eq!(operator.get(path).ok(200).json["name"], "A & B/C");
    operator.post("/groups", &new).ok(409);
    let member = format!("{path}/members/{}", sub(&provider, "alice"));
    operator.send(Method::PUT, &member, &[], None).ok(204);
    operator.send(Method::PUT, &member, &[], None).ok(204);
    let members = operator.get(&format!("{path}/members")).ok(200).json;
    assert_eq!(members["items"][0]["username"], "alice");
    assert_eq!(members["items"][0]["group_roles"], json!(["editor"]));
    operator.send(Method::DELETE, &member, &[], None).ok(204);
    operator.send(Method::DELETE, &member, &[], None).ok(404);
    operator.change(Method::DELETE, path, None).ok(204);
    operator.get(&format!("{path}/members")).ok(404);
}

#[test]
fn clients_are_registered_changed_given_secrets_and_removed() {
    let provider = Provider::start();
    let operator = Operator::owner(&provider);
    let new = json!({
        "client_name": "Notes", "redirect_uris": ["https://notes.test/cb"], "grant_types": ["authorization_code", "refresh_token"],
    });
    let made = operator.post("/clients", &new).ok(201);
    assert_eq!(made.json["require_pkce"], true);
    let id = made.text("client_id").to_owned();
    let path = format!("/clients/{id}");
    // ATTACKS 225: what was shown once is never shown again.
    let shown = operator.get(&path).ok(200);
    assert!(shown.json.get("client_secret").is_none());
    assert_eq!(shown.header("etag"), made.header("etag"));

    let patch = json!({"redirect_uris": ["https://notes.test/cb", "https://notes.test/other"], "first_party": true, "client_name": null});
    let changed = operator.change(Method::PATCH, &path, Some(&patch)).ok(200).json;
    assert_eq!(changed["redirect_uris"].as_array().unwrap().len(), 2);
    assert_eq!(
        (&changed["first_party"], &changed["require_pkce"]),
        (&json!(true), &json!(true))
    );
    assert!(changed["client_name"].is_null());
    let wrong = json!({"redirect_uris": ["http://notes.test/cb"], "grant_types": ["magic"]});
    let refused = operator.change(Method::PATCH, &path, Some(&wrong)).ok(422);
    assert!(!refused.json["errors"].as_array().unwrap().is_empty());

    let rotated = operator
        .post(&format!("{path}/secrets"), &json!({"keep_former_seconds": 3600}))
        .ok(201);
    assert_ne!(rotated.text("client_secret"), made.text("client_secret"));
    let secrets = operator.get(&format!("{path}/secrets")).ok(200).json;
    let secrets = secrets["items"].as_array().unwrap();
    assert_eq!(secrets.len(), 2);
    let former = secrets.iter().find(|own| !own["expires_at"].is_null()).unwrap();
    let former = format!("{path}/secrets/{}", former["id"].as_str().unwrap());
    operator.send(Method::DELETE, &former, &[], None).ok(204);
    operator.send(Method::DELETE, &former, &[], None).ok(404);
    operator.act(&format!("{path}/secrets")).ok(201);

    operator.act(&format!("{path}/disable")).ok(204);
    assert_eq!(operator.get(&path).ok(200).json["enabled"], false);
    operator.act(&format!("{path}/enable")).ok(204);
    operator.change(Method::DELETE, &path, None).ok(204);
    operator.get(&path).ok(404);
    operator.act("/clients/signet-console/disable").ok(409);
}

#[test]
fn apis_and_scopes_are_registered_changed_and_removed() {
    let provider = Provider::start();
    let operator = Operator::owner(&provider);
    let new =
        json!({"identifier": "https://notes.test/api", "scopes": ["notes.read"], "access_ttl_seconds": 120});
    let made = operator.post("/resources", &new).ok(201);
    let path = format!("/resources/{}", made.text("id"));
    operator.post("/resources", &new).ok(409);
    let patch = json!({"scopes": ["notes.read", "notes.write"], "access_ttl_seconds": null, "access_token_alg": "EdDSA"});
    let changed = operator.change(Method::PATCH, &path, Some(&patch)).ok(200).json;
    assert_eq!(changed["scopes"], json!(["notes.read", "notes.write"]));
    assert!(changed["access_ttl_seconds"].is_null());
    operator
        .change(Method::PATCH, &path, Some(&json!({"access_token_alg": "none"})))
        .ok(422);
    operator
        .change(
            Method::PATCH,
            &path,
            Some(&json!({"identifier": "https://x.test"})),
        )
        .ok(422);
    operator.change(Method::DELETE, &path, None).ok(204);
    operator.get(&path).ok(404);

    let scope = json!({"name": "employee", "claims": {"badge": "badge_number"}});
    operator.post("/scopes", &scope).ok(201);
    operator.post("/scopes", &scope).ok(409);
    let patch = json!({"claims": {"badge": null, "desk": "desk"}, "description": "At work"});
    let changed = operator
        .change(Method::PATCH, "/scopes/employee", Some(&patch))
        .ok(200)
        .json;
    assert_eq!(changed["claims"], json!({"desk": "desk"}));
    operator.change(Method::DELETE, "/scopes/employee", None).ok(204);
    operator.get("/scopes/employee").ok(404);
    operator
        .post("/scopes", &json!({"name": "admin:keys", "claims": {"x": "y"}}))
        .ok(409);
}

#[test]
fn sessions_and_grants_are_found_and_ended() {
    let provider = Provider::start();
    let operator = Operator::owner(&provider);
    let web = RelyingParty::new(&provider, "web");
    let alice = web.sign_in(&mut Browser::new(&provider), "alice", "openid offline_access");
    web.sign_in(&mut Browser::new(&provider), "bob", "openid");
    let of_alice = operator.get("/sessions?user=alice").ok(200).json;
    let session = &of_alice["items"][0];
    assert_eq!(
        (&session["username"], &session["clients"]),
        (&json!("alice"), &json!(["web"]))
    );
    operator.get("/sessions?user=nobody").ok(404);
    let grants = operator.get("/grants?client_id=web&user=alice").ok(200).json;
    let grant = grants["items"][0]["id"].as_str().unwrap();
    operator
        .send(Method::DELETE, &format!("/grants/{grant}"), &[], None)
        .ok(204);
    assert!(web.userinfo(&alice.access).is_err());
    let path = format!("/sessions/{}", session["sid"].as_str().unwrap());
    operator.send(Method::DELETE, &path, &[], None).ok(204);
    assert!(!operator.get(&path).ok(200).json["ended_at"].is_null());
    operator
        .send(Method::DELETE, "/sessions/nonsense", &[], None)
        .ok(404);
    let entries = operator.get("/revocations?kind=grant").ok(200).json;
    assert_eq!(entries["items"][0]["id"], grant);
    assert!(
        operator.get("/revocations/status").ok(200).json["grants"]
            .as_u64()
            .unwrap()
            >= 1
    );

    let choice = json!({"matching": {"client_id": "web"}});
    let counted = operator.post("/sessions/preview", &choice).ok(200).json;
    assert_eq!((&counted["sessions"], &counted["people"]), (&json!(1), &json!(1)));
    let agreed = |sessions: u64| json!({"what": choice, "as_of": counted["as_of"], "sessions": sessions});
    operator.post("/sessions/end", &agreed(0)).ok(409);
    assert_eq!(
        operator.post("/sessions/end", &agreed(1)).ok(200).json["ended"],
        1
    );
    assert_eq!(provider.live_sessions(), 0);
    for odd in [
        json!({}),
        json!({"matching": {}, "before": "1h"}),
        json!({"before": "soon"}),
        json!({"matching": {"seen_from": "x"}}),
    ] {
        operator.post("/sessions/preview", &odd).ok(422);
    }
    let all = json!({"before": "0s", "offline_access": true});
    operator.post("/sessions/preview", &all).ok(200);
}

/// The batches end the session behind the token, too; were it the first, the next batch would find nobody who may end it.
#[test]
fn a_person_who_ends_every_session_hears_how_many_before_their_token_is_refused() {
    let provider = Provider::start();
    let alice = Administrator::Person(sub(&provider, "alice"));
    super::give(&provider, alice, &[Role::Owner]);
    // All of it: with less the token could not end the session of an owner, their own included.
    let person = Operator::person(&provider, &format!("openid {}", super::every_scope()));
    let web = RelyingParty::new(&provider, "web");
    web.sign_in(&mut Browser::new(&provider), "bob", "openid");
    let choice = json!({"matching": {"client_id": "web"}});
    let counted = person.post("/sessions/preview", &choice).ok(200).json;
    assert_eq!(counted["sessions"], 2);
    let agreed = json!({"what": choice, "as_of": counted["as_of"], "sessions": 2});
    assert_eq!(person.post("/sessions/end", &agreed).ok(200).json["ended"], 2);
    person.post("/sessions/preview", &choice).ok(401);
    assert_eq!(provider.live_sessions(), 0);
}

#[test]
fn administrators_are_made_and_unmade() {
    let provider = Provider::start();
    let operator = Operator::owner(&provider);
    let path = format!("/administrators/users/{}", sub(&provider, "alice"));
    assert_eq!(operator.get(&path).ok(200).json["roles"], json!([]));
    let roles = |roles: &[&str]| operator.change(Method::PUT, &path, Some(&json!({ "roles": roles })));
    assert_eq!(
        roles(&["auditor", "owner"]).ok(200).json["roles"],
        json!(["owner", "auditor"])
    );
    roles(&["king"]).ok(422);
    // The last owner who is a person stays.
    roles(&[]).ok(409);
    let all = operator.get("/administrators").ok(200).json;
    assert_eq!(all["items"].as_array().unwrap().len(), 2);
    let own = operator.get("/administrators/clients/robot").ok(200).json;
    assert_eq!(
        (&own["kind"], &own["roles"]),
        (&json!("client"), &json!(["owner"]))
    );
    operator.get("/administrators/clients/nobody").ok(404);
    operator
        .send(Method::PUT, &path, &[], Some(&json!({"roles": []})))
        .ok(428);
}

#[test]
fn the_trail_refused_requests_and_numbers_are_read() {
    let provider = Provider::start();
    let operator = Operator::owner(&provider);
    let foreign = Attacker(&provider).authorize("web", &[("redirect_uri", Some("https://evil.test/cb"))]);
    let id = foreign.header("x-correlation-id").to_owned();
    operator.post("/groups", &json!({"name": "staff"})).ok(201);
    provider.store_statistics();

    let flow = operator.get(&format!("/flows/{id}")).ok(200).json;
    assert_eq!(
        (&flow["client_id"], &flow["foreign_uri"]),
        (&json!("web"), &json!("https://evil.test/cb"))
    );
    assert_eq!(
        operator.get("/flows?client_id=web").ok(200).json["items"][0]["id"],
        id.as_str()
    );
    operator.get("/flows/0000-0000").ok(404);

    let oldest = operator.get("/audit?order=oldest&limit=2&event=*").ok(200).json;
    let next = oldest["next"].as_str().unwrap();
    let rest = operator
        .get(&format!("/audit?order=oldest&limit=200&event=*&cursor={next}"))
        .ok(200)
        .json;
    assert!(rest["items"][0]["seq"].as_u64() > oldest["items"][1]["seq"].as_u64());
    let verified = operator.act("/audit/verify").ok(200).json;
    assert_eq!(
        (&verified["fits"], &verified["discord"]),
        (&json!(true), &json!(null))
    );
    operator.get("/audit/checkpoints").ok(200);

    let hours = operator.get("/statistics?hours=2").ok(200).json;
    assert_eq!(hours["hours"].as_array().unwrap().len(), 2);
}
