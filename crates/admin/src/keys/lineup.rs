//! Which algorithms are to have keys: those configuration lists, those somebody uses, and RS256.

use std::collections::BTreeSet;

use kernel::StorageFault;
use token::SigningAlg;
use token::client::Client;
use token::keys::{KeyPlan, StoredKey};
use token::ports::{Clients, Keys, Resources};

use crate::actor::Actor;
use crate::authority::Permission;
use crate::fault::AdminFault;

/// How thoroughly to look for uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// At every client and API.
    Everywhere,
    /// At clients and APIs only if an algorithm may end. A use that begins is told by the feed of changes.
    AtWhatMayEnd,
}

/// The algorithms that are to be published, looked for everywhere.
///
/// # Errors
/// `Storage`.
pub fn algorithms<T>(tx: &mut T, actor: &Actor, plan: &KeyPlan) -> Result<BTreeSet<SigningAlg>, AdminFault>
where
    T: Keys + Clients + Resources + ?Sized,
{
    actor.require(Permission::ViewKeys)?;
    let keys = tx.keys()?;
    Ok(wanted(tx, plan, &keys, Look::Everywhere)?)
}

/// The algorithms that are to be published.
pub(super) fn wanted<T>(
    tx: &mut T,
    plan: &KeyPlan,
    keys: &[StoredKey],
    look: Look,
) -> Result<BTreeSet<SigningAlg>, StorageFault>
where
    T: Clients + Resources + ?Sized,
{
    let listed = plan.wanted([]);
    let published: BTreeSet<_> = keys
        .iter()
        .filter(|key| key.sealed_private.is_some())
        .map(|key| key.alg)
        .collect();
    if look == Look::AtWhatMayEnd && published.is_subset(&listed) {
        return Ok(listed);
    }
    Ok(plan.wanted(used(tx)?))
}

/// The algorithms of every enabled client and of every API.
fn used<T: Clients + Resources + ?Sized>(tx: &mut T) -> Result<BTreeSet<SigningAlg>, StorageFault> {
    let catalogue = tx.catalogue()?;
    let mut used: BTreeSet<_> = catalogue
        .resources()
        .filter_map(|resource| resource.access_token_alg)
        .collect();
    used.extend(tx.algorithms_in_use()?);
    Ok(used)
}

/// How ID tokens and access tokens of a client are signed.
pub fn algorithms_of(client: &Client) -> [SigningAlg; 2] {
    [client.id_token_alg(), client.access_token_alg()]
}
