//! Clients as last read. The store's change feed says what to forget; absence is never remembered.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use kernel::StorageFault;
use token::Client;

use crate::state::AppState;
use crate::unit::read;

/// More clients than this are not kept at once.
const CAPACITY: usize = 10_000;

/// Clients by id, with a count of how often something was forgotten.
#[derive(Default)]
pub(crate) struct ClientCache(RwLock<Known>);

#[derive(Default)]
struct Known {
    clients: HashMap<String, Arc<Client>>,
    epoch: u64,
}

impl ClientCache {
    fn known(&self, client_id: &str) -> Result<Arc<Client>, u64> {
        let known = self.0.read().unwrap_or_else(|poison| poison.into_inner());
        known.clients.get(client_id).cloned().ok_or(known.epoch)
    }

    /// Keeps `client`, unless something was forgotten since `epoch`: what was read may be older than that.
    fn keep(&self, client: &Arc<Client>, epoch: u64) {
        let mut known = self.0.write().unwrap_or_else(|poison| poison.into_inner());
        if known.epoch != epoch {
            return;
        }
        if known.clients.len() >= CAPACITY {
            known.clients.clear();
        }
        known.clients.insert(client.client_id.clone(), client.clone());
    }

    pub(crate) fn forget(&self, client_id: &str) {
        let mut known = self.0.write().unwrap_or_else(|poison| poison.into_inner());
        known.clients.remove(client_id);
        known.epoch += 1;
    }

    pub(crate) fn clear(&self) {
        let mut known = self.0.write().unwrap_or_else(|poison| poison.into_inner());
        known.clients.clear();
        known.epoch += 1;
    }
}

/// The client of that id, remembered or looked up.
pub(crate) async fn client(state: &AppState, client_id: &str) -> Result<Option<Arc<Client>>, StorageFault> {
    let epoch = match state.clients.known(client_id) {
        Ok(client) => return Ok(Some(client)),
        Err(epoch) => epoch,
    };
    let wanted = client_id.to_owned();
    let found = read(state, move |tx| tx.client(&wanted)).await?.map(Arc::new);
    if let Some(client) = &found {
        state.clients.keep(client, epoch);
    }
    Ok(found)
}
