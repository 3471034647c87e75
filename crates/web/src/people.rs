//! People as last read: what userinfo and introspection tell of them. Whether a token of theirs still counts is asked of the
//! revocation list every time, not of this.

use std::sync::Arc;

use identity::User;
use kernel::StorageFault;
use kernel::id::UserId;

use crate::memory::Memory;
use crate::news;
use crate::state::AppState;
use crate::unit::read;

/// What is remembered of people takes about so many bytes: ten to fifteen thousand of the usual kind.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// Remembers nobody yet.
pub(crate) fn memory() -> Memory<Arc<User>> {
    Memory::holding(MOST_BYTES)
}

/// That person, remembered or looked up, without their password; `None` when there is no such person any more.
pub(crate) async fn person(state: &AppState, user: UserId) -> Result<Option<Arc<User>>, StorageFault> {
    if !news::is_recent(state) {
        return Ok(news::person(state, user).await?.map(without_password));
    }
    let id = user.to_string();
    let epoch = match state.people.known(&id) {
        Ok(person) => return Ok(Some(person)),
        Err(epoch) => epoch,
    };
    let found = read(state, move |tx| tx.user(user)).await?;
    let person = found.map(without_password);
    if let Some(person) = &person {
        state.people.keep(&id, Arc::clone(person), person.bytes(), epoch);
    }
    Ok(person)
}

/// Nobody who asks here needs it, so it does not stay in memory.
fn without_password(user: User) -> Arc<User> {
    Arc::new(User {
        password: None,
        ..user
    })
}
