//! Answers of the management API to requests that made something, kept for a day, so that a client that did not hear the answer
//! gets it again instead of a second thing (`Idempotency-Key`).
//!
//! An answer may hold a secret that is shown once. It is kept sealed, under a key that is derived from what the client sent and
//! never stored.

use std::time::Duration;

use identity::ports::Insert;
use kernel::{StorageFault, Timestamp};

/// How long an answer is kept.
pub const KEPT: Duration = Duration::from_secs(24 * 3600);
/// The most answers that are kept, of all clients together; the oldest go first.
pub const MOST: u32 = 20_000;

/// An answer at rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// Digest of who asked, where, and by which key.
    pub key: [u8; 32],
    /// Digest of what was asked.
    pub asked: [u8; 32],
    /// The answer, sealed.
    pub sealed: Vec<u8>,
    /// When it was given.
    pub at: Timestamp,
}

/// Kept answers.
pub trait KeptAnswers {
    /// The answer under this key, if it is younger than `since`.
    ///
    /// # Errors
    /// Storage.
    fn kept_answer(&mut self, key: &[u8; 32], since: Timestamp) -> Result<Option<KeptAnswer>, StorageFault>;
    /// Keeps an answer, over one that is not younger than `since`. `Insert::Taken` means: somebody asked the same at the same
    /// time and was faster.
    ///
    /// # Errors
    /// Storage.
    fn keep_answer(&mut self, answer: &KeptAnswer, since: Timestamp) -> Result<Insert, StorageFault>;
}
