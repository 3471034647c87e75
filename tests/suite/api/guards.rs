//! What guards a request: editions, keys of retries, cursors, bodies, parameters and methods.

use reqwest::Method;
use serde_json::{Value, json};

use super::Operator;
use crate::actors::attacker::Answer;
use crate::actors::browser::http;
use crate::rig::Provider;

#[test]
fn a_change_takes_the_edition_that_was_seen() {
    let provider = Provider::start();
    let operator = Operator::owner(&provider);
    let made = operator.post("/users", &json!({"username": "carol"})).ok(201);
    let path = made.header("location");
    let path = path.strip_prefix("/api/v1").unwrap();
    let first = made.header("etag");
    assert_eq!(operator.get(path).ok(200).header("etag"), first);
    let patch = json!({"nickname": "Caz"});
    let with = |tag: &str| operator.send(Method::PATCH, path, &[("if-match", tag)], Some(&patch));
    operator.send(Method::PATCH, path, &[], Some(&patch)).ok(428);
    operator.send(Method::DELETE, path, &[], None).ok(428);
    with("nonsense").ok(400);
    with("\"other\"").ok(412);
    // The comparison is strong.
    with(&format!("W/{first}")).ok(412);
    let second = with(&format!("\"other\", {first}")).ok(200).header("etag");
    assert_ne!(first, second);
    with(&first).ok(412);
    operator
        .send(Method::DELETE, path, &[("if-match", &first)], None)
        .ok(412);
    operator
        .send(Method::DELETE, path, &[("if-match", "*")], None)
        .ok(204);
    operator.get(path).ok(404);
    with("*").ok(404);
}

#[test]
fn a_retry_gets_the_same_answer_and_makes_nothing() {
    let provider = Provider::start();
    let operator = Operator::owner(&provider);
    let body = json!({"client_id": "made", "redirect_uris": ["https://made.test/cb"]});
    let with = |key: &str, body: &Value| {
        operator.send(Method::POST, "/clients", &[("idempotency-key", key)], Some(body))
    };
    let first = with("a-key", &body).ok(201);
    let second = with("a-key", &body).ok(201);
    assert_eq!(first.body, second.body);
    assert_eq!(first.header("location"), second.header("location"));
    assert_eq!(first.header("etag"), second.header("etag"));
    assert_eq!(second.header("idempotency-replayed"), "true");
    // The secret is in the answer, and nowhere in the clear.
    let secret = first.text("client_secret").to_owned();
    assert!(secret.len() >= 32);
    assert_eq!(provider.rows("kept_answers"), 1);
    assert_eq!(
        provider.rows(&format!(
            "kept_answers WHERE instr(sealed, CAST('{secret}' AS BLOB)) > 0"
        )),
        0
    );
    // The key is for this request alone, and of this bearer alone.
    let other = json!({"client_id": "other-made", "redirect_uris": ["https://made.test/cb"]});
    with("a-key", &other).ok(422);
    let foreign = Operator::program(&provider, "second-robot", &[admin::Role::Owner]);
    foreign
        .send(
            Method::POST,
            "/clients",
            &[("idempotency-key", "a-key")],
            Some(&body),
        )
        .ok(409);
    with("another-key", &body).ok(409);
    for bad in ["", " ", &"k".repeat(256)] {
        with(bad, &body).ok(400);
    }
    // A refusal is not kept: what was corrected may be sent again.
    assert_eq!(provider.rows("kept_answers"), 1);
    provider.wait(24 * 3600 - 60);
    provider.sweep();
    assert_eq!(provider.rows("kept_answers"), 1);
    provider.wait(120);
    provider.sweep();
    assert_eq!(provider.rows("kept_answers"), 0);
}

#[test]
fn many_at_once_with_one_key_make_one_thing() {
    let provider = Provider::start();
    let operator = Operator::owner(&provider);
    let body = json!({"username": "dora"});
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let send = || {
            operator
                .send(Method::POST, "/users", &[("idempotency-key", "one")], Some(&body))
                .status
        };
        let all: Vec<_> = (0..8).map(|_| scope.spawn(send)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(statuses.iter().all(|status| *status == 201), "{statuses:?}");
    assert_eq!(provider.rows("users WHERE username = 'dora'"), 1);
}

#[test]
fn a_list_is_read_to_its_end_and_its_cursors_are_its_own() {
    let provider = Provider::start();
    let operator = Operator::owner(&provider);
    for number in 0..7 {
        let user = json!({"username": format!("p{number}"), "groups": ["crew"]});
        operator.post("/users", &user).ok(201);
    }
    let (mut names, mut path) = (Vec::new(), "/users?limit=3".to_owned());
    loop {
        let page = operator.get(&path).ok(200);
        let items = page.json["items"].as_array().unwrap();
        assert!(items.len() <= 3);
        names.extend(
            items
                .iter()
                .map(|user| user["username"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page.json["next"].as_str() else {
            assert_eq!(page.header("link"), "");
            break;
        };
        assert!(page.header("link").contains(next));
        path = format!("/users?limit=3&cursor={next}");
    }
    assert_eq!(names, ["alice", "bob", "p0", "p1", "p2", "p3", "p4", "p5", "p6"]);

    let cursor = |path: &str| {
        operator.get(path).ok(200).json["next"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let own = cursor("/users?limit=2");
    operator.get(&format!("/users?cursor={own}")).ok(200);
    // Of another filter, of another list, of another group, bent, and somebody else's.
    operator.get(&format!("/users?text=p&cursor={own}")).ok(400);
    operator.get(&format!("/groups?cursor={own}")).ok(400);
    let members = cursor("/groups/crew/members?limit=2");
    operator.post("/groups", &json!({"name": "other"})).ok(201);
    operator
        .get(&format!("/groups/other/members?cursor={members}"))
        .ok(400);
    let bent = format!(
        "{}{}",
        &own[..own.len() - 1],
        if own.ends_with('A') { "B" } else { "A" }
    );
    operator.get(&format!("/users?cursor={bent}")).ok(400);
    operator.get("/users?cursor=WyIiLDAsIiJd").ok(400);
    let foreign = Operator::program(&provider, "reader", &[admin::Role::Auditor]);
    foreign.get(&format!("/users?cursor={own}")).ok(400);
}

#[test]
fn parameters_are_those_that_are_documented() {
    let provider = Provider::start();
    let operator = Operator::owner(&provider);
    for query in [
        "limit=0",
        "limit=201",
        "limit=x",
        "limit=1&limit=1",
        "state=odd",
        "nonsense=1",
        "access_token=x",
        "text=%ff",
    ] {
        operator.get(&format!("/users?{query}")).ok(400);
    }
    for path in [
        "/sessions?begun_from=soon",
        "/sessions?address=1.2.3",
        "/audit?event=Key",
        "/statistics?hours=0",
        "/revocations?kind=x",
        "/users/%00",
        "/users/%zz",
    ] {
        operator.get(path).ok(400);
    }
    operator.get("/nonsense").ok(404);
    operator.get("/users/alice").ok(404);
    let refused = operator
        .send(Method::PUT, "/users", &[], Some(&json!({})))
        .ok(405);
    assert_eq!(refused.header("allow"), "HEAD, GET, POST");
    operator.send(Method::DELETE, "/keys/rotate", &[], None).ok(405);
    assert_eq!(operator.send(Method::HEAD, "/users", &[], None).status, 200);
}

#[test]
fn bodies_are_json_of_a_bounded_size() {
    let provider = Provider::start();
    let operator = Operator::owner(&provider);
    let raw = |content_type: Option<&str>, body: String| {
        let mut request = http()
            .post(provider.url("/api/v1/users"))
            .bearer_auth(&operator.token);
        if let Some(value) = content_type {
            request = request.header("content-type", value);
        }
        Answer::read(request.body(body).send().unwrap())
    };
    let json = Some("application/json");
    raw(Some("application/x-www-form-urlencoded"), "username=eve".into()).ok(415);
    raw(Some("text/plain"), r#"{"username": "eve"}"#.into()).ok(415);
    raw(None, r#"{"username": "eve"}"#.into()).ok(415);
    raw(
        Some("application/merge-patch+json"),
        r#"{"username": "eve"}"#.into(),
    )
    .ok(415);
    raw(json, "{".into()).ok(400);
    raw(json, "[".repeat(30_000)).ok(400);
    raw(json, format!(r#"{{"username": "{}"}}"#, "x".repeat(70_000))).ok(413);
    for odd in [
        "[]",
        r#"{"username": 7}"#,
        r#"{"username": "eve", "username": "mallory"}"#,
        r#"{"username": "ev\u0000e"}"#,
        r#"{}"#,
        r#"{"username": "eve", "email": "nonsense"}"#,
        r#"{"username": "eve", "password": "short"}"#,
    ] {
        raw(json, odd.into()).ok(422);
    }
    raw(
        Some("Application/JSON; charset=utf-8"),
        r#"{"username": "eve"}"#.into(),
    )
    .ok(201);
}

/// ATTACKS 226: what is not offered is not taken.
#[test]
fn nobody_slips_a_member_past_the_api() {
    let provider = Provider::start();
    let operator = Operator::owner(&provider);
    let made = operator.post("/users", &json!({"username": "carol"})).ok(201);
    let path = format!("/users/{}", made.text("sub"));
    for member in [
        json!({"is_admin": true}),
        json!({"tenant_id": "T2"}),
        json!({"sub": "x"}),
        json!({"state": "active"}),
        json!({"group_roles": ["x"]}),
        json!({"created_at": "2020-01-01T00:00:00Z"}),
        json!({"admin_roles": ["owner"]}),
        json!({"is_admin": null}),
        json!({"address": {"planet": "Mars"}}),
    ] {
        operator.change(Method::PATCH, &path, Some(&member)).ok(422);
        if !member.as_object().unwrap().values().next().unwrap().is_null() {
            let mut new = member.clone();
            new["username"] = "mallory".into();
            operator.post("/users", &new).ok(422);
        }
    }
    let client = json!({"client_id": "made", "redirect_uris": ["https://made.test/cb"]});
    operator.post("/clients", &client).ok(201);
    for member in [
        json!({"client_id": "web"}),
        json!({"enabled": false}),
        json!({"client_secret": "x"}),
        json!({"client_secrets": []}),
        json!({"created_at": "x"}),
    ] {
        operator
            .change(Method::PATCH, "/clients/made", Some(&member))
            .ok(422);
    }
}
