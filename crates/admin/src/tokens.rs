//! Tokens somebody holds up: what they are worth, and how one is taken back. The administrator may ask about any.

use identity::{User, Users};
use kernel::id::{GrantId, TokenId};
use kernel::secret::RefreshToken;
use kernel::{Ctx, Plain};
use protocol::IntrospectionResponse;
use session::{Revocation, Revocations, Revoked};
use token::client::Client;
use token::grant::GrantPorts;
use token::introspection::{self, Introspected, read};
use token::keys::KeyRing;
use token::verify::{self, AccessClaims};
use token::{Clients, ending};

use crate::actor::Actor;
use crate::authority::Permission;
use crate::fault::AdminFault;

/// What a token is worth, as its own client would be told (RFC 7662 2.2); the username only to those who may see people.
///
/// # Errors
/// `Storage`.
pub fn introspect(
    tx: &mut (impl GrantPorts + Clients + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    ring: &KeyRing,
    token: &str,
) -> Result<IntrospectionResponse, AdminFault> {
    actor.require(Permission::ViewSessions)?;
    let mut told = worth(tx, ctx, ring, token)?;
    told.username
        .take_if(|_| !actor.may().contain(Permission::ViewPeople));
    Ok(told)
}

fn worth(
    tx: &mut (impl GrantPorts + Clients + ?Sized),
    ctx: &Ctx,
    ring: &KeyRing,
    token: &str,
) -> Result<IntrospectionResponse, AdminFault> {
    let nothing = IntrospectionResponse::default();
    let Some(client) = owner(tx, ctx, ring, token)?.filter(|client| client.enabled) else {
        return Ok(nothing);
    };
    match read(ring, ctx, &client, token) {
        None => Ok(nothing),
        Some(Introspected::RefreshToken(token)) => Ok(introspection::refresh_token(tx, ctx, &client, token)?),
        Some(Introspected::AccessToken(claims)) => access_token(tx, ctx, *claims),
    }
}

fn access_token(
    tx: &mut (impl Users + Revocations + ?Sized),
    ctx: &Ctx,
    claims: AccessClaims,
) -> Result<IntrospectionResponse, AdminFault> {
    let nothing = IntrospectionResponse::default();
    if tx.is_revoked(&claims.issued())? {
        return Ok(nothing);
    }
    let Some(id) = claims.user() else {
        return Ok(introspection::access_token(ctx, claims, None));
    };
    let user = tx.user(id)?.filter(User::is_active);
    Ok(user.map_or(nothing, |user| {
        introspection::access_token(ctx, claims, Some(user.username))
    }))
}

/// What was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// One access token.
    AccessToken(TokenId),
    /// The grant of a refresh token, with all that came from it (RFC 7009 2.1).
    Grant(GrantId),
}

/// Takes a token back: an access token alone, a refresh token with its whole grant. Whosever it is: who holds it up has it, and
/// nobody should.
///
/// # Errors
/// `NotFound` for what is no token of this provider, or has expired; `Storage`.
pub fn revoke(
    tx: &mut (impl GrantPorts + Clients + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    ring: &KeyRing,
    token: &str,
) -> Result<Taken, AdminFault> {
    actor.require(Permission::EndSessions)?;
    if let Ok(claims) = verify::access_token(ring, ctx, token) {
        tx.revoke(&Revocation::at(ctx.now(), Revoked::Token(claims.jti)))?;
        let event = actor.event(ctx.now(), "token.revoke");
        tx.record(event.subject(claims.jti).client(&claims.client_id))?;
        return Ok(Taken::AccessToken(claims.jti));
    }
    let presented = Plain::<RefreshToken>::from_presented(token);
    let row = tx.refresh_token(&presented.digest())?;
    let grant = match row {
        Some(row) => tx.grant(row.grant)?,
        None => None,
    };
    // The token itself is not repeated: it may be good elsewhere.
    let grant = grant.ok_or_else(|| AdminFault::not_found("token", "(as given)"))?;
    if grant.revoked_at.is_none() {
        let event = actor
            .event(ctx.now(), "grant.revoke")
            .session(grant.sid)
            .subject(grant.id)
            .client(&grant.client_id)
            .detail(grant.user);
        ending::grant(tx, ctx, grant.id, event)?;
    }
    Ok(Taken::Grant(grant.id))
}

/// The client to which a token was given.
fn owner(
    tx: &mut (impl GrantPorts + Clients + ?Sized),
    ctx: &Ctx,
    ring: &KeyRing,
    token: &str,
) -> Result<Option<Client>, AdminFault> {
    let client_id = match verify::client_of(ring, ctx, token) {
        Some(client_id) => Some(client_id),
        None => {
            let presented = Plain::<RefreshToken>::from_presented(token);
            match tx.refresh_token(&presented.digest())? {
                Some(row) => tx.grant(row.grant)?.map(|grant| grant.client_id),
                None => None,
            }
        }
    };
    Ok(match client_id {
        Some(client_id) => tx.client(&client_id)?,
        None => None,
    })
}
