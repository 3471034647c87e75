//! What is known of a key's tokens, and how.
//!
//! Tokens are not stored. Each process counts what it signs and stores the counts once a minute, by key, client and the
//! minute of expiry: see [`token::keys::tally`]. So a number here is inferred: it lacks what was signed in the minute before
//! a process died, or since the last minute, and it includes tokens that were taken back singly. Opaque refresh tokens are
//! signed with no key. Who fetched the JWK Set is not recorded at all: it is fetched without credentials, through caches.

use kernel::{Ctx, StorageFault, Timestamp};
use token::SigningAlg;
use token::client::Recipient;
use token::keys::Signed;
use token::ports::{Clients, Keys};

use crate::actor::Actor;
use crate::authority::Permission;
use crate::console;
use crate::fault::AdminFault;

/// What one key signed that is still good.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Access and ID tokens, counted.
    pub live_tokens: u64,
    /// None of them is good after this.
    pub until: Option<Timestamp>,
    /// For whom: the client whose tokens live longest first. It is the one that holds a retirement back.
    pub clients: Vec<Signed>,
}

/// The evidence about one key.
///
/// # Errors
/// `Storage`.
pub fn of(
    tx: &mut (impl Keys + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    kid: &str,
) -> Result<Evidence, AdminFault> {
    actor.require(Permission::ViewKeys)?;
    Ok(about(tx, ctx, kid)?)
}

/// As [`of`], for use-cases that asked for their own permission.
pub(super) fn about(tx: &mut (impl Keys + ?Sized), ctx: &Ctx, kid: &str) -> Result<Evidence, StorageFault> {
    let mut clients = tx.signed(ctx.now())?;
    clients.retain(|signed| signed.kid == kid);
    clients.sort_by(|one, other| (other.until, &one.client_id).cmp(&(one.until, &other.client_id)));
    Ok(Evidence {
        live_tokens: clients.iter().map(|signed| signed.count).sum(),
        until: clients.first().map(|signed| signed.until),
        clients,
    })
}

/// The enabled clients whose ID tokens or access tokens are signed with this algorithm unless an API wants another, by id.
///
/// # Errors
/// `Storage`.
pub fn clients_using(
    tx: &mut (impl Clients + ?Sized),
    actor: &Actor,
    alg: SigningAlg,
) -> Result<Vec<String>, AdminFault> {
    actor.require(Permission::ViewApplications)?;
    let using = recipients(tx)?.into_iter().filter(|client| client.uses(alg));
    Ok(using.map(|client| client.client_id).collect())
}

/// The clients tokens are signed for: not one that is disabled, nor the console, which learns who came in this process and is
/// given none.
pub(super) fn recipients(tx: &mut (impl Clients + ?Sized)) -> Result<Vec<Recipient>, StorageFault> {
    let mut all = tx.recipients()?;
    all.retain(|client| client.client_id != console::CLIENT_ID);
    Ok(all)
}
