//! Keys by the API: looked at, turned, revoked, and their schedule.

use kernel::Timestamp;
use serde_json::{Value, json};
use token::SigningAlg;

use super::Operator;
use crate::actors::{Browser, RelyingParty};
use crate::rig::Provider;

/// The key of an algorithm in that state.
fn key(operator: &Operator<'_>, alg: &str, state: &str) -> Option<String> {
    let keys = operator.get("/keys").ok(200).json;
    let keys: Vec<Value> = keys["items"].as_array().unwrap().clone();
    let found = keys
        .into_iter()
        .find(|key| key["alg"] == alg && key["state"] == state)?;
    Some(found["kid"].as_str().unwrap().to_owned())
}

#[test]
fn a_spare_takes_over_when_it_is_safe_or_for_a_reason() {
    let provider = Provider::start();
    let operator = Operator::owner(&provider);
    let spare = key(&operator, "EdDSA", "next").unwrap();
    let alg = json!({"alg": "EdDSA"});
    operator.post("/keys/rotate", &alg).ok(409);
    operator
        .post("/keys/rotate", &json!({"alg": "EdDSA", "force": true}))
        .ok(422);
    operator.post("/keys/rotate", &json!({"alg": "HS256"})).ok(422);
    operator.post("/keys/rotate", &json!({"alg": "PS256"})).ok(404);
    let forced = json!({"alg": "EdDSA", "force": true, "reason": "a drill"});
    let turned = operator.post("/keys/rotate", &forced).ok(200).json;
    assert_eq!(turned["rotated"][0]["kid"], spare.as_str());
    assert_eq!(key(&operator, "EdDSA", "active").unwrap(), spare);
    let next = key(&operator, "EdDSA", "next").unwrap();
    operator.act(&format!("/keys/{next}/activate")).ok(409);
    operator.act(&format!("/keys/{spare}/activate")).ok(409);
    operator
        .post(
            &format!("/keys/{next}/activate"),
            &json!({"force": true, "reason": "a drill"}),
        )
        .ok(200);
    operator.act(&format!("/keys/{spare}/retire")).ok(409);
    operator
        .post(
            &format!("/keys/{spare}/retire"),
            &json!({"force": true, "reason": "a drill"}),
        )
        .ok(200);
    operator.act("/keys/nonsense/retire").ok(404);
    let told = operator.get("/audit?event=key.*&limit=200").ok(200).json;
    let forced = told["items"].as_array().unwrap().iter();
    assert_eq!(
        forced
            .filter(|event| event["detail"].to_string().contains("a drill"))
            .count(),
        3
    );
}

#[test]
fn a_key_is_revoked_as_it_was_seen_and_its_tokens_with_it() {
    let provider = Provider::start();
    let operator = Operator::owner(&provider);
    let web = RelyingParty::new(&provider, "web");
    let tokens = web.sign_in(&mut Browser::new(&provider), "alice", "openid");
    // Both alice's token and the program's own are signed with it.
    let kid = key(&operator, "ES256", "active").unwrap();
    let radius = operator.get(&format!("/keys/{kid}/blast-radius")).ok(200).json;
    assert_eq!(
        (&radius["state"], &radius["sessions"]),
        (&json!("active"), &json!(1))
    );
    assert!(!radius["successor"].is_null());
    let path = format!("/keys/{kid}/revoke");
    operator.act(&path).ok(422);
    operator.post(&path, &json!({"state": "next"})).ok(409);
    let revoked = operator
        .post(&path, &json!({"state": "active", "reason": "it leaked"}))
        .ok(200)
        .json;
    assert_eq!(revoked["kid"], kid.as_str());
    assert!(web.userinfo(&tokens.access).is_err());
    operator.get("/keys").ok(401);
    // Not a token is signed with it after the answer.
    assert!(provider.ring().signer(SigningAlg::ES256).unwrap().kid() != kid);
    let again = Operator::with(
        &provider,
        super::token_of(&provider, "robot", "admin:keys:read admin:sessions:read"),
    );
    assert!(key(&again, "ES256", "active").unwrap() != kid);
    assert_eq!(key(&again, "ES256", "revoked").unwrap(), kid);
    let entries = again.get("/revocations?kind=key").ok(200).json;
    assert_eq!(entries["items"][0]["id"], kid.as_str());
}

#[test]
fn the_schedule_is_paused_and_resumed() {
    let provider = Provider::start();
    let operator = Operator::owner(&provider);
    let schedule = || operator.get("/key-schedule").ok(200).json;
    assert_eq!(schedule()["rotation"], "running");
    assert!(!schedule()["turns"][0]["rotates_at"].is_null());
    operator
        .post("/key-schedule/pause", &json!({"reason": "a freeze"}))
        .ok(204);
    operator.act("/key-schedule/pause").ok(409);
    assert_eq!(schedule()["rotation"], "paused");
    assert!(schedule()["turns"][0]["rotates_at"].is_null());
    operator.act("/key-schedule/resume").ok(204);
    operator.act("/key-schedule/resume").ok(409);
    assert_eq!(operator.act("/keys/generate").ok(200).json["keys"], json!([]));
    operator.post("/keys/generate", &json!({"alg": "ES384"})).ok(409);
    let safe = schedule()["turns"][0]["safe_at"].clone();
    assert!(safe.as_str().unwrap() > Timestamp::from_secs(0).to_rfc3339().as_str());
}
