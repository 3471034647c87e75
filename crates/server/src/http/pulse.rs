//! Whether every thread that serves still turns: each notes the time again and again, as long as its tasks get their turn. What
//! hangs there (a lock, an endless loop) stops that, and whoever watches the process hears of it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::time::Instant;

/// How often a thread notes the time.
const BEAT: Duration = Duration::from_millis(250);

/// The last beats of all threads.
#[derive(Debug, Clone)]
pub struct Pulses {
    /// Beats are told in milliseconds since then. Not by the clock on the wall, which may be set.
    began: Instant,
    /// One for each thread. Gone with it: one that was replaced is not missed.
    last: Arc<Mutex<Vec<Weak<AtomicU64>>>>,
}

impl Default for Pulses {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            last: Arc::default(),
        }
    }
}

impl Pulses {
    /// Has the present thread note the time from now on. Must be called within its runtime.
    pub(crate) fn beat_here(&self) {
        let began = self.began;
        let last = Arc::new(AtomicU64::new(millis(began.elapsed())));
        self.last
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Arc::downgrade(&last));
        actix_web::rt::spawn(async move {
            loop {
                tokio::time::sleep(BEAT).await;
                last.store(millis(began.elapsed()), Ordering::Relaxed);
            }
        });
    }

    /// Whether every thread has turned within `limit` before now. A limit of less than two beats counts as two.
    pub(crate) fn all_beat(&self, limit: Duration) -> bool {
        self.all_beat_before(Instant::now(), limit)
    }

    fn all_beat_before(&self, now: Instant, limit: Duration) -> bool {
        let now = millis(now.duration_since(self.began));
        let limit = millis(limit.max(2 * BEAT));
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.retain(|beat| beat.strong_count() > 0);
        let mut beats = last.iter().filter_map(Weak::upgrade);
        beats.all(|beat| now.saturating_sub(beat.load(Ordering::Relaxed)) <= limit)
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(30);

    #[test]
    fn a_thread_that_hangs_is_noticed_and_one_that_ended_is_not_missed() {
        let pulses = Pulses::default();
        let soon = pulses.began + LIMIT;
        // Far from the first beat, however busy the machine is.
        let late = pulses.began + 100 * LIMIT;
        assert!(pulses.all_beat_before(late, LIMIT));
        let (release, held) = mpsc::channel::<()>();
        let (sender, began) = mpsc::channel();
        let theirs = pulses.clone();
        let thread = thread::spawn(move || {
            actix_web::rt::System::new().block_on(async {
                theirs.beat_here();
                sender.send(()).unwrap();
                // It hangs: no task gets a turn.
                let _ = held.recv();
            });
        });
        began.recv().unwrap();
        assert!(pulses.all_beat_before(soon, LIMIT));
        assert!(!pulses.all_beat_before(late, LIMIT));
        drop(release);
        thread.join().unwrap();
        assert!(pulses.all_beat_before(late, LIMIT));
    }

    #[test]
    fn a_thread_that_turns_goes_on_noting_the_time() {
        let pulses = Pulses::default();
        let theirs = pulses.clone();
        actix_web::rt::System::new().block_on(async move {
            theirs.beat_here();
            let first = millis(theirs.began.elapsed());
            let beat = theirs.last.lock().unwrap()[0].upgrade().unwrap();
            while beat.load(Ordering::Relaxed) <= first {
                tokio::task::yield_now().await;
            }
        });
    }
}
