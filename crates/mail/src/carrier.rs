//! The thread that carries letters: tries, waits, tries again, and gives up in the end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use identity::notice::Letter;
use kernel::Timestamp;
use lettre::message::Message;

use crate::compose::Composer;

/// How long to wait after each failure; after the last there is none. The whole is shorter than a reset link is good for.
const WAITS: [Duration; 4] = [
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_secs(120),
    Duration::from_secs(600),
];

/// How often to look whether a wait is over, while something waits.
const LOOK: Duration = Duration::from_millis(250);

/// Hands one message over.
pub(crate) trait Carry: Send {
    /// Returns when the message is somebody else's responsibility (RFC 5321 6.1).
    ///
    /// # Errors
    /// [`Refusal`].
    fn carry(&mut self, message: &Message) -> Result<(), Refusal>;
}

/// Why a message was not taken. The reason is for the log and names no address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It may go better later.
    ForNow(String),
    /// It will not.
    ForGood(String),
}

/// What became of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// A mail server took it.
    Sent,
    /// Nobody did, and it is not tried again.
    Lost,
}

/// Hears [`Notice::kind`](identity::notice::Notice::kind) and fate of every letter. Must not block.
pub type Listener = Box<dyn Fn(&'static str, Fate) + Send + Sync>;

/// What the port and the thread both look at.
#[derive(Default)]
pub(crate) struct Desk {
    /// Who hears what became of letters.
    pub(crate) listener: Option<Listener>,
    /// Letters handed in and not yet dealt with.
    pub(crate) open: AtomicUsize,
    /// Nobody waits any more: stop after the message at hand.
    pub(crate) abandoned: AtomicBool,
}

impl Desk {
    /// A letter is dealt with, one way or the other.
    pub(crate) fn settle(&self, kind: &'static str, fate: Fate) {
        self.open.fetch_sub(1, Ordering::Relaxed);
        if let Some(listener) = &self.listener {
            listener(kind, fate);
        }
    }
}

/// A message that was refused for now.
struct Waiting {
    kind: &'static str,
    message_id: String,
    message: Message,
    failures: usize,
    due: Timestamp,
}

/// Owns the connection and what waits.
pub(crate) struct Carrier<C> {
    composer: Composer,
    carry: C,
    desk: Arc<Desk>,
    waiting: Vec<Waiting>,
}

impl<C: Carry> Carrier<C> {
    pub(crate) fn new(composer: Composer, carry: C, desk: Arc<Desk>) -> Self {
        Self {
            composer,
            carry,
            desk,
            waiting: Vec::new(),
        }
    }

    /// Carries until the other end of `letters` is gone, then tries once more whatever is left.
    pub(crate) fn run(mut self, letters: &Receiver<Letter>) {
        loop {
            let next = if self.waiting.is_empty() {
                letters.recv().map_err(|_| RecvTimeoutError::Disconnected)
            } else {
                letters.recv_timeout(LOOK)
            };
            match next {
                Ok(letter) => self.take(&letter),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            self.retry(Round::Due);
        }
        self.retry(Round::Last);
    }

    fn take(&mut self, letter: &Letter) {
        let kind = letter.notice.kind();
        match self.composer.compose(letter) {
            Ok(composed) => self.attempt(Waiting {
                kind,
                message_id: composed.message_id,
                message: composed.message,
                failures: 0,
                due: composed.at,
            }),
            Err(fault) => {
                tracing::error!(notice = kind, %fault, "a letter could not be written");
                self.desk.settle(kind, Fate::Lost);
            }
        }
    }

    /// Tries again what may be tried again.
    fn retry(&mut self, round: Round) {
        let now = self.composer.now();
        let (ready, later) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition(|it| round == Round::Last || it.due <= now);
        self.waiting = later;
        for waiting in ready {
            self.attempt(waiting);
        }
        if round == Round::Last {
            for lost in std::mem::take(&mut self.waiting) {
                self.give_up(&lost, "the server stops");
            }
        }
    }

    fn attempt(&mut self, mut it: Waiting) {
        if self.desk.abandoned.load(Ordering::Relaxed) {
            return self.give_up(&it, "the server stops");
        }
        match self.carry.carry(&it.message) {
            Ok(()) => {
                tracing::info!(notice = it.kind, message_id = it.message_id, "letter sent");
                self.desk.settle(it.kind, Fate::Sent);
            }
            Err(Refusal::ForNow(reason)) if it.failures < WAITS.len() => {
                // Once per letter is enough to know that something is wrong.
                if it.failures == 0 {
                    tracing::warn!(
                        notice = it.kind,
                        message_id = it.message_id,
                        reason,
                        "letter waits"
                    );
                }
                it.due = self.composer.now().plus(WAITS[it.failures]);
                it.failures += 1;
                self.waiting.push(it);
            }
            Err(Refusal::ForNow(reason) | Refusal::ForGood(reason)) => {
                self.give_up(&it, &reason);
            }
        }
    }

    fn give_up(&self, it: &Waiting, reason: &str) {
        tracing::error!(
            notice = it.kind,
            message_id = it.message_id,
            reason,
            "letter lost"
        );
        self.desk.settle(it.kind, Fate::Lost);
    }
}

/// Which of the waiting messages to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Round {
    /// Those whose wait is over.
    Due,
    /// All, for the last time.
    Last,
}

#[cfg(test)]
mod tests;
