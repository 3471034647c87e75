//! The line of letters and its end.

use std::sync::mpsc::SyncSender;

use identity::notice::{Notice, SecretLink};
use kernel::{Issuer, Policy, SeededEntropy, SystemClock};
use lettre::message::Message;

use super::*;
use crate::carrier::Refusal;

/// Tells about each message, and goes on when somebody has heard of it.
struct Gate(SyncSender<String>);

impl Carry for Gate {
    fn carry(&mut self, message: &Message) -> Result<(), Refusal> {
        let to = message.envelope().to()[0].to_string();
        self.0
            .send(to)
            .map_err(|_| Refusal::ForGood("nobody listens".into()))
    }
}

fn mailer() -> (Mailer, Receiver<String>) {
    let ctx = Ctx {
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SeededEntropy::new(1)),
        issuer: Issuer::new("https://id.example.com"),
        policy: Policy::default(),
    };
    let composer = Composer::new(Arc::new(ctx), Sender::parse("no-reply@id.example.com").unwrap());
    let (gate, heard) = mpsc::sync_channel(0);
    (Mailer::carried_by(Gate(gate), composer, None).unwrap(), heard)
}

fn letter(number: usize) -> Letter {
    Letter {
        to: format!("user{number}@example.org"),
        name: "Alice".into(),
        language: None,
        notice: Notice::PasswordReset {
            link: SecretLink::new("https://id.example.com/reset/x"),
            valid_for: Duration::from_secs(1800),
        },
    }
}

#[test]
fn a_full_line_drops_what_comes_and_waits_for_nobody() {
    let (mailer, heard) = mailer();
    for number in 0..CAPACITY + 10 {
        mailer.send(letter(number));
    }
    let reader = thread::spawn(move || heard.iter().collect::<Vec<_>>());
    drop(mailer);
    let sent = reader.join().unwrap();
    assert_eq!(sent.len(), CAPACITY);
    assert_eq!(sent[CAPACITY - 1], format!("user{}@example.org", CAPACITY - 1));
}

#[test]
fn stopping_sends_what_was_handed_in() {
    let (mailer, heard) = mailer();
    let reader = thread::spawn(move || heard.iter().count());
    mailer.send(letter(1));
    mailer.send(letter(2));
    drop(mailer);
    assert_eq!(reader.join().unwrap(), 2);
}
