//! Groups: made, removed, joined and left.

use identity::ports::{Found, Insert};
use identity::{Group, Groups, User, Users, validate};
use kernel::{Audit, Ctx};
use serde_json::{Value, json};

use crate::actor::Actor;
use crate::audit::{Shown, tell};
use crate::authority::Permission;
use crate::fault::AdminFault;
use crate::ports::Administrators;
use crate::view::GroupView;
use crate::{rank, users};

const PAGE: u32 = 500;

/// A group to be made.
#[derive(Debug, Clone, Default)]
pub struct NewGroup {
    /// Required.
    pub name: String,
    /// For administrators.
    pub description: Option<String>,
    /// Roles every member has.
    pub roles: Vec<String>,
}

/// Makes a group.
///
/// # Errors
/// `Invalid`; `Conflict` when there is one of that name; `Storage`.
pub fn create(
    tx: &mut (impl Groups + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    new: NewGroup,
) -> Result<Group, AdminFault> {
    actor.require(Permission::ManagePeople)?;
    let mut wrong: Vec<_> = validate::group_name(&new.name).err().into_iter().collect();
    wrong.extend(
        new.description
            .as_deref()
            .and_then(|text| validate::description(text).err()),
    );
    wrong.extend(new.roles.iter().filter_map(|role| validate::role(role).err()));
    if !wrong.is_empty() {
        return Err(wrong.into());
    }
    let NewGroup {
        name,
        description,
        mut roles,
    } = new;
    roles.sort();
    roles.dedup();
    let group = Group {
        name,
        description,
        roles,
        created_at: ctx.now(),
    };
    if tx.insert_group(&group)? == Insert::Taken {
        return Err(AdminFault::Conflict(format!(
            "there is a group \"{}\" already",
            group.name.escape_debug()
        )));
    }
    let event = actor.event(ctx.now(), "group.create").subject(&group.name);
    tx.record(tell(event, None, Some(Shown::of(&GroupView::from(&group)))))?;
    Ok(group)
}

/// Removes a group; its members stay.
///
/// # Errors
/// `NotFound`; `Forbidden`, also while a member may do more than the actor; `Storage`.
pub fn delete(
    tx: &mut (impl Groups + Users + Administrators + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    name: &str,
) -> Result<(), AdminFault> {
    actor.require(Permission::ManagePeople)?;
    rank::over_members(tx, actor, name)?;
    let group = by_name(tx, name)?;
    if tx.delete_group(name)? == Found::No {
        return Err(AdminFault::not_found("group", name));
    }
    let event = actor.event(ctx.now(), "group.delete").subject(name);
    Ok(tx.record(tell(event, Some(Shown::of(&GroupView::from(&group))), None))?)
}

/// Puts a person into a group; being there already is fine.
///
/// # Errors
/// `NotFound` for either; `Forbidden`, also for who may do more than the actor; `Storage`.
pub fn add(
    tx: &mut (impl Groups + Users + Administrators + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    name: &str,
    user: &str,
) -> Result<User, AdminFault> {
    actor.require(Permission::ManagePeople)?;
    let group = by_name(tx, name)?;
    let user = users::by_name(tx, user)?;
    rank::over_person(tx, actor, user.id)?;
    if !user.groups.contains(&group.name) {
        tx.add_member(&group.name, user.id)?;
        let event = actor.event(ctx.now(), "group.add").subject(user.id);
        tx.record(event.detail(name).after(membership(name)))?;
    }
    Ok(user)
}

/// Takes a person out of a group.
///
/// # Errors
/// `NotFound` for either, and when the person is not in it; `Forbidden`, also for who may do more than the actor; `Storage`.
pub fn remove(
    tx: &mut (impl Groups + Users + Administrators + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    name: &str,
    user: &str,
) -> Result<User, AdminFault> {
    actor.require(Permission::ManagePeople)?;
    let group = by_name(tx, name)?;
    let user = users::by_name(tx, user)?;
    rank::over_person(tx, actor, user.id)?;
    if tx.remove_member(&group.name, user.id)? == Found::No {
        return Err(AdminFault::not_found("member", &user.username));
    }
    let event = actor.event(ctx.now(), "group.remove").subject(user.id);
    tx.record(event.detail(name).before(membership(name)))?;
    Ok(user)
}

/// A group by name.
///
/// # Errors
/// `NotFound`; `Storage`.
pub fn find(tx: &mut (impl Groups + ?Sized), actor: &Actor, name: &str) -> Result<Group, AdminFault> {
    actor.require(Permission::ViewPeople)?;
    by_name(tx, name)
}

fn by_name(tx: &mut (impl Groups + ?Sized), name: &str) -> Result<Group, AdminFault> {
    tx.group(name)?
        .ok_or_else(|| AdminFault::not_found("group", name))
}

/// Who is in a group, by username.
///
/// # Errors
/// `NotFound`; `Storage`.
pub fn members(
    tx: &mut (impl Groups + Users + ?Sized),
    actor: &Actor,
    name: &str,
) -> Result<Vec<User>, AdminFault> {
    actor.require(Permission::ViewPeople)?;
    by_name(tx, name)?;
    let mut ids = Vec::new();
    loop {
        let page = tx.members(name, ids.last().copied(), PAGE)?;
        if page.is_empty() {
            break;
        }
        ids.extend(page);
    }
    let mut members = Vec::with_capacity(ids.len());
    for id in ids {
        members.extend(tx.user(id)?);
    }
    members.sort_by(|a, b| a.username.cmp(&b.username));
    Ok(members)
}

/// All groups, by name.
///
/// # Errors
/// `Storage`.
pub fn list(tx: &mut (impl Groups + ?Sized), actor: &Actor) -> Result<Vec<Group>, AdminFault> {
    actor.require(Permission::ViewPeople)?;
    Ok(tx.groups()?)
}

/// What is told of a membership: the group, where a person is the event's subject.
fn membership(group: &str) -> Value {
    json!({ "group": group })
}
