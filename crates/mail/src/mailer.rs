//! The post of a provider that has a mail server: a bounded line of letters and one thread that carries them.

use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, Receiver, Sender as LineEnd};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use identity::notice::{Letter, Post};
use kernel::Ctx;

use crate::authority::Authority;
use crate::carrier::{Carrier, Carry, Desk, Fate, Listener, Successor};
use crate::compose::Composer;
use crate::relay::Relay;
use crate::sender::Sender;
use crate::smtp::Smtp;
use crate::unsent::Unsent;

/// Letters that may wait at once. Letters are rare; a line this long means that nothing goes through.
const CAPACITY: usize = 256;

/// How long stopping may take, so that what was just handed in is still sent.
const GRACE: Duration = Duration::from_secs(10);

/// Where letters go and whom they are from.
#[derive(Debug, Clone)]
pub struct MailConfig {
    /// The mail server.
    pub relay: Relay,
    /// The sender.
    pub from: Sender,
    /// Who may vouch for the server beside the system's authorities.
    pub authority: Option<Authority>,
}

/// Why the mailer cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartFault {
    /// TLS cannot be prepared.
    #[error("TLS to the mail server cannot be prepared: {0}")]
    Tls(#[from] lettre::transport::smtp::Error),
    /// No thread can be had.
    #[error("the mail thread cannot be started: {0}")]
    Thread(#[from] std::io::Error),
}

/// Sends letters. Dropping it sends what was handed in, for at most ten seconds.
pub struct Mailer {
    /// Nothing once it stops.
    line: Option<LineEnd<Unsent>>,
    desk: Arc<Desk>,
    /// Hears when the thread is done.
    done: Mutex<Receiver<()>>,
}

impl Mailer {
    /// Starts the thread. Nothing connects before there is a letter, so a mail server that is away stops nobody from
    /// signing in. `listener` hears what becomes of every letter.
    ///
    /// # Errors
    /// [`StartFault`].
    pub fn start(config: &MailConfig, ctx: Arc<Ctx>, listener: Listener) -> Result<Self, StartFault> {
        let composer = Composer::new(ctx, config.from.clone());
        let smtp = Smtp::new(&config.relay, config.authority.as_ref(), composer.host())?;
        Ok(Self::carried_by(smtp, composer, Some(listener))?)
    }

    fn carried_by(
        carry: impl Carry + 'static,
        composer: Composer,
        listener: Option<Listener>,
    ) -> std::io::Result<Self> {
        let (line, letters) = mpsc::channel();
        let (ending, done) = mpsc::channel::<()>();
        let desk = Arc::new(Desk {
            listener,
            ..Desk::default()
        });
        let carrier = Carrier::new(composer, carry, Arc::clone(&desk));
        thread::Builder::new().name("mail".to_owned()).spawn(move || {
            // Dropped at the end, also of a thread that breaks.
            let _ending = ending;
            carrier.run(&letters);
        })?;
        Ok(Self {
            line: Some(line),
            desk,
            done: Mutex::new(done),
        })
    }
}

impl Mailer {
    /// Takes no more: what is not sent yet goes to the successor, or is tried once more where there is none. The message at
    /// hand is finished. Waits for nothing.
    pub fn retire(&mut self, successor: Successor) {
        // First, so that the thread knows what its end means. A second one would come too late.
        let _ = self.desk.successor.set(successor);
        self.line = None;
    }

    /// Whether a mailer that retired has nothing left to do.
    pub fn is_done(&self) -> bool {
        let done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.try_recv() == Err(mpsc::TryRecvError::Disconnected)
    }

    /// Takes a letter that another mailer could not send.
    pub fn take_over(&self, unsent: Unsent) {
        let kind = unsent.kind();
        let Some(line) = &self.line else { return };
        let before = self.desk.open.fetch_add(1, Ordering::Relaxed);
        if before >= CAPACITY || line.send(unsent).is_err() {
            self.desk.settle(kind, Fate::Lost);
            tracing::error!(notice = kind, waiting = before, "letter lost: too many wait");
        }
    }
}

impl Post for Mailer {
    fn send(&self, letter: Letter) {
        self.take_over(letter.into());
    }

    fn delivers(&self) -> bool {
        true
    }
}

impl Drop for Mailer {
    fn drop(&mut self) {
        self.line = None;
        let done = self.done.get_mut().unwrap_or_else(PoisonError::into_inner);
        // Nothing is ever said on it: it ends.
        if done.recv_timeout(GRACE) == Err(mpsc::RecvTimeoutError::Timeout) {
            self.desk.abandoned.store(true, Ordering::Relaxed);
            let lost = self.desk.open.load(Ordering::Relaxed);
            tracing::error!(lost, "stopped before all letters were sent");
        }
    }
}

#[cfg(test)]
mod tests;
