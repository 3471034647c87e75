//! The life of signing keys, as apps and APIs live through it.

mod cached_verifier;

use std::time::Duration;

use admin::keys::upkeep::{self, Done};
use admin::keys::{Insistence, lineup::Look, rotation, withdrawal};
use admin::{Actor, AdminFault};
use kernel::Policy;
use serde_json::{Value, json};
use token::SigningAlg::{self, ES256, EdDSA, RS256};
use token::keys::{KeyPlan, Step};

use crate::actors::browser::{encode, http, param};
use crate::actors::{Attacker, Browser, RelyingParty};
use crate::apis::{self, NOTES};
use crate::cli::installation::until;
use crate::rig::Provider;

const DAY: u64 = 86_400;

/// The ids of the JWK Set, as anybody fetches it.
fn published(provider: &Provider) -> Vec<String> {
    let text = http().get(provider.url("/jwks")).send().unwrap().text().unwrap();
    let set: Value = serde_json::from_str(&text).unwrap();
    let kids = set["keys"].as_array().unwrap().iter();
    kids.map(|jwk| jwk["kid"].as_str().unwrap().to_owned()).collect()
}

/// The active key of an algorithm.
fn signer(provider: &Provider, alg: SigningAlg) -> String {
    provider.ring().signer(alg).unwrap().kid().to_owned()
}

/// Turns an algorithm's keys and waits until the provider signs with the new one.
fn rotate(provider: &Provider, alg: SigningAlg, insistence: Insistence) -> rotation::Rotated {
    let fresh = provider.fresh(&[alg]);
    let rotated = provider.administer(move |ports, ctx| {
        let mut all = rotation::rotate(ports, ctx, &Actor::cli(), Some(alg), &insistence, fresh)?;
        Ok(all.remove(0))
    });
    until("the new key signs", || {
        (signer(provider, alg) == rotated.active).then_some(())
    });
    rotated
}

/// Takes a key back and waits until the provider knows.
fn revoke(provider: &Provider, kid: &str, alg: SigningAlg) {
    let (fresh, named) = (provider.fresh(&[alg]), kid.to_owned());
    provider.administer(move |ports, ctx| {
        let radius = withdrawal::blast_radius(ports, ctx, &Actor::cli(), &named)?;
        withdrawal::revoke(ports, ctx, &Actor::cli(), &radius, Some("leaked"), fresh)
    });
    until("the key is gone", || {
        provider.ring().verification_key(kid).is_none().then_some(())
    });
}

/// Does what a server would do by itself now.
fn upkeep(provider: &Provider, plan: &KeyPlan) -> Vec<Step> {
    let asked = plan.clone();
    let due = provider
        .administer(move |ports, ctx| upkeep::look(ports, ctx, &Actor::cli(), &asked, Look::AtWhatMayEnd));
    for step in due.steps.clone() {
        let (fresh, plan) = (provider.fresh(&step.needs()), plan.clone());
        let done = provider.administer(move |ports, ctx| {
            upkeep::perform(ports, ctx, &Actor::named("server"), &plan, &step, fresh)
        });
        assert_eq!(done, Done::Yes);
    }
    due.steps
}

#[test]
fn two_apps_stay_signed_in_while_keys_rotate() {
    let provider = Provider::start();
    let mut browser = Browser::new(&provider);
    // Both fetched the JWK Set now, and never again.
    let (web, web2) = (
        RelyingParty::new(&provider, "web"),
        RelyingParty::new(&provider, "web2"),
    );
    let first = web.sign_in(&mut browser, "alice", "offline_access");
    let departure = web2.depart("offline_access", &[]);
    let landed = browser.open(&departure.url).app();
    let second = web2.finish(departure, &landed);
    for alg in [RS256, ES256] {
        let old = signer(&provider, alg);
        rotate(&provider, alg, Insistence::Because("drill".to_owned()));
        assert_ne!(signer(&provider, alg), old);
    }
    // What the old keys signed is good as long as it says, what the new ones sign is understood.
    for (app, tokens) in [(&web, &first), (&web2, &second)] {
        assert_eq!(app.userinfo(&tokens.access).unwrap(), tokens.subject);
        let fresh = app.refresh(tokens.refresh.as_ref().unwrap()).unwrap();
        assert_eq!(app.userinfo(&fresh.access).unwrap(), tokens.subject);
        let silent = app.depart("", &[("prompt", "none"), ("id_token_hint", &tokens.id_token)]);
        let landed = browser.open(&silent.url).app();
        assert!(param(&landed, "code").is_some(), "{landed}");
    }
}

#[test]
fn a_key_that_is_not_safe_does_not_sign() {
    let provider = Provider::start();
    let old = signer(&provider, ES256);
    let turn = |provider: &Provider| {
        let fresh = provider.fresh(&[ES256]);
        provider.administer(move |ports, ctx| {
            Ok(rotation::rotate(
                ports,
                ctx,
                &Actor::cli(),
                Some(ES256),
                &Insistence::None,
                fresh,
            ))
        })
    };
    // The keys are older than this story: they are made once for all of them.
    provider.wait(DAY - 3600);
    assert!(matches!(turn(&provider), Err(AdminFault::Conflict(_))));
    assert_eq!(signer(&provider, ES256), old);
    provider.wait(3600);
    let rotated = turn(&provider).unwrap();
    assert!(rotated[0].published_for >= Duration::from_secs(DAY));
}

#[test]
fn retirement_keeps_what_is_good_and_hints_for_ever() {
    let provider = Provider::start();
    let mut browser = Browser::new(&provider);
    let tokens = RelyingParty::new(&provider, "web").sign_in(&mut browser, "alice", "");
    let (old_access, old_id) = (signer(&provider, ES256), signer(&provider, RS256));
    for alg in [RS256, ES256] {
        rotate(&provider, alg, Insistence::Because("drill".to_owned()));
    }
    provider.wait(599);
    assert_eq!(upkeep(&provider, &KeyPlan::default()), []);
    assert_eq!(Attacker(&provider).userinfo(&tokens.access).status, 200);
    provider.wait(60);
    let retired = upkeep(&provider, &KeyPlan::default());
    assert_eq!(retired.len(), 2);
    until("the old keys left", || {
        let kids = published(&provider);
        (!kids.contains(&old_access) && !kids.contains(&old_id)).then_some(())
    });
    // The hint is genuine: nobody is asked before they are signed out.
    let landed = browser.open(&provider.url(&format!(
        "/logout?{}",
        encode(&[("id_token_hint", &*tokens.id_token)])
    )));
    assert!(landed.page().title().starts_with("Signed out"));
    // Unless somebody may have kept its private half.
    assert!(provider.ring().verification_key(&old_id).is_some());
    revoke(&provider, &old_id, RS256);
}

#[test]
fn what_a_revoked_key_signed_is_refused_at_once() {
    let provider = apis::provider();
    let attacker = Attacker(&provider);
    let tokens = apis::tokens(&provider, "web", "openid notes.read offline_access", &[NOTES]);
    let (access, id_token) = (tokens.granted(), tokens.text("id_token"));
    assert_eq!(attacker.userinfo(access).status, 200);
    for alg in [ES256, RS256] {
        let (leaked, spare) = (signer(&provider, alg), spare(&provider, alg));
        revoke(&provider, &leaked, alg);
        assert_eq!(signer(&provider, alg), spare);
        let kids = published(&provider);
        assert!(!kids.contains(&leaked) && kids.contains(&spare));
    }
    assert_eq!(attacker.userinfo(access).status, 401);
    for caller in ["web", "notes"] {
        assert_eq!(
            attacker.introspect(caller, access).json,
            json!({ "active": false }),
            "{caller}"
        );
    }
    // Not even as a hint: it may have been forged. Somebody who is signed in is asked.
    let mut browser = Browser::new(&provider);
    RelyingParty::new(&provider, "web").sign_in(&mut browser, "alice", "");
    let hint = encode(&[("id_token_hint", id_token)]);
    let asked = browser.open(&provider.url(&format!("/logout?{hint}")));
    assert!(asked.page().title().starts_with("Sign out"));
    // The grant lives: its next tokens are signed with the spare.
    let next = attacker.refresh("web", tokens.text("refresh_token"));
    assert_eq!(attacker.userinfo(next.granted()).status, 200);
    assert_eq!(attacker.introspect("notes", next.granted()).json["active"], true);
}

#[test]
fn a_server_that_dies_between_steps_leaves_one_key_that_signs() {
    let provider = Provider::with(Policy {
        min_published: Duration::from_secs(60),
        ..Policy::default()
    });
    let plan = KeyPlan {
        algorithms: vec![RS256, ES256, EdDSA],
        rotate_every: Duration::from_secs(3600),
    };
    provider.wait(3600);
    // It looked, made a key, and died.
    let _lost = provider.fresh(&[RS256]);
    let asked = plan.clone();
    let due = provider
        .administer(move |ports, ctx| upkeep::look(ports, ctx, &Actor::cli(), &asked, Look::Everywhere));
    let step = due.steps[0].clone();
    assert_eq!(due.steps.len(), 3);
    // It died within the step: nothing of it is kept.
    let (fresh, asked, begun) = (provider.fresh(&step.needs()), plan.clone(), step.clone());
    let before = published(&provider);
    provider.undone(move |ports, ctx| {
        upkeep::perform(ports, ctx, &Actor::named("server"), &asked, &begun, fresh).map(drop)
    });
    assert_eq!(published(&provider), before);
    // It died after the step: the rest is due, the step is not.
    let (fresh, asked, done) = (provider.fresh(&step.needs()), plan.clone(), step.clone());
    provider.administer(move |ports, ctx| {
        upkeep::perform(ports, ctx, &Actor::named("server"), &asked, &done, fresh)
    });
    let rest = upkeep(&provider, &plan);
    assert_eq!(rest, due.steps[1..]);
    for alg in plan.algorithms {
        assert!(!spare(&provider, alg).is_empty());
    }
}

/// The spare of an algorithm.
fn spare(provider: &Provider, alg: SigningAlg) -> String {
    provider.administer(move |ports, _| {
        let keys = ports.keys()?;
        let spares: Vec<_> = keys
            .iter()
            .filter(|key| key.alg == alg && key.state == token::keys::KeyState::Next)
            .collect();
        assert_eq!(spares.len(), 1, "{alg}");
        Ok(spares[0].kid.clone())
    })
}
