//! What ends what, one story for each row of docs/operate/revocation.md: the old access token is refused at userinfo, at
//! introspection and by two APIs, the refresh token where it should be, the audit trail tells of it, and everything else
//! goes on.
//!
//! The row of a revoked signing key is told where keys are.

mod by_operator;
mod by_person;
mod by_theft;
mod scene;

use std::time::Duration;

use crate::actors::{ApiServer, Attacker, DemoApiServer};
use crate::apis;
use crate::rig::Provider;
use scene::Scene;

#[test]
fn an_api_that_asks_nobody_learns_of_it_when_the_token_ends() {
    let scene = Scene::new();
    let taken = scene.tokens("web");
    let trusting = ApiServer::trusting(&scene.provider);
    assert_eq!(trusting.call(&taken.access), 200);
    scene.give_back(&taken, &taken.access);
    scene.assert_refused(&taken);
    assert_eq!(trusting.call(&taken.access), 200);
    scene.provider.wait(10 * 60 + 30);
    assert_eq!(trusting.call(&taken.access), 401);
}

#[test]
fn an_api_that_believes_answers_for_a_moment_learns_of_it_within_a_second() {
    let scene = Scene::new();
    let taken = scene.tokens("web");
    let api = ApiServer::remembering(&scene.provider, Duration::from_millis(500));
    assert_eq!(api.call(&taken.access), 200);
    scene.give_back(&taken, &taken.access);
    assert_soon_refused(|| api.call(&taken.access));
}

/// Within a second of the real world.
#[track_caller]
#[expect(
    clippy::disallowed_methods,
    reason = "the promise is one of a second in the real world"
)]
fn assert_soon_refused(call: impl Fn() -> u16) {
    let began = std::time::Instant::now();
    while call() == 200 {
        assert!(began.elapsed() < Duration::from_secs(1));
    }
    assert_eq!(call(), 401);
}

#[test]
fn the_demo_api_learns_of_it_within_a_second() {
    let provider = Provider::start();
    let api = DemoApiServer::start(&provider, "web");
    let scope = "openid notes.read offline_access";
    for name in ["access_token", "refresh_token"] {
        let tokens = apis::tokens(&provider, "web", scope, &[&api.identifier]);
        assert_eq!(api.call(tokens.granted()), 200);
        Attacker(&provider).revoke("web", tokens.text(name), &[]);
        assert_soon_refused(|| api.call(tokens.granted()));
    }
}

#[test]
fn an_api_that_asks_lets_nobody_in_without_an_answer() {
    let scene = Scene::new();
    let mut bobs = scene.browser_of("bob");
    let taken = scene.tokens_in(&mut bobs, "web");
    let api = ApiServer::asking(&scene.provider);
    scene.provider.storage.take_away();
    // The person of this token was never asked about, so the provider cannot tell.
    assert_eq!(api.call(&taken.access), 503);
    scene.provider.storage.bring_back();
}
