//! Two secrets of one client: a program is given another without a pause, and a stolen one is withdrawn at once.

use std::time::Duration;

use admin::{Actor, clients};
use token::Client;
use token::client::SecretId;
use token::client::secrets::Former;

use crate::actors::attacker::{Attacker, basic};
use crate::cast::SECRET;
use crate::rig::Provider;

const REFRESH: [(&str, &str); 2] = [("grant_type", "refresh_token"), ("refresh_token", "x")];
const DAY: Duration = Duration::from_secs(86_400);

/// Another secret for the client `web`.
fn rotate(provider: &Provider, former: Former) -> String {
    let made = provider
        .administer(move |tx, ctx| clients::rotate_secret(tx, ctx, &Actor::cli(), "web", None, former));
    made.secret.unwrap().expose().to_owned()
}

fn web(provider: &Provider) -> Client {
    provider.administer(|tx, _| clients::find(tx, &Actor::cli(), "web"))
}

/// Whether the client is believed: then it is the refresh token that is refused.
fn believed(provider: &Provider, secret: &str) -> bool {
    let answer = Attacker(provider).token_with(Some(&basic("web", secret)), &REFRESH);
    match answer.json["error"].as_str() {
        Some("invalid_grant") => true,
        Some("invalid_client") => false,
        other => panic!("{other:?}"),
    }
}

#[test]
fn both_work_until_the_old_one_ends() {
    let provider = Provider::start();
    let new = rotate(&provider, Former::Kept(DAY));
    assert!(believed(&provider, SECRET) && believed(&provider, &new));
    provider.wait(DAY.as_secs() - 1);
    assert!(believed(&provider, SECRET));
    provider.wait(1);
    assert!(!believed(&provider, SECRET) && believed(&provider, &new));
    assert!(!believed(&provider, ""));
}

#[test]
fn without_asking_for_it_the_old_one_ends_at_once() {
    let provider = Provider::start();
    let new = rotate(&provider, Former::Void);
    assert!(!believed(&provider, SECRET) && believed(&provider, &new));
}

#[test]
fn either_is_withdrawn_at_once() {
    for stolen in [0, 1] {
        let provider = Provider::start();
        let new = rotate(&provider, Former::Kept(DAY));
        let secrets = [new.as_str(), SECRET];
        let id: SecretId = web(&provider).secrets.iter().nth(stolen).unwrap().id.clone();
        provider.administer(move |tx, ctx| clients::withdraw_secret(tx, ctx, &Actor::cli(), "web", &id));
        assert!(!believed(&provider, secrets[stolen]));
        provider.wait(DAY.as_secs() * 2);
        assert!(
            believed(&provider, secrets[1 - stolen]),
            "what is left has no end"
        );
    }
}

#[test]
fn a_third_secret_ends_the_first() {
    let provider = Provider::start();
    let second = rotate(&provider, Former::Kept(DAY));
    let third = rotate(&provider, Former::Kept(DAY));
    let good = [SECRET, &second, &third].map(|secret| believed(&provider, secret));
    assert_eq!(good, [false, true, true]);
}

#[test]
fn the_last_use_of_each_is_known_and_a_wrong_guess_is_none() {
    let provider = Provider::start();
    let new = rotate(&provider, Former::Kept(DAY));
    assert!(!believed(&provider, "wrong"));
    assert!(believed(&provider, &new) && believed(&provider, &new));
    let state = provider.state();
    let uses = state.secret_uses.take(state.ctx.now());
    assert_eq!(uses.len(), 1, "{uses:?}");
    let newest = web(&provider).secrets.iter().next().unwrap().id.clone();
    assert_eq!((&uses[0].client_id[..], &uses[0].id), ("web", &newest));
    provider.administer(move |tx, _| Ok(tx.note_secret_uses(&uses)?));
    let used: Vec<_> = web(&provider)
        .secrets
        .iter()
        .map(|secret| secret.last_used_at.is_some())
        .collect();
    assert_eq!(used, [true, false]);
}
