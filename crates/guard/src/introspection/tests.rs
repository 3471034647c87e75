//! When the issuer is asked, what its answers mean, and what happens without one.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use super::*;
use crate::testing::{KeyServer, SigningKey, StillClock, builder, claims, full_set, wait};
use crate::{AccessToken, Guard, Refusal, TokenFault};

const GOOD: &str = r#"{"active":true}"#;
const REVOKED: &str = r#"{"active":false}"#;

/// An issuer whose answer can be changed, and which counts.
#[derive(Clone, Default)]
struct Issuer(Arc<(Mutex<Option<String>>, AtomicUsize)>);

impl Issuer {
    fn answering(json: &str) -> Self {
        let issuer = Self::default();
        issuer.answer(Some(json));
        issuer
    }

    /// From now on it answers this; `None` means it is out of order.
    fn answer(&self, json: Option<&str>) {
        *self.0.0.lock().unwrap() = json.map(str::to_owned);
    }

    fn asked(&self) -> usize {
        self.0.1.load(Ordering::SeqCst)
    }
}

impl IntrospectionEndpoint for Issuer {
    fn introspect(&self, token: &str) -> Result<String, FetchFault> {
        assert_eq!(token.split('.').count(), 3, "the token as it came");
        self.0.1.fetch_add(1, Ordering::SeqCst);
        let answer = self.0.0.lock().unwrap().clone();
        answer.ok_or_else(|| FetchFault::new("out of order"))
    }
}

fn guard(issuer: &Issuer, clock: &StillClock) -> Guard {
    guard_with(Introspection::by(issuer.clone()), clock)
}

fn guard_with(introspection: Introspection, clock: &StillClock) -> Guard {
    builder(clock)
        .revocation(introspection)
        .build(KeyServer::answering(full_set()))
}

/// A good token by this name.
fn token(jti: &str) -> String {
    let mut claims = claims();
    claims["jti"] = json!(jti);
    SigningKey::of(Algorithm::ES256).token(&claims)
}

fn verdict(guard: &Guard, jti: &str) -> Result<AccessToken, Refusal> {
    wait(guard.verify(&token(jti)))
}

fn unknown() -> Refusal {
    Refusal::StandingUnknown { retry_after: PAUSE }
}

#[test]
fn a_token_the_issuer_took_back_is_refused() {
    let (issuer, clock) = (Issuer::answering(GOOD), StillClock::default());
    let guard = guard(&issuer, &clock);
    assert_eq!(verdict(&guard, "t").unwrap().jti, "t");
    issuer.answer(Some(REVOKED));
    clock.advance(REMEMBERED_FOR);
    assert_eq!(verdict(&guard, "t"), Err(Refusal::Invalid(TokenFault::Revoked)));
}

#[test]
fn only_good_tokens_are_asked_about() {
    let (issuer, clock) = (Issuer::answering(GOOD), StillClock::default());
    let guard = guard(&issuer, &clock);
    let mut expired = claims();
    expired["exp"] = json!(1);
    let expired = SigningKey::of(Algorithm::ES256).token(&expired);
    for bad in ["", "a.b.c", expired.as_str()] {
        assert!(matches!(wait(guard.verify(bad)), Err(Refusal::Invalid(_))));
    }
    assert_eq!(issuer.asked(), 0);
}

#[test]
fn an_answer_is_believed_for_its_time_and_for_its_token() {
    let (issuer, clock) = (Issuer::answering(GOOD), StillClock::default());
    let guard = guard(&issuer, &clock);
    verdict(&guard, "t").unwrap();
    issuer.answer(Some(REVOKED));
    clock.advance(REMEMBERED_FOR - Duration::from_millis(1));
    verdict(&guard, "t").unwrap();
    assert!(verdict(&guard, "u").is_err(), "another token is another question");
    assert_eq!(issuer.asked(), 2);
    clock.advance(Duration::from_millis(1));
    assert!(verdict(&guard, "t").is_err());
    assert_eq!(issuer.asked(), 3);
}

#[test]
fn one_may_ask_for_every_request_and_not_believe_for_long() {
    let (issuer, clock) = (Issuer::answering(GOOD), StillClock::default());
    let always = guard_with(
        Introspection::by(issuer.clone()).remembered_for(Duration::ZERO),
        &clock,
    );
    for asked in 1..4 {
        verdict(&always, "t").unwrap();
        assert_eq!(issuer.asked(), asked);
    }
    let forever = Introspection::by(issuer).remembered_for(Duration::MAX);
    assert_eq!(forever.remembered_for, LONGEST_REMEMBERED);
}

#[test]
fn without_an_answer_nothing_passes_and_few_ask() {
    let (issuer, clock) = (Issuer::default(), StillClock::default());
    let guard = guard(&issuer, &clock);
    for jti in ["t", "t", "u", "v"] {
        assert_eq!(verdict(&guard, jti), Err(unknown()));
    }
    assert_eq!(issuer.asked(), 1, "a pause follows");
    issuer.answer(Some(GOOD));
    clock.advance(PAUSE);
    verdict(&guard, "t").unwrap();
    // A failure does not undo what is believed, but outlasts it.
    issuer.answer(None);
    assert_eq!(verdict(&guard, "u"), Err(unknown()));
    verdict(&guard, "t").unwrap();
    clock.advance(REMEMBERED_FOR);
    assert_eq!(verdict(&guard, "t"), Err(unknown()));
}

#[test]
fn what_is_no_answer_is_none() {
    let clock = StillClock::default();
    let odd: [Value; 8] = [
        json!({}),
        json!([]),
        json!(null),
        json!({ "active": "true" }),
        json!({ "active": 1 }),
        json!({ "active": null }),
        json!({ "error": "invalid_client" }),
        json!({ "active": true, "jti": "another" }),
    ];
    let odd = odd.iter().map(Value::to_string);
    let texts = ["", "active", r#"{"active":false,"active":true}"#].map(str::to_owned);
    for answer in odd.chain(texts) {
        let issuer = Issuer::answering(&answer);
        assert_eq!(verdict(&guard(&issuer, &clock), "t"), Err(unknown()), "{answer}");
    }
    let telling = Issuer::answering(r#"{"active":true,"jti":"t","scope":"x","exp":"ignored"}"#);
    verdict(&guard(&telling, &clock), "t").unwrap();
}

/// An issuer that says when it is asked, and answers when it is told to.
struct Slow {
    asked: Sender<()>,
    may_answer: Mutex<Receiver<()>>,
}

impl IntrospectionEndpoint for Slow {
    fn introspect(&self, _: &str) -> Result<String, FetchFault> {
        self.asked.send(()).unwrap();
        let told = self.may_answer.lock().unwrap().recv();
        told.map(|()| GOOD.to_owned()).map_err(FetchFault::new)
    }
}

#[test]
fn of_many_at_once_one_asks() {
    let (asked, questions) = channel();
    let (answer, may_answer) = channel();
    let slow = Slow {
        asked,
        may_answer: Mutex::new(may_answer),
    };
    let guard = guard_with(Introspection::by(slow), &StillClock::default());
    wait(async {
        let runs: Vec<_> = (0..20)
            .map(|_| {
                let guard = guard.clone();
                tokio::spawn(async move { guard.verify(&token("t")).await })
            })
            .collect();
        tokio::task::spawn_blocking(move || {
            questions.recv().unwrap();
            answer.send(()).unwrap();
            assert!(questions.try_recv().is_err());
        })
        .await
        .unwrap();
        for run in runs {
            run.await.unwrap().unwrap();
        }
    });
}

#[test]
fn a_request_that_is_given_up_leaves_the_question_to_the_next() {
    let (asked, questions) = channel();
    let (answer, may_answer) = channel();
    let slow = Slow {
        asked,
        may_answer: Mutex::new(may_answer),
    };
    let guard = guard_with(Introspection::by(slow).at_once(1), &StillClock::default());
    wait(async {
        let impatient = guard.clone();
        let run = tokio::spawn(async move { impatient.verify(&token("t")).await });
        let _questions = tokio::task::spawn_blocking(move || {
            questions.recv().unwrap();
            questions
        })
        .await
        .unwrap();
        run.abort();
        assert!(run.await.unwrap_err().is_cancelled());
        // The thread still holds the one place; the next question waits for it.
        answer.send(()).unwrap();
        answer.send(()).unwrap();
        guard.verify(&token("t")).await.unwrap();
    });
}

#[test]
fn what_is_remembered_is_bounded() {
    let mut answers = Answers::default();
    let (now, day) = (Duration::from_secs(7), Duration::from_secs(86_400));
    for number in 0..2 * answers::MOST {
        answers.about(&number.to_string(), now, day);
    }
    assert_eq!(answers.len(), answers::MOST);
    answers.about("x", now + day, day);
    assert_eq!(answers.len(), 1, "what is old goes by itself");
}

#[test]
fn a_list_in_the_same_process_is_asked_too() {
    let with = |answer: fn() -> Result<Standing, FetchFault>| {
        let list = move |_: &AccessToken| answer();
        let clock = StillClock::default();
        let guard = builder(&clock).revocation(list);
        verdict(&guard.build(KeyServer::answering(full_set())), "t")
    };
    assert_eq!(with(|| Ok(Standing::Good)).unwrap().kid, "es");
    assert_eq!(
        with(|| Ok(Standing::Revoked)),
        Err(Refusal::Invalid(TokenFault::Revoked))
    );
    assert_eq!(with(|| Err(FetchFault::new("too old"))), Err(unknown()));
}
