//! Units of work waiting for a thread.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use kernel::StorageFault;

use super::{Task, answer};
use crate::timer;

/// More than a machine works off in a few seconds: who comes then is better told to come back.
const WAITING: usize = 8192;

/// The end where units of work are put in.
pub struct Queue {
    sender: SyncSender<Waiting>,
    threads: Arc<Threads>,
}

/// The end where threads take them out.
#[derive(Clone)]
pub struct Tasks {
    receiver: Arc<Mutex<Receiver<Waiting>>>,
    threads: Arc<Threads>,
}

/// What the threads of one queue know of each other.
#[derive(Default)]
struct Threads {
    /// How many could work now.
    able: AtomicUsize,
    /// Nothing will be put in any more.
    closed: AtomicBool,
}

/// A unit of work in the queue.
pub struct Waiting {
    /// It.
    pub task: Task,
    /// Since when.
    pub since: Instant,
}

/// Held by a thread for as long as it could work.
pub struct Able(Arc<Threads>);

/// Whether there is more to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum More {
    /// Perhaps.
    Yes,
    /// Never again.
    No,
}

/// A new, empty queue. Threads finish what is in it after the last [`Queue`] is gone, then they end.
pub fn queue() -> (Queue, Tasks) {
    let (sender, receiver) = sync_channel(WAITING);
    let threads = Arc::<Threads>::default();
    let tasks = Tasks {
        receiver: Arc::new(Mutex::new(receiver)),
        threads: threads.clone(),
    };
    (Queue { sender, threads }, tasks)
}

impl Queue {
    /// Puts it in and returns at once. If that is impossible, the job is answered here.
    pub fn put(&self, task: Task) {
        let since = timer::now();
        match self.sender.try_send(Waiting { task, since }) {
            Ok(()) => {}
            Err(TrySendError::Full(waiting)) => waiting.refuse("too many units of work are waiting"),
            Err(TrySendError::Disconnected(waiting)) => waiting.refuse("the store has shut down"),
        }
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        self.threads.closed.store(true, Ordering::Release);
    }
}

impl Drop for Able {
    fn drop(&mut self) {
        self.0.able.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Waiting {
    /// Answers it without having run it.
    pub fn refuse(self, reason: &str) {
        answer(self.task.done, Err(StorageFault::Unavailable(reason.to_owned())));
    }
}

impl Tasks {
    /// Waits for the next; `None` when there will be no more.
    pub fn wait(&self) -> Option<Waiting> {
        self.lock().recv().ok()
    }

    /// The next, if it is there already.
    pub fn next(&self) -> Option<Task> {
        self.lock().try_recv().ok().map(|waiting| waiting.task)
    }

    /// From now on, until it is dropped, a thread counts as one that could work.
    pub fn able(&self) -> Able {
        self.threads.able.fetch_add(1, Ordering::AcqRel);
        Able(self.threads.clone())
    }

    /// For a thread that cannot work: lets `pause` go by. Where no other thread could work either, whoever waits or comes
    /// meanwhile is refused.
    pub fn pause(&self, pause: Duration, reason: &str) -> More {
        let until = timer::now() + pause;
        loop {
            let left = until.saturating_duration_since(timer::now());
            if left.is_zero() {
                return More::Yes;
            }
            if self.threads.able.load(Ordering::Acquire) > 0 {
                if self.threads.closed.load(Ordering::Acquire) {
                    // Those who can will finish what there is.
                    return More::No;
                }
                std::thread::park_timeout(left);
                continue;
            }
            // Bound first, so that the queue is free again while the reply runs.
            let next = self.lock().recv_timeout(left);
            match next {
                Ok(waiting) => waiting.refuse(reason),
                Err(RecvTimeoutError::Timeout) => return More::Yes,
                Err(RecvTimeoutError::Disconnected) => return More::No,
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Receiver<Waiting>> {
        self.receiver.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
