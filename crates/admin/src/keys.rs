//! Signing keys, as an administrator sees them.

use kernel::{Policy, Timestamp};
use token::keys::StoredKey;
use token::ports::Keys;

use crate::fault::AdminFault;

/// A key with the moment from which it may sign. Never anything of its private half.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyStatus {
    /// The key at rest.
    pub key: StoredKey,
    /// From now on nobody who verifies can miss it.
    pub safe_at: Timestamp,
}

/// All keys, as the store orders them.
///
/// # Errors
/// `Storage`.
pub fn list(tx: &mut (impl Keys + ?Sized), policy: &Policy) -> Result<Vec<KeyStatus>, AdminFault> {
    Ok(tx
        .keys()?
        .into_iter()
        .map(|key| KeyStatus {
            safe_at: safe_at(&key, policy),
            key,
        })
        .collect())
}

/// A key by id.
///
/// # Errors
/// `NotFound`; `Storage`.
pub fn find(tx: &mut (impl Keys + ?Sized), policy: &Policy, kid: &str) -> Result<KeyStatus, AdminFault> {
    let found = list(tx, policy)?.into_iter().find(|status| status.key.kid == kid);
    found.ok_or_else(|| AdminFault::not_found("key", kid))
}

/// A key that replaces another waits until every cached JWKS has it; one that signed from its first moment replaced
/// nothing, and there was nothing to wait for.
fn safe_at(key: &StoredKey, policy: &Policy) -> Timestamp {
    if key.activated_at == Some(key.published_at) {
        return key.published_at;
    }
    key.published_at.plus(policy.min_published)
}
