//! People: made, changed, locked, found.

use std::collections::{BTreeMap, BTreeSet};

use identity::ports::{Found, Insert};
use identity::{Groups, LoginKey, PasswordHash, PasswordResets, Profile, User, UserState, Users, validate};
use kernel::id::UserId;
use kernel::{Audit, Ctx, StorageFault};
use serde_json::{Map, Value};
use token::ending::{self, EndingPorts};

use crate::actor::Actor;
use crate::audit::{Shown, tell};
use crate::authority::{Administrator, Permission};
use crate::fault::AdminFault;
use crate::ports::Administrators;
use crate::view::UserView;
use crate::{groups, rank};

/// How many rows a list reads at once.
const PAGE: u32 = 500;

/// Somebody to be made.
#[derive(Debug, Clone, Default)]
pub struct NewUser {
    /// Required.
    pub username: String,
    /// Address.
    pub email: Option<String>,
    /// Whether the administrator vouches for the address.
    pub email_verified: bool,
    /// Standard claims.
    pub profile: Profile,
    /// Groups to be in; missing ones are made.
    pub groups: Vec<String>,
    /// Roles of their own.
    pub roles: Vec<String>,
    /// Free-form values.
    pub attributes: Map<String, Value>,
    /// Nobody signs in with a password without one.
    pub password: Option<PasswordHash>,
}

/// What to change about somebody; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct UserChange {
    /// A new name.
    pub username: Option<String>,
    /// A new address, which is unproven unless said otherwise; the empty text removes it.
    pub email: Option<String>,
    /// Whether the administrator vouches for the address.
    pub email_verified: Option<bool>,
    /// Claims to set; those that are `None` stay, the empty text removes one.
    pub profile: Profile,
    /// The groups to be in from now on, all of them; missing ones are made.
    pub groups: Option<Vec<String>>,
    /// The roles of their own from now on.
    pub roles: Option<Vec<String>>,
    /// The free-form values from now on.
    pub attributes: Option<Map<String, Value>>,
    /// A new password; it ends all sessions.
    pub password: Option<PasswordHash>,
}

/// Makes a person.
///
/// # Errors
/// `Invalid`; `Conflict` when username or address is somebody else's; `Storage`.
pub fn create(
    tx: &mut (impl Users + Groups + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    new: NewUser,
) -> Result<User, AdminFault> {
    actor.require(Permission::ManagePeople)?;
    let now = ctx.now();
    let user = User {
        id: UserId::generate(&*ctx.entropy),
        username: new.username,
        email: new.email.filter(|email| !email.is_empty()),
        email_verified: new.email_verified,
        profile: without_empty(new.profile),
        roles: sorted(new.roles),
        attributes: new.attributes,
        groups: Vec::new(),
        group_roles: Vec::new(),
        state: UserState::Active,
        password: new.password,
        created_at: now,
        updated_at: now,
    };
    check(&user, &new.groups)?;
    if tx.insert_user(&user)? == Insert::Taken {
        return Err(taken(&user));
    }
    set_groups(tx, ctx, actor, &user, new.groups)?;
    let user = reread(tx, user)?;
    record(tx, ctx, actor, "user.create", None, Some(&user))?;
    Ok(user)
}

/// Changes a person.
///
/// # Errors
/// `NotFound`; `Forbidden`, also for who may do more than the actor; `Invalid`; `Conflict` when username or address is somebody
/// else's; `Storage`.
pub fn update(
    tx: &mut (impl Users + Groups + EndingPorts + PasswordResets + Administrators + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    name: &str,
    change: UserChange,
) -> Result<User, AdminFault> {
    actor.require(Permission::ManagePeople)?;
    let mut user = by_name(tx, name)?;
    rank::over_person(tx, actor, user.id)?;
    let groups = change.groups.clone();
    let new_password = change.password.is_some();
    let before = user.clone();
    apply(&mut user, change);
    user.updated_at = ctx.now();
    check(&user, groups.as_deref().unwrap_or_default())?;
    if tx.update_user(&user)? == Insert::Taken {
        return Err(taken(&user));
    }
    if let Some(groups) = groups {
        set_groups(tx, ctx, actor, &user, groups)?;
    }
    let user = reread(tx, user)?;
    record(tx, ctx, actor, "user.update", Some(&before), Some(&user))?;
    // A link that went to the old address would prove the new one.
    if new_password || user.email != before.email {
        tx.void_resets(user.id, ctx.now())?;
    }
    if new_password {
        ending::everything_of(tx, ctx, user.id, None)?;
        tx.record(actor.event(ctx.now(), "user.password.set").subject(user.id))?;
    }
    Ok(user)
}

/// Removes a person with all that is theirs; nothing issued for them counts any more.
///
/// # Errors
/// `NotFound`; `Forbidden`, also for who may do more than the actor; `Conflict` for the last owner; `Storage`.
pub fn delete(
    tx: &mut (impl Users + EndingPorts + Administrators + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    name: &str,
) -> Result<User, AdminFault> {
    actor.require(Permission::ManagePeople)?;
    let user = by_name(tx, name)?;
    rank::over_person(tx, actor, user.id)?;
    rank::may_go(tx, &user)?;
    ending::everything_of(tx, ctx, user.id, None)?;
    if tx.delete_user(user.id)? == Found::No {
        return Err(AdminFault::not_found("user", name));
    }
    rank::strip(tx, ctx, actor, &Administrator::Person(user.id))?;
    record(tx, ctx, actor, "user.delete", Some(&user), None)?;
    Ok(user)
}

/// Keeps a person out and takes back all that was issued for them. Locking twice changes nothing.
///
/// # Errors
/// `NotFound`; `Forbidden`, also for who may do more than the actor; `Conflict` for the last owner; `Storage`.
pub fn lock(
    tx: &mut (impl Users + EndingPorts + PasswordResets + Administrators + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    name: &str,
) -> Result<User, AdminFault> {
    actor.require(Permission::HelpPeople)?;
    let user = by_name(tx, name)?;
    rank::over_person(tx, actor, user.id)?;
    rank::may_go(tx, &user)?;
    let user = set_state(tx, ctx, actor, user, UserState::Locked)?;
    tx.void_resets(user.id, ctx.now())?;
    ending::everything_of(tx, ctx, user.id, None)?;
    Ok(user)
}

/// Lets a person in again. Unlocking twice changes nothing.
///
/// # Errors
/// `NotFound`; `Forbidden`, also for who may do more than the actor; `Storage`.
pub fn unlock(
    tx: &mut (impl Users + Audit + Administrators + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    name: &str,
) -> Result<User, AdminFault> {
    actor.require(Permission::HelpPeople)?;
    let user = by_name(tx, name)?;
    rank::over_person(tx, actor, user.id)?;
    set_state(tx, ctx, actor, user, UserState::Active)
}

/// A person by username, e-mail address or `sub`. No username looks like a `sub`, so there is no doubt.
///
/// # Errors
/// `NotFound`; `Storage`.
pub fn find(tx: &mut (impl Users + ?Sized), actor: &Actor, name: &str) -> Result<User, AdminFault> {
    actor.require(Permission::ViewPeople)?;
    by_name(tx, name)
}

/// As [`find`], for use-cases that asked for their own permission.
pub(crate) fn by_name(tx: &mut (impl Users + ?Sized), name: &str) -> Result<User, AdminFault> {
    let user = match name.parse::<UserId>() {
        Ok(id) => tx.user(id)?,
        Err(_) => tx.user_by_login(&LoginKey::of(name))?,
    };
    user.ok_or_else(|| AdminFault::not_found("user", name))
}

/// What to call somebody: their username to those who may see people, else their `sub`.
pub(crate) fn name_for(actor: &Actor, user: &User) -> String {
    if actor.may().contain(Permission::ViewPeople) {
        user.username.clone()
    } else {
        user.id.to_string()
    }
}

/// As [`name_for`], of somebody whose `sub` is known, remembered in `names`; the `sub` itself when they are gone.
pub(crate) fn name_of(
    tx: &mut (impl Users + ?Sized),
    actor: &Actor,
    id: UserId,
    names: &mut BTreeMap<UserId, String>,
) -> Result<String, AdminFault> {
    if let Some(name) = names.get(&id) {
        return Ok(name.clone());
    }
    let name = tx
        .user(id)?
        .map_or_else(|| id.to_string(), |user| name_for(actor, &user));
    names.insert(id, name.clone());
    Ok(name)
}

/// Everybody, by username.
///
/// # Errors
/// `Storage`.
pub fn list(tx: &mut (impl Users + ?Sized), actor: &Actor) -> Result<Vec<User>, AdminFault> {
    actor.require(Permission::ViewPeople)?;
    all(tx)
}

/// As [`list`], for use-cases that asked for their own permission.
pub(crate) fn all(tx: &mut (impl Users + ?Sized)) -> Result<Vec<User>, AdminFault> {
    let mut all: Vec<User> = Vec::new();
    loop {
        let page = tx.users(all.last().map(|user| user.id), PAGE)?;
        if page.is_empty() {
            break;
        }
        all.extend(page);
    }
    all.sort_by(|a, b| a.username.cmp(&b.username));
    Ok(all)
}

pub(crate) fn set_state(
    tx: &mut (impl Users + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    mut user: User,
    state: UserState,
) -> Result<User, AdminFault> {
    if user.state == state {
        return Ok(user);
    }
    let before = user.clone();
    user.state = state;
    user.updated_at = ctx.now();
    if tx.update_user(&user)? == Insert::Taken {
        return Err(taken(&user));
    }
    let event = match state {
        UserState::Active => "user.unlock",
        UserState::Locked => "user.lock",
    };
    record(tx, ctx, actor, event, Some(&before), Some(&user))?;
    Ok(user)
}

fn apply(user: &mut User, change: UserChange) {
    if let Some(username) = change.username {
        user.username = username;
    }
    if let Some(email) = change
        .email
        .map(|email| Some(email).filter(|email| !email.is_empty()))
    {
        let same = user.email == email;
        user.email_verified &= same;
        user.email = email;
    }
    user.email_verified = change.email_verified.unwrap_or(user.email_verified);
    user.profile = without_empty(merged(std::mem::take(&mut user.profile), change.profile));
    user.roles = change
        .roles
        .map_or_else(|| std::mem::take(&mut user.roles), sorted);
    user.attributes = change
        .attributes
        .unwrap_or_else(|| std::mem::take(&mut user.attributes));
    user.password = change.password.or_else(|| user.password.take());
}

/// Everything wrong with a person and the groups they are to be in.
fn check(user: &User, groups: &[String]) -> Result<(), AdminFault> {
    let mut wrong = Vec::new();
    wrong.extend(validate::username(&user.username).err());
    wrong.extend(
        user.email
            .as_deref()
            .and_then(|email| validate::email(email).err()),
    );
    wrong.extend(validate::profile(&user.profile).err().into_iter().flatten());
    wrong.extend(groups.iter().filter_map(|name| validate::group_name(name).err()));
    wrong.extend(user.roles.iter().filter_map(|name| validate::role(name).err()));
    wrong.extend(validate::attributes(&user.attributes).err());
    let mut reasons: Vec<String> = wrong.iter().map(ToString::to_string).collect();
    if user.email_verified && user.email.is_none() {
        reasons.push("email_verified: there is no address that could be proven".into());
    }
    if reasons.is_empty() {
        Ok(())
    } else {
        Err(AdminFault::Invalid(reasons))
    }
}

/// Makes the membership exactly `wanted`.
fn set_groups(
    tx: &mut (impl Groups + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    user: &User,
    wanted: Vec<String>,
) -> Result<(), AdminFault> {
    let wanted: BTreeSet<String> = wanted.into_iter().collect();
    for name in user.groups.iter().filter(|name| !wanted.contains(*name)) {
        tx.remove_member(name, user.id)?;
    }
    for name in wanted.iter().filter(|name| !user.groups.contains(name)) {
        if tx.group(name)?.is_none() {
            groups::create(
                tx,
                ctx,
                actor,
                groups::NewGroup {
                    name: name.clone(),
                    ..Default::default()
                },
            )?;
        }
        tx.add_member(name, user.id)?;
    }
    Ok(())
}

/// The person as stored now, with groups and their roles.
fn reread(tx: &mut (impl Users + ?Sized), user: User) -> Result<User, AdminFault> {
    tx.user(user.id)?
        .ok_or_else(|| AdminFault::not_found("user", &user.username))
}

fn record(
    tx: &mut (impl Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    event: &'static str,
    before: Option<&User>,
    after: Option<&User>,
) -> Result<(), StorageFault> {
    let mut event = actor.event(ctx.now(), event);
    event.subject = after.or(before).map(|user| user.id.to_string());
    let shown = |user| Shown::of_a_person(&UserView::from(user));
    tx.record(tell(event, before.map(shown), after.map(shown)))
}

fn taken(user: &User) -> AdminFault {
    let name = user.username.escape_debug();
    AdminFault::Conflict(match &user.email {
        None => format!("the username \"{name}\" is taken"),
        Some(email) => format!(
            "the username \"{name}\" or the address \"{}\" is taken",
            email.escape_debug()
        ),
    })
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names.dedup();
    names
}

/// `change` where it says something, else `old`.
fn merged(old: Profile, change: Profile) -> Profile {
    Profile {
        name: change.name.or(old.name),
        given_name: change.given_name.or(old.given_name),
        family_name: change.family_name.or(old.family_name),
        middle_name: change.middle_name.or(old.middle_name),
        nickname: change.nickname.or(old.nickname),
        profile: change.profile.or(old.profile),
        picture: change.picture.or(old.picture),
        website: change.website.or(old.website),
        gender: change.gender.or(old.gender),
        birthdate: change.birthdate.or(old.birthdate),
        zoneinfo: change.zoneinfo.or(old.zoneinfo),
        locale: change.locale.or(old.locale),
        phone_number: change.phone_number.or(old.phone_number),
        phone_number_verified: change.phone_number_verified.or(old.phone_number_verified),
        address: change.address.or(old.address),
    }
}

/// An empty claim is no claim (OpenID Connect Core 5.3.2).
fn without_empty(mut profile: Profile) -> Profile {
    let texts = [
        &mut profile.name,
        &mut profile.given_name,
        &mut profile.family_name,
        &mut profile.middle_name,
        &mut profile.nickname,
        &mut profile.profile,
        &mut profile.picture,
        &mut profile.website,
        &mut profile.gender,
        &mut profile.birthdate,
        &mut profile.zoneinfo,
        &mut profile.locale,
        &mut profile.phone_number,
    ];
    for text in texts {
        *text = text.take().filter(|text| !text.is_empty());
    }
    profile.address = profile
        .address
        .filter(|address| *address != identity::profile::Address::default());
    profile
}
