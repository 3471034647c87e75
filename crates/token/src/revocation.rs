//! Token revocation (RFC 7009): a client gives back a token it no longer needs.
//!
//! What kind of token came shows in the token itself, so `token_type_hint` is not asked. Only the client's own tokens are
//! touched; whatever else comes is as good as revoked already (2.2), and nobody learns the difference.

use kernel::id::TokenId;
use kernel::secret::RefreshToken;
use kernel::{AuditEvent, Ctx, Plain, StorageFault};

use crate::client::Client;
use crate::ending;
use crate::grant::GrantPorts;
use crate::grant::outcome::Stop;
use crate::grant::presented::{find, opaque};
use crate::keys::KeyRing;
use crate::verify;

/// Something that may be the client's to revoke.
#[derive(Debug)]
pub enum Revocable {
    /// A valid access token of this client.
    AccessToken(TokenId),
    /// Perhaps a refresh token: storage knows.
    RefreshToken(Plain<RefreshToken>),
}

/// What `token` is; `None` when there is nothing to do, because it is another client's, has expired, or is no token.
pub fn read(ring: &KeyRing, ctx: &Ctx, client: &Client, token: &str) -> Option<Revocable> {
    if let Some(token) = opaque(token) {
        return Some(Revocable::RefreshToken(token));
    }
    let claims = verify::access_token(ring, ctx, token).ok()?;
    (claims.client_id == client.client_id).then_some(Revocable::AccessToken(claims.jti))
}

/// Revokes it. A refresh token takes its whole grant with it (RFC 7009 2.1), access tokens too, and does so even when it was
/// spent: the client then never heard of its successor.
///
/// # Errors
/// Storage.
pub fn revoke(
    tx: &mut (impl GrantPorts + ?Sized),
    ctx: &Ctx,
    client: &Client,
    what: Revocable,
) -> Result<(), StorageFault> {
    let token = match what {
        Revocable::AccessToken(id) => return ending::access_token(tx, ctx, id, &client.client_id),
        Revocable::RefreshToken(token) => token,
    };
    let presented = match find(tx, client, token) {
        Ok(presented) => presented,
        Err(Stop::Refuse(_)) => return Ok(()),
        Err(Stop::Storage(fault)) => return Err(fault),
    };
    let grant = &presented.grant;
    if grant.revoked_at.is_some() || presented.expires_at(ctx) <= ctx.now() {
        return Ok(());
    }
    let event = AuditEvent::new(ctx.now(), "grant.revoke")
        .actor(grant.user)
        .subject(grant.id)
        .session(grant.sid)
        .client(&client.client_id);
    ending::grant(tx, ctx, grant.id, event).map(drop)
}
