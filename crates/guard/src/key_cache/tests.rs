//! When keys are fetched, and what happens while they cannot be.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use jsonwebtoken::Algorithm;
use serde_json::json;
use tokio::sync::Mutex;

use crate::testing::{KeyServer, SigningKey, StillClock, builder, claims, full_set, set, wait};
use crate::{FetchFault, Freshness, Guard, JwksSource, Refusal, TokenFault};

const UNKNOWN: Refusal = Refusal::Invalid(TokenFault::UnknownKey);

struct Scene {
    clock: StillClock,
    server: KeyServer,
    guard: Guard,
}

fn scene(set: String) -> Scene {
    let (clock, server) = (StillClock::default(), KeyServer::answering(set));
    let guard = builder(&clock).build(server.clone());
    Scene { clock, server, guard }
}

fn token() -> String {
    let mut claims = claims();
    claims["exp"] = json!(claims["iat"].as_u64().unwrap() + 1_000_000);
    SigningKey::of(Algorithm::ES256).token(&claims)
}

fn stranger(number: usize) -> String {
    let key = SigningKey::of(Algorithm::ES256);
    let mut header = key.header();
    header["kid"] = json!(format!("made-up-{number}"));
    key.sign(&header, &claims())
}

/// A set without the key of [`token`].
fn older_set() -> String {
    set(&[SigningKey::of(Algorithm::EdDSA).jwk()])
}

/// Lets a fetch behind the request's back come to its end: the only blocking thread is busy with it.
async fn settle(guard: &Guard) {
    drop(Arc::clone(&guard.keys().flight).lock_owned().await);
}

#[test]
fn nothing_is_fetched_before_a_token_comes_and_then_once() {
    let it = scene(full_set());
    assert_eq!(it.server.asked(), 0);
    wait(async {
        for _ in 0..3 {
            assert!(it.guard.verify(&token()).await.is_ok());
        }
    });
    assert_eq!(it.server.asked(), 1);
}

#[test]
fn malformed_tokens_fetch_nothing() {
    let it = scene(full_set());
    assert!(wait(it.guard.verify("a.b.c")).is_err());
    assert_eq!(it.server.asked(), 0);
}

#[test]
fn a_new_key_is_found_by_one_fetch() {
    let it = scene(older_set());
    wait(async {
        assert_eq!(it.guard.verify(&token()).await, Err(UNKNOWN));
        it.server.answer(Some(full_set()));
        it.clock.advance(Freshness::default().pause);
        assert!(it.guard.verify(&token()).await.is_ok());
    });
    assert_eq!(it.server.asked(), 2);
}

#[test]
fn invented_keys_cause_one_fetch_per_pause() {
    let it = scene(full_set());
    wait(async {
        assert!(it.guard.verify(&token()).await.is_ok());
        it.clock.advance(Freshness::default().pause);
        for number in 0..100 {
            assert_eq!(it.guard.verify(&stranger(number)).await, Err(UNKNOWN));
        }
    });
    assert_eq!(it.server.asked(), 2);
}

#[test]
fn old_keys_serve_while_new_ones_come() {
    let it = scene(full_set());
    wait(async {
        assert!(it.guard.verify(&token()).await.is_ok());
        it.server.answer(Some(older_set()));
        it.clock.advance(Freshness::default().fresh_for);
        // The answer does not wait for the fetch it causes.
        assert!(it.guard.verify(&token()).await.is_ok());
        settle(&it.guard).await;
        assert_eq!(it.server.asked(), 2);
        assert_eq!(it.guard.verify(&token()).await, Err(UNKNOWN));
    });
}

#[test]
fn old_keys_outlive_a_failing_server_up_to_their_bound() {
    let it = scene(full_set());
    wait(async {
        assert!(it.guard.verify(&token()).await.is_ok());
        for answer in [
            None,
            Some("no JSON".to_owned()),
            Some(r#"{"keys":[]}"#.to_owned()),
        ] {
            it.server.answer(answer);
            it.clock.advance(Duration::from_secs(15 * 60));
            assert!(it.guard.verify(&token()).await.is_ok());
            settle(&it.guard).await;
        }
        it.clock.advance(Duration::from_secs(15 * 60));
        let refusal = it.guard.verify(&token()).await.unwrap_err();
        assert!(matches!(refusal, Refusal::KeysUnavailable { .. }), "{refusal}");
    });
}

#[test]
fn without_any_keys_the_client_is_told_when_to_come_back() {
    let it = scene(full_set());
    it.server.answer(None);
    wait(async {
        let retry_after = Duration::from_secs(10);
        let refusal = Err(Refusal::KeysUnavailable { retry_after });
        assert_eq!(it.guard.verify(&token()).await, refusal);
        assert_eq!(it.guard.verify(&token()).await, refusal);
        assert_eq!(it.server.asked(), 1);
        it.server.answer(Some(full_set()));
        it.clock.advance(retry_after);
        assert!(it.guard.verify(&token()).await.is_ok());
    });
}

/// A key server that says when it is asked and answers when it is told to.
struct SlowServer {
    asked: Sender<()>,
    go: std::sync::Mutex<Receiver<()>>,
}

impl JwksSource for SlowServer {
    fn fetch(&self) -> Result<String, FetchFault> {
        self.asked.send(()).map_err(FetchFault::new)?;
        self.go.lock().unwrap().recv().map_err(FetchFault::new)?;
        Ok(full_set())
    }
}

fn slow() -> (Guard, Receiver<()>, Sender<()>) {
    let ((asked, was_asked), (go, told)) = (channel(), channel());
    let go_on = std::sync::Mutex::new(told);
    let guard = builder(&StillClock::default()).build(SlowServer { asked, go: go_on });
    (guard, was_asked, go)
}

#[test]
fn those_who_come_meanwhile_wait_for_the_one_fetch() {
    let (guard, asked, go) = slow();
    wait(async {
        let verified = Arc::new(Mutex::new(0));
        let tasks: Vec<_> = (0..20)
            .map(|_| {
                let (guard, verified) = (guard.clone(), Arc::clone(&verified));
                tokio::spawn(async move {
                    guard.verify(&token()).await.unwrap();
                    *verified.lock().await += 1;
                })
            })
            .collect();
        // All of them get to run before the answer is given.
        tokio::task::yield_now().await;
        asked.recv().unwrap();
        go.send(()).unwrap();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*verified.lock().await, 20);
    });
    assert!(asked.try_recv().is_err(), "asked once");
}

#[test]
fn a_request_that_is_given_up_does_not_take_the_keys_with_it() {
    let (guard, asked, go) = slow();
    wait(async {
        let task = tokio::spawn({
            let guard = guard.clone();
            async move { guard.verify(&token()).await.is_ok() }
        });
        tokio::task::yield_now().await;
        asked.recv().unwrap();
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
        go.send(()).unwrap();
        assert!(guard.verify(&token()).await.is_ok());
    });
    assert!(asked.try_recv().is_err(), "asked once");
}
