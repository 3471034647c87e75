//! Clients as last read.

use std::sync::Arc;

use kernel::StorageFault;
use token::Client;

use crate::memory::Memory;
use crate::news;
use crate::state::AppState;
use crate::unit::read;

/// More than this are not kept at once.
const MOST: usize = 10_000;

/// Remembers no client yet.
pub(crate) fn memory() -> Memory<Arc<Client>> {
    Memory::holding(MOST)
}

/// The client of that id, remembered or looked up.
pub(crate) async fn client(state: &AppState, client_id: &str) -> Result<Option<Arc<Client>>, StorageFault> {
    if !news::is_recent(state) {
        return news::client(state, client_id).await;
    }
    let epoch = match state.clients.known(client_id) {
        Ok(client) => return Ok(Some(client)),
        Err(epoch) => epoch,
    };
    let wanted = client_id.to_owned();
    let found = read(state, move |tx| tx.client(&wanted)).await?.map(Arc::new);
    if let Some(client) = &found {
        state.clients.keep(client_id, client.clone(), 1, epoch);
    }
    Ok(found)
}
