//! The management API as an API like others: it is in the catalogue, so that clients can ask for tokens for it, and there from
//! the first start. What it serves is `web`'s business.

use kernel::{Ctx, Issuer, StorageFault, Timestamp};
use protocol::Scope;
use token::{ApiResource, Resources};

use crate::authority::Permission;
use crate::fault::AdminFault;

/// Where the API is, below the issuer. With the issuer it is the `aud` of its tokens (RFC 9068 2.2).
pub const PATH: &str = "/api/v1";

/// The URI that names the API of this server (RFC 8707 2).
pub fn identifier(issuer: &Issuer) -> String {
    issuer.url(PATH).to_string()
}

/// Registers the API, or brings what is registered up to date. Called when a server starts.
///
/// # Errors
/// Storage.
pub fn ensure_resource(tx: &mut (impl Resources + ?Sized), ctx: &Ctx) -> Result<(), StorageFault> {
    let mut resource = own(ctx, ctx.now());
    match tx.catalogue()?.resource(&resource.identifier) {
        None => {
            // Another node may have been faster, with the same.
            tx.insert_resource(&resource)?;
        }
        Some(known) => {
            resource.created_at = known.created_at;
            resource.updated_at = known.updated_at;
            if resource != *known {
                resource.updated_at = ctx.now();
                tx.update_resource(&resource)?;
            }
        }
    }
    Ok(())
}

fn own(ctx: &Ctx, now: Timestamp) -> ApiResource {
    let scopes: Vec<&str> = Permission::ALL.iter().map(|own| own.scope()).collect();
    ApiResource {
        identifier: identifier(&ctx.issuer),
        name: Some("Signet's management API".to_owned()),
        scopes: Scope::parse(&scopes.join(" ")).unwrap_or_default(),
        access_token_alg: None,
        access_ttl: None,
        created_at: now,
        updated_at: now,
    }
}

/// It belongs to Signet: nobody makes, changes or removes it.
///
/// # Errors
/// `Conflict`.
pub(crate) fn is_another(ctx: &Ctx, identifier: &str) -> Result<(), AdminFault> {
    if identifier != self::identifier(&ctx.issuer) {
        return Ok(());
    }
    let reason = format!("\"{identifier}\" is the management API of this server and stays as it is");
    Err(AdminFault::Conflict(reason))
}
