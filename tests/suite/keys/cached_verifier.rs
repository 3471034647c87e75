//! An API that verifies by itself, with a JWK Set it keeps for five minutes, while keys rotate under it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use guard::{FetchFault, Guard};
use kernel::id::{Sid, TokenId, UserId};
use kernel::{Clock as _, FixedClock, Policy, SystemEntropy, Timestamp};
use protocol::Scope;
use token::SigningAlg::{self, ES256, EdDSA};
use token::issue::IssuePlan;
use token::keys::{KeyPlan, Step};

use super::{signer, upkeep};
use crate::actors::browser::http;
use crate::apis::NOTES;
use crate::cli::installation::until;
use crate::rig::Provider;

/// The story's clock, as the guard wants to be told. Its uptime is the same time.
struct StoryClock(Arc<FixedClock>);

impl guard::Clock for StoryClock {
    fn since_epoch(&self) -> Duration {
        self.0.now().since(Timestamp::from_secs(0))
    }

    fn uptime(&self) -> Duration {
        self.since_epoch()
    }
}

/// Five minutes.
const LIFE: u64 = 300;
/// A token each, and each is verified twice: when it is new, and in its last second.
const SECONDS: u64 = 5000;

fn plan(provider: &Provider, alg: SigningAlg) -> IssuePlan {
    let now = provider.clock.now();
    let person = UserId::generate(&SystemEntropy).to_string();
    IssuePlan {
        subject: person,
        client_id: "web".to_owned(),
        access_token_alg: alg,
        access_ttl: Duration::from_secs(LIFE),
        id_token: None,
        scope: Scope::parse("notes.read").unwrap(),
        audience: vec![NOTES.to_owned()],
        userinfo_claims: Vec::new(),
        authentication: None,
        sid: Some(Sid::generate(&SystemEntropy)),
        grant: None,
        issued_at: now,
        token_id: TokenId::generate(&SystemEntropy, now),
    }
}

#[test]
fn it_verifies_ten_thousand_tokens_across_rotations_without_a_failure() {
    let provider = Provider::with(Policy {
        access_ttl: Duration::from_secs(LIFE),
        // Twice what the verifier keeps.
        min_published: Duration::from_secs(600),
        ..Policy::default()
    });
    let keys = KeyPlan {
        rotate_every: Duration::from_secs(1500),
        ..KeyPlan::default()
    };
    let fetches = Arc::new(AtomicUsize::new(0));
    let (counted, jwks) = (Arc::clone(&fetches), provider.url("/jwks"));
    let fetch = move || {
        counted.fetch_add(1, Ordering::SeqCst);
        let answer = http().get(&jwks).send().map_err(FetchFault::new)?;
        answer.text().map_err(FetchFault::new)
    };
    let guard = Guard::builder(provider.issuer.as_str(), NOTES)
        .clock(StoryClock(Arc::clone(&provider.clock)))
        .build(fetch);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let verify = |token: &str| {
        runtime.block_on(async {
            let verdict = guard.verify(token).await;
            // Lets a fetch behind the verifier's back go on.
            tokio::task::yield_now().await;
            verdict
        })
    };
    let mut living: VecDeque<(u64, String)> = VecDeque::new();
    let (mut verified, mut rotations, mut retirements) = (0, 0, 0);
    for second in 0..SECONDS + LIFE {
        if second % 60 == 0 {
            let steps = upkeep(&provider, &keys);
            rotations += steps
                .iter()
                .filter(|step| matches!(step, Step::Rotate(_)))
                .count();
            retirements += steps
                .iter()
                .filter(|step| matches!(step, Step::Retire(_)))
                .count();
            settle(&provider, &steps);
        }
        while living.front().is_some_and(|(end, _)| *end == second + 1) {
            let (_, token) = living.pop_front().unwrap();
            verify(&token).unwrap();
            verified += 1;
        }
        if second < SECONDS {
            let alg = [ES256, EdDSA][second as usize % 2];
            let issued = provider.issue(&plan(&provider, alg));
            verify(&issued.access_token).unwrap();
            verified += 1;
            living.push_back((second + LIFE, issued.access_token));
        }
        provider.wait(1);
    }
    assert_eq!(verified, 2 * SECONDS);
    // Three algorithms, three times each; the last of the old keys left long ago.
    assert_eq!((rotations, retirements), (9, 9));
    // It never had to fetch because of a key it did not know.
    let regular = ((SECONDS + LIFE) / LIFE + 1) as usize;
    assert!(fetches.load(Ordering::SeqCst) <= regular, "{fetches:?}");
}

/// A node hears of new keys within a tenth of a second; here that must not be minutes.
fn settle(provider: &Provider, steps: &[Step]) {
    for step in steps {
        match step {
            Step::Rotate(alg) => {
                let active = provider.administer({
                    let alg = *alg;
                    move |ports, _| {
                        let keys = ports.keys()?;
                        let active = token::keys::handover::of(&keys, alg, token::keys::KeyState::Active);
                        Ok(active.unwrap().kid.clone())
                    }
                });
                until("the new key signs", || {
                    (signer(provider, *alg) == active).then_some(())
                });
            }
            Step::Retire(kid) => {
                until("the key left", || {
                    let ring = provider.ring();
                    (!ring.verification_key(kid)?.is_published()).then_some(())
                });
            }
            other => panic!("{other:?}"),
        }
    }
}
