//! Signals: when to stop, and that SIGHUP is no reason to.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Waits for SIGTERM or SIGINT: the first asks politely, the second does not.
pub(crate) struct Stop {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

impl Stop {
    /// Takes the signals from the system's hands.
    ///
    /// # Errors
    /// When the system refuses.
    pub(crate) fn on_signals() -> io::Result<Self> {
        let (terminate, interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        Ok(Self {
            terminate,
            interrupt,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    /// Resolves at the next signal.
    pub(crate) async fn requested(&mut self) {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return,
                _ = self.interrupt.recv() => return,
                // Terminals send it when they close, and people to have files read again.
                _ = self.hangup.recv() => {
                    tracing::warn!("SIGHUP: no setting can be changed while running; restart to apply changes");
                }
            }
        }
    }
}
