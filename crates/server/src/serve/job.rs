//! Cleaning up once a minute, on a thread of its own.

use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::exit::{Exit, Failure};
use crate::provider::Provider;

/// How often.
const INTERVAL: Duration = Duration::from_secs(60);

/// The thread that removes what has expired. Dropping it ends the thread.
pub(crate) struct Sweeper {
    /// Closing it is the sign to end.
    end: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Sweeper {
    /// Starts sweeping; the first sweep is a minute away.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(crate) fn start(provider: &Provider) -> Result<Self, Failure> {
        let Provider { state, store, .. } = provider.clone();
        let (end, ended) = sync_channel::<()>(0);
        let sweep = move || {
            while ended.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
                match store.sweep(state.ctx.now(), &state.ctx.policy) {
                    Ok(swept) => tracing::debug!(?swept, "swept"),
                    Err(fault) => tracing::warn!(%fault, "expired rows could not be removed"),
                }
            }
        };
        let thread = thread::Builder::new().name("sweeper".to_owned()).spawn(sweep);
        let thread = thread.map_err(|error| Failure::new(Exit::Failed, error))?;
        Ok(Self {
            end: Some(end),
            thread: Some(thread),
        })
    }
}

impl Drop for Sweeper {
    fn drop(&mut self) {
        self.end = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
