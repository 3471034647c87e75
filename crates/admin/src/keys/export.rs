//! Public halves for those who cannot fetch the JWK Set.

use kernel::StorageFault;
use serde_json::{Value, json};
use token::keys::StoredKey;
use token::ports::Keys;

use crate::actor::Actor;
use crate::authority::Permission;
use crate::fault::AdminFault;

/// The JWK Set (RFC 7517 5) of all published keys, as `/jwks` shows it but for the order.
///
/// # Errors
/// `Storage`.
pub fn set(tx: &mut (impl Keys + ?Sized), actor: &Actor) -> Result<Value, AdminFault> {
    actor.require(Permission::ViewKeys)?;
    let published = tx.keys()?.into_iter().filter(|key| key.state.is_published());
    let keys = published.map(|key| jwk(&key)).collect::<Result<Vec<_>, _>>()?;
    Ok(json!({ "keys": keys }))
}

/// The public half of one key, whatever its state.
///
/// # Errors
/// When the row holds no JSON.
pub fn jwk(key: &StoredKey) -> Result<Value, StorageFault> {
    serde_json::from_str(&key.public_jwk).map_err(|error| StorageFault::Corrupt {
        table: "keys",
        column: "public_jwk",
        id: key.kid.clone(),
        reason: error.to_string(),
    })
}

/// The same for people to read.
///
/// # Errors
/// When the row holds no JSON.
pub fn pretty(key: &StoredKey) -> Result<String, StorageFault> {
    Ok(format!("{:#}", jwk(key)?))
}
