//! Scopes an operator defines: they give claims about people, taken from people's attributes.

use std::collections::BTreeMap;

use identity::ports::{Found, Insert};
use kernel::{Audit, Ctx, StorageFault};
use token::resource::validate;
use token::{Catalogue, ClaimScope, Resources};

use crate::actor::Actor;
use crate::audit::{Shown, tell};
use crate::authority::Permission;
use crate::fault::AdminFault;
use crate::rank;
use crate::view::ScopeView;

/// A scope to be defined.
#[derive(Debug, Clone, Default)]
pub struct NewScope {
    /// The scope token; the name of a standard scope adds to that scope.
    pub name: String,
    /// What the consent page says about it.
    pub description: Option<String>,
    /// Claim -> attribute.
    pub claims: BTreeMap<String, String>,
}

/// What to change about a scope; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct ScopeChange {
    /// A new description; the empty text removes it.
    pub description: Option<String>,
    /// Its claims from now on, all of them.
    pub claims: Option<BTreeMap<String, String>>,
}

/// Defines a scope.
///
/// # Errors
/// `Invalid`; `Conflict` when the name is taken, by an API's scope too, or a claim means something else in another scope;
/// `Storage`.
pub fn create(
    tx: &mut (impl Resources + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    new: NewScope,
) -> Result<ClaimScope, AdminFault> {
    actor.require(Permission::ManageApplications)?;
    let scope = ClaimScope {
        name: new.name,
        description: new.description,
        claims: new.claims,
        created_at: ctx.now(),
        updated_at: ctx.now(),
    };
    rank::over_scopes(actor, [scope.name.as_str()])?;
    check(&scope, &tx.catalogue()?)?;
    if tx.insert_claim_scope(&scope)? == Insert::Taken {
        let name = scope.name.escape_debug();
        return Err(AdminFault::Conflict(format!(
            "there is a scope \"{name}\" already"
        )));
    }
    record(tx, ctx, actor, "scope.create", None, Some(&scope))?;
    Ok(scope)
}

/// Changes a scope.
///
/// # Errors
/// `NotFound`; `Invalid`; `Conflict` when a claim means something else in another scope; `Storage`.
pub fn update(
    tx: &mut (impl Resources + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    name: &str,
    change: ScopeChange,
) -> Result<ClaimScope, AdminFault> {
    actor.require(Permission::ManageApplications)?;
    let catalogue = tx.catalogue()?;
    let mut scope = found(&catalogue, name)?;
    let before = scope.clone();
    rank::over_scopes(actor, [scope.name.as_str()])?;
    if let Some(description) = change.description {
        scope.description = Some(description).filter(|text| !text.is_empty());
    }
    scope.claims = change.claims.unwrap_or(scope.claims);
    scope.updated_at = ctx.now();
    check(&scope, &catalogue)?;
    if tx.update_claim_scope(&scope)? == Found::No {
        return Err(AdminFault::not_found("scope", name));
    }
    record(tx, ctx, actor, "scope.update", Some(&before), Some(&scope))?;
    Ok(scope)
}

/// Removes a scope: nobody is given its claims any more.
///
/// # Errors
/// `NotFound`; `Storage`.
pub fn delete(
    tx: &mut (impl Resources + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    name: &str,
) -> Result<ClaimScope, AdminFault> {
    actor.require(Permission::ManageApplications)?;
    let scope = found(&tx.catalogue()?, name)?;
    rank::over_scopes(actor, [scope.name.as_str()])?;
    tx.delete_claim_scope(name)?;
    record(tx, ctx, actor, "scope.delete", Some(&scope), None)?;
    Ok(scope)
}

/// A scope by name.
///
/// # Errors
/// `NotFound`; `Storage`.
pub fn find(tx: &mut (impl Resources + ?Sized), actor: &Actor, name: &str) -> Result<ClaimScope, AdminFault> {
    actor.require(Permission::ViewApplications)?;
    found(&tx.catalogue()?, name)
}

/// All scopes somebody defined, by name.
///
/// # Errors
/// `Storage`.
pub fn list(tx: &mut (impl Resources + ?Sized), actor: &Actor) -> Result<Vec<ClaimScope>, AdminFault> {
    actor.require(Permission::ViewApplications)?;
    Ok(tx.catalogue()?.claim_scopes().cloned().collect())
}

fn found(catalogue: &Catalogue, name: &str) -> Result<ClaimScope, AdminFault> {
    let scope = catalogue.claim_scope(name).cloned();
    scope.ok_or_else(|| AdminFault::not_found("scope", name))
}

fn check(scope: &ClaimScope, catalogue: &Catalogue) -> Result<(), AdminFault> {
    validate::claim_scope(scope)?;
    if let Some(owner) = catalogue.owners(&scope.name).next() {
        let (name, owner) = (&scope.name, &owner.identifier);
        return Err(AdminFault::Conflict(format!(
            "\"{name}\" is a scope of the API {owner} already"
        )));
    }
    // Who is granted both scopes would get one value or the other, and nobody could say which.
    for other in catalogue.claim_scopes().filter(|other| other.name != scope.name) {
        let mut shared = scope.claims.iter();
        if let Some((claim, _)) =
            shared.find(|(claim, from)| other.claims.get(*claim).is_some_and(|own| own != *from))
        {
            return Err(AdminFault::Conflict(format!(
                "the scope \"{}\" takes \"{}\" from another attribute",
                other.name,
                claim.escape_debug()
            )));
        }
    }
    Ok(())
}

fn record(
    tx: &mut (impl Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    event: &'static str,
    before: Option<&ClaimScope>,
    after: Option<&ClaimScope>,
) -> Result<(), StorageFault> {
    let mut event = actor.event(ctx.now(), event);
    event.subject = after.or(before).map(|scope| scope.name.clone());
    let shown = |scope| Shown::of(&ScopeView::from(scope));
    tx.record(tell(event, before.map(shown), after.map(shown)))
}
