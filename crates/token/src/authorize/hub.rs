//! The hub of the browser flow: every step comes back here, and only here is decided what follows.
//!
//! Runs inside one unit of work: looks at the session, decides, and either issues the code or saves the request for the
//! pages.

use std::sync::Arc;

use identity::{User, Users};
use kernel::id::{InteractionId, Sid, UserId};
use kernel::secret::{AuthorizationCode, BrowserSecret, FlowSecret};
use kernel::{Audit, AuditEvent, Ctx, Plain, StorageFault, Timestamp};
use protocol::{ErrorCode, OAuthError};
use session::{Session, Sessions};

use super::account::{Account, settle, usable};
use super::decide::{Consented, Facts, LoginReason, Next, decide, new_scopes};
use super::interaction::{Interaction, Pending};
use super::issue;
use super::request::AuthorizationRequest;
use crate::client::{Client, ResponseTarget};
use crate::grant::Consent;
use crate::ports::{Consents, Grants, Interactions};

/// Everything the hub asks of storage.
pub trait HubPorts: Users + Sessions + Consents + Grants + Interactions + Audit {}
impl<T: Users + Sessions + Consents + Grants + Interactions + Audit + ?Sized> HubPorts for T {}

/// Where the browser goes next.
#[derive(Debug)]
pub enum Step {
    /// Back to the client with a code.
    Code(ResponseTarget, Plain<AuthorizationCode>),
    /// Back to the client that sent this request with an error.
    Refuse(Box<AuthorizationRequest>, OAuthError),
    /// To the sign-in page of this interaction.
    Login(InteractionId, LoginReason),
    /// To the page of this interaction where an account is chosen.
    Choose(InteractionId),
    /// To the consent page of this interaction.
    Consent(InteractionId),
    /// This request was answered before, perhaps a click ago: one request gets one answer.
    Gone(InteractionId),
}

/// Who is at the browser.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// The session cookie, if one came.
    pub browser: Option<Plain<BrowserSecret>>,
    /// The flow cookie that pages of this browser are tied to.
    pub flow: Plain<FlowSecret>,
}

impl Visitor {
    /// The flow digest as interactions keep it.
    pub fn flow_digest(&self) -> String {
        kernel::digest::base64url(self.flow.digest().as_bytes())
    }
}

/// A request that just arrived.
///
/// # Errors
/// Storage.
pub fn arrive(
    tx: &mut (impl HubPorts + ?Sized),
    ctx: &Ctx,
    client: &Arc<Client>,
    request: AuthorizationRequest,
    visitor: &Visitor,
) -> Result<Step, StorageFault> {
    let now = ctx.now();
    let next = next_step(tx, ctx, client, &request, visitor, (Consented::NotAsked, None))?;
    let (page, id) = match next {
        Resolved::Step(step) => return Ok(step),
        Resolved::Ask(page) => (page, InteractionId::generate(&*ctx.entropy)),
    };
    let interaction = Interaction {
        id,
        flow: Some(visitor.flow_digest()),
        created_at: now,
        request: Pending::Authorization(Box::new(request)),
    };
    tx.save_interaction(&interaction, now.plus(ctx.policy.interaction_ttl))?;
    Ok(page.step(id))
}

/// A saved request whose person has done something: signed in, chosen, or just come back.
///
/// # Errors
/// Storage.
pub fn go_on(
    tx: &mut (impl HubPorts + ?Sized),
    ctx: &Ctx,
    client: &Arc<Client>,
    interaction: &Interaction,
    visitor: &Visitor,
    consented: Consented,
) -> Result<Step, StorageFault> {
    let Some(request) = waiting(tx, ctx, interaction.id)? else {
        return Ok(Step::Gone(interaction.id));
    };
    let since = Some(interaction.created_at);
    match next_step(tx, ctx, client, &request, visitor, (consented, since))? {
        Resolved::Ask(page) => Ok(page.step(interaction.id)),
        Resolved::Step(step) => finish(tx, ctx, (interaction, &request), step),
    }
}

/// What a saved request waits for, without answering it: the page that is due, or nothing when it can be answered, which is
/// [`go_on`]'s affair. Writes nothing.
///
/// # Errors
/// Storage.
pub fn look(
    tx: &mut (impl HubPorts + ?Sized),
    ctx: &Ctx,
    client: &Arc<Client>,
    interaction: &Interaction,
    visitor: &Visitor,
) -> Result<Option<Step>, StorageFault> {
    let Some(request) = waiting(tx, ctx, interaction.id)? else {
        return Ok(Some(Step::Gone(interaction.id)));
    };
    let asked = (Consented::NotAsked, Some(interaction.created_at));
    decided(tx, ctx, client, &request, visitor, asked, |_, next, _, _| {
        Ok(match next {
            Next::Login(reason) => Some(Step::Login(interaction.id, reason)),
            Next::Choose => Some(Step::Choose(interaction.id)),
            Next::Consent => Some(Step::Consent(interaction.id)),
            Next::Issue | Next::Refuse(_) => None,
        })
    })
}

/// The person pressed Deny.
///
/// # Errors
/// Storage.
pub fn deny(
    tx: &mut (impl HubPorts + ?Sized),
    ctx: &Ctx,
    interaction: &Interaction,
    request: &AuthorizationRequest,
    person: UserId,
) -> Result<Step, StorageFault> {
    let event = AuditEvent::new(ctx.now(), "consent.denied").actor(person);
    tx.record(event.client(&request.client_id).refused())?;
    let error = OAuthError::new(ErrorCode::AccessDenied, "the person did not allow this access");
    finish(
        tx,
        ctx,
        (interaction, request),
        Step::Refuse(Box::new(request.clone()), error),
    )
}

/// The request as it stands, if nobody has answered it yet.
pub(super) fn waiting(
    tx: &mut (impl Interactions + ?Sized),
    ctx: &Ctx,
    id: InteractionId,
) -> Result<Option<AuthorizationRequest>, StorageFault> {
    Ok(
        match tx.interaction(id, ctx.now())?.map(|current| current.request) {
            Some(Pending::Authorization(request)) => Some(*request),
            _ => None,
        },
    )
}

/// Answers a request that nobody has answered yet, and leaves behind what it was, so that coming back to its pages can
/// lead on. A code that lost the race is dropped unseen, and nobody can redeem what nobody knows.
fn finish(
    tx: &mut (impl Interactions + ?Sized),
    ctx: &Ctx,
    saved: (&Interaction, &AuthorizationRequest),
    step: Step,
) -> Result<Step, StorageFault> {
    let (interaction, request) = saved;
    if !tx.finish_interaction(interaction.id)?.is_yes() {
        return Ok(Step::Gone(interaction.id));
    }
    let tombstone = Interaction {
        request: Pending::Answered(Box::new(request.clone())),
        ..interaction.clone()
    };
    tx.save_interaction(&tombstone, ctx.now().plus(ctx.policy.interaction_ttl))?;
    Ok(step)
}

/// What the consent page shows.
#[derive(Debug)]
pub struct ConsentView {
    /// Who is asked.
    pub user: User,
    /// Those scopes that were not allowed before.
    pub new_scopes: protocol::Scope,
}

/// Gathers what the consent page of a request shows; `None` while it is not settled who is asked.
///
/// # Errors
/// Storage.
pub fn consent_view(
    tx: &mut (impl HubPorts + ?Sized),
    ctx: &Ctx,
    request: &AuthorizationRequest,
    visitor: &Visitor,
) -> Result<Option<ConsentView>, StorageFault> {
    let Some(user) = present(tx, ctx, request, visitor)? else {
        return Ok(None);
    };
    let consent = tx.consent(user.id, &request.client_id)?;
    Ok(Some(ConsentView {
        user,
        new_scopes: new_scopes(request, consent.as_ref()),
    }))
}

/// The person a request is for, once that is settled.
///
/// # Errors
/// Storage.
pub fn present(
    tx: &mut (impl HubPorts + ?Sized),
    ctx: &Ctx,
    request: &AuthorizationRequest,
    visitor: &Visitor,
) -> Result<Option<User>, StorageFault> {
    let here = usable_at(tx, ctx, visitor)?;
    Ok(match settle(&here, request, None) {
        Account::Settled(_, user) => Some(user.clone()),
        Account::NotHere | Account::Unsettled | Account::Unwanted => None,
    })
}

/// Sessions at this browser that somebody can go on with.
pub(super) fn usable_at(
    tx: &mut (impl HubPorts + ?Sized),
    ctx: &Ctx,
    visitor: &Visitor,
) -> Result<Vec<(Session, User)>, StorageFault> {
    let people = session::present::people_at(tx, visitor.browser.as_ref())?;
    Ok(usable(people, ctx.now(), &ctx.policy))
}

/// Where the person cannot be asked and several are here: the session in which this client was given a code last.
fn last_used(
    tx: &mut (impl Grants + ?Sized),
    request: &AuthorizationRequest,
    here: &[(Session, User)],
) -> Result<Option<Sid>, StorageFault> {
    if !request.prompt.is_silent() || here.len() < 2 {
        return Ok(None);
    }
    let among: Vec<Sid> = here.iter().map(|(session, _)| session.sid).collect();
    tx.last_session_with(&request.client_id, &among)
}

/// A page to show.
enum Page {
    Login(LoginReason),
    Choose,
    Consent,
}

impl Page {
    fn step(self, id: InteractionId) -> Step {
        match self {
            Page::Login(reason) => Step::Login(id, reason),
            Page::Choose => Step::Choose(id),
            Page::Consent => Step::Consent(id),
        }
    }
}

enum Resolved {
    Step(Step),
    Ask(Page),
}

/// Looks who is here and decides; what follows from it is `then`'s affair.
fn decided<T: HubPorts + ?Sized, R>(
    tx: &mut T,
    ctx: &Ctx,
    client: &Arc<Client>,
    request: &AuthorizationRequest,
    visitor: &Visitor,
    (consented, waiting_since): (Consented, Option<Timestamp>),
    then: impl FnOnce(&mut T, Next, Account<'_>, Option<Consent>) -> Result<R, StorageFault>,
) -> Result<R, StorageFault> {
    let here = usable_at(tx, ctx, visitor)?;
    let account = settle(&here, request, last_used(tx, request, &here)?);
    let consent = match account {
        Account::Settled(_, user) => tx.consent(user.id, &client.client_id)?,
        Account::NotHere | Account::Unsettled | Account::Unwanted => None,
    };
    let next = decide(&Facts {
        request,
        client,
        account,
        consent: consent.as_ref(),
        consented,
        waiting_since,
        now: ctx.now(),
    });
    then(tx, next, account, consent)
}

fn next_step(
    tx: &mut (impl HubPorts + ?Sized),
    ctx: &Ctx,
    client: &Arc<Client>,
    request: &AuthorizationRequest,
    visitor: &Visitor,
    (consented, since): (Consented, Option<Timestamp>),
) -> Result<Resolved, StorageFault> {
    let now = ctx.now();
    let asked = (consented, since);
    decided(
        tx,
        ctx,
        client,
        request,
        visitor,
        asked,
        |tx, next, account, consent| {
            Ok(match (next, account) {
                (Next::Login(reason), _) => Resolved::Ask(Page::Login(reason)),
                (Next::Choose, _) => Resolved::Ask(Page::Choose),
                (Next::Consent, _) => Resolved::Ask(Page::Consent),
                (Next::Refuse(error), _) => Resolved::Step(Step::Refuse(Box::new(request.clone()), error)),
                (Next::Issue, Account::Settled(session, user)) => {
                    if matches!(consented, Consented::JustNow(_)) {
                        remember(tx, user, request, consent, now)?;
                    }
                    if session.wants_touch(now) {
                        tx.touch_session(session.sid, now)?;
                    }
                    let code = issue::code(tx, ctx, request, session)?;
                    Resolved::Step(Step::Code(request.target.clone(), code))
                }
                // Deciding to issue for nobody is impossible; asking for a sign-in is the safe reading.
                (Next::Issue, _) => Resolved::Ask(Page::Login(LoginReason::NotSignedIn)),
            })
        },
    )
}

/// Remembers a consent, together with what was allowed before.
fn remember(
    tx: &mut (impl HubPorts + ?Sized),
    user: &User,
    request: &AuthorizationRequest,
    before: Option<Consent>,
    now: Timestamp,
) -> Result<(), StorageFault> {
    let (old_scope, mut resources) = before.map(|c| (c.scope, c.resources)).unwrap_or_default();
    resources.extend(request.resources.iter().cloned());
    resources.sort();
    resources.dedup();
    tx.save_consent(&Consent {
        user: user.id,
        client_id: request.client_id.clone(),
        scope: old_scope.union(&request.to_be_allowed()),
        resources,
        at: now,
    })?;
    tx.record(
        AuditEvent::new(now, "consent.given")
            .actor(user.id)
            .client(&request.client_id)
            .detail(request.to_be_allowed()),
    )
}
