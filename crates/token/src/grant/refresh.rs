//! The refresh grant (RFC 6749 6) with rotation and replay detection (RFC 9700 4.14.2), driven through oxide-auth's
//! machine.
//!
//! A token is spent by one conditional write. The spent row keeps its successor sealed under a key derived from the
//! spent token itself: within the grace period a retry, and only a holder of the old token, gets the same successor
//! again, so that a lost answer or two tabs never fork or kill a family. Outside it, a second use is theft.
//!
//! Where the operator turned rotation off for a client the same token stays good, and use keeps it from growing idle.
//! What was spent before stays spent.

use kernel::secret::RefreshToken;
use kernel::{AuditEvent, Ctx, Plain, StorageFault};
use oxide_auth::code_grant::refresh::{Input, Output, Refresh};

use super::case::{Case, GrantPorts};
use super::outcome::{GrantFault, Granted, Outcome, Stop};
use super::plan::{Narrowing, WithNonce, plan};
use super::presented::{Presented, find, judge};
use super::{Grant, RefreshRow, Spent};
use crate::client::RefreshRotation;
use crate::ending;
use crate::keys::sealing::{open_successor, seal_successor};
use crate::oxide::view::TokenView;
use crate::oxide::{convert, fault};
use crate::ports::Grants;

/// The first refresh token of a grant.
pub(crate) fn first(
    tx: &mut (impl Grants + ?Sized),
    ctx: &Ctx,
    grant: &Grant,
) -> Result<Plain<RefreshToken>, StorageFault> {
    let token = Plain::generate(&*ctx.entropy);
    tx.insert_refresh_token(&RefreshRow {
        digest: token.digest(),
        grant: grant.id,
        generation: 0,
        issued_at: ctx.now(),
        spent: None,
    })?;
    Ok(token)
}

/// Refreshes for the authenticated client.
///
/// # Errors
/// Storage. A refusal is an [`Outcome`].
pub fn refresh(tx: &mut (impl GrantPorts + ?Sized), case: &Case<'_>) -> Result<Outcome, StorageFault> {
    Stop::settle(drive(tx, case))
}

fn drive(tx: &mut (impl GrantPorts + ?Sized), case: &Case<'_>) -> Result<Granted, Stop> {
    let view = TokenView {
        params: case.params,
        client_id: &case.client.client_id,
    };
    let mut machine = Refresh::new(&view);
    let mut presented = None;
    let scope = || case.params.get("scope").map(Into::into);
    let mut input = Input::None;
    loop {
        input = match machine.advance(input) {
            // The client was authenticated before the machine was built.
            Output::Unauthenticated { .. } => Input::Authenticated { scope: scope() },
            Output::RecoverRefresh { token } => {
                let found = find(tx, case.client, Plain::from_presented(token))?;
                judge(tx, case.ctx, case.client, &found)?;
                let shown = convert::grant(&found.grant).ok_or(GrantFault::Unknown)?;
                presented = Some(found);
                Input::Recovered {
                    scope: scope(),
                    grant: Some(shown),
                }
            }
            // The machine has judged. Its narrowed grant is not kept: narrowing holds for this one answer.
            Output::Refresh { .. } | Output::Ok(_) => {
                return grant_tokens(tx, case, presented.ok_or(GrantFault::Unknown)?);
            }
            Output::Err(error) => return Err(GrantFault::Malformed(fault::refresh(error)).into()),
        };
    }
}

fn grant_tokens(
    tx: &mut (impl GrantPorts + ?Sized),
    case: &Case<'_>,
    presented: Presented,
) -> Result<Granted, Stop> {
    let user = tx
        .user(presented.grant.user)?
        .filter(identity::User::is_active)
        .ok_or(GrantFault::UserInactive)?;
    let narrowing = Narrowing::read(case, &presented.grant)?;
    let refresh_token = use_up(tx, case, &presented)?;
    let plan = plan(case, &user, &presented.grant, &narrowing, WithNonce::No);
    Ok(Granted { plan, refresh_token })
}

/// Uses the presented token; the next one, or nothing where it stays good (RFC 6749 6: a new one may be issued).
fn use_up(
    tx: &mut (impl GrantPorts + ?Sized),
    case: &Case<'_>,
    presented: &Presented,
) -> Result<Option<Plain<RefreshToken>>, Stop> {
    if case.client.refresh_rotation() == RefreshRotation::Off
        && tx
            .renew_refresh_token(&presented.row.digest, case.ctx.now())?
            .is_yes()
    {
        end_grace(tx, presented)?;
        return Ok(None);
    }
    rotate(tx, case.ctx, presented).map(Some)
}

/// Spends the presented token for its successor, or gives a retry the same one, or revokes the family.
fn rotate(
    tx: &mut (impl GrantPorts + ?Sized),
    ctx: &Ctx,
    presented: &Presented,
) -> Result<Plain<RefreshToken>, Stop> {
    if let Some(spent) = &presented.row.spent {
        return retry(tx, ctx, presented, spent);
    }
    let successor = Plain::<RefreshToken>::generate(&*ctx.entropy);
    if tx
        .spend_refresh_token(&presented.row.digest, &spent(ctx, presented, &successor))?
        .is_yes()
    {
        tx.insert_refresh_token(&RefreshRow {
            digest: successor.digest(),
            grant: presented.grant.id,
            generation: presented.row.generation.saturating_add(1),
            issued_at: ctx.now(),
            spent: None,
        })?;
        end_grace(tx, presented)?;
        return Ok(successor);
    }
    // Somebody was faster between the look and the write: the row now says what they got.
    match tx.refresh_token(&presented.row.digest)?.and_then(|row| row.spent) {
        Some(spent) => retry(tx, ctx, presented, &spent),
        None => Err(GrantFault::Unknown.into()),
    }
}

/// The successor of an earlier token is in use now: that token's retries have had their answer.
fn end_grace(tx: &mut (impl Grants + ?Sized), presented: &Presented) -> Result<(), StorageFault> {
    tx.erase_successors(presented.grant.id, presented.row.generation)
}

fn spent(ctx: &Ctx, presented: &Presented, successor: &Plain<RefreshToken>) -> Spent {
    let sealed = (!ctx.policy.refresh_grace.is_zero())
        .then(|| seal_successor(presented.token.expose(), successor.expose(), &*ctx.entropy));
    Spent {
        at: ctx.now(),
        sealed_successor: sealed,
    }
}

fn retry(
    tx: &mut (impl GrantPorts + ?Sized),
    ctx: &Ctx,
    presented: &Presented,
    spent: &Spent,
) -> Result<Plain<RefreshToken>, Stop> {
    let in_grace = ctx.now().since(spent.at) < ctx.policy.refresh_grace;
    let sealed = spent.sealed_successor.as_deref().filter(|_| in_grace);
    if let Some(successor) = sealed.and_then(|sealed| open_successor(presented.token.expose(), sealed)) {
        return Ok(Plain::from_presented(successor.as_str()));
    }
    let grant = &presented.grant;
    let event = AuditEvent::new(ctx.now(), "refresh.reused")
        .actor(grant.user)
        .subject(grant.id)
        .session(grant.sid)
        .client(&grant.client_id)
        .refused();
    ending::grant(tx, ctx, grant.id, event)?;
    Err(GrantFault::RefreshReused { owner: grant.user }.into())
}
