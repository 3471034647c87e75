//! The API as a client meets it, with a provider that it finds by discovery.

use actix_web::App;
use actix_web::http::StatusCode;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use kernel::{Clock, SystemClock};
use serde_json::{Value, json};
use url::Url;

use super::DemoApi;
use super::serve::Shared;
use crate::testing::{KID, Telling, provider_telling, sign};

const API: &str = "http://localhost:8083";

struct Answer {
    status: StatusCode,
    challenge: String,
    body: Value,
}

/// Sends requests one after the other to one API, with a token of this scope.
fn talk(scope: &str, requests: Vec<TestRequest>) -> Vec<Answer> {
    talk_to(API, scope, requests)
}

/// The same with a token for the API `audience`.
fn talk_to(audience: &str, scope: &str, requests: Vec<TestRequest>) -> Vec<Answer> {
    talk_about(&Telling::default(), audience, scope, requests)
}

/// The same at a provider that says this about tokens.
fn talk_about(telling: &Telling, audience: &str, scope: &str, requests: Vec<TestRequest>) -> Vec<Answer> {
    let issuer = provider_telling(7, telling);
    let now = SystemClock.now().as_secs();
    let claims = json!({
        "iss": issuer, "sub": "alice", "aud": [audience, issuer], "client_id": "notes", "jti": "t", "iat": now,
        "exp": now + 60, "scope": scope,
    });
    let token = sign(
        7,
        &json!({ "typ": "at+jwt", "alg": "EdDSA", "kid": KID }),
        &claims,
    );
    let base_url = Url::parse(API).unwrap();
    let shared = Shared::new(DemoApi {
        base_url,
        issuer,
        client_id: "demo-api".to_owned(),
        client_secret: "s:e cret".to_owned(),
    });
    actix_web::rt::System::new().block_on(async {
        let app = init_service(App::new().configure(|config| shared.install(config))).await;
        let mut answers = Vec::new();
        for request in requests {
            let request = request.insert_header(("authorization", format!("Bearer {token}")));
            let response = call_service(&app, request.to_request()).await;
            let challenge = response.headers().get("www-authenticate");
            answers.push(Answer {
                status: response.status(),
                challenge: challenge.map_or_else(String::new, |it| it.to_str().unwrap().to_owned()),
                body: serde_json::from_slice(&read_body(response).await).unwrap_or_default(),
            });
        }
        answers
    })
}

fn read() -> TestRequest {
    TestRequest::get().uri("/notes")
}

fn pin(note: &Value) -> TestRequest {
    TestRequest::post().uri("/notes").set_json(note)
}

#[test]
fn what_is_pinned_can_be_read() {
    let note = json!({ "text": "Water the dahlias" });
    let answers = talk("notes.read notes.write", vec![pin(&note), read()]);
    assert_eq!(answers[0].status, StatusCode::CREATED);
    assert_eq!(answers[0].body["pinned_by"], "notes");
    assert_eq!(answers[1].status, StatusCode::OK);
    assert_eq!(answers[1].body["owner"], "alice");
    assert_eq!(answers[1].body["notes"][2], answers[0].body);
}

#[test]
fn a_token_for_another_api_is_refused() {
    let answers = talk_to("http://localhost:9999", "notes.read", vec![read()]);
    assert_eq!(answers[0].status, StatusCode::UNAUTHORIZED);
    assert!(answers[0].challenge.contains("error=\"invalid_token\""));
}

#[test]
fn a_revoked_token_is_refused() {
    let telling = Telling::default();
    telling.0.lock().unwrap().0 = r#"{"active":false}"#;
    let answers = talk_about(&telling, API, "notes.read", vec![read()]);
    assert_eq!(answers[0].status, StatusCode::UNAUTHORIZED);
    assert!(answers[0].challenge.contains("The access token was revoked"));
    let asked = telling.0.lock().unwrap().1.clone();
    assert!(asked.starts_with("POST /introspect "), "{asked}");
    // demo-api:s%3Ae+cret
    assert!(asked.contains("Basic ZGVtby1hcGk6cyUzQWUrY3JldA=="), "{asked}");
    assert!(asked.contains("\r\n\r\ntoken=ey"), "{asked}");
}

#[test]
fn without_an_answer_nobody_gets_in() {
    let telling = Telling::default();
    telling.0.lock().unwrap().0 = r#"{"error":"invalid_client"}"#;
    let answers = talk_about(&telling, API, "notes.read", vec![read()]);
    assert_eq!(answers[0].status, StatusCode::SERVICE_UNAVAILABLE);
}

#[test]
fn who_may_read_may_not_write() {
    let answers = talk("notes.read", vec![read(), pin(&json!({ "text": "x" }))]);
    assert_eq!(answers[0].status, StatusCode::OK);
    assert_eq!(answers[1].status, StatusCode::FORBIDDEN);
    assert!(answers[1].challenge.ends_with("scope=\"notes.write\""));
}

#[test]
fn odd_notes_are_refused_in_json() {
    let long = json!({ "text": "x".repeat(10_000) });
    let no_json = TestRequest::post().uri("/notes").set_payload("text=x");
    let requests = vec![pin(&json!({ "text": " " })), pin(&json!({})), pin(&long), no_json];
    let answers = talk("notes.write", requests);
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    assert_eq!(statuses, [400, 400, 413, 415]);
    assert!(
        answers
            .iter()
            .all(|answer| answer.body["error"] == "invalid_request")
    );
}

#[test]
fn other_methods_and_addresses_are_told_apart() {
    let requests = vec![
        TestRequest::delete().uri("/notes"),
        TestRequest::get().uri("/elsewhere"),
        TestRequest::get().uri("/"),
    ];
    let answers = talk("", requests);
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    assert_eq!(statuses, [405, 404, 200]);
}
