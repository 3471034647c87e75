//! Hashes passwords on threads of its own: a fixed number, each with its own 19 MiB, behind a queue that has an end.
//!
//! However many people sign in at once, the work and memory are bounded and the threads that answer requests stay
//! free. Who finds the queue full is told so at once.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;
use std::{io, thread};

use kernel::Entropy;

use crate::password::Password;
use crate::password::argon2id::{self, Memory, OutOfMemory};
use crate::user::PasswordHash;

/// After this long without work a thread gives its memory back.
const KEEP_MEMORY: Duration = Duration::from_secs(30);

/// Too many passwords are waiting already. The caller answers 503 with `Retry-After`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are waiting to be checked")]
pub struct Overloaded;

impl From<OutOfMemory> for Overloaded {
    fn from(_: OutOfMemory) -> Self {
        Self
    }
}

/// How much at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HasherSize {
    /// Hashes computed at the same time; each takes a core and 19 MiB. At least one.
    pub threads: usize,
    /// Passwords that may wait beside those being hashed.
    pub queue: usize,
}

impl HasherSize {
    /// One thread a core, and a queue that a core works off in about a second.
    pub fn for_cores(cores: usize) -> Self {
        let threads = cores.max(1);
        Self {
            threads,
            queue: threads * 32,
        }
    }
}

/// The pool. Threads end, after what is queued, when it is dropped.
pub struct Hasher {
    shared: Arc<Shared>,
}

struct Shared {
    queue: Mutex<Queue>,
    news: Condvar,
    capacity: usize,
    hashes_run: AtomicU64,
    entropy: Arc<dyn Entropy>,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Task>,
    closed: bool,
}

type Reply<T> = Box<dyn FnOnce(Result<T, Overloaded>) + Send>;

enum Task {
    Verify(Password, Option<PasswordHash>, Reply<bool>),
    Hash(Password, Reply<PasswordHash>),
}

impl Hasher {
    /// Starts the threads. They take no memory to speak of until the first password comes.
    ///
    /// # Errors
    /// When the system gives no threads.
    pub fn start(size: HasherSize, entropy: Arc<dyn Entropy>) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            queue: Mutex::default(),
            news: Condvar::new(),
            capacity: size.queue.max(1),
            hashes_run: AtomicU64::new(0),
            entropy,
        });
        let hasher = Self { shared };
        for _ in 0..size.threads.max(1) {
            let shared = Arc::clone(&hasher.shared);
            thread::Builder::new()
                .name("password".into())
                .spawn(move || shared.work())?;
        }
        Ok(hasher)
    }

    /// Whether `password` fits `hash`; `reply` is called on a thread of the pool, or here and now with [`Overloaded`].
    /// Without a hash the answer is no after the same work.
    pub fn submit_verify(
        &self,
        password: Password,
        hash: Option<PasswordHash>,
        reply: impl FnOnce(Result<bool, Overloaded>) + Send + 'static,
    ) {
        self.shared.enqueue(Task::Verify(password, hash, Box::new(reply)));
    }

    /// A new hash of `password`; `reply` as with [`Hasher::submit_verify`].
    pub fn submit_hash(
        &self,
        password: Password,
        reply: impl FnOnce(Result<PasswordHash, Overloaded>) + Send + 'static,
    ) {
        self.shared.enqueue(Task::Hash(password, Box::new(reply)));
    }

    /// Like [`Hasher::submit_verify`], waiting for the answer: for the command line and tests.
    ///
    /// # Errors
    /// [`Overloaded`].
    pub fn verify(&self, password: Password, hash: Option<PasswordHash>) -> Result<bool, Overloaded> {
        wait(|reply| self.submit_verify(password, hash, reply))
    }

    /// Like [`Hasher::submit_hash`], waiting for the answer: for the command line and tests.
    ///
    /// # Errors
    /// [`Overloaded`].
    pub fn hash(&self, password: Password) -> Result<PasswordHash, Overloaded> {
        wait(|reply| self.submit_hash(password, reply))
    }

    /// How many hashes were computed since the start: how tests see that equal cases cost equal work.
    pub fn hashes_run(&self) -> u64 {
        self.shared.hashes_run.load(Ordering::Relaxed)
    }
}

impl Drop for Hasher {
    fn drop(&mut self) {
        // Not joined: the last owner may be a reply that runs on one of these very threads.
        self.shared.lock().closed = true;
        self.shared.news.notify_all();
    }
}

fn wait<T: Send + 'static>(submit: impl FnOnce(Reply<T>)) -> Result<T, Overloaded> {
    let (sender, receiver) = mpsc::sync_channel(1);
    submit(Box::new(move |answer| {
        let _ = sender.send(answer);
    }));
    receiver.recv().unwrap_or(Err(Overloaded))
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enqueue(&self, task: Task) {
        let mut queue = self.lock();
        if queue.waiting.len() >= self.capacity {
            drop(queue);
            return task.refuse();
        }
        queue.waiting.push_back(task);
        drop(queue);
        self.news.notify_one();
    }

    /// The life of one thread.
    fn work(&self) {
        let mut memory = Memory::default();
        while let Some(task) = self.next(&mut memory) {
            // A panicking reply is its owner's loss; the thread and its memory serve the next.
            if catch_unwind(AssertUnwindSafe(|| self.run(task, &mut memory))).is_err() {
                tracing::error!("the answer to a password check could not be delivered");
            }
        }
    }

    /// The next task; while there is none for long, memory is given back. `None` at the end.
    fn next(&self, memory: &mut Memory) -> Option<Task> {
        let mut queue = self.lock();
        loop {
            if let Some(task) = queue.waiting.pop_front() {
                return Some(task);
            }
            if queue.closed {
                return None;
            }
            if !memory.is_held() {
                queue = self.news.wait(queue).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let (woken, waited) = self
                .news
                .wait_timeout(queue, KEEP_MEMORY)
                .unwrap_or_else(PoisonError::into_inner);
            queue = woken;
            if waited.timed_out() && queue.waiting.is_empty() {
                *memory = Memory::default();
            }
        }
    }

    fn run(&self, task: Task, memory: &mut Memory) {
        self.hashes_run.fetch_add(1, Ordering::Relaxed);
        match task {
            Task::Verify(password, hash, reply) => {
                reply(argon2id::verify(memory, &password, hash.as_ref()).map_err(Overloaded::from));
            }
            Task::Hash(password, reply) => {
                reply(argon2id::hash(memory, &password, &*self.entropy).map_err(Overloaded::from));
            }
        }
    }
}

impl Task {
    fn refuse(self) {
        match self {
            Task::Verify(_, _, reply) => reply(Err(Overloaded)),
            Task::Hash(_, reply) => reply(Err(Overloaded)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::SystemEntropy;

    fn hasher(threads: usize, queue: usize) -> Hasher {
        Hasher::start(HasherSize { threads, queue }, Arc::new(SystemEntropy)).unwrap()
    }

    fn password() -> Password {
        Password::new("correct horse battery").unwrap()
    }

    #[test]
    fn hashes_and_verifies_with_equal_work_for_nobody() {
        let hasher = hasher(2, 8);
        let hash = hasher.hash(password()).unwrap();
        assert_eq!(hasher.verify(password(), Some(hash)), Ok(true));
        assert_eq!(hasher.verify(password(), None), Ok(false));
        assert_eq!(hasher.hashes_run(), 3);
    }

    #[test]
    fn a_full_queue_refuses_at_once_and_loses_nobody() {
        let hasher = hasher(1, 2);
        let (sender, answers) = mpsc::channel();
        // Keeps the only thread busy until the queue is seen to be full.
        let (release, held) = mpsc::channel::<()>();
        let (busy, started) = mpsc::channel();
        hasher.submit_verify(password(), None, move |_| {
            busy.send(()).unwrap();
            let _ = held.recv();
        });
        started.recv().unwrap();
        for _ in 0..5 {
            let sender = sender.clone();
            hasher.submit_verify(password(), None, move |answer| sender.send(answer).unwrap());
        }
        let refused: Vec<_> = answers.try_iter().collect();
        assert_eq!(refused, [Err(Overloaded); 3]);
        release.send(()).unwrap();
        drop((hasher, sender));
        assert_eq!(answers.iter().collect::<Vec<_>>(), [Ok(false); 2]);
    }

    #[test]
    fn a_panicking_reply_does_not_stop_the_pool() {
        let hasher = hasher(1, 8);
        hasher.submit_verify(password(), None, |_| panic!("this reply was meant to fail"));
        assert_eq!(hasher.verify(password(), None), Ok(false));
    }
}
