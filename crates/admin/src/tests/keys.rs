//! The life of signing keys, as administrators and servers turn it.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use kernel::{Ctx, FixedClock, SeededEntropy, SystemEntropy, Timestamp};
use session::Revoked;
use token::SigningAlg::{self, ES256, EdDSA, PS256, RS256};
use token::keys::fresh::Check;
use token::keys::handover::of;
use token::keys::{Fresh, KeyPlan, KeyState, MasterKey, Signed, Step, install, prepare};
use token::ports::Keys as _;

use super::store::Maps;
use crate::keys::lineup::Look;
use crate::keys::upkeep::{self, Done, Lead};
use crate::keys::{self, Insistence, evidence, rotation, schedule, withdrawal};
use crate::{Actor, AdminFault};

const DAY: Duration = Duration::from_secs(86_400);

/// A database with keys, and a clock to move.
struct Scene {
    maps: Maps,
    ctx: Ctx,
    clock: Arc<FixedClock>,
    plan: KeyPlan,
}

fn master() -> MasterKey {
    MasterKey::generate(&SeededEntropy::new(1))
}

impl Scene {
    fn new() -> Self {
        let clock = Arc::new(FixedClock::at(Timestamp::from_secs(1_763_000_000)));
        let ctx = Ctx {
            clock: Arc::clone(&clock) as _,
            // No two keys have one id, those that are made once among them.
            entropy: Arc::new(SystemEntropy),
            ..super::ctx()
        };
        let mut maps = Maps::default();
        // RSA keys are slow to make.
        static PREPARED: OnceLock<token::keys::Prepared> = OnceLock::new();
        let prepared = PREPARED.get_or_init(|| prepare(&SigningAlg::USUAL, &master(), &ctx).unwrap());
        install(&mut maps, prepared.clone()).unwrap();
        Self {
            maps,
            ctx,
            clock,
            plan: KeyPlan::default(),
        }
    }

    fn fresh(&mut self, algorithms: &[SigningAlg]) -> Fresh {
        let check = Check::of(&mut self.maps, &master()).unwrap();
        Fresh::make(algorithms, &master(), check, &self.ctx).unwrap()
    }

    fn kid(&self, alg: SigningAlg, state: KeyState) -> String {
        of(&self.maps.keys, alg, state).unwrap().kid.clone()
    }

    fn rotate(&mut self, alg: SigningAlg, insistence: &Insistence) -> Result<rotation::Rotated, AdminFault> {
        let fresh = self.fresh(&[alg]);
        let rotated = rotation::rotate(
            &mut self.maps,
            &self.ctx,
            &Actor::cli(),
            Some(alg),
            insistence,
            fresh,
        );
        rotated.map(|mut all| all.remove(0))
    }

    fn due(&mut self) -> Vec<Step> {
        upkeep::look(
            &mut self.maps,
            &self.ctx,
            &Actor::named("server"),
            &self.plan,
            Look::Everywhere,
        )
        .unwrap()
        .steps
    }

    fn perform(&mut self, step: &Step) -> Done {
        let fresh = self.fresh(&step.needs());
        let server = Actor::named("server");
        upkeep::perform(&mut self.maps, &self.ctx, &server, &self.plan, step, fresh).unwrap()
    }

    fn count(&mut self, kid: &str, client_id: &str, after: u64, count: u64) {
        let signed = Signed {
            kid: kid.to_owned(),
            client_id: client_id.to_owned(),
            until: self.ctx.now().plus(Duration::from_secs(after)),
            count,
        };
        upkeep::store_signed(&mut self.maps, &self.ctx, &Actor::named("server"), &[signed]).unwrap();
    }
}

fn because() -> Insistence {
    Insistence::Because("drill".to_owned())
}

#[track_caller]
fn conflict<T>(outcome: Result<T, AdminFault>, word: &str) {
    match outcome {
        Err(AdminFault::Conflict(reason)) => assert!(reason.contains(word), "{reason}"),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was done"),
    }
}

#[test]
fn a_rotation_waits_for_safety_or_has_a_reason_on_record() {
    let mut scene = Scene::new();
    conflict(scene.rotate(ES256, &Insistence::None), "safe to sign from");
    assert!(scene.maps.trail.is_empty());
    let (old, spare) = (
        scene.kid(ES256, KeyState::Active),
        scene.kid(ES256, KeyState::Next),
    );
    let rotated = scene.rotate(ES256, &because()).unwrap();
    assert_eq!((rotated.retiring, rotated.active), (Some(old), spare));
    assert_eq!(rotated.next, scene.kid(ES256, KeyState::Next));
    let event = &scene.maps.trail[0];
    assert_eq!(event.event, "key.rotate");
    assert!(event.detail.as_ref().unwrap().ends_with("forced: drill"));
    scene.clock.advance(DAY);
    assert!(scene.rotate(EdDSA, &Insistence::None).is_ok());
    assert!(matches!(
        scene.rotate(PS256, &because()),
        Err(AdminFault::NotFound { .. })
    ));
}

#[test]
fn only_a_spare_is_activated() {
    let mut scene = Scene::new();
    let (active, next) = (
        scene.kid(ES256, KeyState::Active),
        scene.kid(ES256, KeyState::Next),
    );
    let mut activate = |kid: &str, insistence: &Insistence| {
        let fresh = scene.fresh(&[ES256]);
        rotation::activate(&mut scene.maps, &scene.ctx, &Actor::cli(), kid, insistence, fresh)
    };
    assert!(matches!(
        activate("k-none", &because()),
        Err(AdminFault::NotFound { .. })
    ));
    conflict(activate(&active, &because()), "is active, not next");
    conflict(activate(&next, &Insistence::None), "safe");
    assert_eq!(activate(&next, &because()).unwrap().active, next);
}

#[test]
fn a_key_retires_when_its_last_token_has_expired() {
    let mut scene = Scene::new();
    let kid = scene.rotate(ES256, &because()).unwrap().retiring.unwrap();
    // Ten minutes of access token, thirty seconds of clocks.
    let leaves = scene.ctx.now().plus(Duration::from_secs(630));
    let leaves_at = |scene: &Scene| {
        of(&scene.maps.keys, ES256, KeyState::Retiring)
            .unwrap()
            .leaves_jwks_at
    };
    assert_eq!(leaves_at(&scene), Some(leaves));
    // Another node signed for a day before it heard.
    scene.count(&kid, "web", 86_400, 1);
    let later = scene.ctx.now().plus(DAY + Duration::from_secs(30));
    assert_eq!(leaves_at(&scene), Some(later));
    let retire = |scene: &mut Scene, insistence: &Insistence| {
        withdrawal::retire(&mut scene.maps, &scene.ctx, &Actor::cli(), &kid, insistence)
    };
    conflict(retire(&mut scene, &Insistence::None), "may be good until");
    assert!(!scene.due().contains(&Step::Retire(kid.clone())));
    scene.clock.advance(DAY + Duration::from_secs(30));
    assert_eq!(scene.due(), [Step::Retire(kid.clone())]);
    assert_eq!(scene.perform(&Step::Retire(kid.clone())), Done::Yes);
    assert_eq!(scene.perform(&Step::Retire(kid.clone())), Done::NotDue);
    conflict(retire(&mut scene, &because()), "is retired, not retiring");
    let stored = keys::find(&mut scene.maps, &scene.ctx, &Actor::cli(), &kid).unwrap();
    assert!(stored.key.sealed_private.is_none());
}

#[test]
fn a_revoked_key_is_on_the_list_and_the_spare_signs() {
    let mut scene = Scene::new();
    let (leaked, spare) = (
        scene.kid(RS256, KeyState::Active),
        scene.kid(RS256, KeyState::Next),
    );
    scene.count(&leaked, "web", 300, 2);
    scene.count(&leaked, "spa", 600, 1);
    scene.clock.advance(Duration::from_secs(60));
    let radius = withdrawal::blast_radius(&mut scene.maps, &scene.ctx, &Actor::cli(), &leaked).unwrap();
    let mut revoke = |radius: &withdrawal::BlastRadius| {
        let fresh = scene.fresh(&[RS256]);
        let reason = Some("leaked");
        withdrawal::revoke(&mut scene.maps, &scene.ctx, &Actor::cli(), radius, reason, fresh)
    };
    // What was told of another state is not what would happen.
    let told_as_spare = withdrawal::BlastRadius {
        state: KeyState::Next,
        ..radius.clone()
    };
    conflict(revoke(&told_as_spare), "changed by somebody else");
    revoke(&radius).unwrap();
    assert_eq!(radius.evidence.live_tokens, 3);
    assert_eq!(radius.evidence.clients[0].client_id, "spa");
    let successor = radius.successor.unwrap();
    assert_eq!(
        (successor.kid, successor.published_for),
        (spare.clone(), Duration::from_secs(60))
    );
    assert_eq!(scene.kid(RS256, KeyState::Active), spare);
    assert_eq!(scene.kid(RS256, KeyState::Revoked), leaked);
    assert_eq!(scene.maps.revoked[0].what, Revoked::Key(leaked.clone()));
    let event = scene.maps.trail.last().unwrap();
    assert_eq!(
        (event.event, event.subject.as_deref()),
        ("key.revoke", Some(leaked.as_str()))
    );
    assert!(
        event
            .detail
            .as_ref()
            .unwrap()
            .contains("published 60 s ago; leaked"),
        "{event:?}"
    );
    conflict(
        withdrawal::blast_radius(&mut scene.maps, &scene.ctx, &Actor::cli(), &leaked),
        "is revoked",
    );
    assert!(matches!(
        withdrawal::blast_radius(&mut scene.maps, &scene.ctx, &Actor::cli(), "k-none"),
        Err(AdminFault::NotFound { .. })
    ));
}

#[test]
fn keys_are_generated_for_what_is_wanted_only() {
    let mut scene = Scene::new();
    let missing =
        |scene: &mut Scene, alg| rotation::missing(&mut scene.maps, &Actor::cli(), &scene.plan, alg);
    assert_eq!(missing(&mut scene, None).unwrap(), []);
    conflict(missing(&mut scene, Some(PS256)), "nobody uses PS256");
    scene.plan.algorithms.push(PS256);
    assert_eq!(missing(&mut scene, None).unwrap(), [PS256, PS256]);
    let fresh = scene.fresh(&[PS256, PS256]);
    let made = rotation::generate(
        &mut scene.maps,
        &scene.ctx,
        &Actor::cli(),
        &scene.plan,
        None,
        fresh,
    );
    let states: Vec<_> = made.unwrap().iter().map(|made| made.key.state).collect();
    assert_eq!(states, [KeyState::Active, KeyState::Next]);
    assert_eq!(scene.maps.events(), ["key.generate", "key.generate"]);
}

#[test]
fn a_server_does_what_is_due_and_once() {
    let mut scene = Scene::new();
    assert_eq!(scene.due(), []);
    scene.plan.algorithms = vec![ES256];
    scene.clock.advance(DAY * 90);
    let steps = [Step::Rotate(RS256), Step::Rotate(ES256), Step::GiveUp(EdDSA)];
    assert_eq!(scene.due(), steps);
    for step in &steps {
        assert_eq!(
            (scene.perform(step), scene.perform(step)),
            (Done::Yes, Done::NotDue),
            "{step:?}"
        );
    }
    assert_eq!(scene.due(), []);
    assert!(of(&scene.maps.keys, EdDSA, KeyState::Next).is_none());
    let looked = upkeep::look(
        &mut scene.maps,
        &scene.ctx,
        &Actor::named("server"),
        &scene.plan,
        Look::AtWhatMayEnd,
    )
    .unwrap();
    assert_eq!(
        looked.next_at,
        Some(scene.ctx.now().plus(Duration::from_secs(630)))
    );
    scene.clock.advance(Duration::from_secs(630));
    assert_eq!(scene.due().len(), 3);
}

#[test]
fn a_paused_schedule_rotates_nothing() {
    let mut scene = Scene::new();
    let (ctx, actor) = (scene.ctx.clone(), Actor::cli());
    conflict(schedule::resume(&mut scene.maps, &ctx, &actor), "not paused");
    schedule::pause(&mut scene.maps, &ctx, &actor, Some("holidays")).unwrap();
    conflict(
        schedule::pause(&mut scene.maps, &ctx, &actor, None),
        "paused already",
    );
    scene.clock.advance(DAY * 91);
    assert_eq!(scene.due(), []);
    let turns = schedule::list(&mut scene.maps, &ctx, &Actor::cli(), &scene.plan).unwrap();
    assert!(turns.iter().all(|turn| turn.rotates_at.is_none()));
    schedule::resume(&mut scene.maps, &ctx, &actor).unwrap();
    assert_eq!(scene.due().len(), 3);
}

#[test]
fn the_lead_is_taken_over_from_the_silent() {
    let mut scene = Scene::new();
    let mut lead = |node: &str| {
        let lead = upkeep::lead(&mut scene.maps, &scene.ctx, &Actor::named("server"), node).unwrap();
        scene.clock.advance(Duration::from_secs(10));
        lead
    };
    assert_eq!([lead("a"), lead("b")], [Lead::Ours, Lead::Anothers]);
    assert_eq!([lead("b"), lead("a")], [Lead::Ours, Lead::Anothers]);
    upkeep::give_up_lead(&mut scene.maps, &Actor::named("server"), "a").unwrap();
    let mut lead =
        |node: &str| upkeep::lead(&mut scene.maps, &scene.ctx, &Actor::named("server"), node).unwrap();
    assert_eq!(lead("b"), Lead::Ours);
    upkeep::give_up_lead(&mut scene.maps, &Actor::named("server"), "b").unwrap();
    assert_eq!(
        upkeep::lead(&mut scene.maps, &scene.ctx, &Actor::named("server"), "a").unwrap(),
        Lead::Ours
    );
}

#[test]
fn evidence_counts_what_is_good_and_names_who_holds_a_key_back() {
    let mut scene = Scene::new();
    let kid = scene.kid(ES256, KeyState::Active);
    scene.count(&kid, "web", 60, 5);
    scene.count(&kid, "spa", 3600, 1);
    let known = evidence::of(&mut scene.maps, &scene.ctx, &Actor::cli(), &kid).unwrap();
    assert_eq!(
        (known.live_tokens, known.clients[0].client_id.as_str()),
        (6, "spa")
    );
    scene.clock.advance(DAY);
    let known = evidence::of(&mut scene.maps, &scene.ctx, &Actor::cli(), &kid).unwrap();
    assert_eq!(known, evidence::Evidence::default());
    assert_eq!(scene.maps.signed(scene.ctx.now()).unwrap(), []);
}
