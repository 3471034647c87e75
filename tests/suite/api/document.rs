//! The document and its page, and that the API answers as they say.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use super::Operator;
use crate::actors::Browser;
use crate::actors::attacker::Answer;
use crate::actors::browser::http;
use crate::rig::Provider;

fn document(provider: &Provider) -> Value {
    Answer::read(http().get(provider.url("/api/openapi.json")).send().unwrap()).json
}

/// Method, path and what is documented of each operation.
fn operations(document: &Value) -> Vec<(Method, String, Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    paths
        .flat_map(|(path, item)| {
            let own = item.as_object().unwrap().iter();
            own.map(|(method, told)| (method.to_uppercase().parse().unwrap(), path.clone(), told.clone()))
        })
        .collect()
}

/// A path with something in place of each name.
fn filled(path: &str) -> String {
    let fill = |part: &str| {
        if part.starts_with('{') {
            "nothing-of-the-sort".to_owned()
        } else {
            part.to_owned()
        }
    };
    path.split('/').map(fill).collect::<Vec<_>>().join("/")
}

#[test]
fn every_operation_asks_for_a_token_and_for_the_scope_it_documents() {
    let provider = Provider::start();
    Operator::owner(&provider);
    let resource = super::audience(&provider);
    // A token for this API without any scope of it cannot be had; one with a scope that hardly any operation needs can.
    let narrow = Operator::with(&provider, super::token_of(&provider, "robot", "admin:flows:read"));
    for (method, path, told) in operations(&document(&provider)) {
        let bare = http()
            .request(method.clone(), format!("{resource}{}", filled(&path)))
            .send()
            .unwrap();
        Answer::read(bare).ok(401);
        let scopes: BTreeSet<&str> = told["security"][0]["signet"]
            .as_array()
            .unwrap()
            .iter()
            .map(|scope| scope.as_str().unwrap())
            .collect();
        if scopes.is_empty() || scopes == BTreeSet::from(["admin:flows:read"]) {
            continue;
        }
        let body = told.get("requestBody").map(|_| json!({}));
        let refused = narrow.send(method, &filled(&path), &[], body.as_ref()).ok(403);
        let challenge = refused.header("www-authenticate");
        assert!(
            challenge.contains(r#"error="insufficient_scope""#),
            "{path}: {challenge}"
        );
        for scope in scopes {
            assert!(challenge.contains(scope), "{path}: {challenge}");
        }
    }
}

#[test]
fn what_does_not_exist_is_answered_as_documented() {
    let provider = Provider::start();
    let operator = Operator::owner(&provider);
    for (method, path, told) in operations(&document(&provider)) {
        if !path.contains('{') {
            continue;
        }
        let body = told.get("requestBody").map(|_| json!({}));
        let answer = operator.send(method, &filled(&path), &[("if-match", "*")], body.as_ref());
        let status = answer.status.to_string();
        assert!(told["responses"].get(&status).is_some(), "{path}: {status}");
        assert!(
            [404, 422, 200].contains(&answer.status),
            "{path}: {}",
            answer.body
        );
    }
}

#[test]
fn the_page_shows_every_operation_and_loads_nothing_from_elsewhere() {
    let provider = Provider::start();
    let page = Browser::new(&provider).get(&provider.url("/api"));
    assert_eq!(page.status, 200);
    for (_, _, told) in operations(&document(&provider)) {
        let id = told["operationId"].as_str().unwrap();
        assert!(page.body.contains(&format!("id=\"{id}\"")), "{id}");
    }
    assert!(
        page.header("content-security-policy")
            .contains("default-src 'none'")
    );
    assert!(!page.body.contains("<script") && !page.body.contains("style="));
    for kind in [
        "bad-request",
        "insufficient-scope",
        "changed",
        "precondition-required",
    ] {
        assert!(page.body.contains(&format!("id=\"problem-{kind}\"")), "{kind}");
    }
}
