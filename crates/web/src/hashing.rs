//! Passwords on the hashing pool, awaited: no worker is blocked and nothing of storage is held meanwhile.

use identity::hasher::Overloaded;
use identity::{Password, PasswordHash};
use tokio::sync::oneshot;

use crate::state::AppState;

/// Whether `password` fits `hash`; without a hash no, after the same work.
///
/// # Errors
/// [`Overloaded`].
pub(crate) async fn verify(
    state: &AppState,
    password: Password,
    hash: Option<PasswordHash>,
) -> Result<bool, Overloaded> {
    let (sender, answer) = oneshot::channel();
    state.hasher.submit_verify(password, hash, move |verified| {
        // A browser that hung up no longer waits for its answer.
        let _ = sender.send(verified);
    });
    answer.await.unwrap_or(Err(Overloaded))
}

/// A new hash of `password`.
///
/// # Errors
/// [`Overloaded`].
pub(crate) async fn hash(state: &AppState, password: Password) -> Result<PasswordHash, Overloaded> {
    let (sender, answer) = oneshot::channel();
    state.hasher.submit_hash(password, move |hash| {
        let _ = sender.send(hash);
    });
    answer.await.unwrap_or(Err(Overloaded))
}
