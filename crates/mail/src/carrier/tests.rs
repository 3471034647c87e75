//! Trying again, giving up, and ending.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::mpsc;

use identity::notice::{Letter, Notice, SecretLink};
use kernel::{Clock as _, Ctx, FixedClock, Issuer, Policy, SeededEntropy};

use super::*;
use crate::sender::Sender;

/// Answers as told, then with yes; remembers whom it carried to.
#[derive(Clone, Default)]
struct Scripted {
    answers: Arc<Mutex<VecDeque<Refusal>>>,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Carry for Scripted {
    fn carry(&mut self, message: &Message) -> Result<(), Refusal> {
        let to = message.envelope().to()[0].to_string();
        self.seen.lock().unwrap().push(to);
        self.answers.lock().unwrap().pop_front().map_or(Ok(()), Err)
    }
}

struct Scene {
    carrier: Carrier<Scripted>,
    script: Scripted,
    clock: Arc<FixedClock>,
    desk: Arc<Desk>,
}

fn scene(answers: impl IntoIterator<Item = Refusal>) -> Scene {
    let clock = Arc::new(FixedClock::at(Timestamp::from_secs(1_785_679_380)));
    let ctx = Ctx {
        clock: clock.clone(),
        entropy: Arc::new(SeededEntropy::new(1)),
        issuer: Issuer::new("https://id.example.com"),
        policy: Policy::default(),
    };
    let script = Scripted::default();
    script.answers.lock().unwrap().extend(answers);
    let desk = Arc::new(Desk::default());
    let composer = Composer::new(Arc::new(ctx), Sender::parse("no-reply@id.example.com").unwrap());
    Scene {
        carrier: Carrier::new(composer, script.clone(), desk.clone()),
        script,
        clock,
        desk,
    }
}

impl Scene {
    fn hand_in(&mut self, to: &str) {
        self.desk.open.fetch_add(1, Ordering::Relaxed);
        self.carrier.take(letter(to).into());
    }

    fn after(&mut self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
        self.carrier.retry(Round::Due);
    }

    fn tries(&self) -> usize {
        self.script.seen.lock().unwrap().len()
    }

    fn open(&self) -> usize {
        self.desk.open.load(Ordering::Relaxed)
    }
}

fn letter(to: &str) -> Letter {
    Letter {
        to: to.into(),
        name: "Alice".into(),
        language: None,
        notice: Notice::PasswordReset {
            link: SecretLink::new("https://id.example.com/reset/x"),
            valid_for: Duration::from_secs(1800),
        },
    }
}

fn not_now() -> Refusal {
    Refusal::ForNow("the mail server answered 451".into())
}

#[test]
fn what_is_refused_for_now_is_tried_again_later_and_later() {
    let mut scene = scene(vec![not_now(); 3]);
    scene.hand_in("alice@example.org");
    for (seconds, tries) in [(4, 1), (1, 2), (29, 2), (1, 3), (119, 3), (1, 4), (3600, 4)] {
        scene.after(seconds);
        assert_eq!(scene.tries(), tries, "after {seconds} more");
    }
    assert_eq!(scene.open(), 0);
}

#[test]
fn in_the_end_it_is_given_up() {
    let mut scene = scene(vec![not_now(); 99]);
    scene.hand_in("alice@example.org");
    for _ in 0..20 {
        scene.after(600);
    }
    assert_eq!((scene.tries(), scene.open()), (1 + WAITS.len(), 0));
}

#[test]
fn what_is_refused_for_good_is_not_tried_again() {
    let mut scene = scene([Refusal::ForGood("the mail server answered 550".into())]);
    scene.hand_in("alice@example.org");
    scene.after(3600);
    assert_eq!((scene.tries(), scene.open()), (1, 0));
}

#[test]
fn one_that_waits_holds_up_nobody() {
    let mut scene = scene([not_now()]);
    scene.hand_in("alice@example.org");
    scene.hand_in("bob@example.org");
    assert_eq!(
        *scene.script.seen.lock().unwrap(),
        ["alice@example.org", "bob@example.org"]
    );
    assert_eq!(scene.open(), 1);
}

#[test]
fn a_letter_to_nobody_is_dealt_with() {
    let mut scene = scene([]);
    scene.hand_in("not an address");
    assert_eq!((scene.tries(), scene.open()), (0, 0));
}

#[test]
fn at_the_end_all_that_is_left_is_tried_once_more() {
    let scene = scene([not_now(), not_now()]);
    let (line, letters) = mpsc::channel();
    for to in ["alice@example.org", "bob@example.org", "carol@example.org"] {
        scene.desk.open.fetch_add(1, Ordering::Relaxed);
        line.send(letter(to).into()).unwrap();
    }
    drop(line);
    let Scene {
        carrier,
        script,
        desk,
        ..
    } = scene;
    carrier.run(&letters);
    assert_eq!(script.seen.lock().unwrap().len(), 5);
    assert_eq!(desk.open.load(Ordering::Relaxed), 0);
}

#[test]
fn whoever_is_abandoned_stops() {
    let scene = scene([]);
    let (line, letters) = mpsc::channel();
    scene.desk.open.fetch_add(1, Ordering::Relaxed);
    scene.desk.abandoned.store(true, Ordering::Relaxed);
    line.send(letter("alice@example.org").into()).unwrap();
    drop(line);
    let Scene {
        carrier,
        script,
        desk,
        ..
    } = scene;
    carrier.run(&letters);
    assert_eq!(script.seen.lock().unwrap().len(), 0);
    assert_eq!(desk.open.load(Ordering::Relaxed), 0);
}

/// Two tries of alice's letter fail; then another mailer is in force, while bob's was not tried yet.
#[test]
fn what_is_left_goes_to_the_successor_with_the_patience_left() {
    let mut first = scene(vec![not_now(); 2]);
    first.hand_in("alice@example.org");
    first.after(5);
    let (hand, handed) = mpsc::channel();
    let took = first.desk.successor.set(Successor::Takes(Box::new(move |unsent| {
        hand.send(unsent).map_err(|_| "nobody listens")
    })));
    assert!(took.is_ok());
    let (line, letters) = mpsc::channel();
    first.desk.open.fetch_add(1, Ordering::Relaxed);
    line.send(letter("bob@example.org").into()).unwrap();
    drop(line);
    let (began, tries) = (first.clock.now(), first.tries());
    first.carrier.run(&letters);
    assert_eq!(first.script.seen.lock().unwrap().len(), tries);
    assert_eq!(first.desk.open.load(Ordering::Relaxed), 0);

    let mut second = scene(vec![not_now(); 99]);
    let mut written = Vec::new();
    for unsent in handed.try_iter() {
        second.desk.open.fetch_add(1, Ordering::Relaxed);
        written.push((unsent.letter.to.clone(), unsent.written.unwrap(), unsent.failures));
        second.carrier.take(unsent);
    }
    written.sort();
    let alice = (
        "alice@example.org".to_owned(),
        Timestamp::from_secs(1_785_679_380),
        1,
    );
    assert_eq!(written, [alice, ("bob@example.org".to_owned(), began, 0)]);
    assert_eq!(second.tries(), 2, "both at once");
    for _ in 0..20 {
        second.after(600);
    }
    assert_eq!(
        (second.tries(), second.open()),
        (WAITS.len() + 1 + WAITS.len(), 0)
    );
}

#[test]
fn what_no_successor_takes_is_lost_and_told_of() {
    let mut scene = scene([not_now()]);
    let (tell, told) = mpsc::channel();
    scene.carrier.desk = Arc::new(Desk {
        listener: Some(Box::new(move |_, fate| tell.send(fate).unwrap())),
        successor: Successor::Takes(Box::new(|_| Err("nobody"))).into(),
        ..Desk::default()
    });
    scene.desk = Arc::clone(&scene.carrier.desk);
    scene.hand_in("alice@example.org");
    assert_eq!((scene.tries(), scene.open()), (0, 0));
    assert_eq!(told.try_recv(), Ok(Fate::Lost));
}
