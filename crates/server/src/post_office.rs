//! The post of a running server, which may be handed to another mail server.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread::{self, JoinHandle};

use identity::notice::{Letter, NoPost, Post};

/// Passes letters on to the post in force.
pub(crate) struct PostOffice {
    post: RwLock<Arc<dyn Post>>,
    /// Threads on which posts of before send what they still hold.
    retired: Mutex<Vec<JoinHandle<()>>>,
}

impl PostOffice {
    /// With that post.
    pub(crate) fn new(post: Arc<dyn Post>) -> Self {
        Self {
            post: RwLock::new(post),
            retired: Mutex::default(),
        }
    }

    /// From now on letters go there. What the old post still holds it sends, on a thread of its own: that may take a while.
    pub(crate) fn replace(&self, post: Arc<dyn Post>) {
        let old = self.exchange(post);
        let retired = thread::Builder::new()
            .name("old post".to_owned())
            .spawn(move || drop(old));
        match retired {
            Ok(thread) => {
                let mut retired = self.retired();
                retired.retain(|thread| !thread.is_finished());
                retired.push(thread);
            }
            Err(error) => {
                tracing::warn!(%error, "no thread for letters that wait; they were sent before going on");
            }
        }
    }

    /// Sends what is left, here and with the posts of before, or says in the log that it could not; nothing is taken any more.
    pub(crate) fn close(&self) {
        drop(self.exchange(Arc::new(NoPost::new())));
        let retired = std::mem::take(&mut *self.retired());
        for thread in retired {
            let _ = thread.join();
        }
    }

    fn retired(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.retired.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nobody else holds what is handed back: letters are passed on under the lock.
    fn exchange(&self, post: Arc<dyn Post>) -> Arc<dyn Post> {
        let mut here = self.post.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *here, post)
    }
}

impl Post for PostOffice {
    fn send(&self, letter: Letter) {
        self.post
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .send(letter);
    }

    fn delivers(&self) -> bool {
        self.post
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .delivers()
    }
}
