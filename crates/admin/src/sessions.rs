//! Who is signed in where, and how that is ended.

use std::collections::BTreeMap;

use identity::Users;
use kernel::Ctx;
use kernel::id::{Sid, UserId};
use session::{Session, Sessions};
use token::Grants;
use token::ending::{self, EndingPorts};

use crate::actor::Actor;
use crate::authority::Permission;
use crate::fault::AdminFault;
use crate::ports::Administrators;
use crate::{rank, users};

const PAGE: u32 = 500;

/// A session with what an administrator wants to know beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionStatus {
    /// The session.
    pub session: Session,
    /// Whose; their `sub` to those who may not see people.
    pub username: String,
    /// The clients that signed the person in by it, by id.
    pub clients: Vec<String>,
}

/// Whose sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose<'a> {
    /// Everybody's.
    Everybodys,
    /// One person's, by username, address or `sub`.
    Of(&'a str),
}

/// The sessions in which somebody is signed in now, the one last used first.
///
/// # Errors
/// `NotFound` for the person; `Forbidden`, also to name a person for those who may not see people; `Storage`.
pub fn list(
    tx: &mut (impl Users + Sessions + Grants + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    whose: Whose<'_>,
) -> Result<Vec<SessionStatus>, AdminFault> {
    actor.require(Permission::ViewSessions)?;
    live(tx, ctx, actor, whose)
}

fn live(
    tx: &mut (impl Users + Sessions + Grants + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    whose: Whose<'_>,
) -> Result<Vec<SessionStatus>, AdminFault> {
    let (now, mut names) = (ctx.now(), BTreeMap::new());
    let mut all = Vec::new();
    for session in live_or_idle(tx, actor, whose)? {
        if session.is_live(now, &ctx.policy) {
            all.push(status(tx, actor, session, &mut names)?);
        }
    }
    all.sort_by_key(|status| std::cmp::Reverse(status.session.last_seen_at));
    Ok(all)
}

/// A session by `sid`, ended ones too.
///
/// # Errors
/// `NotFound`; `Storage`.
pub fn find(
    tx: &mut (impl Users + Sessions + Grants + ?Sized),
    actor: &Actor,
    sid: &str,
) -> Result<SessionStatus, AdminFault> {
    actor.require(Permission::ViewSessions)?;
    by_sid(tx, actor, sid)
}

fn by_sid(
    tx: &mut (impl Users + Sessions + Grants + ?Sized),
    actor: &Actor,
    sid: &str,
) -> Result<SessionStatus, AdminFault> {
    let session = match sid.parse::<Sid>() {
        Ok(id) => tx.session(id)?,
        Err(_) => None,
    };
    let session = session.ok_or_else(|| AdminFault::not_found("session", sid))?;
    status(tx, actor, session, &mut BTreeMap::new())
}

/// Ends a session: tokens issued in it are refused, its clients are told. Ending it twice changes nothing.
///
/// # Errors
/// `NotFound`; `Forbidden`, also for who may do more than the actor; `Storage`.
pub fn revoke(
    tx: &mut (impl Users + EndingPorts + Administrators + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    sid: &str,
) -> Result<SessionStatus, AdminFault> {
    actor.require(Permission::EndSessions)?;
    let status = by_sid(tx, actor, sid)?;
    rank::over_person(tx, actor, status.session.user)?;
    end(tx, ctx, actor, &status.session)?;
    by_sid(tx, actor, sid)
}

/// Ends every session of one person, or of everybody; those that were live. Offline access that outlives a sign-out goes on.
///
/// # Errors
/// `NotFound` for the person; `Forbidden`, also when one of them may do more than the actor; `Storage`.
pub fn revoke_all(
    tx: &mut (impl Users + EndingPorts + Administrators + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    whose: Whose<'_>,
) -> Result<Vec<SessionStatus>, AdminFault> {
    actor.require(Permission::EndSessions)?;
    let mut live = live(tx, ctx, actor, whose)?;
    let all = live_or_idle(tx, actor, whose)?;
    match whose {
        // Whether or not they are signed in.
        Whose::Of(name) => {
            let user = users::by_name(tx, name)?;
            rank::over_person(tx, actor, user.id)?;
        }
        Whose::Everybodys => {
            let people = all.iter().map(|session| session.user).collect();
            rank::over_people(tx, actor, &people)?;
        }
    }
    for session in all {
        end(tx, ctx, actor, &session)?;
    }
    for status in &mut live {
        status.session.ended_at = Some(ctx.now());
    }
    Ok(live)
}

/// `session.end` says that it ended; this event says who wanted it.
pub(crate) fn end(
    tx: &mut (impl EndingPorts + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    session: &Session,
) -> Result<(), AdminFault> {
    if ending::session(tx, ctx, session)?.is_yes() {
        let event = actor.event(ctx.now(), "session.revoke").session(session.sid);
        tx.record(event.subject(session.sid).detail(session.user))?;
    }
    Ok(())
}

/// The sessions nobody ended, those that ran out included.
fn live_or_idle(
    tx: &mut (impl Users + Sessions + ?Sized),
    actor: &Actor,
    whose: Whose<'_>,
) -> Result<Vec<Session>, AdminFault> {
    if let Whose::Of(name) = whose {
        let user = users::find(tx, actor, name)?;
        return Ok(tx.sessions_of_user(user.id)?);
    }
    let mut all: Vec<Session> = Vec::new();
    loop {
        let page = tx.sessions(all.last().map(|session| session.sid), PAGE)?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

fn status(
    tx: &mut (impl Users + Grants + ?Sized),
    actor: &Actor,
    session: Session,
    names: &mut BTreeMap<UserId, String>,
) -> Result<SessionStatus, AdminFault> {
    let clients = tx.clients_of_session(session.sid)?;
    let username = users::name_of(tx, actor, session.user, names)?;
    Ok(SessionStatus {
        session,
        username,
        clients,
    })
}
