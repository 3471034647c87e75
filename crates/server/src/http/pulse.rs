//! Whether every thread that serves still turns: each counts as long as its tasks get their turn. What hangs there (a lock, an
//! endless loop) stops the count, and whoever watches the process hears of it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

/// How often a thread counts.
const BEAT: Duration = Duration::from_millis(250);

/// The counts of all threads.
#[derive(Debug, Clone, Default)]
pub struct Pulses(Arc<Mutex<Vec<Pulse>>>);

#[derive(Debug)]
struct Pulse {
    /// Gone with its thread: one that was replaced is not missed.
    count: Weak<AtomicU64>,
    /// What it was at the last look.
    seen: u64,
}

impl Pulses {
    /// Has the present thread counted from now on. Must be called within its runtime.
    pub(crate) fn beat_here(&self) {
        // The first look may come before the first beat, so it begins ahead of what was seen.
        let count = Arc::new(AtomicU64::new(1));
        let pulse = Pulse {
            count: Arc::downgrade(&count),
            seen: 0,
        };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(pulse);
        actix_web::rt::spawn(async move {
            loop {
                tokio::time::sleep(BEAT).await;
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
    }

    /// Whether every thread has counted since the last look. Looks must be further apart than beats.
    pub(crate) fn all_beat(&self) -> bool {
        let mut pulses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pulses.retain(|pulse| pulse.count.strong_count() > 0);
        // All are looked at, so that the next look knows all of them.
        let silent = pulses.iter_mut().filter_map(|pulse| {
            let count = pulse.count.upgrade()?.load(Ordering::Relaxed);
            let seen = std::mem::replace(&mut pulse.seen, count);
            (seen == count).then_some(())
        });
        silent.count() == 0
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;

    use super::*;

    #[test]
    fn a_thread_that_hangs_is_noticed_and_one_that_ended_is_not_missed() {
        let pulses = Pulses::default();
        assert!(pulses.all_beat());
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
        assert!(pulses.all_beat());
        assert!(!pulses.all_beat());
        drop(release);
        thread.join().unwrap();
        assert!(pulses.all_beat());
    }
}
