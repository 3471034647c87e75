//! Callers who refresh, retry, replay and give back at once, in any order and at any pace: of a family of refresh tokens one
//! at most is good, and what was revoked stays so.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use token::client::RefreshRotation;

use crate::actors::browser::param;
use crate::actors::{Attacker, Browser};
use crate::apis;
use crate::rig::Provider;

/// What a caller does next.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// Uses the token that this many came after; 0 is the newest anybody was given.
    Use(usize),
    /// Lets time pass, in seconds. Grace is 60.
    Wait(u64),
    /// Gives the newest token back.
    GiveBack,
}

#[derive(Debug, Clone)]
struct Script {
    client_id: &'static str,
    /// What each caller does, one after the other.
    callers: Vec<Vec<Step>>,
}

fn scripts() -> impl Strategy<Value = Script> {
    let step = prop_oneof![
        12 => Just(Step::Use(0)),
        6 => (1_usize..4).prop_map(Step::Use),
        3 => (1_u64..90).prop_map(Step::Wait),
        1 => Just(Step::GiveBack),
    ];
    let callers = proptest::collection::vec(proptest::collection::vec(step, 1..6), 1..6);
    let client_id = prop_oneof![3 => Just("web"), 1 => Just("web2")];
    (client_id, callers).prop_map(|(client_id, callers)| Script { client_id, callers })
}

/// One grant with everything anybody was ever given under it.
struct Family<'a> {
    attacker: Attacker<'a>,
    client_id: &'static str,
    /// Oldest first.
    refresh_tokens: Mutex<Vec<String>>,
    access_tokens: Mutex<Vec<String>>,
    /// Somebody was told that it is over.
    is_over: AtomicBool,
}

impl Family<'_> {
    /// Does it, and judges what came of it.
    fn act(&self, step: Step) -> Result<(), TestCaseError> {
        match step {
            Step::Wait(seconds) => self.attacker.0.wait(seconds),
            Step::GiveBack => {
                let newest = self.known(0);
                let answer = self.attacker.revoke(self.client_id, &newest, &[]);
                prop_assert_eq!(answer.status, 200);
                self.is_over.store(true, Ordering::SeqCst);
            }
            Step::Use(age) => return self.refresh(&self.known(age)),
        }
        Ok(())
    }

    fn refresh(&self, token: &str) -> Result<(), TestCaseError> {
        let was_over = self.is_over.load(Ordering::SeqCst);
        let answer = self.attacker.refresh(self.client_id, token);
        if answer.status == 200 {
            prop_assert!(!was_over, "a revoked family came back");
            self.access_tokens
                .lock()
                .unwrap()
                .push(answer.granted().to_owned());
            if let Some(next) = answer.json["refresh_token"].as_str() {
                self.learn(next);
            }
        } else {
            answer.refused("invalid_grant");
            self.is_over.store(true, Ordering::SeqCst);
        }
        Ok(())
    }

    fn known(&self, age: usize) -> String {
        let all = self.refresh_tokens.lock().unwrap();
        all[all.len().saturating_sub(age + 1)].clone()
    }

    fn learn(&self, token: &str) {
        let mut all = self.refresh_tokens.lock().unwrap();
        if !all.iter().any(|known| known == token) {
            all.push(token.to_owned());
        }
    }

    /// When all is quiet.
    fn judge(&self) -> Result<(), TestCaseError> {
        let is_active = |token: &String| {
            let told = self.attacker.introspect(self.client_id, token);
            told.json["active"] == true
        };
        let all = self.refresh_tokens.lock().unwrap().clone();
        let good: Vec<_> = all.iter().filter(|token| is_active(token)).collect();
        let over = self.is_over.load(Ordering::SeqCst);
        prop_assert_eq!(good.len(), usize::from(!over), "of {}", all.len());
        if over {
            for token in self.access_tokens.lock().unwrap().iter() {
                prop_assert!(!is_active(token), "an access token outlived its family");
                prop_assert_eq!(self.attacker.userinfo(token).status, 401);
            }
        }
        Ok(())
    }
}

fn play(provider: &Provider, browser: &mut Browser, script: &Script) -> Result<(), TestCaseError> {
    let attacker = Attacker(provider);
    let landed = browser.open(&attacker.authorize_url(script.client_id, &[])).app();
    let first = attacker.redeem(script.client_id, &param(&landed, "code").unwrap());
    let family = Family {
        client_id: script.client_id,
        refresh_tokens: Mutex::new(vec![first.text("refresh_token").to_owned()]),
        access_tokens: Mutex::new(vec![first.granted().to_owned()]),
        is_over: AtomicBool::new(false),
        attacker,
    };
    thread::scope(|scope| {
        let call = |steps: &Vec<Step>| steps.iter().try_for_each(|step| family.act(*step));
        let runs: Vec<_> = script
            .callers
            .iter()
            .map(|steps| scope.spawn(move || call(steps)))
            .collect();
        runs.into_iter().try_for_each(|run| run.join().unwrap())
    })?;
    family.judge()
}

#[test]
fn one_successor_lives_and_nothing_comes_back() {
    let provider = Provider::start();
    apis::change(&provider, "web2", |client| {
        client.policy.refresh_rotation = Some(RefreshRotation::Off);
    });
    let browser = Mutex::new(Browser::new(&provider));
    let begin = Attacker(&provider).authorize_url("web", &[]);
    browser.lock().unwrap().sign_in(&begin, "alice");
    let mut runner = TestRunner::new(Config {
        cases: 48,
        failure_persistence: None,
        // Every run interleaves differently; a shorter script proves little.
        max_shrink_iters: 0,
        ..Config::default()
    });
    runner
        .run(&scripts(), |script| {
            play(&provider, &mut browser.lock().unwrap(), &script)
        })
        .unwrap();
}
