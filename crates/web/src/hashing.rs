//! Passwords on the hashing pool, awaited: no worker is blocked and nothing of storage is held meanwhile.

use std::time::Instant;

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
    let (began, (sender, answer)) = (timer(), oneshot::channel());
    state.hasher.submit_verify(password, hash, move |verified| {
        // A browser that hung up no longer waits for its answer.
        let _ = sender.send(verified);
    });
    finished(state, began, answer.await.unwrap_or(Err(Overloaded)))
}

/// A new hash of `password`.
///
/// # Errors
/// [`Overloaded`].
pub(crate) async fn hash(state: &AppState, password: Password) -> Result<PasswordHash, Overloaded> {
    let (began, (sender, answer)) = (timer(), oneshot::channel());
    state.hasher.submit_hash(password, move |hash| {
        let _ = sender.send(hash);
    });
    finished(state, began, answer.await.unwrap_or(Err(Overloaded)))
}

#[expect(clippy::disallowed_methods, reason = "measuring at the rim")]
fn timer() -> Instant {
    Instant::now()
}

/// Counts what was hashed; what was turned away was not.
fn finished<T>(state: &AppState, began: Instant, answer: Result<T, Overloaded>) -> Result<T, Overloaded> {
    if answer.is_ok() {
        state.metrics.hashed(began.elapsed());
    }
    answer
}
