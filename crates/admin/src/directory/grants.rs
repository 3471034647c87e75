//! A page of grants.

use identity::Users;
use kernel::Ctx;

use super::cursor::{Cursor, Page};
use super::ports::{Directory, GrantQuery};
use super::{is_possible, meant, names, within_reason};
use crate::actor::Actor;
use crate::authority::Permission;
use crate::fault::AdminFault;
use crate::grants::{GrantFilter, GrantStatus};

/// The grants that were not taken back, the newest first. Who may not see people finds none by name, and reads their `sub`.
///
/// # Errors
/// `Forbidden`; `NotFound` for the person; `Storage`.
pub fn grants(
    tx: &mut (impl Directory + Users + ?Sized),
    _ctx: &Ctx,
    actor: &Actor,
    filter: &GrantFilter,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<GrantStatus>, AdminFault> {
    actor.require(Permission::ViewSessions)?;
    if !is_possible(&filter.client_id) {
        return Ok(Page::last(Vec::new()));
    }
    let query = GrantQuery {
        user: meant(tx, actor, filter.user.as_deref())?,
        client_id: filter.client_id.clone(),
        ..GrantQuery::default()
    };
    let page = tx.grants_like(&query, after, within_reason(limit))?;
    let names = names(tx, actor, page.items.iter().map(|grant| grant.user))?;
    Ok(page.map(|grant| GrantStatus {
        username: names
            .get(&grant.user)
            .cloned()
            .unwrap_or_else(|| grant.user.to_string()),
        grant,
    }))
}
