//! Who gets in: tokens of this server, for this API, as good as their bearer is at the moment.

use admin::Actor;
use admin::sessions::Whose;
use admin::{Administrator, Role, sessions, users};
use serde_json::json;

use super::{Operator, audience, every_scope, give, robot, sub, token_of};
use crate::actors::Attacker;
use crate::actors::attacker::Answer;
use crate::actors::browser::http;
use crate::apis;
use crate::rig::Provider;

fn with_header(provider: &Provider, value: Option<&str>) -> Answer {
    let mut request = http().get(provider.url("/api/v1/me"));
    if let Some(value) = value {
        request = request.header("authorization", value);
    }
    Answer::read(request.send().unwrap())
}

#[test]
fn who_shows_no_token_of_ours_is_asked_for_one() {
    let provider = Provider::start();
    let bare = with_header(&provider, None).ok(401);
    assert_eq!(bare.header("www-authenticate"), r#"Bearer realm="signet""#);
    with_header(&provider, Some("Basic eDp5")).ok(401);
    with_header(&provider, Some("Bearer ")).ok(400);
    let wrong = with_header(&provider, Some("Bearer x.y.z")).ok(401);
    assert!(
        wrong
            .header("www-authenticate")
            .contains(r#"error="invalid_token""#)
    );
    assert!(wrong.header("cache-control").contains("no-store"));
}

#[test]
fn a_token_for_another_api_opens_nothing() {
    let provider = apis::provider();
    for form in [
        [("grant_type", "client_credentials"), ("resource", apis::NOTES)],
        [("grant_type", "client_credentials"), ("resource", apis::MAPS)],
    ] {
        let token = Attacker(&provider).token("svc", &form).granted().to_owned();
        with_header(&provider, Some(&format!("Bearer {token}"))).ok(401);
    }
    // Neither does a person's ordinary one, though they are an owner.
    give(
        &provider,
        Administrator::Person(sub(&provider, "alice")),
        &[Role::Owner],
    );
    let attacker = Attacker(&provider);
    let code = attacker.code("codes", &[]);
    let token = attacker.redeem("codes", &code).granted().to_owned();
    with_header(&provider, Some(&format!("Bearer {token}"))).ok(401);
}

#[test]
fn a_person_comes_with_their_roles_and_no_more_than_the_token_carries() {
    let provider = Provider::start();
    let alice = sub(&provider, "alice");
    give(&provider, Administrator::Person(alice), &[Role::KeyOperator]);
    let operator = Operator::person(&provider, "openid admin:keys:read admin:people:read");
    let me = operator.get("/me").ok(200).json;
    assert_eq!(me["id"], alice.to_string());
    assert_eq!(me["kind"], "user");
    assert_eq!(me["permissions"], json!(["admin:keys:read"]));
    operator.get("/keys").ok(200);
    // The scope is there, the role is not.
    let forbidden = operator.get("/users").ok(403);
    assert_eq!(forbidden.header("www-authenticate"), "");
    // The role is there, the scope is not.
    let narrow = operator.act("/keys/rotate").ok(403);
    assert_eq!(
        narrow.header("www-authenticate"),
        r#"Bearer realm="signet", error="insufficient_scope", scope="admin:keys:read admin:keys""#
    );
}

#[test]
fn a_program_needs_a_role_and_brings_its_name_into_the_trail() {
    let provider = Provider::start();
    robot(&provider, "robot", &[]);
    let operator = Operator::with(&provider, token_of(&provider, "robot", &every_scope()));
    operator.get("/keys").ok(403);
    give(&provider, Administrator::Client("robot".into()), &[Role::Owner]);
    operator.get("/keys").ok(200);
    operator.post("/groups", &json!({"name": "staff"})).ok(201);
    let event = provider
        .audit()
        .into_iter()
        .rev()
        .find(|event| event.event == "group.create");
    assert_eq!(event.unwrap().actor.as_deref(), Some("robot"));
    let told = operator.get("/audit?event=group.create").ok(200).json;
    assert_eq!(told["items"][0]["way"], "api");
    assert_eq!(told["items"][0]["address"], "127.0.0.1");
}

#[test]
fn who_is_demoted_is_demoted_with_tokens_they_hold() {
    let provider = Provider::start();
    let operator = Operator::owner(&provider);
    operator.get("/users").ok(200);
    give(
        &provider,
        Administrator::Client("robot".into()),
        &[Role::KeyOperator],
    );
    operator.get("/users").ok(403);
    operator.get("/keys").ok(200);
    give(&provider, Administrator::Client("robot".into()), &[]);
    operator.get("/keys").ok(403);
}

#[test]
fn a_token_that_was_taken_back_counts_no_more() {
    let provider = Provider::start();
    let operator = Operator::owner(&provider);
    operator.get("/me").ok(200);
    assert_eq!(
        Attacker(&provider).revoke("robot", &operator.token, &[]).status,
        200
    );
    operator.get("/me").ok(401);

    let alice = sub(&provider, "alice");
    give(&provider, Administrator::Person(alice), &[Role::Auditor]);
    let person = Operator::person(&provider, "openid admin:keys:read");
    person.get("/keys").ok(200);
    provider.administer(|ports, ctx| {
        sessions::revoke_all(ports, ctx, &Actor::cli(), Whose::Of("alice")).map(drop)
    });
    person.get("/keys").ok(401);

    let again = Operator::person(&provider, "openid admin:keys:read");
    again.get("/keys").ok(200);
    provider.administer(|ports, ctx| users::lock(ports, ctx, &Actor::cli(), "alice").map(drop));
    again.get("/keys").ok(401);
}

#[test]
fn a_disabled_programs_token_counts_no_more_and_an_old_one_neither() {
    let provider = Provider::start();
    let operator = Operator::owner(&provider);
    operator.get("/me").ok(200);
    provider.administer(|ports, ctx| admin::clients::disable(ports, ctx, &Actor::cli(), "robot").map(drop));
    operator.get("/me").ok(401);

    let other = Operator::program(&provider, "other-robot", &[Role::Auditor]);
    other.get("/keys").ok(200);
    provider.wait(3600);
    other.get("/keys").ok(401);
}

#[test]
fn the_api_is_an_api_of_the_catalogue_that_stays_as_it_is() {
    let provider = Provider::start();
    let operator = Operator::owner(&provider);
    let all = operator.get("/resources").ok(200).json;
    let own = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|own| own["identifier"] == audience(&provider).as_str())
        .unwrap()
        .clone();
    let path = format!("/resources/{}", own["id"].as_str().unwrap());
    operator
        .change(reqwest::Method::PATCH, &path, Some(&json!({"scopes": []})))
        .ok(409);
    operator.change(reqwest::Method::DELETE, &path, None).ok(409);
    let again = json!({"identifier": audience(&provider), "scopes": ["x"]});
    operator.post("/resources", &again).ok(409);
}
