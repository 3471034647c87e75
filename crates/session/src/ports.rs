//! What sessions need of storage.

use identity::ports::Found;
use kernel::id::{BrowserId, Sid, UserId};
use kernel::secret::BrowserSecret;
use kernel::{Digest, StorageFault, Timestamp};

use crate::browser::{Browser, Session};

/// Browsers and sessions.
pub trait Sessions {
    /// Stores a browser, or gives a known one (same id) its new secret.
    ///
    /// # Errors
    /// Storage.
    fn save_browser(&mut self, browser: &Browser) -> Result<(), StorageFault>;
    /// The browser whose cookie this is.
    ///
    /// # Errors
    /// Storage.
    fn browser(&mut self, secret: &Digest<BrowserSecret>) -> Result<Option<Browser>, StorageFault>;
    /// The sessions of a browser that were not ended, oldest first; the caller judges idle and absolute life.
    ///
    /// # Errors
    /// Storage.
    fn sessions_of_browser(&mut self, browser: BrowserId) -> Result<Vec<Session>, StorageFault>;
    /// Stores a new session or replaces one with the same `sid`.
    ///
    /// # Errors
    /// Storage.
    fn save_session(&mut self, session: &Session) -> Result<(), StorageFault>;
    /// By `sid`, ended ones too.
    ///
    /// # Errors
    /// Storage.
    fn session(&mut self, sid: Sid) -> Result<Option<Session>, StorageFault>;
    /// Moves `last_seen_at` forward.
    ///
    /// # Errors
    /// Storage.
    fn touch_session(&mut self, sid: Sid, at: Timestamp) -> Result<(), StorageFault>;
    /// Ends a session that is not ended yet.
    ///
    /// # Errors
    /// Storage.
    fn end_session(&mut self, sid: Sid, at: Timestamp) -> Result<Found, StorageFault>;
    /// The sessions of a person that were not ended, newest first; the caller judges idle and absolute life.
    ///
    /// # Errors
    /// Storage.
    fn sessions_of_user(&mut self, user: UserId) -> Result<Vec<Session>, StorageFault>;
    /// A page of all sessions that were not ended, ordered by `sid`.
    ///
    /// # Errors
    /// Storage.
    fn sessions(&mut self, after: Option<Sid>, limit: u32) -> Result<Vec<Session>, StorageFault>;
}
