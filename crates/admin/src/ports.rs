//! All storage ports together: what a unit of work may touch.

use identity::{Groups, PasswordResets, Throttle, Users};
use kernel::Audit;
use session::{Revocations, Sessions};
use token::{Clients, Consents, Grants, Interactions, Keys, LogoutNotices, Resources};

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
{
}

/// The store as use-cases see it.
pub type Store = dyn kernel::UnitOfWork<dyn Ports>;
