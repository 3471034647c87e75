//! The machine's timer: how long something has been waited for. What time it is, is asked of the clock.

use std::time::Instant;

/// Now, for bounds on waiting.
#[expect(
    clippy::disallowed_methods,
    reason = "bounds on waiting are not the business of anybody's clock"
)]
pub fn now() -> Instant {
    Instant::now()
}
