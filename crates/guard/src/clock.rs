//! What time it is. Injected, so that tests can set it.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Two clocks: one that agrees with other machines, one that never jumps.
pub trait Clock: Send + Sync {
    /// Time since the Unix epoch, for what tokens say.
    fn since_epoch(&self) -> Duration;

    /// Time since any fixed moment, never going back: for the age of keys.
    fn uptime(&self) -> Duration;
}

/// The machine's clocks.
#[derive(Debug, Clone)]
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// Its uptime begins now.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is where the kit reads the machine's clocks"
    )]
    pub fn new() -> Self {
        Self {
            started: Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is where the kit reads the machine's clocks"
    )]
    fn since_epoch(&self) -> Duration {
        // A machine whose clock stands before 1970 believes every token to be from the future.
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }

    fn uptime(&self) -> Duration {
        self.started.elapsed()
    }
}
