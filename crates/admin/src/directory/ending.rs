//! Ending many sessions at once: first a look at how many it would be, then batch after batch, each a unit of work of its own.
//!
//! What is ended is what was there when somebody looked: a session begun later is not. Administrators who may do more than the
//! actor are passed over and counted, so that nobody signs out those who could stop them. The actor's own session ends last:
//! every batch is asked for by somebody who is signed in, and without them the rest would go on.

use std::collections::BTreeSet;

use identity::Users;
use kernel::id::UserId;
use kernel::{Ctx, StorageFault, Timestamp};
use session::Session;
use token::Grant;
use token::ending::{self, EndingPorts};

use super::cursor::Cursor;
use super::ports::{Directory, Ended, GrantQuery, Order, SessionQuery};
use super::sessions::{Life, SessionFilter, query};
use super::{LOOKED_AT, is_possible};
use crate::actor::Actor;
use crate::authority::{Administrator, Permission, Permissions};
use crate::fault::AdminFault;
use crate::ports::Administrators;
use crate::sessions;

/// How many are ended in one unit of work: a tenth of a second, so that others get their turn.
pub const BATCH: u32 = 500;

/// How many a preview counts.
pub const COUNTED: u64 = 10_000;

/// What would be ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// Sessions.
    pub sessions: u64,
    /// Of so many people.
    pub people: u64,
    /// In which so many clients were used.
    pub clients: u64,
    /// Sessions that would be passed over: those of administrators who may do more than the actor.
    pub spared: u64,
    /// Whether that is all.
    pub count: Count,
    /// When was counted; what begins later is not ended.
    pub as_of: Timestamp,
}

/// Whether everything was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// It was.
    Whole,
    /// There are more than [`COUNTED`].
    AtLeast,
}

/// What is to be ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The live sessions a filter lets through.
    Matching(SessionFilter),
    /// Every session begun before that moment, idle ones too.
    Before(Timestamp, Reach),
}

/// How far an ending reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Offline access that outlives a sign-out goes on.
    Sessions,
    /// Nothing that was given before goes on.
    OfflineAccess,
}

/// What somebody looked at and said yes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed {
    /// What.
    pub what: What,
    /// When they looked ([`Preview::as_of`]).
    pub as_of: Timestamp,
    /// How many sessions it would be ([`Preview::sessions`]).
    pub sessions: u64,
}

/// How far the batches have come. The first begins with the default.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Progress {
    /// Sessions ended so far.
    pub ended: u64,
    /// Grants taken back so far, beside those that went with their sessions.
    pub grants: u64,
    /// Sessions and grants passed over: those of administrators who may do more than the actor.
    pub spared: u64,
    /// The actor's own session, if it is to end.
    own: Option<Session>,
    stage: Stage,
}

impl Progress {
    /// Whether nothing is left.
    pub fn is_done(&self) -> bool {
        self.stage == Stage::Done
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Stage {
    /// Nothing was ended yet.
    #[default]
    Agreeing,
    /// Going through the sessions; so many were ended in this round.
    Sessions {
        after: Option<Cursor>,
        this_round: u64,
    },
    /// Going through the grants.
    Grants {
        after: Option<Cursor>,
    },
    Done,
}

/// Everything this asks of storage.
pub trait ManyPorts: Directory + Users + Administrators + EndingPorts {}
impl<T: Directory + Users + Administrators + EndingPorts + ?Sized> ManyPorts for T {}

/// How many sessions would be ended, counted up to [`COUNTED`].
///
/// # Errors
/// `Forbidden`; `NotFound` for the person; `Storage`.
pub fn preview(
    tx: &mut (impl Directory + Users + Administrators + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    what: &What,
) -> Result<Preview, AdminFault> {
    actor.require(Permission::ViewSessions)?;
    actor.require(Permission::EndSessions)?;
    count(tx, ctx, actor, what, ctx.now())
}

fn count(
    tx: &mut (impl Directory + Users + Administrators + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    what: &What,
    as_of: Timestamp,
) -> Result<Preview, AdminFault> {
    let query = meant_by(tx, ctx, actor, what, as_of)?;
    let above = Above::of(tx, actor)?;
    let (mut people, mut clients) = (BTreeSet::new(), BTreeSet::new());
    let (mut sessions, mut spared, mut after) = (0, 0, None);
    let count = loop {
        let page = tx.sessions_like(&query, after.as_ref(), LOOKED_AT as u32)?;
        let (passed_over, found): (Vec<Session>, Vec<Session>) = page
            .items
            .into_iter()
            .partition(|session| above.has(session.user));
        let sids: Vec<_> = found.iter().map(|session| session.sid).collect();
        clients.extend(
            tx.clients_of_sessions(&sids)?
                .into_iter()
                .map(|(_, client)| client),
        );
        people.extend(found.iter().map(|session| session.user));
        sessions += found.len() as u64;
        spared += passed_over.len() as u64;
        after = page.next;
        if after.is_none() {
            break Count::Whole;
        }
        if sessions + spared >= COUNTED {
            break Count::AtLeast;
        }
    };
    Ok(Preview {
        sessions,
        people: people.len() as u64,
        clients: clients.len() as u64,
        spared,
        count,
        as_of,
    })
}

/// Ends the next batch; called again with what it returns until that [`is_done`](Progress::is_done). The first call counts
/// again: who agreed to fewer than there are now is asked anew.
///
/// # Errors
/// `Conflict` when more would be ended than was agreed to; `Forbidden`; `NotFound` for the person; `Storage`.
pub fn end(
    tx: &mut (impl ManyPorts + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    agreed: &Agreed,
    mut progress: Progress,
) -> Result<Progress, AdminFault> {
    actor.require(Permission::EndSessions)?;
    progress.stage = match std::mem::replace(&mut progress.stage, Stage::Done) {
        Stage::Agreeing => {
            agree(tx, ctx, actor, agreed)?;
            end_sessions(tx, ctx, actor, agreed, &mut progress, (None, 0))?
        }
        Stage::Sessions { after, this_round } => {
            end_sessions(tx, ctx, actor, agreed, &mut progress, (after, this_round))?
        }
        Stage::Grants { after } => end_grants(tx, ctx, actor, agreed, &mut progress, after)?,
        Stage::Done => Stage::Done,
    };
    if progress.is_done()
        && let Some(own) = progress.own.take()
    {
        sessions::end(tx, ctx, actor, &own)?;
        progress.ended += 1;
    }
    Ok(progress)
}

fn agree(
    tx: &mut (impl ManyPorts + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    agreed: &Agreed,
) -> Result<(), AdminFault> {
    let there = count(tx, ctx, actor, &agreed.what, agreed.as_of)?.sessions;
    if there > agreed.sessions {
        return Err(AdminFault::Conflict(format!(
            "{there} sessions would be ended, {} were shown; look again",
            agreed.sessions
        )));
    }
    Ok(())
}

fn end_sessions(
    tx: &mut (impl ManyPorts + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    agreed: &Agreed,
    progress: &mut Progress,
    (after, mut this_round): (Option<Cursor>, u64),
) -> Result<Stage, AdminFault> {
    let query = meant_by(tx, ctx, actor, &agreed.what, agreed.as_of)?;
    let above = Above::of(tx, actor)?;
    if after.is_none() {
        progress.spared = 0;
    }
    let page = tx.sessions_like(&query, after.as_ref(), BATCH)?;
    for session in page.items {
        if above.has(session.user) {
            progress.spared += 1;
        } else if actor.session() == Some(session.sid) {
            progress.own = Some(session);
        } else {
            sessions::end(tx, ctx, actor, &session)?;
            progress.ended += 1;
            this_round += 1;
        }
    }
    Ok(match (page.next, &agreed.what) {
        (Some(next), _) => Stage::Sessions {
            after: Some(next),
            this_round,
        },
        // A list may change its order while it is read. When a whole round finds nothing, nothing was missed.
        (None, _) if this_round > 0 => Stage::Sessions {
            after: None,
            this_round: 0,
        },
        (None, What::Before(_, Reach::OfflineAccess)) => Stage::Grants { after: None },
        (None, _) => Stage::Done,
    })
}

fn end_grants(
    tx: &mut (impl ManyPorts + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    agreed: &Agreed,
    progress: &mut Progress,
    after: Option<Cursor>,
) -> Result<Stage, AdminFault> {
    let What::Before(moment, Reach::OfflineAccess) = agreed.what else {
        return Ok(Stage::Done);
    };
    let query = GrantQuery {
        made_before: Some(moment),
        ..GrantQuery::default()
    };
    let above = Above::of(tx, actor)?;
    let page = tx.grants_like(&query, after.as_ref(), BATCH)?;
    for grant in page.items {
        if above.has(grant.user) {
            progress.spared += 1;
        } else {
            take_back(tx, ctx, actor, &grant)?;
            progress.grants += 1;
        }
    }
    let after = page.next;
    Ok(if after.is_some() {
        Stage::Grants { after }
    } else {
        Stage::Done
    })
}

fn take_back(
    tx: &mut (impl ManyPorts + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    grant: &Grant,
) -> Result<(), StorageFault> {
    let event = actor.event(ctx.now(), "grant.revoke").subject(grant.id);
    let event = event.client(&grant.client_id).detail(grant.user);
    ending::grant(tx, ctx, grant.id, event).map(drop)
}

/// What storage is asked: sessions keep their places in the order of their beginning, however often they are used meanwhile.
fn meant_by(
    tx: &mut (impl Users + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    what: &What,
    as_of: Timestamp,
) -> Result<SessionQuery, AdminFault> {
    let mut query = match what {
        What::Matching(filter) if !is_possible(&filter.client_id) => {
            return Err(AdminFault::not_found(
                "client",
                filter.client_id.as_deref().unwrap_or_default(),
            ));
        }
        What::Matching(filter) => {
            let live = SessionFilter {
                life: Life::Live,
                ..filter.clone()
            };
            query(tx, ctx, actor, &live)?
        }
        What::Before(moment, _) => SessionQuery {
            begun_before: Some(*moment),
            ended: Ended::LeftOut,
            ..SessionQuery::default()
        },
    };
    let seen = Timestamp::from_millis(as_of.as_millis().saturating_add(1));
    query.begun_before = Some(query.begun_before.map_or(seen, |before| before.min(seen)));
    query.order = Order::Begun;
    Ok(query)
}

/// The administrators who may do more than the actor.
struct Above(BTreeSet<UserId>);

impl Above {
    fn of(tx: &mut (impl Administrators + ?Sized), actor: &Actor) -> Result<Self, StorageFault> {
        let all = tx.administrators()?.into_iter();
        let above = all.filter(|(_, roles)| !actor.may().cover(&Permissions::of(roles.iter().copied())));
        let people = above.filter_map(|(who, _)| match who {
            Administrator::Person(id) => Some(id),
            Administrator::Client(_) => None,
        });
        Ok(Self(people.collect()))
    }

    fn has(&self, user: UserId) -> bool {
        self.0.contains(&user)
    }
}
