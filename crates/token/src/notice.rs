//! Logout notices on their way to clients (OpenID Connect Back-Channel Logout 1.0 2.5): written in the unit of work that
//! ends a session, delivered later by a job, so that signing out never waits for somebody else's server.

use std::time::Duration;

use kernel::id::{NoticeId, Sid, UserId};
use kernel::{Audit, AuditEvent, Ctx, StorageFault, Timestamp};

use crate::client::SigningAlg;
use crate::ports::{Clients, LogoutNotices};

/// How long one node may take to deliver before another tries.
const LEASE: Duration = Duration::from_secs(30);
/// How long to wait after each failed attempt. After the last the notice is given up: a client that was away for an hour
/// has sessions of its own that end.
const RETRIES: [Duration; 7] = [
    Duration::from_secs(2),
    Duration::from_secs(10),
    Duration::from_secs(30),
    Duration::from_secs(2 * 60),
    Duration::from_secs(10 * 60),
    Duration::from_secs(20 * 60),
    Duration::from_secs(30 * 60),
];

/// That a session ended, for one client that took part in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoutNotice {
    /// The `jti` of the logout token; every retry carries the same.
    pub id: NoticeId,
    /// Whom to tell.
    pub client_id: String,
    /// Where: the client's `backchannel_logout_uri` when the session ended.
    pub uri: String,
    /// Whose session.
    pub user: UserId,
    /// Which session.
    pub sid: Sid,
    /// When it ended.
    pub created_at: Timestamp,
    /// How often delivery was tried.
    pub attempts: u32,
    /// When it is due; while a node delivers it, when another may try.
    pub due_at: Timestamp,
}

/// A notice to deliver now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The notice.
    pub notice: LogoutNotice,
    /// How its client wants tokens signed.
    pub alg: SigningAlg,
}

/// Takes notices that are due, but none to the clients in `busy`. Those of clients that are gone or disabled meanwhile are dropped.
///
/// # Errors
/// Storage.
pub fn take_due(
    tx: &mut (impl LogoutNotices + Clients + ?Sized),
    ctx: &Ctx,
    limit: u32,
    busy: &[String],
) -> Result<Vec<Due>, StorageFault> {
    let now = ctx.now();
    let mut due = Vec::new();
    for notice in tx.lease_notices(now, now.plus(LEASE), limit, busy)? {
        match tx.client(&notice.client_id)?.filter(|client| client.enabled) {
            Some(client) => due.push(Due {
                alg: client.id_token_alg(),
                notice,
            }),
            None => tx.finish_notice(notice.id)?,
        }
    }
    Ok(due)
}

/// The client has heard.
///
/// # Errors
/// Storage.
pub fn delivered(tx: &mut (impl LogoutNotices + ?Sized), notice: &LogoutNotice) -> Result<(), StorageFault> {
    tx.finish_notice(notice.id)
}

/// What becomes of a notice that could not be delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterFailure {
    /// It will be tried again after this long.
    Retry(Duration),
    /// It was tried often enough.
    GivenUp,
}

/// The client has not heard: tried again later, or given up and recorded.
///
/// # Errors
/// Storage.
pub fn failed(
    tx: &mut (impl LogoutNotices + Audit + ?Sized),
    ctx: &Ctx,
    notice: &LogoutNotice,
) -> Result<AfterFailure, StorageFault> {
    let past = usize::try_from(notice.attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    if let Some(pause) = RETRIES.get(past) {
        tx.postpone_notice(notice.id, ctx.now().plus(*pause))?;
        return Ok(AfterFailure::Retry(*pause));
    }
    tx.finish_notice(notice.id)?;
    let event = AuditEvent::new(ctx.now(), "logout.undelivered").client(&notice.client_id);
    let event = event.actor(notice.user).subject(notice.sid);
    tx.record(event.session(notice.sid).refused())?;
    Ok(AfterFailure::GivenUp)
}
