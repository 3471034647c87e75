//! The post of a provider that has a mail server: a bounded line of letters and one thread that carries them.

use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, Receiver, Sender as LineEnd};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use identity::notice::{Letter, Post};
use kernel::Ctx;

use crate::authority::Authority;
use crate::carrier::{Carrier, Carry, Desk, Fate, Listener};
use crate::compose::Composer;
use crate::relay::Relay;
use crate::sender::Sender;
use crate::smtp::Smtp;

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
    line: Option<LineEnd<Letter>>,
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

impl Post for Mailer {
    fn send(&self, letter: Letter) {
        let kind = letter.notice.kind();
        let Some(line) = &self.line else { return };
        let before = self.desk.open.fetch_add(1, Ordering::Relaxed);
        if before >= CAPACITY || line.send(letter).is_err() {
            self.desk.settle(kind, Fate::Lost);
            tracing::error!(notice = kind, waiting = before, "letter lost: too many wait");
        }
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
