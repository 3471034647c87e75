//! All storage ports together: what a unit of work may touch.

use identity::{Groups, Throttle, Users};
use kernel::Audit;
use session::Sessions;
use token::{Clients, Consents, Grants, Interactions, Keys};

/// Every port, inside one transaction.
pub trait Ports:
    Users + Groups + Throttle + Sessions + Clients + Grants + Consents + Interactions + Keys + Audit
{
}

impl<T> Ports for T where
    T: Users + Groups + Throttle + Sessions + Clients + Grants + Consents + Interactions + Keys + Audit
{
}

/// The store as use-cases see it.
pub type Store = dyn kernel::UnitOfWork<dyn Ports>;
