//! Whether what this process remembers may be relied on: only while it hears what others change.
//!
//! The watcher of changes, or Redis beside it, says up to when everything is known. Beyond the bound nothing that was remembered
//! decides about a client or a person any more: storage is asked each time, and where storage is away, too, nothing is
//! decided (`docs/operate/scale.md`).

use std::sync::Arc;

use kernel::StorageFault;
use kernel::id::UserId;
use token::keys::{KeyRing, KeyState, StoredKey};
use token::{Catalogue, Client};

use crate::state::AppState;
use crate::unit::read;

/// Whether there was news lately, and all of it is in use: who could not load the keys again may hold one that was taken back.
pub(crate) fn is_recent(state: &AppState) -> bool {
    let (now, bound) = (state.ctx.now(), state.ctx.policy.revocation_max_lag);
    state.revocations.is_fresh(now, bound) && !state.custody.is_behind()
}

/// The client, for a process without news: not what is remembered. Refuses to say while a key that was taken back would still
/// sign here: whoever asks for a client is about to have something signed.
pub(crate) async fn client(state: &AppState, client_id: &str) -> Result<Option<Arc<Client>>, StorageFault> {
    let wanted = client_id.to_owned();
    let (client, keys) = read(state, move |tx| {
        Ok::<_, StorageFault>((tx.client(&wanted)?, tx.keys()?))
    })
    .await?;
    if signs_with_revoked(&state.ring.get(), &keys) {
        return Err(StorageFault::Unavailable(
            "signing keys are to be loaded again".into(),
        ));
    }
    Ok(client.map(Arc::new))
}

fn signs_with_revoked(ring: &KeyRing, keys: &[StoredKey]) -> bool {
    let revoked = keys.iter().filter(|key| key.state == KeyState::Revoked);
    revoked
        .into_iter()
        .any(|key| ring.verification_key(&key.kid).is_some())
}

/// The person, likewise.
pub(crate) async fn person(state: &AppState, user: UserId) -> Result<Option<identity::User>, StorageFault> {
    read(state, move |tx| tx.user(user)).await
}

/// Resources and scopes, likewise.
pub(crate) async fn catalogue(state: &AppState) -> Result<Arc<Catalogue>, StorageFault> {
    Ok(Arc::new(read(state, |tx| tx.catalogue()).await?))
}
