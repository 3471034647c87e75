//! Changing a client in two steps: looking at what would change, and changing it only if nobody else did meanwhile.

use kernel::{Audit, Ctx};
use serde::Serialize;
use token::client::register::{Against, JudgeUrl};
use token::client::{Client, ClientMetadata, ClientPolicy};
use token::{Clients, Resources};

use super::{Registered, by_id, check, update};
use crate::actor::Actor;
use crate::authority::Permission;
use crate::edition;
use crate::fault::AdminFault;
use crate::ports::Administrators;
use crate::rank;

/// What a change would do.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The client as it is.
    pub before: Client,
    /// As it would be.
    pub after: Client,
    /// What may surprise about that.
    pub warnings: Vec<String>,
}

/// Which edition of its record this is: another after every change, the same however often the client is used.
pub fn edition(client: &Client) -> String {
    edition::of(&record(client))
}

/// That nobody changed the client since it was at the edition `seen`.
///
/// # Errors
/// `Conflict`.
pub fn is_at(client: &Client, seen: &str) -> Result<(), AdminFault> {
    edition::is_still(&record(client), seen)
}

fn record(client: &Client) -> impl Serialize + '_ {
    let secrets: Vec<&str> = client.secrets.iter().map(|secret| secret.id.as_str()).collect();
    (
        client.updated_at,
        &client.metadata,
        &client.policy,
        client.enabled,
        secrets,
    )
}

/// What `change` would do to a client. Nothing is written.
///
/// # Errors
/// As [`update`].
pub fn preview(
    tx: &mut (impl Clients + Resources + Administrators + ?Sized),
    actor: &Actor,
    urls: &dyn JudgeUrl,
    client_id: &str,
    change: impl FnOnce(&mut ClientMetadata, &mut ClientPolicy),
) -> Result<Preview, AdminFault> {
    actor.require(Permission::ManageApplications)?;
    let before = by_id(tx, client_id)?;
    rank::over_client(tx, actor, &before)?;
    let mut after = before.clone();
    change(&mut after.metadata, &mut after.policy);
    let catalogue = tx.catalogue()?;
    let against = Against {
        urls,
        catalogue: &catalogue,
    };
    let warnings = check(&after, against, None, None)?;
    rank::over_client(tx, actor, &after)?;
    Ok(Preview {
        before,
        after,
        warnings,
    })
}

/// [`update`], if the client is still at the edition somebody saw.
///
/// # Errors
/// As [`update`]; `Conflict` when it was changed meanwhile.
pub fn update_edition(
    tx: &mut (impl Clients + Resources + Administrators + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    urls: &dyn JudgeUrl,
    (client_id, seen): (&str, &str),
    change: impl FnOnce(&mut ClientMetadata, &mut ClientPolicy),
) -> Result<Registered, AdminFault> {
    actor.require(Permission::ManageApplications)?;
    is_at(&by_id(tx, client_id)?, seen)?;
    update(tx, ctx, actor, urls, client_id, change)
}
