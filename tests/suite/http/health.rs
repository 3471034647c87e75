//! What `/health/ready` says when something is missing. The way to the end of a server is told in `cli::drain`.

use actix_web::App;
// By name: the module `test` would make `#[test]` actix's own.
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web::Data;
use serde_json::{Value, json};
use token::keys::KeyPlan;
use web::management::{self, CacheSeen, Health, ThreadsSeen};

use crate::rig::Provider;

/// What a path of the management port says of a provider, with such a cache.
fn ask(provider: &Provider, path: &str, cache: CacheSeen) -> (u16, Vec<u8>) {
    ask_with(provider, path, cache, ThreadsSeen::Turning)
}

fn ask_with(provider: &Provider, path: &str, cache: CacheSeen, threads: ThreadsSeen) -> (u16, Vec<u8>) {
    let health = Health::new(
        provider.state(),
        KeyPlan::default(),
        Box::new(move || cache),
        Box::new(move || threads),
    );
    actix_web::rt::System::new().block_on(async {
        let app = App::new()
            .app_data(Data::new(health))
            .configure(management::configure);
        let app = init_service(app).await;
        let answer = call_service(&app, TestRequest::get().uri(path).to_request()).await;
        (answer.status().as_u16(), read_body(answer).await.to_vec())
    })
}

fn ready(provider: &Provider, cache: CacheSeen) -> (u16, Value) {
    let (status, body) = ask(provider, "/health/ready", cache);
    (status, serde_json::from_slice(&body).unwrap())
}

#[test]
fn a_database_that_is_away_is_a_reason_and_a_cache_is_none() {
    let provider = Provider::start();
    let well = json!({ "status": "ready", "database": "ok", "cache": "degraded", "keys": "ok", "lacks": [] });
    assert_eq!(ready(&provider, CacheSeen::Away), (200, well));
    provider.storage.take_away();
    let (status, told) = ready(&provider, CacheSeen::Well);
    let lacks = json!({
        "status": "not ready", "database": "failing", "cache": "ok", "keys": "ok",
        "lacks": ["database: it does not answer"]
    });
    assert_eq!((status, told), (503, lacks));
    // A new process would not bring the database back.
    assert_eq!(ask(&provider, "/health/live", CacheSeen::Away).0, 200);
    provider.storage.bring_back();
    assert_eq!(ready(&provider, CacheSeen::None).0, 200);
    provider.state().drain();
    let (status, told) = ready(&provider, CacheSeen::None);
    assert_eq!((status, &told["status"]), (503, &"draining".into()), "{told}");
}

/// Whoever runs the process ends it when it is not alive, and sends nobody there when it is not ready.
#[test]
fn a_thread_that_hangs_is_a_reason_for_a_new_process() {
    let provider = Provider::start();
    let status = |path, threads| ask_with(&provider, path, CacheSeen::None, threads).0;
    assert_eq!(status("/health/live", ThreadsSeen::Turning), 200);
    assert_eq!(status("/health/live", ThreadsSeen::Hanging), 503);
    assert_eq!(status("/health/started", ThreadsSeen::Hanging), 200);
}
