//! Choosing an account for a request: who is offered, and how the choice is kept. That there is something to choose is
//! decided elsewhere.

use std::sync::Arc;

use identity::User;
use kernel::id::InteractionId;
use kernel::{Ctx, StorageFault};
use session::Session;

use super::account::{Choice, Meant};
use super::decide::Consented;
use super::hub::{HubPorts, Step, Visitor, go_on, usable_at, waiting};
use super::interaction::{Interaction, Pending};
use super::request::AuthorizationRequest;
use crate::client::Client;
use crate::ports::Interactions;

/// The person said on the chooser which account they mean. Only accounts of their own browser can be chosen; with any
/// other, and where the client has left no choice, the step that is due comes again.
///
/// # Errors
/// Storage.
pub fn choose(
    tx: &mut (impl HubPorts + ?Sized),
    ctx: &Ctx,
    client: &Arc<Client>,
    interaction: &Interaction,
    visitor: &Visitor,
    choice: Choice,
) -> Result<Step, StorageFault> {
    let offered = match waiting(tx, ctx, interaction.id)? {
        Some(request) => to_choose_from(tx, ctx, &request, visitor)?,
        None => Vec::new(),
    };
    let is_offered = match choice {
        Choice::Person(user) => offered.iter().any(|(_, own)| own.id == user),
        Choice::Another => !offered.is_empty(),
        Choice::Open => false,
    };
    if is_offered {
        note_choice(tx, ctx, interaction.id, choice)?;
    }
    go_on(tx, ctx, client, interaction, visitor, Consented::NotAsked)
}

/// Keeps the choice for a request that still waits. Whoever signs in on its own page has chosen by that.
///
/// # Errors
/// Storage.
pub fn note_choice(
    tx: &mut (impl Interactions + ?Sized),
    ctx: &Ctx,
    id: InteractionId,
    choice: Choice,
) -> Result<(), StorageFault> {
    let Some(current) = tx.interaction(id, ctx.now())? else {
        return Ok(());
    };
    let Pending::Authorization(request) = current.request else {
        return Ok(());
    };
    let chosen = Interaction {
        request: Pending::Authorization(Box::new(request.with_choice(choice))),
        ..current
    };
    tx.save_interaction(&chosen, ctx.now().plus(ctx.policy.interaction_ttl))
}

/// The accounts the chooser offers for a request, the latest used first. None where the client has named the person.
///
/// # Errors
/// Storage.
pub fn to_choose_from(
    tx: &mut (impl HubPorts + ?Sized),
    ctx: &Ctx,
    request: &AuthorizationRequest,
    visitor: &Visitor,
) -> Result<Vec<(Session, User)>, StorageFault> {
    match request.meant {
        Meant::Anybody => usable_at(tx, ctx, visitor),
        Meant::Only(_) => Ok(Vec::new()),
    }
}
