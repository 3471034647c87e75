//! What ends because somebody used twice what is good once.

use identity::inbox::Inbox as _;

use super::scene::{Held, Scene};
use crate::actors::Attacker;

#[test]
fn a_code_used_twice() {
    let scene = Scene::new();
    let mut browser = scene.browser_of("alice");
    let other = scene.tokens_in(&mut browser, "web");
    let code = scene.code_in(&mut browser, "web");
    let first = scene.redeem("web", &code);
    let held = Held::of("web", &first);
    scene.assert_accepted(&held);
    for wait in [0, 30] {
        scene.provider.wait(wait);
        scene.redeem("web", &code).refused("invalid_grant");
        scene.assert_dead(&held);
    }
    let event = scene.told("code.reused");
    assert_eq!(event.client_id.as_deref(), Some("web"));
    scene.assert_alive(&other);
}

#[test]
fn a_code_in_the_hands_of_another_client() {
    let scene = Scene::new();
    let mut browser = scene.browser_of("alice");
    let code = scene.code_in(&mut browser, "web");
    scene.redeem("web2", &code).refused("invalid_grant");
    assert_eq!(scene.told("code.wrong_client").client_id.as_deref(), Some("web2"));
    // Burned for its own client, too.
    scene.redeem("web", &code).refused("invalid_grant");
}

#[test]
fn a_refresh_token_used_twice() {
    let scene = Scene::new();
    let mut browser = scene.browser_of("alice");
    for client_id in ["web", "spa"] {
        let (stolen, other) = (
            scene.tokens_in(&mut browser, client_id),
            scene.tokens_in(&mut browser, client_id),
        );
        let next = Held::of(client_id, &scene.refresh(&stolen));
        scene.assert_accepted(&next);
        scene.provider.wait(60);
        scene.refresh(&stolen).refused("invalid_grant");
        scene.assert_dead(&next);
        scene.assert_dead(&stolen);
        assert_eq!(scene.told("refresh.reused").client_id.as_deref(), Some(client_id));
        scene.assert_alive(&other);
    }
    let letters = scene.provider.inbox.letters();
    assert_eq!(letters.len(), 2);
    assert!(
        letters
            .iter()
            .all(|letter| letter.to.contains("alice@example.org"))
    );
}

#[test]
fn a_refresh_token_in_the_hands_of_another_client_harms_nobody() {
    let scene = Scene::new();
    let held = scene.tokens("web");
    Attacker(&scene.provider)
        .refresh("web2", held.refresh())
        .refused("invalid_grant");
    scene.assert_alive(&held);
}
