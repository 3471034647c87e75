//! What people need of storage. Implemented by the store, inside one transaction.

use std::time::Duration;

use kernel::id::UserId;
use kernel::{StorageFault, Timestamp};

use crate::group::Group;
use crate::login_key::LoginKey;
use crate::user::User;

/// The answer of a write that a uniqueness rule may refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Insert {
    /// Written.
    Done,
    /// Somebody else has that name, address or id.
    Taken,
}

/// The answer of a write on something that may be gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// It was there; the write happened.
    Yes,
    /// There is no such thing; nothing happened.
    No,
}

/// People.
pub trait Users {
    /// Stores a new person with their login keys. Groups are not written here.
    ///
    /// # Errors
    /// Storage.
    fn insert_user(&mut self, user: &User) -> Result<Insert, StorageFault>;
    /// Replaces all of a person but their groups; `Taken` leaves the row as it was.
    ///
    /// # Errors
    /// Storage.
    fn update_user(&mut self, user: &User) -> Result<Insert, StorageFault>;
    /// Removes a person with sessions, consents and grants.
    ///
    /// # Errors
    /// Storage.
    fn delete_user(&mut self, id: UserId) -> Result<Found, StorageFault>;
    /// By `sub`.
    ///
    /// # Errors
    /// Storage.
    fn user(&mut self, id: UserId) -> Result<Option<User>, StorageFault>;
    /// By username or address.
    ///
    /// # Errors
    /// Storage.
    fn user_by_login(&mut self, key: &LoginKey) -> Result<Option<User>, StorageFault>;
    /// A page ordered by id: those after `after`, at most `limit`.
    ///
    /// # Errors
    /// Storage.
    fn users(&mut self, after: Option<UserId>, limit: u32) -> Result<Vec<User>, StorageFault>;
}

/// Groups and who is in them.
pub trait Groups {
    /// Stores a new group.
    ///
    /// # Errors
    /// Storage.
    fn insert_group(&mut self, group: &Group) -> Result<Insert, StorageFault>;
    /// Removes a group and all memberships.
    ///
    /// # Errors
    /// Storage.
    fn delete_group(&mut self, name: &str) -> Result<Found, StorageFault>;
    /// By name.
    ///
    /// # Errors
    /// Storage.
    fn group(&mut self, name: &str) -> Result<Option<Group>, StorageFault>;
    /// All groups, by name.
    ///
    /// # Errors
    /// Storage.
    fn groups(&mut self) -> Result<Vec<Group>, StorageFault>;
    /// Puts a person into a group; already being there is fine.
    ///
    /// # Errors
    /// Storage.
    fn add_member(&mut self, group: &str, user: UserId) -> Result<(), StorageFault>;
    /// Takes a person out.
    ///
    /// # Errors
    /// Storage.
    fn remove_member(&mut self, group: &str, user: UserId) -> Result<Found, StorageFault>;
    /// Who is in it, a page ordered by id.
    ///
    /// # Errors
    /// Storage.
    fn members(
        &mut self,
        group: &str,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<UserId>, StorageFault>;
}

/// Counters that forget: how often something was tried lately.
pub trait Throttle {
    /// Adds one to the counter `key` and returns the new value. The first count opens a window of length `window`;
    /// when it is over, counting starts anew. Atomic.
    ///
    /// # Errors
    /// Storage.
    fn bump(&mut self, key: &str, window: Duration, now: Timestamp) -> Result<u32, StorageFault>;
    /// Takes one count back: the attempt was a good one.
    ///
    /// # Errors
    /// Storage.
    fn forgive(&mut self, key: &str) -> Result<(), StorageFault>;
    /// Forgets the counter.
    ///
    /// # Errors
    /// Storage.
    fn reset(&mut self, key: &str) -> Result<(), StorageFault>;
}

impl Found {
    /// Whether it was there.
    pub fn is_yes(self) -> bool {
        self == Found::Yes
    }
}
