//! Letters that were caught instead of sent, for whoever tries the provider out. Owns the port; no provider that serves
//! people has one.

use std::fmt;

use kernel::Timestamp;

/// A letter as its reader would have got it.
#[derive(Clone)]
pub struct CaughtLetter {
    /// Counts from one; later letters have higher numbers. Not reused.
    pub number: u64,
    /// When it would have been sent.
    pub at: Timestamp,
    /// The sender, name and address.
    pub from: String,
    /// The one recipient, name and address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The part for readers of plain text.
    pub text: String,
    /// The part for everybody else: a document of its own.
    pub html: String,
}

/// Without its contents: there may be a link in it that is worth a password.
impl fmt::Debug for CaughtLetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaughtLetter")
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

/// Where caught letters can be read.
pub trait Inbox: Send + Sync {
    /// What is kept, the latest first. The oldest make room for new ones.
    fn letters(&self) -> Vec<CaughtLetter>;
}
