//! The language a person chose for themselves: the claim `locale` (OpenID Connect Core 5.1). Which languages there are is
//! not known here.

use kernel::id::UserId;
use kernel::{Audit, AuditEvent, Ctx, StorageFault};

use crate::ports::Users;

/// Keeps a language tag (RFC 5646) as the person's own, or none. Nothing happens when they are gone.
///
/// # Errors
/// Storage.
pub fn choose(
    tx: &mut (impl Users + Audit + ?Sized),
    ctx: &Ctx,
    id: UserId,
    tag: Option<&str>,
) -> Result<(), StorageFault> {
    let Some(mut user) = tx.user(id)? else {
        return Ok(());
    };
    user.profile.locale = tag.map(str::to_owned);
    user.updated_at = ctx.now();
    // Neither name nor address changes, so nobody else can have them.
    tx.update_user(&user)?;
    tx.record(AuditEvent::new(ctx.now(), "user.language").actor(id).subject(id))
}
