//! What is done once a minute, on a thread of its own: storing what was counted, on every node; cleaning up, on one.

use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use kernel::digest::base64url;
use kernel::entropy::bytes;

use crate::exit::{Exit, Failure};
use crate::provider::Provider;

/// How often.
const INTERVAL: Duration = Duration::from_secs(60);

/// The thread that removes what has expired and stores numbers. Dropping it ends the thread, after what was counted is stored.
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
        let node = base64url(&bytes::<9>(&*state.ctx.entropy));
        let sweep = move || {
            while ended.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
                count(&state);
                match store.sweep_as(&node, state.ctx.now(), &state.ctx.policy) {
                    Ok(Some(swept)) => tracing::debug!(?swept, "swept"),
                    Ok(None) => tracing::debug!("another node sweeps"),
                    Err(fault) => tracing::warn!(%fault, "expired rows could not be removed"),
                }
            }
            count(&state);
            if let Err(fault) = store.give_up_sweeping(&node) {
                tracing::debug!(%fault, "another node will sweep when the lead has run out");
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

/// What cannot be stored now is part of the next time.
fn count(state: &web::AppState) {
    if let Err(fault) = web::statistics::store(state) {
        tracing::warn!(%fault, "what was counted could not be stored");
    }
    if let Err(fault) = web::sightings::store(state) {
        tracing::warn!(%fault, "who fetched the JWK Set could not be stored");
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
