//! All storage ports together: what a unit of work may touch.

use identity::ports::Found;
use identity::{Groups, PasswordResets, Throttle, Users};
use kernel::secret::{ConsoleSecret, SetupToken};
use kernel::{Audit, Digest, StorageFault, Timestamp};
use session::{Revocations, Sessions};
use token::{Clients, Consents, Grants, Interactions, Keys, LogoutNotices, Resources};

use crate::answers::KeptAnswers;
use crate::audit::AuditTrail;
use crate::authority::{Administrator, Role};
use crate::console::ConsoleSession;
use crate::directory::Directory;
use crate::flows::Flows;
use crate::keys::sightings::JwksSightings;
use crate::statistics::Statistics;

/// Who may manage Signet.
pub trait Administrators {
    /// The roles somebody holds, in the order of [`Role::ALL`]; none for everybody else.
    ///
    /// # Errors
    /// Storage.
    fn admin_roles(&mut self, who: &Administrator) -> Result<Vec<Role>, StorageFault>;
    /// Everybody who holds a role: people first, then clients, each by id.
    ///
    /// # Errors
    /// Storage.
    fn administrators(&mut self) -> Result<Vec<(Administrator, Vec<Role>)>, StorageFault>;
    /// From now on these are their roles; none ends it.
    ///
    /// # Errors
    /// Storage.
    fn set_admin_roles(
        &mut self,
        who: &Administrator,
        roles: &[Role],
        at: Timestamp,
    ) -> Result<(), StorageFault>;
    /// Stores a link that makes the first administrator.
    ///
    /// # Errors
    /// Storage.
    fn insert_setup_link(
        &mut self,
        token: &Digest<SetupToken>,
        at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StorageFault>;
    /// Whether a link is known, unspent and not expired. Looking does not use it up.
    ///
    /// # Errors
    /// Storage.
    fn setup_link_is_good(
        &mut self,
        token: &Digest<SetupToken>,
        now: Timestamp,
    ) -> Result<bool, StorageFault>;
    /// Spends a link that is good. `Found::Yes` means: you won, and nobody else ever will.
    ///
    /// # Errors
    /// Storage.
    fn spend_setup_link(&mut self, token: &Digest<SetupToken>, now: Timestamp)
    -> Result<Found, StorageFault>;
    /// Makes every unspent link worthless: a newer one was made, or there is an administrator.
    ///
    /// # Errors
    /// Storage.
    fn void_setup_links(&mut self, now: Timestamp) -> Result<(), StorageFault>;
}

/// Who is at the console.
pub trait ConsoleSessions {
    /// Stores a new one.
    ///
    /// # Errors
    /// Storage.
    fn insert_console_session(&mut self, session: &ConsoleSession) -> Result<(), StorageFault>;
    /// By the digest of its cookie, expired or not.
    ///
    /// # Errors
    /// Storage.
    fn console_session(
        &mut self,
        secret: &Digest<ConsoleSecret>,
    ) -> Result<Option<ConsoleSession>, StorageFault>;
    /// Removes one.
    ///
    /// # Errors
    /// Storage.
    fn delete_console_session(&mut self, secret: &Digest<ConsoleSecret>) -> Result<Found, StorageFault>;
}

/// Every port, inside one transaction.
pub trait Ports:
    Users
    + Groups
    + Throttle
    + PasswordResets
    + Sessions
    + Revocations
    + Clients
    + Resources
    + Grants
    + Consents
    + Interactions
    + LogoutNotices
    + Keys
    + Audit
    + AuditTrail
    + Administrators
    + ConsoleSessions
    + JwksSightings
    + Directory
    + Flows
    + Statistics
    + KeptAnswers
{
}

impl<T> Ports for T where
    T: Users
        + Groups
        + Throttle
        + PasswordResets
        + Sessions
        + Revocations
        + Clients
        + Resources
        + Grants
        + Consents
        + Interactions
        + LogoutNotices
        + Keys
        + Audit
        + AuditTrail
        + Administrators
        + ConsoleSessions
        + JwksSightings
        + Directory
        + Flows
        + Statistics
        + KeptAnswers
{
}

/// The store as use-cases see it.
pub type Store = dyn kernel::UnitOfWork<dyn Ports>;
