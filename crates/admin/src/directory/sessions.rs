//! A page of sessions.

use std::collections::HashMap;

use identity::Users;
use kernel::id::Sid;
use kernel::{Ctx, StorageFault, Timestamp};
use session::Session;

use super::address::AddressRange;
use super::cursor::{Cursor, Page};
use super::ports::{Directory, Ended, Order, SessionQuery};
use super::{is_possible, meant, names, within_reason};
use crate::actor::Actor;
use crate::authority::Permission;
use crate::fault::AdminFault;
use crate::sessions::SessionStatus;

/// Which sessions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionFilter {
    /// One person's, by user name, address or `sub`.
    pub user: Option<String>,
    /// Those in which this client was given a code.
    pub client_id: Option<String>,
    /// From this network address, or from this network.
    pub address: Option<AddressRange>,
    /// Begun at this moment or later.
    pub begun_from: Option<Timestamp>,
    /// Begun before.
    pub begun_before: Option<Timestamp>,
    /// Last used at this moment or later.
    pub seen_from: Option<Timestamp>,
    /// Last used before.
    pub seen_before: Option<Timestamp>,
    /// Those that count, or all that are remembered.
    pub life: Life,
}

/// Whether a session still has to count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Life {
    /// Not ended, neither idle nor old beyond policy.
    #[default]
    Live,
    /// Whether or not.
    Any,
}

/// Sessions, the one last used first; those of a person or an address the one last begun first, those of a client in the
/// order in which it last got a code.
///
/// # Errors
/// `Forbidden`; `NotFound` for the person; `Storage`.
pub fn sessions(
    tx: &mut (impl Directory + Users + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    filter: &SessionFilter,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<SessionStatus>, AdminFault> {
    actor.require(Permission::ViewSessions)?;
    if !is_possible(&filter.client_id) {
        return Ok(Page::last(Vec::new()));
    }
    let query = query(tx, ctx, actor, filter)?;
    let page = tx.sessions_like(&query, after, within_reason(limit))?;
    Ok(with_company(tx, actor, page)?)
}

/// What storage is asked. Of idle and old sessions it knows nothing, so they are put into its words.
pub(super) fn query(
    tx: &mut (impl Users + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    filter: &SessionFilter,
) -> Result<SessionQuery, AdminFault> {
    let mut query = SessionQuery {
        user: meant(tx, actor, filter.user.as_deref())?,
        client_id: filter.client_id.clone(),
        addresses: filter.address.map(AddressRange::keys),
        begun_from: filter.begun_from,
        begun_before: filter.begun_before,
        seen_from: filter.seen_from,
        seen_before: filter.seen_before,
        ended: Ended::Included,
        order: Order::LastUsed,
    };
    if filter.life == Life::Live {
        // As in Session::is_live: what is as old as policy says does not count any more.
        let alive = |life| Timestamp::from_millis(ctx.now().minus(life).as_millis() + 1);
        query.begun_from = query.begun_from.max(Some(alive(ctx.policy.session_absolute)));
        query.seen_from = query.seen_from.max(Some(alive(ctx.policy.session_idle)));
        query.ended = Ended::LeftOut;
    }
    let about_use = filter.seen_from.is_some() || filter.seen_before.is_some();
    let about_begin = filter.begun_from.is_some() || filter.begun_before.is_some();
    if about_begin && !about_use {
        query.order = Order::Begun;
    }
    Ok(query)
}

/// Whose each session is, and which clients signed in by it: two questions for the whole page.
pub(super) fn with_company(
    tx: &mut (impl Directory + ?Sized),
    actor: &Actor,
    page: Page<Session>,
) -> Result<Page<SessionStatus>, StorageFault> {
    let names = names(tx, actor, page.items.iter().map(|session| session.user))?;
    let sids: Vec<Sid> = page.items.iter().map(|session| session.sid).collect();
    let mut clients: HashMap<Sid, Vec<String>> = HashMap::new();
    for (sid, client_id) in tx.clients_of_sessions(&sids)? {
        clients.entry(sid).or_default().push(client_id);
    }
    Ok(page.map(|session| SessionStatus {
        username: names
            .get(&session.user)
            .cloned()
            .unwrap_or_else(|| session.user.to_string()),
        clients: clients.remove(&session.sid).unwrap_or_default(),
        session,
    }))
}
