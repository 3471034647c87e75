//! `/resources`: APIs that accept tokens from here (RFC 8707).
//!
//! Their identifiers are URIs, and what stands between here and a client may take a slash in a path for two parts, however it is
//! written. So a path names an API by a digest of its identifier, which its representation carries as `id`.

use std::time::Duration;

use admin::resources::{self, Choice, NewResource, ResourceChange};
use admin::{Actor, AdminFault, Permission as P};
use kernel::digest::{base64url, sha256};
use serde::{Deserialize, Serialize};
use token::{ApiResource, SigningAlg};
use utoipa::ToSchema;

use super::call::{AllPorts, Call, not_found, written};
use super::operation::{Operation, delete, get, patch, post};
use super::paging::part;
use super::reply::Reply;
use super::{Answer, body};

const WRITE: &[P] = &[P::ViewApplications, P::ManageApplications];

pub(super) fn operations() -> Vec<Operation> {
    vec![
        get(
            "/resources",
            ("listResources", "APIs, by identifier"),
            &[P::ViewApplications],
            list,
        )
        .page::<Resource>(),
        post(
            "/resources",
            ("createResource", "Registers an API"),
            WRITE,
            create,
        )
        .takes::<NewResourceBody>()
        .makes::<Resource>()
        .tagged()
        .faults(&[409]),
        get(
            "/resources/{id}",
            ("getResource", "An API"),
            &[P::ViewApplications],
            one,
        )
        .edition::<Resource>(),
        patch(
            "/resources/{id}",
            ("changeResource", "Changes an API"),
            WRITE,
            update,
        )
        .patches::<Writable>()
        .edition::<Resource>()
        .guarded()
        .faults(&[409])
        .more("Tokens issued before stay as they are. The API of this server itself stays as it is."),
        delete(
            "/resources/{id}",
            ("deleteResource", "Removes an API"),
            WRITE,
            remove,
        )
        .guarded()
        .faults(&[409]),
    ]
}

/// An API.
#[derive(Debug, Serialize, ToSchema)]
struct Resource {
    /// Names it in paths.
    id: String,
    /// Names it in `resource` parameters and as `aud`.
    identifier: String,
    #[serde(flatten)]
    own: Writable,
    created_at: String,
    updated_at: String,
}

/// What may be written of an API.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = ResourceFields)]
struct Writable {
    /// What people see.
    name: Option<String>,
    /// The scopes that mean something to it.
    scopes: Vec<String>,
    /// How tokens for it are signed; else the client's choice counts.
    access_token_alg: Option<String>,
    /// How long tokens for it live; else the server's setting counts.
    access_ttl_seconds: Option<u32>,
}

/// An API to be registered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewResource)]
struct NewResourceBody {
    /// The absolute URI that names it.
    #[schema(example = "https://notes.example/api")]
    identifier: String,
    /// What people see.
    name: Option<String>,
    /// The scopes that mean something to it.
    #[serde(default)]
    scopes: Vec<String>,
    /// How tokens for it are signed; else the client's choice counts.
    access_token_alg: Option<String>,
    /// How long tokens for it live; else the server's setting counts.
    access_ttl_seconds: Option<u32>,
}

impl From<&ApiResource> for Resource {
    fn from(resource: &ApiResource) -> Self {
        Self {
            id: id_of(resource),
            identifier: resource.identifier.clone(),
            own: resource.into(),
            created_at: resource.created_at.to_rfc3339(),
            updated_at: resource.updated_at.to_rfc3339(),
        }
    }
}

impl From<&ApiResource> for Writable {
    fn from(resource: &ApiResource) -> Self {
        let seconds = |ttl: Duration| u32::try_from(ttl.as_secs()).unwrap_or(u32::MAX);
        Self {
            name: resource.name.clone(),
            scopes: resource.scopes.iter().map(str::to_owned).collect(),
            access_token_alg: resource.access_token_alg.map(|alg| alg.as_str().to_owned()),
            access_ttl_seconds: resource.access_ttl.map(seconds),
        }
    }
}

fn id_of(resource: &ApiResource) -> String {
    base64url(&sha256(resource.identifier.as_bytes())[..12])
}

fn found(tx: &mut AllPorts, actor: &Actor, id: &str) -> Result<ApiResource, AdminFault> {
    let mut all = resources::list(tx, actor)?.into_iter();
    all.find(|resource| id_of(resource) == id)
        .ok_or_else(|| not_found("resource", id))
}

/// A signature algorithm by its name.
fn alg(name: Option<&str>) -> Result<Option<SigningAlg>, AdminFault> {
    let parsed = name.map(str::parse::<SigningAlg>).transpose();
    parsed.map_err(|wrong| AdminFault::Invalid(vec![format!("access_token_alg: {wrong}")]))
}

fn ttl(seconds: Option<u32>) -> Option<Duration> {
    seconds.map(|seconds| Duration::from_secs(u64::from(seconds)))
}

async fn list(call: Call) -> Answer {
    let pace = call.pace()?;
    let all = call.read(|tx, _, actor| Ok(resources::list(tx, actor)?)).await?;
    let page = part(all, &pace, |resource| resource.identifier.clone());
    call.page(page.map(|resource| Resource::from(&resource)))
}

async fn create(call: Call) -> Answer {
    let said: NewResourceBody = call.said()?;
    call.once(move |tx, ctx, actor| {
        let new = NewResource {
            access_token_alg: alg(said.access_token_alg.as_deref())?,
            access_ttl: ttl(said.access_ttl_seconds),
            identifier: said.identifier,
            name: said.name,
            scopes: said.scopes,
        };
        let resource = Resource::from(&resources::create(tx, ctx, actor, new)?);
        let reply = written(Reply::edition(&resource))?;
        Ok(reply.made(&format!("/resources/{}", resource.id)))
    })
    .await
}

async fn one(call: Call) -> Answer {
    let id = call.segment("id");
    let resource = call.read(move |tx, _, actor| Ok(found(tx, actor, &id)?)).await?;
    Reply::edition(&Resource::from(&resource))
}

async fn update(call: Call) -> Answer {
    let (id, seen, said) = (call.segment("id"), call.seen.clone(), call.patch()?);
    let resource = call
        .write(move |tx, ctx, actor| {
            actor.require(P::ManageApplications)?;
            let resource = found(tx, actor, &id)?;
            seen.fits(&Resource::from(&resource))?;
            let wanted: Writable = body::merged(&Writable::from(&resource), said)
                .map_err(|wrong| AdminFault::Invalid(vec![wrong]))?;
            let alg = alg(wanted.access_token_alg.as_deref())?;
            let change = ResourceChange {
                name: Some(wanted.name.unwrap_or_default()),
                scopes: Some(wanted.scopes),
                access_token_alg: Some(alg.map_or(Choice::Default, Choice::Own)),
                access_ttl: Some(ttl(wanted.access_ttl_seconds).map_or(Choice::Default, Choice::Own)),
            };
            Ok(resources::update(tx, ctx, actor, &resource.identifier, change)?)
        })
        .await?;
    Reply::edition(&Resource::from(&resource))
}

async fn remove(call: Call) -> Answer {
    let (id, seen) = (call.segment("id"), call.seen.clone());
    call.write(move |tx, ctx, actor| {
        let resource = found(tx, actor, &id)?;
        seen.fits(&Resource::from(&resource))?;
        Ok(resources::delete(tx, ctx, actor, &resource.identifier)?)
    })
    .await?;
    Ok(Reply::nothing())
}
