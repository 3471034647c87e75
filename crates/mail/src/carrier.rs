//! The thread that carries letters: tries, waits, tries again, and gives up in the end.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use kernel::Timestamp;
use lettre::message::Message;

use crate::compose::Composer;
use crate::unsent::Unsent;

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

/// Who comes after a mailer that is no longer in force.
pub enum Successor {
    /// Takes what is not sent yet, or says why nobody does. Must not block.
    Takes(Box<dyn Fn(Unsent) -> Result<(), &'static str> + Send + Sync>),
    /// Nobody: no mail server is configured any more.
    Nobody,
}

/// Why a letter is lost that could not be sent before the end.
pub(crate) const STOPS: &str = "the server stops";

/// What the port and the thread both look at.
#[derive(Default)]
pub(crate) struct Desk {
    /// Who hears what became of letters.
    pub(crate) listener: Option<Listener>,
    /// Letters handed in and not yet dealt with.
    pub(crate) open: AtomicUsize,
    /// Nobody waits any more: stop after the message at hand.
    pub(crate) abandoned: AtomicBool,
    /// Set once another mailer is in force, or none.
    pub(crate) successor: OnceLock<Successor>,
}

impl Desk {
    /// A letter is dealt with, one way or the other.
    pub(crate) fn settle(&self, kind: &'static str, fate: Fate) {
        self.open.fetch_sub(1, Ordering::Relaxed);
        if let Some(listener) = &self.listener {
            listener(kind, fate);
        }
    }

    /// Why what is left at the end is lost.
    fn end(&self) -> &'static str {
        match self.successor.get() {
            Some(Successor::Nobody) => "no mail server is configured any more",
            Some(Successor::Takes(_)) | None => STOPS,
        }
    }
}

/// A letter that is written, and waits for its turn.
struct Waiting {
    unsent: Unsent,
    message_id: String,
    message: Message,
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

    /// Carries until the other end of `letters` is gone, then tries once more whatever is left, or hands it to the successor.
    pub(crate) fn run(mut self, letters: &Receiver<Unsent>) {
        loop {
            let next = if self.waiting.is_empty() {
                letters.recv().map_err(|_| RecvTimeoutError::Disconnected)
            } else {
                letters.recv_timeout(LOOK)
            };
            match next {
                Ok(unsent) => self.take(unsent),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            self.retry(Round::Due);
        }
        self.retry(Round::Last);
    }

    fn take(&mut self, mut unsent: Unsent) {
        let written = unsent.written.unwrap_or_else(|| self.composer.now());
        unsent.written = Some(written);
        match self.composer.compose(&unsent.letter, written) {
            Ok(composed) => self.attempt(Waiting {
                unsent,
                message_id: composed.message_id,
                message: composed.message,
                due: written,
            }),
            Err(fault) => {
                let kind = unsent.kind();
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
                self.give_up(lost.unsent.kind(), &lost.message_id, self.desk.end());
            }
        }
    }

    fn attempt(&mut self, mut it: Waiting) {
        if let Some(Successor::Takes(take)) = self.desk.successor.get() {
            return self.hand_over(it, take);
        }
        let kind = it.unsent.kind();
        if self.desk.abandoned.load(Ordering::Relaxed) {
            return self.give_up(kind, &it.message_id, self.desk.end());
        }
        match self.carry.carry(&it.message) {
            Ok(()) => {
                tracing::info!(notice = kind, message_id = it.message_id, "letter sent");
                self.desk.settle(kind, Fate::Sent);
            }
            Err(Refusal::ForNow(reason)) if it.unsent.failures < WAITS.len() => {
                // Once per letter is enough to know that something is wrong.
                if it.unsent.failures == 0 {
                    tracing::warn!(notice = kind, message_id = it.message_id, reason, "letter waits");
                }
                it.due = self.composer.now().plus(WAITS[it.unsent.failures]);
                it.unsent.failures += 1;
                self.waiting.push(it);
            }
            Err(Refusal::ForNow(reason) | Refusal::ForGood(reason)) => {
                self.give_up(kind, &it.message_id, &reason);
            }
        }
    }

    /// Another mailer tries at once, and has as many tries left as we had: what the last of ours met says nothing about it.
    fn hand_over(&self, it: Waiting, take: &dyn Fn(Unsent) -> Result<(), &'static str>) {
        let Waiting {
            mut unsent,
            message_id,
            ..
        } = it;
        let kind = unsent.kind();
        unsent.failures = unsent.failures.saturating_sub(1);
        match take(unsent) {
            Ok(()) => {
                tracing::info!(notice = kind, message_id, "letter handed to the next mail server");
                self.desk.open.fetch_sub(1, Ordering::Relaxed);
            }
            Err(reason) => self.give_up(kind, &message_id, reason),
        }
    }

    fn give_up(&self, kind: &'static str, message_id: &str, reason: &str) {
        tracing::error!(notice = kind, message_id, reason, "letter lost");
        self.desk.settle(kind, Fate::Lost);
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
