//! Signals that end the process.

use std::io;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Waits for SIGTERM or SIGINT.
pub(crate) struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

/// Long enough for the runtime to fetch signals that have come already.
const FETCHING: Duration = Duration::from_millis(1);

/// How the end was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// SIGTERM, which service managers and orchestrators send: others may have to notice first.
    ByManager,
    /// SIGINT, from a terminal: somebody waits for it.
    ByHand,
}

impl Stop {
    /// Takes the signals from the system's hands.
    ///
    /// # Errors
    /// When the system refuses.
    pub(crate) fn on_signals() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Resolves at the next signal.
    pub(crate) async fn requested(&mut self) -> Asked {
        tokio::select! {
            _ = self.terminate.recv() => Asked::ByManager,
            _ = self.interrupt.recv() => Asked::ByHand,
        }
    }

    /// The signal that came before now, if one did.
    pub(crate) async fn requested_already(&mut self) -> Option<Asked> {
        tokio::time::timeout(FETCHING, self.requested()).await.ok()
    }
}

/// SIGHUP: terminals send it when they close, and people to have files read again. It ends nothing.
pub(crate) struct Hangups(Signal);

impl Hangups {
    /// Takes the signal from the system's hands.
    ///
    /// # Errors
    /// When the system refuses.
    pub(crate) fn on_signal() -> io::Result<Self> {
        signal(SignalKind::hangup()).map(Self)
    }

    /// Resolves at the next one.
    pub(crate) async fn next(&mut self) {
        self.0.recv().await;
    }
}
