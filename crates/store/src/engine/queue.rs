//! Units of work waiting for a thread.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use kernel::StorageFault;

use super::{Task, answer};

/// More than a machine works off in a few seconds: who comes then is better told to come back.
const WAITING: usize = 8192;

/// The end where units of work are put in.
pub struct Queue(SyncSender<Task>);

/// The end where threads take them out.
#[derive(Clone)]
pub struct Tasks(Arc<Mutex<Receiver<Task>>>);

/// A new, empty queue. Threads finish what is in it after the last [`Queue`] is gone, then they end.
pub fn queue() -> (Queue, Tasks) {
    let (sender, receiver) = sync_channel(WAITING);
    (Queue(sender), Tasks(Arc::new(Mutex::new(receiver))))
}

impl Queue {
    /// Puts it in and returns at once. If that is impossible, the job is answered here.
    pub fn put(&self, task: Task) {
        match self.0.try_send(task) {
            Ok(()) => {}
            Err(TrySendError::Full(task)) => refuse(task, "too many units of work are waiting"),
            Err(TrySendError::Disconnected(task)) => refuse(task, "the store has shut down"),
        }
    }
}

fn refuse(task: Task, reason: &str) {
    answer(task.done, Err(StorageFault::Unavailable(reason.to_owned())));
}

impl Tasks {
    /// Waits for the next; `None` when there will be no more.
    pub fn wait(&self) -> Option<Task> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
    }

    /// The next, if it is there already.
    pub fn next(&self) -> Option<Task> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .try_recv()
            .ok()
    }
}
