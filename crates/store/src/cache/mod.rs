//! Redis, for an installation of several processes: carries the revocation list and news for caches to all of them.
//!
//! SQL stays the truth. What is committed is announced in a stream before the caller is answered ([`announcer`]); every
//! node reads the stream ([`follower`]). The stream holds every entry that still counts, so it *is* the list; when it is
//! lost it is written anew from SQL ([`rebuild`]). Redis can only ever add to what a process knows, and losing it costs
//! nothing but speed: the watcher of changes goes on beside it.

pub mod announcer;
pub mod follower;
mod link;
mod message;
mod names;
mod rebuild;
pub mod state;
pub mod url;

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use link::Link;
use names::Names;
use state::Health;
use url::CacheUrl;

use crate::fault::OpenFault;

/// Why Redis, or SQL on its behalf, did not do what it was asked. For the log.
#[derive(Debug, thiserror::Error)]
pub enum CacheFault {
    /// What the connection or Redis itself says.
    #[error("{0}")]
    Redis(#[from] redis::RedisError),
    /// Redis says something nobody asked for.
    #[error("Redis answers with {0}")]
    Senseless(&'static str),
    /// The list could not be read from SQL.
    #[error(transparent)]
    Storage(#[from] kernel::StorageFault),
    /// SQL could not be reached.
    #[error(transparent)]
    Unreachable(#[from] OpenFault),
}

/// One process's place at a Redis.
#[derive(Clone)]
pub struct Place {
    /// Where it is.
    pub url: CacheUrl,
    /// What its keys are called.
    pub names: Arc<Names>,
    /// Who this process is among the others.
    pub node: Arc<str>,
    /// How it goes.
    pub health: Arc<Health>,
}

impl Place {
    /// Of the installation with this id. Connects to nothing.
    pub fn new(url: CacheUrl, installation: &[u8], node: &[u8]) -> Self {
        Self {
            url,
            names: Arc::new(Names::of(&hex(installation))),
            node: hex(node).into(),
            health: Arc::default(),
        }
    }

    fn link(&self) -> Result<Link, OpenFault> {
        Link::new(&self.url).map_err(|error| OpenFault::Unreachable(format!("cache.url: {error}")))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A thread that is told to end by closing a channel.
#[derive(Default)]
pub struct Ending(Mutex<Option<(SyncSender<()>, JoinHandle<()>)>>);

impl Ending {
    /// Runs `body` until it sees the channel closed. Nothing is ever sent through it.
    pub fn spawn(
        &self,
        name: &str,
        body: impl FnOnce(Receiver<()>) + Send + 'static,
    ) -> Result<(), OpenFault> {
        let (end, ended) = sync_channel(0);
        let thread = thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || body(ended))
            .map_err(|error| OpenFault::Unreachable(format!("no thread for it: {error}")))?;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((end, thread));
        Ok(())
    }

    /// Gives the sign; the thread, to be waited for.
    pub fn end(&self) -> Option<JoinHandle<()>> {
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        running.map(|(_, thread)| thread)
    }
}
