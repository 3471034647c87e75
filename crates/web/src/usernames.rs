//! The names of people as last read: introspection tells them, and asks storage for nothing else.

use std::sync::Arc;

use kernel::StorageFault;
use kernel::id::UserId;

use crate::state::AppState;
use crate::unit::read;

/// The username of that person, remembered or looked up; `None` when there is no such person any more.
pub(crate) async fn username(state: &AppState, user: UserId) -> Result<Option<Arc<str>>, StorageFault> {
    let id = user.to_string();
    let epoch = match state.usernames.known(&id) {
        Ok(name) => return Ok(Some(name)),
        Err(epoch) => epoch,
    };
    let found = read(state, move |tx| tx.user(user)).await?;
    let name = found.map(|user| Arc::from(user.username));
    if let Some(name) = &name {
        state.usernames.keep(&id, Arc::clone(name), epoch);
    }
    Ok(name)
}
