//! The post of `signet dev`: keeps letters instead of sending them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use identity::inbox::{CaughtLetter, Inbox};
use identity::notice::{Letter, Post};
use kernel::Ctx;
use lettre::message::header::Headers;

use crate::compose::{Composed, Composer};
use crate::sender::Sender;

/// How many letters are kept.
const KEPT: usize = 50;

/// Catches letters. They are written exactly as [`crate::Mailer`] would send them.
#[derive(Debug)]
pub struct Catcher {
    composer: Composer,
    caught: Mutex<Caught>,
}

#[derive(Debug, Default)]
struct Caught {
    count: u64,
    letters: VecDeque<CaughtLetter>,
}

impl Catcher {
    /// With nothing in it.
    pub fn new(ctx: Arc<Ctx>, from: Sender) -> Self {
        Self {
            composer: Composer::new(ctx, from),
            caught: Mutex::default(),
        }
    }

    fn caught(&self) -> MutexGuard<'_, Caught> {
        self.caught.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Post for Catcher {
    fn send(&self, letter: Letter) {
        match self.composer.compose(&letter, self.composer.now()) {
            Ok(composed) => self.caught().keep(composed),
            Err(fault) => {
                tracing::error!(notice = letter.notice.kind(), %fault, "a letter could not be written");
            }
        }
    }

    fn delivers(&self) -> bool {
        true
    }
}

impl Inbox for Catcher {
    fn letters(&self) -> Vec<CaughtLetter> {
        self.caught().letters.iter().rev().cloned().collect()
    }
}

impl Caught {
    fn keep(&mut self, composed: Composed) {
        self.count += 1;
        if self.letters.len() == KEPT {
            self.letters.pop_front();
        }
        let headers = composed.message.headers();
        self.letters.push_back(CaughtLetter {
            number: self.count,
            at: composed.at,
            from: header(headers, "From"),
            to: header(headers, "To"),
            subject: header(headers, "Subject"),
            text: composed.text,
            html: composed.html,
        });
    }
}

/// A header as its reader sees it, decoded.
fn header(headers: &Headers, name: &str) -> String {
    headers.get_raw(name).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use identity::notice::{Notice, SecretLink};
    use kernel::{FixedClock, Issuer, Policy, SeededEntropy};

    use super::*;

    fn ctx() -> Arc<Ctx> {
        Arc::new(Ctx {
            clock: Arc::new(FixedClock::at(kernel::Timestamp::from_secs(1_785_679_380))),
            entropy: Arc::new(SeededEntropy::new(1)),
            issuer: Issuer::new("http://localhost:8080"),
            policy: Policy::default(),
        })
    }

    #[test]
    fn the_last_fifty_are_kept_the_latest_first() {
        let catcher = Catcher::new(ctx(), Sender::of_host("localhost").unwrap());
        for number in 1..=53 {
            catcher.send(Letter {
                to: "alice@example.org".into(),
                name: "Älice Example".into(),
                language: None,
                notice: Notice::PasswordReset {
                    link: SecretLink::new(format!("http://localhost:8080/reset/{number}")),
                    valid_for: Duration::from_secs(1800),
                },
            });
        }
        let letters = catcher.letters();
        assert_eq!(letters.len(), 50);
        assert_eq!((letters[0].number, letters[49].number), (53, 4));
        let latest = &letters[0];
        assert!(latest.text.contains("http://localhost:8080/reset/53"));
        assert!(latest.html.contains("href=\"http://localhost:8080/reset/53\""));
        assert_eq!(latest.from, "Signet <no-reply@localhost>");
        assert_eq!(latest.to, "Älice Example <alice@example.org>");
        assert_eq!(latest.subject, "Choose a new password (localhost:8080)");
        assert!(!format!("{latest:?}").contains("reset"));
    }

    #[test]
    fn what_cannot_be_written_is_not_caught() {
        let catcher = Catcher::new(ctx(), Sender::of_host("localhost").unwrap());
        catcher.send(Letter {
            to: "alice@example.org\r\nBcc: eve@evil.example".into(),
            name: "Alice".into(),
            language: None,
            notice: Notice::TokenReused {
                at: kernel::Timestamp::from_secs(0),
                client: "Notes".into(),
            },
        });
        assert!(catcher.letters().is_empty());
    }
}
