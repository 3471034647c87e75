//! Whether the server is known to be away: then one connection at a time is tried, and whoever needs one meanwhile hears at
//! once that there is none, instead of waiting for a timeout of his own.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Between two tries.
pub const PAUSE: Duration = Duration::from_millis(250);

/// What the last try showed.
#[derive(Default)]
pub struct Circuit(Mutex<Option<Away>>);

/// The server cannot be had.
struct Away {
    reason: String,
    /// When somebody may try again.
    again: Instant,
}

impl Circuit {
    /// Lets the caller try, for `patience` at most; the next may when that is over.
    ///
    /// # Errors
    /// Why the last try failed, if it is too early for another.
    pub fn enter(&self, now: Instant, patience: Duration) -> Result<(), String> {
        match self.lock().as_mut() {
            None => Ok(()),
            Some(away) if away.again > now => Err(away.reason.clone()),
            Some(away) => {
                away.again = now + patience + PAUSE;
                Ok(())
            }
        }
    }

    /// It is there.
    pub fn close(&self) {
        *self.lock() = None;
    }

    /// It is not.
    pub fn open(&self, now: Instant, reason: &str) {
        *self.lock() = Some(Away {
            reason: reason.to_owned(),
            again: now + PAUSE,
        });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Away>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(3);

    #[test]
    fn while_the_server_is_away_one_tries_and_the_others_hear_of_it_at_once() {
        let (circuit, start) = (Circuit::default(), crate::timer::now());
        // As long as nothing is known, everybody may.
        assert_eq!(circuit.enter(start, PATIENCE), Ok(()));
        assert_eq!(circuit.enter(start, PATIENCE), Ok(()));
        circuit.open(start, "nobody listens");
        assert_eq!(circuit.enter(start, PATIENCE), Err("nobody listens".to_owned()));
        let later = start + PAUSE;
        assert_eq!(circuit.enter(later, PATIENCE), Ok(()));
        assert!(circuit.enter(later, PATIENCE).is_err(), "one is trying");
        // Whoever tried and never told does not keep the others out for ever.
        assert_eq!(circuit.enter(later + PATIENCE + PAUSE, PATIENCE), Ok(()));
        circuit.close();
        assert_eq!(circuit.enter(later, PATIENCE), Ok(()));
        assert_eq!(circuit.enter(later, PATIENCE), Ok(()));
    }
}
