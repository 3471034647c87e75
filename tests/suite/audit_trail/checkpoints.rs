//! When the trail is signed, and that what is signed passes for nothing else.

use admin::Actor;
use admin::keys::{Insistence, rotation};
use token::SigningAlg;

use super::{life, records, sign, verified};
use crate::forged_tokens::forge::Forge;
use crate::rig::Provider;

#[test]
fn an_hour_with_news_is_signed_and_one_without_is_not() {
    let provider = Provider::start();
    let first = sign(&provider).unwrap();
    let events = records(&provider);
    let last = events.last().unwrap();
    assert_eq!(
        (last.event.as_str(), last.subject.clone()),
        ("audit.checkpoint", Some(first.to_string()))
    );
    assert_eq!(
        (last.actor.as_deref(), last.way.as_deref()),
        (Some("server"), Some("server"))
    );
    provider.wait(7200);
    assert_eq!(sign(&provider), None, "nothing happened");
    life(&provider);
    let second = sign(&provider).unwrap();
    assert!(second > first + 1);
    life(&provider);
    provider.wait(3599);
    assert_eq!(sign(&provider), None, "not an hour");
    provider.wait(1);
    assert!(sign(&provider).is_some());
    assert_eq!(verified(&provider).checkpoints, 3);
}

#[test]
fn a_new_key_signs_at_once_and_the_old_one_goes_on_vouching() {
    let provider = Provider::start();
    sign(&provider).unwrap();
    let fresh = provider.fresh(&[SigningAlg::RS256]);
    provider.administer(move |ports, ctx| {
        let because = Insistence::Because("drill".into());
        rotation::rotate(
            ports,
            ctx,
            &Actor::cli(),
            Some(SigningAlg::RS256),
            &because,
            fresh,
        )
    });
    crate::apis::eventually(|| sign(&provider).is_some());
    let verification = verified(&provider);
    assert_eq!((verification.discord, verification.checkpoints), (None, 2));
}

#[test]
fn a_checkpoint_is_a_token_nowhere() {
    let forge = Forge::new();
    sign(&forge.provider).unwrap();
    let checkpoint = forge
        .provider
        .administer(|ports, _| Ok(ports.newest_checkpoint()?));
    let jws = checkpoint.unwrap().jws;
    forge.assert_refused(&jws, "a checkpoint");
    forge.assert_unchanged();
}
