//! The first administrator, by a link that is good once and for an hour.
//!
//! Whoever may read the database may have a link; whoever has the link becomes an owner. So there is no password everybody
//! knows, and none that is printed once and lost: a link that is lost is replaced.

use std::time::Duration;

use identity::{Groups, User, Users};
use kernel::secret::SetupToken;
use kernel::{Audit, Ctx, Digest, Plain, StorageFault};

use crate::actor::Actor;
use crate::administrators;
use crate::authority::{Administrator, Permission, Role};
use crate::fault::AdminFault;
use crate::ports::Administrators;
use crate::rank;
use crate::users::{self, NewUser};

/// How long a link is good.
pub const LIFE: Duration = Duration::from_secs(60 * 60);
/// Who the trail says it was: nobody is known yet but the bearer of the link.
const ACTOR: &str = "setup-link";

/// Makes a link; older ones are worthless from now on.
///
/// # Errors
/// `Forbidden`; `Conflict` when there is an owner who is let in; `Storage`.
pub fn begin(
    tx: &mut (impl Administrators + Users + Audit + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
) -> Result<Plain<SetupToken>, AdminFault> {
    actor.require(Permission::ManageAdministrators)?;
    if rank::has_owner(tx)? {
        let reason = "there is an owner already, who makes other administrators; one who cannot sign in any more is helped by \
                      `signet admin recover USER`";
        return Err(AdminFault::Conflict(reason.to_owned()));
    }
    let (now, token) = (ctx.now(), Plain::<SetupToken>::generate(&*ctx.entropy));
    tx.void_setup_links(now)?;
    tx.insert_setup_link(&token.digest(), now, now.plus(LIFE))?;
    tx.record(actor.event(now, "admin.setup.link"))?;
    Ok(token)
}

/// Whether a link is good. Looking does not use it up.
///
/// # Errors
/// Storage.
pub fn is_good(
    tx: &mut (impl Administrators + Users + ?Sized),
    ctx: &Ctx,
    token: &Digest<SetupToken>,
) -> Result<bool, StorageFault> {
    Ok(tx.setup_link_is_good(token, ctx.now())? && !rank::has_owner(tx)?)
}

/// Makes the first owner and uses the link up; of many who try at once, one succeeds. The owner, or `None` for a link that is
/// not good (any more). A fault undoes the unit of work, and the link stays good.
///
/// # Errors
/// `Invalid`, without a password too; `Conflict` when username or address is somebody else's; `Storage`.
pub fn finish(
    tx: &mut (impl Administrators + Users + Groups + Audit + ?Sized),
    ctx: &Ctx,
    token: &Digest<SetupToken>,
    new: NewUser,
) -> Result<Option<User>, AdminFault> {
    if new.password.is_none() {
        return Err(AdminFault::Invalid(vec!["password: required".to_owned()]));
    }
    // The link is the permission.
    if !is_good(tx, ctx, token)? || !tx.spend_setup_link(token, ctx.now())?.is_yes() {
        return Ok(None);
    }
    let actor = Actor::named(ACTOR);
    let owner = users::create(tx, ctx, &actor, new)?;
    let who = Administrator::Person(owner.id);
    tx.set_admin_roles(&who, &[Role::Owner], ctx.now())?;
    tx.record(administrators::event(ctx, &actor, &who, &[], &[Role::Owner]))?;
    tx.void_setup_links(ctx.now())?;
    Ok(Some(owner))
}
