//! `/scopes`: scopes that give claims about people, beside the standard ones.

use std::collections::BTreeMap;

use admin::scopes::{self, NewScope, ScopeChange};
use admin::{AdminFault, Permission as P};
use serde::{Deserialize, Serialize};
use token::ClaimScope;
use utoipa::ToSchema;

use super::call::{Call, written};
use super::operation::{Operation, delete, get, patch, post};
use super::paging::part;
use super::reply::Reply;
use super::{Answer, body, segment};

const WRITE: &[P] = &[P::ViewApplications, P::ManageApplications];

pub(super) fn operations() -> Vec<Operation> {
    vec![
        get(
            "/scopes",
            ("listScopes", "Scopes somebody defined, by name"),
            &[P::ViewApplications],
            list,
        )
        .page::<Scope>(),
        post("/scopes", ("createScope", "Defines a scope"), WRITE, create)
            .takes::<NewScopeBody>()
            .makes::<Scope>()
            .tagged()
            .faults(&[409]),
        get(
            "/scopes/{name}",
            ("getScope", "A scope"),
            &[P::ViewApplications],
            one,
        )
        .edition::<Scope>(),
        patch(
            "/scopes/{name}",
            ("changeScope", "Changes a scope"),
            WRITE,
            update,
        )
        .patches::<Writable>()
        .edition::<Scope>()
        .guarded()
        .faults(&[409]),
        delete(
            "/scopes/{name}",
            (
                "deleteScope",
                "Removes a scope: nobody is given its claims any more",
            ),
            WRITE,
            remove,
        )
        .guarded(),
    ]
}

/// A scope.
#[derive(Debug, Serialize, ToSchema)]
struct Scope {
    name: String,
    #[serde(flatten)]
    own: Writable,
    created_at: String,
    updated_at: String,
}

/// What may be written of a scope.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = ScopeFields)]
struct Writable {
    /// What the consent page says about it.
    description: Option<String>,
    /// Claim to the attribute it takes its value from.
    claims: BTreeMap<String, String>,
}

/// A scope to be defined.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewScope)]
struct NewScopeBody {
    /// The scope token; the name of a standard scope adds to that scope.
    #[schema(example = "employee")]
    name: String,
    /// What the consent page says about it.
    description: Option<String>,
    /// Claim to the attribute it takes its value from.
    #[schema(example = json!({"badge": "badge_number"}))]
    claims: BTreeMap<String, String>,
}

impl From<&ClaimScope> for Scope {
    fn from(scope: &ClaimScope) -> Self {
        Self {
            name: scope.name.clone(),
            own: scope.into(),
            created_at: scope.created_at.to_rfc3339(),
            updated_at: scope.updated_at.to_rfc3339(),
        }
    }
}

impl From<&ClaimScope> for Writable {
    fn from(scope: &ClaimScope) -> Self {
        Self {
            description: scope.description.clone(),
            claims: scope.claims.clone(),
        }
    }
}

async fn list(call: Call) -> Answer {
    let pace = call.pace()?;
    let all = call.read(|tx, _, actor| Ok(scopes::list(tx, actor)?)).await?;
    let page = part(all, &pace, |scope| scope.name.clone());
    call.page(page.map(|scope| Scope::from(&scope)))
}

async fn create(call: Call) -> Answer {
    let said: NewScopeBody = call.said()?;
    call.once(move |tx, ctx, actor| {
        let new = NewScope {
            name: said.name,
            description: said.description,
            claims: said.claims,
        };
        let scope = Scope::from(&scopes::create(tx, ctx, actor, new)?);
        let reply = written(Reply::edition(&scope))?;
        Ok(reply.made(&format!("/scopes/{}", segment(&scope.name))))
    })
    .await
}

async fn one(call: Call) -> Answer {
    let name = call.segment("name");
    let scope = call
        .read(move |tx, _, actor| Ok(scopes::find(tx, actor, &name)?))
        .await?;
    Reply::edition(&Scope::from(&scope))
}

async fn update(call: Call) -> Answer {
    let (name, seen, said) = (call.segment("name"), call.seen.clone(), call.patch()?);
    let scope = call
        .write(move |tx, ctx, actor| {
            actor.require(P::ManageApplications)?;
            let scope = scopes::find(tx, actor, &name)?;
            seen.fits(&Scope::from(&scope))?;
            let wanted: Writable = body::merged(&Writable::from(&scope), said)
                .map_err(|wrong| AdminFault::Invalid(vec![wrong]))?;
            let change = ScopeChange {
                description: Some(wanted.description.unwrap_or_default()),
                claims: Some(wanted.claims),
            };
            Ok(scopes::update(tx, ctx, actor, &name, change)?)
        })
        .await?;
    Reply::edition(&Scope::from(&scope))
}

async fn remove(call: Call) -> Answer {
    let (name, seen) = (call.segment("name"), call.seen.clone());
    call.write(move |tx, ctx, actor| {
        seen.fits(&Scope::from(&scopes::find(tx, actor, &name)?))?;
        Ok(scopes::delete(tx, ctx, actor, &name)?)
    })
    .await?;
    Ok(Reply::nothing())
}
