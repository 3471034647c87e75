//! What a client gets to see.

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, web};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use super::{Access, RequiredScope};
use crate::testing::{AUDIENCE, KeyServer, NOW, SigningKey, StillClock, builder, claims, full_set, guard};
use crate::{AccessToken, FetchFault, Guard, Standing};

struct NotesRead;
impl RequiredScope for NotesRead {
    const SCOPE: &str = "notes.read";
}

struct NotesReadAndWrite;
impl RequiredScope for NotesReadAndWrite {
    const SCOPE: &str = "notes.read notes.write";
}

async fn who(access: Access) -> String {
    access.sub.clone()
}

async fn read(access: Access<NotesRead>) -> String {
    access.into_inner().sub
}

async fn write(_: Access<NotesReadAndWrite>) -> &'static str {
    "written"
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn challenge(&self) -> &str {
        self.header("www-authenticate")
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap().to_str().unwrap()
    }

    fn error(&self) -> Value {
        serde_json::from_slice::<Value>(&self.body).unwrap()["error"].clone()
    }
}

fn ask_with(guard: Option<Guard>, path: &str, authorization: &[&str]) -> Answer {
    actix_web::rt::System::new().block_on(async {
        let mut app = App::new()
            .route("/who", web::get().to(who))
            .route("/read", web::get().to(read))
            .route("/write", web::get().to(write));
        if let Some(guard) = guard {
            app = app.app_data(web::Data::new(guard));
        }
        let app = init_service(app).await;
        let mut request = TestRequest::get().uri(path);
        for field in authorization {
            request = request.append_header((AUTHORIZATION, *field));
        }
        let response = call_service(&app, request.to_request()).await;
        Answer {
            status: response.status(),
            headers: response.headers().clone(),
            body: actix_web::test::read_body(response).await.to_vec(),
        }
    })
}

fn ask(path: &str, authorization: &[&str]) -> Answer {
    ask_with(Some(guard()), path, authorization)
}

fn bearer() -> String {
    format!("Bearer {}", SigningKey::of(Algorithm::ES256).token(&claims()))
}

#[test]
fn a_good_token_opens_what_it_allows() {
    for path in ["/who", "/read"] {
        let answer = ask(path, &[&bearer()]);
        assert_eq!(
            (answer.status, answer.body.as_slice()),
            (StatusCode::OK, b"alice".as_slice())
        );
    }
}

#[test]
fn the_schemes_name_has_no_case() {
    assert_eq!(
        ask("/read", &[&bearer().replacen("Bearer", "bEARER", 1)]).status,
        200
    );
}

#[test]
fn without_a_token_the_challenge_is_bare() {
    for authorization in [&[][..], &["Basic d2ViOnNlY3JldA=="]] {
        let answer = ask("/read", authorization);
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.challenge(), format!("Bearer realm=\"{AUDIENCE}\""));
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(answer.body.is_empty());
    }
}

#[test]
fn a_bad_token_is_named_so() {
    let answer = ask("/read", &["Bearer not-a-token"]);
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        answer.challenge(),
        "Bearer realm=\"https://api.example.com\", error=\"invalid_token\", \
         error_description=\"The access token is not valid\""
    );
    assert_eq!(answer.error(), "invalid_token");
}

#[test]
fn an_expired_token_is_told_apart() {
    let mut claims = claims();
    claims["exp"] = json!(NOW - 3600);
    let token = SigningKey::of(Algorithm::ES256).token(&claims);
    let answer = ask("/read", &[&format!("Bearer {token}")]);
    assert!(answer.challenge().contains("error=\"invalid_token\""));
    assert!(answer.challenge().contains("The access token has expired"));
}

#[test]
fn a_missing_scope_is_named() {
    let answer = ask("/write", &[&bearer()]);
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.challenge().contains("error=\"insufficient_scope\""));
    assert!(answer.challenge().ends_with(", scope=\"notes.read notes.write\""));
    assert_eq!(answer.error(), "insufficient_scope");
}

#[test]
fn a_token_in_the_url_is_refused_even_beside_a_good_one() {
    let token = SigningKey::of(Algorithm::ES256).token(&claims());
    for name in ["access_token", "access%5Ftoken", "x=1&access_token"] {
        for authorization in [&[][..], &[bearer().as_str()]] {
            let answer = ask(&format!("/read?{name}={token}"), authorization);
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name}");
            assert!(answer.challenge().contains("error=\"invalid_request\""));
        }
    }
}

#[test]
fn a_broken_header_is_a_bad_request() {
    let good = bearer();
    for authorization in [
        &["Bearer"][..],
        &["Bearer "],
        &["Bearer a b"],
        &["Bearer a, Bearer b"],
        &[&good, &good],
    ] {
        let answer = ask("/read", authorization);
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{authorization:?}");
        assert_eq!(answer.error(), "invalid_request");
    }
}

#[test]
fn without_keys_the_client_shall_come_back_later() {
    let server = KeyServer::answering(full_set());
    server.answer(None);
    let guard = builder(&StillClock::default()).build(server);
    let answer = ask_with(Some(guard), "/read", &[&bearer()]);
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.header("retry-after"), "10");
    assert!(!answer.headers.contains_key("www-authenticate"));
}

#[test]
fn a_revoked_token_is_told_so_and_an_unknown_one_to_come_back() {
    let ask_of = |list: fn(&AccessToken) -> Result<Standing, FetchFault>| {
        let guard = builder(&StillClock::default()).revocation(list);
        ask_with(
            Some(guard.build(KeyServer::answering(full_set()))),
            "/read",
            &[&bearer()],
        )
    };
    let revoked = ask_of(|_| Ok(Standing::Revoked));
    assert_eq!(revoked.status, StatusCode::UNAUTHORIZED);
    assert_eq!(revoked.error(), "invalid_token");
    assert!(revoked.challenge().contains("The access token was revoked"));
    let unknown = ask_of(|_| Err(FetchFault::new("away")));
    assert_eq!(unknown.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(unknown.header("retry-after"), "1");
    assert!(!unknown.headers.contains_key("www-authenticate"));
    assert_eq!(ask_of(|_| Ok(Standing::Good)).status, StatusCode::OK);
}

#[test]
fn without_a_guard_nothing_opens() {
    let answer = ask_with(None, "/read", &[&bearer()]);
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
}
