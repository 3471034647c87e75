//! Issuing the authorization code: a new grant, whose code is handed out once and kept as a digest.

use kernel::id::GrantId;
use kernel::secret::AuthorizationCode;
use kernel::{Ctx, Plain, StorageFault};
use session::Session;

use super::request::AuthorizationRequest;
use crate::grant::Grant;
use crate::ports::Grants;

/// Gives the client a grant from the person of `session` and returns its code (RFC 6749 4.1.2).
///
/// # Errors
/// Storage.
pub fn code(
    tx: &mut (impl Grants + ?Sized),
    ctx: &Ctx,
    request: &AuthorizationRequest,
    session: &Session,
) -> Result<Plain<AuthorizationCode>, StorageFault> {
    let now = ctx.now();
    tx.note_client_of_session(session.sid, &request.client_id, now)?;
    let code = Plain::<AuthorizationCode>::generate(&*ctx.entropy);
    tx.insert_grant(&Grant {
        id: GrantId::generate(&*ctx.entropy, now),
        client_id: request.client_id.clone(),
        user: session.user,
        sid: session.sid,
        scope: request.scope.clone(),
        resources: request.resources.clone(),
        authentication: session.authentication.clone(),
        nonce: request.nonce.clone(),
        claims: request.claims.clone(),
        redirect_uri: request.target.redirect_uri().to_owned(),
        pkce: request.pkce.clone(),
        code: code.digest(),
        code_expires_at: now.plus(ctx.policy.code_ttl),
        code_redeemed_at: None,
        revoked_at: None,
        created_at: now,
    })?;
    Ok(code)
}
