//! A page of clients.

use kernel::Ctx;
use token::Client;

use super::cursor::{Cursor, Page};
use super::ports::Directory;
use super::within_reason;
use crate::actor::Actor;
use crate::authority::Permission;
use crate::fault::AdminFault;

/// Which clients.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientFilter {
    /// The beginning of an id, of a word of the name or of a redirect URI's host; several words must all be found.
    pub text: Option<String>,
    /// Only those that are switched on, or off.
    pub standing: Option<Standing>,
    /// Only those of this kind.
    pub kind: Option<Kind>,
}

/// Whether a client may do anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It may.
    Enabled,
    /// An administrator switched it off.
    Disabled,
}

/// What kind of client. One may be of two: a public client of the house's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It keeps no secret (RFC 6749 2.1).
    Public,
    /// It proves who it is.
    Confidential,
    /// The house's own: nobody is asked for consent.
    FirstParty,
}

/// Clients by name, those without one by id.
///
/// # Errors
/// `Forbidden`; `Storage`.
pub fn clients(
    tx: &mut (impl Directory + ?Sized),
    _ctx: &Ctx,
    actor: &Actor,
    filter: &ClientFilter,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<Client>, AdminFault> {
    actor.require(Permission::ViewApplications)?;
    Ok(tx.registered_clients(filter, after, within_reason(limit))?)
}
