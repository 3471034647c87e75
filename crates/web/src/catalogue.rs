//! The catalogue of resources and scopes, as last read. The change feed replaces it; what a request names and nobody here
//! knows is looked up once more, because it may have been made a moment ago.

use std::sync::Arc;

use kernel::StorageFault;
use protocol::{Params, Scope};
use token::{Catalogue, Client};

use crate::news;
use crate::state::AppState;
use crate::unit::read;

/// The catalogue with everything `client` names in `params` that exists.
///
/// # Errors
/// Storage.
pub(crate) async fn catalogue_for(
    state: &AppState,
    client: &Client,
    params: &Params,
) -> Result<Arc<Catalogue>, StorageFault> {
    if !news::is_recent(state) {
        return news::catalogue(state).await;
    }
    let known = state.catalogue.edition();
    if knows_all(&known.catalogue, state, client, params) {
        return Ok(known.catalogue);
    }
    let fresh = read(state, |tx| tx.catalogue()).await?;
    if fresh != *known.catalogue {
        state.catalogue.replace_known(&known, fresh);
    }
    Ok(state.catalogue.get())
}

fn knows_all(known: &Catalogue, state: &AppState, client: &Client, params: &Params) -> bool {
    let issuer = state.ctx.issuer.as_str();
    let resources_known = params
        .all("resource")
        .all(|uri| uri == issuer || known.resource(uri).is_some());
    // Scopes the client never registered are refused or ignored whether they exist or not.
    let registered = client
        .metadata
        .scope
        .as_deref()
        .and_then(|scope| Scope::parse(scope).ok())
        .unwrap_or_default();
    let asked = params
        .get("scope")
        .and_then(|scope| Scope::parse(scope).ok())
        .unwrap_or_default();
    let scopes_known = asked
        .iter()
        .all(|token| known.knows(token) || !registered.contains(token));
    resources_known && scopes_known
}
