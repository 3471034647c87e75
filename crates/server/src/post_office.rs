//! The post of a running server, which may be handed to another mail server.

use std::sync::{Arc, PoisonError, RwLock};
use std::thread;

use identity::notice::{Letter, NoPost, Post};

/// Passes letters on to the post in force.
pub(crate) struct PostOffice(RwLock<Arc<dyn Post>>);

impl PostOffice {
    /// With that post.
    pub(crate) fn new(post: Arc<dyn Post>) -> Self {
        Self(RwLock::new(post))
    }

    /// From now on letters go there. What the old post still holds it sends, on a thread of its own: that may take a while.
    pub(crate) fn replace(&self, post: Arc<dyn Post>) {
        let old = self.exchange(post);
        let retired = thread::Builder::new()
            .name("old post".to_owned())
            .spawn(move || drop(old));
        if let Err(error) = retired {
            tracing::warn!(%error, "no thread for letters that wait; they were sent before going on");
        }
    }

    /// Sends what is left, or says in the log that it could not; nothing is taken any more.
    pub(crate) fn close(&self) {
        drop(self.exchange(Arc::new(NoPost::new())));
    }

    /// Nobody else holds what is handed back: letters are passed on under the lock.
    fn exchange(&self, post: Arc<dyn Post>) -> Arc<dyn Post> {
        let mut here = self.0.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *here, post)
    }
}

impl Post for PostOffice {
    fn send(&self, letter: Letter) {
        self.0.read().unwrap_or_else(PoisonError::into_inner).send(letter);
    }

    fn delivers(&self) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).delivers()
    }
}
