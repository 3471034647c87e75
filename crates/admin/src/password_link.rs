//! Helping somebody to a new password: a link that only ever goes to their own address.
//!
//! Whoever asks for it does not see it, so that nobody who helps can sign in as the person helped.

use identity::recovery::{self, LinkToSend};
use identity::{PasswordResets, Users};
use kernel::{Audit, Ctx};

use crate::actor::Actor;
use crate::authority::Permission;
use crate::fault::AdminFault;
use crate::ports::Administrators;
use crate::{rank, users};

/// Makes a link for the person called `name`; older ones are worthless from now on. Sending it is the caller's part.
///
/// # Errors
/// `NotFound`; `Forbidden` for somebody who may do more than the actor; `Conflict` for somebody without an address, or who is
/// locked; `Storage`.
pub fn make(
    tx: &mut (impl Users + PasswordResets + Administrators + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    name: &str,
) -> Result<LinkToSend, AdminFault> {
    actor.require(Permission::HelpPeople)?;
    let user = users::by_name(tx, name)?;
    rank::over_person(tx, actor, user.id)?;
    if !user.is_active() {
        let reason = format!("{} is locked: unlock the account first", user.username);
        return Err(AdminFault::Conflict(reason));
    }
    if user.email.is_none() {
        let reason = format!("{} has no e-mail address to send a link to", user.username);
        return Err(AdminFault::Conflict(reason));
    }
    let token = recovery::hand_out(tx, ctx, user.id)?;
    tx.record(actor.event(ctx.now(), "user.password.link").subject(user.id))?;
    Ok(LinkToSend { user, token })
}
