//! Administrators: who they are, and how roles are given and taken.
//!
//! Roles stand apart from people's attributes, groups and the `roles` claim: those belong to applications and give nothing
//! here.

use identity::recovery;
use identity::{PasswordResets, User, UserState, Users};
use kernel::secret::ResetToken;
use kernel::{Audit, AuditEvent, Ctx, Plain};
use serde_json::json;
use token::Clients;

use crate::actor::{Actor, Way};
use crate::authority::{Administrator, Permission, Permissions, Role};
use crate::console;
use crate::fault::AdminFault;
use crate::ports::Administrators;
use crate::{clients, rank, users};

/// Somebody who holds roles.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// Who.
    pub who: Administrator,
    /// Their username; a client's name.
    pub name: String,
    /// Whether the roles are of use now.
    pub state: State,
    /// What they hold, in the order of [`Role::ALL`].
    pub roles: Vec<Role>,
}

/// Whether somebody is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// They are.
    Active,
    /// Locked, or disabled.
    Shut,
}

/// Everybody who holds a role: people first, then clients.
///
/// # Errors
/// `Forbidden`; `Storage`.
pub fn list(
    tx: &mut (impl Administrators + Users + Clients + ?Sized),
    actor: &Actor,
) -> Result<Vec<Standing>, AdminFault> {
    actor.require(Permission::ViewPeople)?;
    actor.require(Permission::ViewApplications)?;
    let mut all = Vec::new();
    for (who, roles) in tx.administrators()? {
        all.push(standing(tx, who, roles)?);
    }
    Ok(all)
}

/// What somebody holds; nothing for everybody else.
///
/// # Errors
/// `NotFound`; `Forbidden`; `Storage`.
pub fn roles_of(
    tx: &mut (impl Administrators + Users + Clients + ?Sized),
    actor: &Actor,
    who: &Administrator,
) -> Result<Standing, AdminFault> {
    actor.require(match who {
        Administrator::Person(_) => Permission::ViewPeople,
        Administrator::Client(_) => Permission::ViewApplications,
    })?;
    there_is(tx, who)?;
    let roles = tx.admin_roles(who)?;
    standing(tx, who.clone(), roles)
}

/// From now on these are somebody's roles; none ends it. What they hold already changes nothing. It counts at once, for those
/// who are at the console too.
///
/// # Errors
/// `NotFound`; `Forbidden` for who may do more than the actor, and for roles that give or take what the actor may not do;
/// `Conflict` for the last owner and for the console; `Storage`.
pub fn set_roles(
    tx: &mut (impl Administrators + Users + Clients + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    who: &Administrator,
    roles: &[Role],
) -> Result<Standing, AdminFault> {
    actor.require(Permission::ManageAdministrators)?;
    let person = there_is(tx, who)?;
    let before = tx.admin_roles(who)?;
    let after = in_order(roles);
    may_change(actor, &before, &after)?;
    if let Some(person) = person.filter(|_| !after.contains(&Role::Owner)) {
        rank::may_go(tx, &person)?;
    }
    if before != after {
        tx.set_admin_roles(who, &after, ctx.now())?;
        tx.record(event(ctx, actor, who, &before, &after))?;
    }
    standing(tx, who.clone(), after)
}

/// What [`recover`] did.
#[derive(Debug)]
pub struct Recovered {
    /// The person, let in.
    pub user: User,
    /// For the link to a new password, this once.
    pub token: Plain<ResetToken>,
}

/// Breaks the glass: the person is an owner, is let in, and gets a link to a new password. For the command line alone, where
/// somebody stands who may read the database anyway.
///
/// # Errors
/// `NotFound`; `Forbidden` elsewhere than on the command line; `Storage`.
pub fn recover(
    tx: &mut (impl Administrators + Users + Clients + PasswordResets + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    name: &str,
) -> Result<Recovered, AdminFault> {
    actor.require(Permission::ManageAdministrators)?;
    if actor.way() != Way::CommandLine {
        let reason = "an administrator is recovered on the command line only (signet admin recover USER)";
        return Err(AdminFault::Forbidden(reason.to_owned()));
    }
    let user = users::by_name(tx, name)?;
    tx.record(actor.event(ctx.now(), "admin.recover").subject(user.id))?;
    let user = users::set_state(tx, ctx, actor, user, UserState::Active)?;
    let who = Administrator::Person(user.id);
    let mut roles = tx.admin_roles(&who)?;
    roles.push(Role::Owner);
    set_roles(tx, ctx, actor, &who, &roles)?;
    let token = recovery::hand_out(tx, ctx, user.id)?;
    Ok(Recovered { user, token })
}

/// Everything given or taken is the actor's own to give, and whoever changes what somebody holds may do all that they may.
fn may_change(actor: &Actor, before: &[Role], after: &[Role]) -> Result<(), AdminFault> {
    let touched = before
        .iter()
        .chain(after.iter().filter(|role| !before.contains(role)));
    for role in touched {
        let theirs = Permissions::of([*role]);
        if let Some(beyond) = theirs.iter().find(|own| !actor.may().contain(*own)) {
            let reason = format!("the role {role} allows to {beyond}, which you may not");
            return Err(AdminFault::Forbidden(reason));
        }
    }
    Ok(())
}

/// The person, or nothing for a client.
fn there_is(
    tx: &mut (impl Users + Clients + ?Sized),
    who: &Administrator,
) -> Result<Option<User>, AdminFault> {
    match who {
        Administrator::Person(id) => {
            let user = tx.user(*id)?;
            user.map(Some).ok_or_else(|| AdminFault::not_found("user", id))
        }
        Administrator::Client(id) if id == console::CLIENT_ID => Err(AdminFault::Conflict(format!(
            "\"{id}\" is the console of this server: who signs in there brings their own roles"
        ))),
        Administrator::Client(id) => clients::by_id(tx, id).map(|_| None),
    }
}

fn standing(
    tx: &mut (impl Users + Clients + ?Sized),
    who: Administrator,
    roles: Vec<Role>,
) -> Result<Standing, AdminFault> {
    let (name, is_let_in) = match &who {
        Administrator::Person(id) => match tx.user(*id)? {
            Some(user) => (user.username.clone(), user.is_active()),
            None => (id.to_string(), false),
        },
        Administrator::Client(id) => match tx.client(id)? {
            Some(client) => (client.display_name().to_owned(), client.enabled),
            None => (id.clone(), false),
        },
    };
    let state = if is_let_in { State::Active } else { State::Shut };
    Ok(Standing {
        who,
        name,
        state,
        roles,
    })
}

fn in_order(roles: &[Role]) -> Vec<Role> {
    let mut roles = roles.to_vec();
    roles.sort_unstable();
    roles.dedup();
    roles
}

/// What the trail says of a change of roles.
pub(crate) fn event(
    ctx: &Ctx,
    actor: &Actor,
    who: &Administrator,
    before: &[Role],
    after: &[Role],
) -> AuditEvent {
    let named = |roles: &[Role]| {
        let names: Vec<_> = roles.iter().map(|role| role.as_str()).collect();
        json!({ "roles": names })
    };
    let event = actor.event(ctx.now(), "admin.roles.set");
    let event = match who {
        Administrator::Person(id) => event.subject(id),
        Administrator::Client(id) => event.client(id),
    };
    event.before(named(before)).after(named(after))
}
