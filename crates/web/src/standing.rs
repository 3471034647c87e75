//! The one judge of access tokens that come to endpoints of ours: does this token still count?

use kernel::StorageFault;
use token::standing::{Standing, standing};
use token::verify::AccessClaims;

use crate::client_cache::client;
use crate::state::AppState;
use crate::unit::read;

/// The token if it counts: neither it nor anything it came from was taken back, and its client is still there and enabled.
/// The person needs no look of its own: whoever locks or removes somebody takes back all that was issued for them. Asks
/// storage only when the revocation list is too old to say yes, or the client is not remembered.
///
/// # Errors
/// Storage; the caller answers that it does not know.
pub(crate) async fn counting(
    state: &AppState,
    token: AccessClaims,
) -> Result<Option<AccessClaims>, StorageFault> {
    match client(state, &token.client_id).await? {
        Some(client) if client.enabled => {}
        _ => return Ok(None),
    }
    match standing(&state.revocations, &state.ctx, &token) {
        Standing::Good => Ok(Some(token)),
        Standing::Revoked => Ok(None),
        Standing::Unknown => {
            read(state, move |tx| {
                let revoked = tx.is_revoked(&token.issued())?;
                Ok((!revoked).then_some(token))
            })
            .await
        }
    }
}
