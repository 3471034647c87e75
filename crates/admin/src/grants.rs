//! What people allowed clients, each authorization with its tokens, and how one is taken back.

use std::collections::BTreeMap;

use identity::Users;
use kernel::id::{GrantId, UserId};
use kernel::{Audit, Ctx};
use session::Revocations;
use token::{Clients, Grant, Grants, ending};

use crate::actor::Actor;
use crate::authority::Permission;
use crate::fault::AdminFault;
use crate::ports::Administrators;
use crate::{clients, rank, users};

/// A grant with the name of the person behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct GrantStatus {
    /// The grant.
    pub grant: Grant,
    /// Whose.
    pub username: String,
}

/// Which grants.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GrantFilter {
    /// One person's only, by username, address or `sub`.
    pub user: Option<String>,
    /// One client's only.
    pub client_id: Option<String>,
}

/// The grants that were not taken back, the newest first. Who may not see people finds none by name, and reads their `sub`.
///
/// # Errors
/// `NotFound` for the person or the client; `Storage`.
pub fn list(
    tx: &mut (impl Users + Clients + Grants + ?Sized),
    actor: &Actor,
    filter: &GrantFilter,
) -> Result<Vec<GrantStatus>, AdminFault> {
    actor.require(Permission::ViewSessions)?;
    let client_id = filter.client_id.as_deref();
    if let Some(client_id) = client_id {
        clients::find(tx, actor, client_id)?;
    }
    let people = match &filter.user {
        Some(name) => vec![users::find(tx, actor, name)?],
        None => users::all(tx)?,
    };
    let mut all = Vec::new();
    for user in people {
        let own = tx.grants_of_user(user.id, client_id)?;
        all.extend(own.into_iter().map(|grant| GrantStatus {
            grant,
            username: users::name_for(actor, &user),
        }));
    }
    all.sort_by_key(|status| std::cmp::Reverse(status.grant.id));
    Ok(all)
}

/// Takes a grant back: its refresh tokens are dead, its access tokens refused. Twice changes nothing.
///
/// # Errors
/// `NotFound`; `Forbidden`, also for a person who may do more than the actor; `Storage`.
pub fn revoke(
    tx: &mut (impl Users + Grants + Revocations + Administrators + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    id: &str,
) -> Result<GrantStatus, AdminFault> {
    actor.require(Permission::EndSessions)?;
    let parsed: Option<GrantId> = id.parse().ok();
    let grant = match parsed {
        Some(id) => tx.grant(id)?,
        None => None,
    };
    let mut grant = grant.ok_or_else(|| AdminFault::not_found("grant", id))?;
    rank::over_person(tx, actor, grant.user)?;
    if grant.revoked_at.is_none() {
        let event = actor
            .event(ctx.now(), "grant.revoke")
            .session(grant.sid)
            .subject(grant.id)
            .client(&grant.client_id)
            .detail(grant.user);
        ending::grant(tx, ctx, grant.id, event)?;
        grant.revoked_at = Some(ctx.now());
    }
    let username = users::name_of(tx, actor, grant.user, &mut BTreeMap::<UserId, String>::new())?;
    Ok(GrantStatus { grant, username })
}
