//! APIs (RFC 8707: resources): registered, changed, removed.

use std::time::Duration;

use identity::ports::{Found, Insert};
use kernel::{Audit, Ctx, StorageFault};
use protocol::Scope;
use token::resource::validate;
use token::{ApiResource, Catalogue, Resources, SigningAlg};

use crate::actor::Actor;
use crate::audit::{Shown, tell};
use crate::authority::Permission;
use crate::fault::AdminFault;
use crate::view::ResourceView;
use crate::{api, rank};

/// An API to be registered.
#[derive(Debug, Clone, Default)]
pub struct NewResource {
    /// The absolute URI that names it.
    pub identifier: String,
    /// What people see.
    pub name: Option<String>,
    /// Its scopes; each text may hold several, separated by spaces.
    pub scopes: Vec<String>,
    /// How tokens for it are signed.
    pub access_token_alg: Option<SigningAlg>,
    /// How long tokens for it live.
    pub access_ttl: Option<Duration>,
}

/// A setting of its own, or whatever is usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice<T> {
    /// What is usual.
    Default,
    /// This.
    Own(T),
}

/// What to change about an API; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct ResourceChange {
    /// A new name; the empty text removes it.
    pub name: Option<String>,
    /// Its scopes from now on, all of them.
    pub scopes: Option<Vec<String>>,
    /// How tokens for it are signed.
    pub access_token_alg: Option<Choice<SigningAlg>>,
    /// How long tokens for it live.
    pub access_ttl: Option<Choice<Duration>>,
}

/// Registers an API.
///
/// # Errors
/// `Invalid`; `Conflict` when the identifier is taken or a scope is one about people; `Storage`.
pub fn create(
    tx: &mut (impl Resources + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    new: NewResource,
) -> Result<ApiResource, AdminFault> {
    actor.require(Permission::ManageApplications)?;
    api::is_another(ctx, &new.identifier)?;
    let resource = ApiResource {
        identifier: new.identifier,
        name: new.name,
        scopes: parse(&new.scopes)?,
        access_token_alg: new.access_token_alg,
        access_ttl: new.access_ttl,
        created_at: ctx.now(),
        updated_at: ctx.now(),
    };
    rank::over_scopes(actor, resource.scopes.iter())?;
    check(&resource, ctx, &tx.catalogue()?)?;
    if tx.insert_resource(&resource)? == Insert::Taken {
        let name = resource.identifier.escape_debug();
        return Err(AdminFault::Conflict(format!(
            "there is an API \"{name}\" already"
        )));
    }
    record(tx, ctx, actor, "resource.create", None, Some(&resource))?;
    Ok(resource)
}

/// Changes an API. Tokens issued before stay as they are.
///
/// # Errors
/// `NotFound`; `Invalid`; `Conflict` for Signet's own, and when a scope is one about people; `Storage`.
pub fn update(
    tx: &mut (impl Resources + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    identifier: &str,
    change: ResourceChange,
) -> Result<ApiResource, AdminFault> {
    actor.require(Permission::ManageApplications)?;
    api::is_another(ctx, identifier)?;
    let catalogue = tx.catalogue()?;
    let mut resource = found(&catalogue, identifier)?;
    let before = resource.clone();
    rank::over_scopes(actor, resource.scopes.iter())?;
    if let Some(name) = change.name {
        resource.name = Some(name).filter(|name| !name.is_empty());
    }
    if let Some(scopes) = change.scopes {
        resource.scopes = parse(&scopes)?;
    }
    choose(&mut resource.access_token_alg, change.access_token_alg);
    choose(&mut resource.access_ttl, change.access_ttl);
    rank::over_scopes(actor, resource.scopes.iter())?;
    resource.updated_at = ctx.now();
    check(&resource, ctx, &catalogue)?;
    if tx.update_resource(&resource)? == Found::No {
        return Err(AdminFault::not_found("resource", identifier));
    }
    record(tx, ctx, actor, "resource.update", Some(&before), Some(&resource))?;
    Ok(resource)
}

/// Removes an API. Clients get no new tokens for it; those it accepts already end by themselves.
///
/// # Errors
/// `NotFound`; `Conflict` for Signet's own; `Storage`.
pub fn delete(
    tx: &mut (impl Resources + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    identifier: &str,
) -> Result<ApiResource, AdminFault> {
    actor.require(Permission::ManageApplications)?;
    api::is_another(ctx, identifier)?;
    let resource = found(&tx.catalogue()?, identifier)?;
    rank::over_scopes(actor, resource.scopes.iter())?;
    tx.delete_resource(identifier)?;
    record(tx, ctx, actor, "resource.delete", Some(&resource), None)?;
    Ok(resource)
}

/// An API by identifier, byte for byte.
///
/// # Errors
/// `NotFound`; `Storage`.
pub fn find(
    tx: &mut (impl Resources + ?Sized),
    actor: &Actor,
    identifier: &str,
) -> Result<ApiResource, AdminFault> {
    actor.require(Permission::ViewApplications)?;
    found(&tx.catalogue()?, identifier)
}

/// All APIs, by identifier.
///
/// # Errors
/// `Storage`.
pub fn list(tx: &mut (impl Resources + ?Sized), actor: &Actor) -> Result<Vec<ApiResource>, AdminFault> {
    actor.require(Permission::ViewApplications)?;
    Ok(tx.catalogue()?.resources().cloned().collect())
}

fn found(catalogue: &Catalogue, identifier: &str) -> Result<ApiResource, AdminFault> {
    let resource = catalogue.resource(identifier).cloned();
    resource.ok_or_else(|| AdminFault::not_found("resource", identifier))
}

fn choose<T>(setting: &mut Option<T>, choice: Option<Choice<T>>) {
    match choice {
        None => {}
        Some(Choice::Default) => *setting = None,
        Some(Choice::Own(value)) => *setting = Some(value),
    }
}

fn parse(scopes: &[String]) -> Result<Scope, AdminFault> {
    Scope::parse(&scopes.join(" ")).map_err(|fault| AdminFault::Invalid(vec![format!("scopes: {fault}")]))
}

fn check(resource: &ApiResource, ctx: &Ctx, catalogue: &Catalogue) -> Result<(), AdminFault> {
    validate::resource(resource, &ctx.issuer)?;
    let about_people = |token: &&str| catalogue.claim_scope(token).is_some();
    match resource.scopes.iter().find(about_people) {
        None => Ok(()),
        Some(token) => Err(AdminFault::Conflict(format!(
            "\"{token}\" is a scope about people already (signet scope show {token})"
        ))),
    }
}

fn record(
    tx: &mut (impl Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    event: &'static str,
    before: Option<&ApiResource>,
    after: Option<&ApiResource>,
) -> Result<(), StorageFault> {
    let mut event = actor.event(ctx.now(), event);
    event.subject = after.or(before).map(|resource| resource.identifier.clone());
    let shown = |resource| Shown::of(&ResourceView::from(resource));
    tx.record(tell(event, before.map(shown), after.map(shown)))
}
