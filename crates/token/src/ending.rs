//! What ends what. Ending a session, a grant, a person's access or a client's is one function each, so that nobody
//! forgets a part: the row, the tokens (an entry in the revocation list), the refresh tokens, the clients that want to
//! hear of it, and the audit trail.

use identity::ports::Found;
use kernel::id::{GrantId, NoticeId, Sid, TokenId, UserId};
use kernel::{Audit, AuditEvent, Ctx, StorageFault};
use session::{Issued, Revocation, Revocations, Revoked, Session, Sessions};

use crate::client::{Client, OfflineAccess};
use crate::grant::Grant;
use crate::notice::LogoutNotice;
use crate::ports::{Clients, Consents, Grants, LogoutNotices};

/// Everything endings ask of storage.
pub trait EndingPorts: Sessions + Revocations + Clients + Grants + Consents + LogoutNotices + Audit {}
impl<T: Sessions + Revocations + Clients + Grants + Consents + LogoutNotices + Audit + ?Sized> EndingPorts
    for T
{
}

/// Ends a session: nothing issued in it counts any more, refresh tokens that depend on it are dead, and its clients will
/// be told. Offline access that outlives a sign-out goes on, with new access tokens.
///
/// # Errors
/// Storage.
pub fn session(
    tx: &mut (impl EndingPorts + ?Sized),
    ctx: &Ctx,
    session: &Session,
) -> Result<Found, StorageFault> {
    if !tx.end_session(session.sid, ctx.now())?.is_yes() {
        return Ok(Found::No);
    }
    // Read again: what was issued while this waited for its turn to write is older than the entry.
    let now = ctx.now();
    tx.revoke(&Revocation::at(now, Revoked::Session(session.sid)))?;
    for grant in tx.grants_of_session(session.sid)? {
        let client = tx.client(&grant.client_id)?;
        if grant.revoked_at.is_none() && !client.is_some_and(|client| survives(&client, &grant)) {
            tx.revoke_grant(grant.id, now)?;
            // By name, not by time: no clock of another node can date a token of it past the entry of the session.
            tx.revoke(&Revocation::at(now, Revoked::Grant(grant.id)))?;
        }
    }
    for client_id in tx.clients_of_session(session.sid)? {
        if let Some(client) = tx.client(&client_id)? {
            notify(tx, ctx, &client, session)?;
        }
    }
    let event = AuditEvent::new(now, "session.end")
        .actor(session.user)
        .session(session.sid);
    tx.record(event.subject(session.sid))?;
    Ok(Found::Yes)
}

/// Whether a grant goes on without its session: the person allowed access while away, and the client may have it.
fn survives(client: &Client, grant: &Grant) -> bool {
    grant.scope.contains("offline_access")
        && client.may_use_grant("refresh_token")
        && client.offline_access() == OfflineAccess::SurvivesLogout
}

/// Puts a notice into the queue for a client that wants one.
fn notify(
    tx: &mut (impl LogoutNotices + ?Sized),
    ctx: &Ctx,
    client: &Client,
    session: &Session,
) -> Result<(), StorageFault> {
    let Some(uri) = client
        .metadata
        .backchannel_logout_uri
        .as_ref()
        .filter(|_| client.enabled)
    else {
        return Ok(());
    };
    tx.enqueue_notice(&LogoutNotice {
        id: NoticeId::generate(&*ctx.entropy),
        client_id: client.client_id.clone(),
        uri: uri.clone(),
        user: session.user,
        sid: session.sid,
        created_at: ctx.now(),
        attempts: 0,
        due_at: ctx.now(),
    })
}

/// Ends all sessions of a person but the one to keep; how many ended.
///
/// # Errors
/// Storage.
pub fn sessions_of(
    tx: &mut (impl EndingPorts + ?Sized),
    ctx: &Ctx,
    user: UserId,
    keep: Option<Sid>,
) -> Result<u64, StorageFault> {
    let mut ended = 0;
    for own in tx.sessions_of_user(user)? {
        if Some(own.sid) != keep {
            ended += u64::from(session(tx, ctx, &own)?.is_yes());
        }
    }
    Ok(ended)
}

/// Live sessions one person may have. Each takes storage and a line on a page; whoever signs in more often than this is a
/// program, and its oldest sessions are of no use to it.
pub const MOST_SESSIONS: usize = 100;

/// Ends the sessions of a person beyond [`MOST_SESSIONS`], those first that were not used for longest; how many ended.
///
/// # Errors
/// Storage.
pub fn surplus_of(
    tx: &mut (impl EndingPorts + ?Sized),
    ctx: &Ctx,
    user: UserId,
) -> Result<u64, StorageFault> {
    let mut all = tx.sessions_of_user(user)?;
    if all.len() <= MOST_SESSIONS {
        return Ok(0);
    }
    all.sort_by_key(|own| std::cmp::Reverse(own.last_seen_at));
    let mut ended = 0;
    for own in &all[MOST_SESSIONS..] {
        ended += u64::from(session(tx, ctx, own)?.is_yes());
    }
    Ok(ended)
}

/// Takes back everything that was ever issued for a person: sessions but the one to keep, refresh tokens, access tokens.
/// For a lost device, a changed password, a locked account. How many sessions ended.
///
/// # Errors
/// Storage.
pub fn everything_of(
    tx: &mut (impl EndingPorts + ?Sized),
    ctx: &Ctx,
    user: UserId,
    keep: Option<Sid>,
) -> Result<u64, StorageFault> {
    let ended = sessions_of(tx, ctx, user, keep)?;
    for own in tx.grants_of_user(user, None)? {
        tx.revoke_grant(own.id, ctx.now())?;
        // By name as well: a node whose clock is ahead may have dated tokens of it past the person's entry.
        tx.revoke(&Revocation::at(ctx.now(), Revoked::Grant(own.id)))?;
    }
    tx.revoke(&Revocation::at(ctx.now(), Revoked::User(user)))?;
    Ok(ended)
}

/// Takes back one grant: its refresh tokens are dead, its access tokens refused. `event` says why, once: whoever repeats
/// the occasion adds nothing to the trail.
///
/// # Errors
/// Storage.
pub fn grant(
    tx: &mut (impl Grants + Revocations + Audit + ?Sized),
    ctx: &Ctx,
    id: GrantId,
    event: AuditEvent,
) -> Result<Found, StorageFault> {
    let found = tx.revoke_grant(id, ctx.now())?;
    if found.is_yes() {
        tx.revoke(&Revocation::at(ctx.now(), Revoked::Grant(id)))?;
        tx.record(event)?;
    }
    Ok(found)
}

/// Takes back one access token.
///
/// # Errors
/// Storage.
pub fn access_token(
    tx: &mut (impl Revocations + Audit + ?Sized),
    ctx: &Ctx,
    id: TokenId,
    client_id: &str,
) -> Result<(), StorageFault> {
    let token = Issued {
        token: id,
        grant: None,
        session: None,
        user: None,
        client_id,
        kid: "",
    };
    // Whoever gives a token back again and again adds nothing to the list.
    if tx.is_revoked(&token)? {
        return Ok(());
    }
    tx.revoke(&Revocation::at(ctx.now(), Revoked::Token(id)))?;
    let event = AuditEvent::new(ctx.now(), "token.revoke").actor(client_id);
    tx.record(event.client(client_id).subject(id))
}

/// A person takes back what they allowed a client, with all it got by that.
///
/// # Errors
/// Storage.
pub fn consent(
    tx: &mut (impl EndingPorts + ?Sized),
    ctx: &Ctx,
    user: UserId,
    client_id: &str,
) -> Result<Found, StorageFault> {
    let mut found = tx.delete_consent(user, client_id)?;
    for own in tx.grants_of_user(user, Some(client_id))? {
        tx.revoke_grant(own.id, ctx.now())?;
        tx.revoke(&Revocation::at(ctx.now(), Revoked::Grant(own.id)))?;
        found = Found::Yes;
    }
    if found.is_yes() {
        let event = AuditEvent::new(ctx.now(), "consent.withdrawn").actor(user);
        tx.record(event.client(client_id))?;
    }
    Ok(found)
}

/// Grants of a client that are taken back, or go with it, in one unit of work: a tenth of a second, so that others get their
/// turn and no statement takes longer than it may.
pub const BATCH: u32 = 1_000;

/// Refuses every token a client ever got, and takes back the first of its grants; the rest is [`grants_of`]'s. The caller
/// records why, and keeps the client from getting more.
///
/// # Errors
/// Storage.
pub fn tokens_for(
    tx: &mut (impl Grants + Revocations + ?Sized),
    ctx: &Ctx,
    client_id: &str,
) -> Result<(), StorageFault> {
    grants_of(tx, ctx, client_id, None)?;
    tx.revoke(&Revocation::at(ctx.now(), Revoked::Client(client_id.to_owned())))
}

/// Takes back the next grants of a client; the last one looked at, if there may be more behind it.
///
/// # Errors
/// Storage.
pub fn grants_of(
    tx: &mut (impl Grants + ?Sized),
    ctx: &Ctx,
    client_id: &str,
    after: Option<GrantId>,
) -> Result<Option<GrantId>, StorageFault> {
    tx.revoke_grants_of_client(client_id, after, BATCH, ctx.now())
}
