//! Real requests, changed at random, thrown at the app: whatever comes, the answer is one of ours, and nothing is stored
//! that nobody may store.
//!
//! The requests lie in `corpus`, one a file. What is random follows from a seed, so that a find can be repeated: a failure
//! prints the seed, the round and the request. `SIGNET_FUZZ_ROUNDS` makes it run longer, `SIGNET_FUZZ_SEED` elsewhere.

mod corpus;
mod dice;
mod judge;
mod mutation;
mod scene;

use std::fmt::Debug;
use std::str::FromStr;

use actix_web::App;
use actix_web::body::to_bytes;
use actix_web::middleware::from_fn;
use actix_web::test::{call_service, init_service};
use actix_web::web::Data;

use crate::rig::Provider;
use corpus::Template;
use dice::Dice;
use scene::Scene;

/// Requests in an ordinary run.
const ROUNDS: u64 = 2_000;
/// What is left of a scene after so many is not worth much: its session is over, its tokens are revoked.
const ROUNDS_PER_SCENE: u64 = 250;
/// What nobody without a right to may add to or take from.
const UNTOUCHED: [&str; 8] = [
    "users",
    "groups",
    "clients",
    "keys",
    "resources",
    "claim_scopes",
    "consents",
    "users WHERE password_hash IS NOT NULL",
];

fn setting<T: FromStr<Err: Debug>>(name: &str, usual: T) -> T {
    std::env::var(name).map_or(usual, |text| text.parse().expect(name))
}

#[test]
fn mutated_requests_are_answered_as_they_should_be() {
    let (rounds, seed) = (
        setting("SIGNET_FUZZ_ROUNDS", ROUNDS),
        setting("SIGNET_FUZZ_SEED", 1),
    );
    let provider = Provider::start();
    let templates = corpus::read();
    let before = UNTOUCHED.map(|table| provider.rows(table));
    let system = actix_web::rt::System::new();
    let app = App::new()
        .app_data(Data::from(provider.state()))
        .wrap(from_fn(web::gate))
        .configure(web::configure);
    let app = system.block_on(init_service(app));
    let mut scene = Scene::set(&provider);
    for round in 0..rounds {
        if round % ROUNDS_PER_SCENE == ROUNDS_PER_SCENE - 1 {
            scene = Scene::set(&provider);
        }
        let text = mutated(&templates, &scene, &mut Dice::of(seed, round));
        let Some(request) = corpus::request(&text, &provider.issuer) else {
            continue;
        };
        let (path, head, body) = system.block_on(async {
            let (request, response) = call_service(&app, request).await.into_parts();
            let (head, body) = response.into_parts();
            (
                request.path().to_owned(),
                head,
                to_bytes(body).await.unwrap_or_default(),
            )
        });
        if let Err(complaint) = judge::judge(&provider.issuer, &path, &head, &body) {
            let (text, status) = (String::from_utf8_lossy(&text), head.status());
            panic!("{complaint}\nseed {seed}, round {round}, status {status}\n{text}");
        }
    }
    assert_eq!(
        UNTOUCHED.map(|table| provider.rows(table)),
        before,
        "{UNTOUCHED:?}"
    );
    // Each scene signs in once; nothing else may.
    let scenes = i64::try_from(rounds / ROUNDS_PER_SCENE).unwrap() + 1;
    assert!(provider.rows("sessions") <= scenes);
    assert!(provider.rows("interactions") <= i64::try_from(rounds).unwrap() + 3 * scenes);
}

/// One of the requests with the scene's secrets in it, and up to four changes.
fn mutated(templates: &[Template], scene: &Scene, dice: &mut Dice) -> Vec<u8> {
    let mut text = scene.fill(&dice.choose(templates).text);
    let other = scene.fill(&dice.choose(templates).text);
    for _ in 0..dice.below(5) {
        mutation::mutate(&mut text, &other, dice);
    }
    text
}
