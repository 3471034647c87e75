//! Rank: on whom an administrator may act. Nobody acts on somebody who may do more, nobody gives a client more than they have,
//! and there is always an owner.
//!
//! Permissions say what may be done, and stand at the beginning of each use-case; rank says to whom, and is asked once it is
//! known whom it is about, before anything is changed.

use std::collections::BTreeSet;

use identity::{User, Users};
use kernel::id::UserId;
use kernel::{Audit, Ctx, StorageFault};
use token::client::Client;
use token::{Catalogue, Resources};

use crate::actor::Actor;
use crate::authority::{Administrator, Permissions, Role};
use crate::console;
use crate::fault::AdminFault;
use crate::ports::Administrators;

/// Somebody may be changed, locked, removed or signed out by those who may do all that they may.
///
/// # Errors
/// `Forbidden`; `Storage`.
pub(crate) fn over_person(
    tx: &mut (impl Administrators + ?Sized),
    actor: &Actor,
    user: UserId,
) -> Result<(), AdminFault> {
    let theirs = Permissions::of(tx.admin_roles(&Administrator::Person(user))?);
    over(actor, &theirs, "they are an administrator and may")
}

/// As [`over_person`], for every administrator among `people`.
///
/// # Errors
/// `Forbidden`; `Storage`.
pub(crate) fn over_people(
    tx: &mut (impl Administrators + ?Sized),
    actor: &Actor,
    people: &BTreeSet<UserId>,
) -> Result<(), AdminFault> {
    for (who, roles) in tx.administrators()? {
        if matches!(who, Administrator::Person(id) if people.contains(&id)) {
            let theirs = Permissions::of(roles);
            over(actor, &theirs, "an administrator among them may")?;
        }
    }
    Ok(())
}

/// As [`over_person`], for every administrator in a group.
///
/// # Errors
/// `Forbidden`; `Storage`.
pub(crate) fn over_members(
    tx: &mut (impl Administrators + Users + ?Sized),
    actor: &Actor,
    group: &str,
) -> Result<(), AdminFault> {
    for (who, roles) in tx.administrators()? {
        let Administrator::Person(id) = who else { continue };
        let member = tx
            .user(id)?
            .filter(|user| user.groups.iter().any(|own| own == group));
        if member.is_some() {
            let theirs = Permissions::of(roles);
            over(actor, &theirs, "an administrator among its members may")?;
        }
    }
    Ok(())
}

/// A client may be made, changed or removed by those who may do all that it may: by roles of its own, and by what tokens it
/// may ask for, which carry the permissions of whoever signs in. Who can change where its codes go can have those tokens.
/// The console belongs to Signet.
///
/// # Errors
/// `Conflict` for the console; `Forbidden`; `Storage`.
pub(crate) fn over_client(
    tx: &mut (impl Administrators + Resources + ?Sized),
    actor: &Actor,
    client: &Client,
) -> Result<(), AdminFault> {
    let client_id = &client.client_id;
    if client_id == console::CLIENT_ID {
        let reason = format!("\"{client_id}\" is the console of this server and stays as it is");
        return Err(AdminFault::Conflict(reason));
    }
    let own = Permissions::of(tx.admin_roles(&Administrator::Client(client_id.clone()))?);
    let reach = own.and(asked_for(client, &tx.catalogue()?));
    over(actor, &reach, "the client may")
}

/// The permissions among the scopes a client may ask for.
fn asked_for(client: &Client, catalogue: &Catalogue) -> Permissions {
    let registered = client.metadata.scope.as_deref().unwrap_or_default();
    let resources = client.policy.resources.iter();
    let of_resources = resources
        .filter_map(|uri| catalogue.resource(uri))
        .flat_map(|resource| resource.scopes.iter());
    Permissions::all().within_scope(registered.split(' ').chain(of_resources))
}

/// Scopes that carry permissions are defined, and taken away, by those who have them.
///
/// # Errors
/// `Forbidden`.
pub(crate) fn over_scopes<'a>(
    actor: &Actor,
    scopes: impl IntoIterator<Item = &'a str>,
) -> Result<(), AdminFault> {
    let carried = Permissions::all().within_scope(scopes);
    over(actor, &carried, "one of the scopes allows to")
}

/// That one of `theirs` is missing is told with the first that is.
fn over(actor: &Actor, theirs: &Permissions, who_may: &str) -> Result<(), AdminFault> {
    match theirs.iter().find(|permission| !actor.may().contain(*permission)) {
        None => Ok(()),
        Some(beyond) => Err(AdminFault::Forbidden(format!(
            "{who_may} {beyond}, which you may not"
        ))),
    }
}

/// The owners who are let in.
///
/// # Errors
/// Storage.
pub(crate) fn owners(tx: &mut (impl Administrators + Users + ?Sized)) -> Result<Vec<UserId>, StorageFault> {
    let mut owners = Vec::new();
    for (who, roles) in tx.administrators()? {
        let Administrator::Person(id) = who else { continue };
        if roles.contains(&Role::Owner) && tx.user(id)?.is_some_and(|user| user.is_active()) {
            owners.push(id);
        }
    }
    Ok(owners)
}

/// Whether somebody who is let in is an owner.
///
/// # Errors
/// Storage.
pub(crate) fn has_owner(tx: &mut (impl Administrators + Users + ?Sized)) -> Result<bool, StorageFault> {
    Ok(!owners(tx)?.is_empty())
}

/// An owner may go if another is there who is let in: else nobody could make administrators any more.
///
/// # Errors
/// `Conflict`; `Storage`.
pub(crate) fn may_go(tx: &mut (impl Administrators + Users + ?Sized), user: &User) -> Result<(), AdminFault> {
    let roles = tx.admin_roles(&Administrator::Person(user.id))?;
    if !roles.contains(&Role::Owner) || owners(tx)?.iter().any(|other| *other != user.id) {
        return Ok(());
    }
    Err(AdminFault::Conflict(format!(
        "\"{}\" is the last owner; make somebody else an owner first (signet admin grant USER owner)",
        user.username.escape_debug()
    )))
}

/// Takes the roles of somebody who is removed, so that nobody inherits them with the name.
///
/// # Errors
/// Storage.
pub(crate) fn strip(
    tx: &mut (impl Administrators + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    who: &Administrator,
) -> Result<(), StorageFault> {
    let before = tx.admin_roles(who)?;
    if before.is_empty() {
        return Ok(());
    }
    tx.set_admin_roles(who, &[], ctx.now())?;
    tx.record(crate::administrators::event(ctx, actor, who, &before, &[]))
}
