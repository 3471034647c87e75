//! A refresh token that came, found and judged: for refreshing, introspection and revocation.

use kernel::secret::RefreshToken;
use kernel::{Ctx, Plain, StorageFault};
use session::Sessions;

use super::outcome::{GrantFault, Stop};
use super::{Grant, RefreshRow};
use crate::client::{Client, OfflineAccess};
use crate::ports::Grants;

/// The token with what it stands for.
pub(crate) struct Presented {
    /// As it came.
    pub token: Plain<RefreshToken>,
    /// As it is kept; spent or not.
    pub row: RefreshRow,
    /// What it belongs to.
    pub grant: Grant,
}

/// Whether this grant comes with a refresh token: the client registered the grant type and offline access was granted.
pub(crate) fn is_due(client: &Client, grant: &Grant) -> bool {
    client.may_use_grant("refresh_token") && grant.scope.contains("offline_access")
}

/// What may be a refresh token, by its looks: access and ID tokens have dots.
pub(crate) fn opaque(token: &str) -> Option<Plain<RefreshToken>> {
    (!token.contains('.')).then(|| Plain::from_presented(token))
}

/// Finds a token of `client`, whatever has become of it.
pub(crate) fn find(
    tx: &mut (impl Grants + ?Sized),
    client: &Client,
    token: Plain<RefreshToken>,
) -> Result<Presented, Stop> {
    let row = tx.refresh_token(&token.digest())?.ok_or(GrantFault::Unknown)?;
    let grant = tx.grant(row.grant)?.ok_or(GrantFault::Unknown)?;
    if grant.client_id != client.client_id {
        return Err(GrantFault::WrongClient.into());
    }
    Ok(Presented { token, row, grant })
}

/// Everything that must still be true for the token to count, but whether it was spent and whether the person is there.
pub(crate) fn judge(
    tx: &mut (impl Sessions + ?Sized),
    ctx: &Ctx,
    client: &Client,
    presented: &Presented,
) -> Result<(), Stop> {
    let grant = &presented.grant;
    if grant.revoked_at.is_some() || !is_due(client, grant) {
        return Err(GrantFault::Revoked.into());
    }
    if presented.expires_at(ctx) <= ctx.now() {
        return Err(GrantFault::Expired.into());
    }
    if client.offline_access() == OfflineAccess::EndsWithSession && !session_lives(tx, ctx, grant)? {
        return Err(GrantFault::SessionEnded.into());
    }
    Ok(())
}

fn session_lives(tx: &mut (impl Sessions + ?Sized), ctx: &Ctx, grant: &Grant) -> Result<bool, StorageFault> {
    let session = tx.session(grant.sid)?;
    Ok(session
        .is_some_and(|s| s.ended_at.is_none() && ctx.now().since(s.created_at) < ctx.policy.session_absolute))
}

impl Presented {
    /// When it dies if nothing else happens: unused for too long, or its family too old.
    pub(crate) fn expires_at(&self, ctx: &Ctx) -> kernel::Timestamp {
        let idle = self.row.issued_at.plus(ctx.policy.refresh_idle);
        idle.min(self.grant.created_at.plus(ctx.policy.refresh_max))
    }
}
