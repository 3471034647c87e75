//! Notices new certificates by itself, on a thread of its own: files are written anew, or links lead elsewhere, as certbot's
//! and Kubernetes' do. Nobody has to send a signal.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::{Look, Tls};

/// How often it looks: three file names.
const INTERVAL: Duration = Duration::from_secs(2);

/// The thread. Dropping it ends it.
pub struct Watch {
    /// Closing it is the sign to end.
    end: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Begins to look; `replaced` is called after each replacement.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(tls: Arc<Tls>, replaced: impl Fn(&Tls) + Send + 'static) -> std::io::Result<Self> {
        let (end, ended) = sync_channel::<()>(0);
        let look = move || {
            while ended.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
                match tls.look() {
                    Look::Same => {}
                    Look::Replaced => {
                        tracing::info!(until = %tls.ends().to_rfc3339(), "new certificate in use");
                        replaced(&tls);
                    }
                    Look::Refused(faults) => {
                        for fault in faults {
                            tracing::error!(%fault, "new certificate refused, the old one stays in use");
                        }
                    }
                }
            }
        };
        let thread = thread::Builder::new().name("tls".to_owned()).spawn(look)?;
        Ok(Self {
            end: Some(end),
            thread: Some(thread),
        })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.end = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
