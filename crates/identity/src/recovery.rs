//! Links that let somebody who forgot their password set a new one. The link is a secret, kept as a digest, good once.
//!
//! Asking tells nobody anything: known, unknown and locked accounts take the same path as far as it can be seen. Sending
//! the link, and ending what the old password opened, are the caller's part.

use std::time::Duration;

use kernel::audit::Way;
use kernel::id::UserId;
use kernel::secret::ResetToken;
use kernel::{Audit, AuditEvent, Ctx, Digest, Plain, StorageFault, Timestamp};

use crate::login_key::LoginKey;
use crate::ports::{Found, Insert, Throttle, Users};
use crate::sign_in::network_of;
use crate::user::{PasswordHash, User};
use crate::validate::MAX_NAME_CHARS;

/// Letters to one account within [`WINDOW`].
const LETTERS_PER_ACCOUNT: u32 = 3;
/// Requests from one source within [`WINDOW`].
const REQUESTS_PER_SOURCE: u32 = 30;
/// How long they are remembered.
const WINDOW: Duration = Duration::from_secs(60 * 60);

/// A link that was sent.
#[derive(Debug, Clone, PartialEq)]
pub struct PasswordReset {
    /// Of the secret in the link.
    pub token: Digest<ResetToken>,
    /// Whose password it sets.
    pub user: UserId,
    /// When it was sent.
    pub created_at: Timestamp,
    /// After this it is worth nothing.
    pub expires_at: Timestamp,
    /// When it was used or made worthless.
    pub spent_at: Option<Timestamp>,
}

/// Links in storage.
pub trait PasswordResets {
    /// Stores a new link.
    ///
    /// # Errors
    /// Storage.
    fn insert_reset(&mut self, reset: &PasswordReset) -> Result<(), StorageFault>;
    /// By digest, spent or not.
    ///
    /// # Errors
    /// Storage.
    fn reset(&mut self, token: &Digest<ResetToken>) -> Result<Option<PasswordReset>, StorageFault>;
    /// Spends a link that is not spent yet. `Found::Yes` means: you won, and nobody else ever will.
    ///
    /// # Errors
    /// Storage.
    fn spend_reset(&mut self, token: &Digest<ResetToken>, at: Timestamp) -> Result<Found, StorageFault>;
    /// Makes every link of a person worthless: a newer one was sent, or the password was changed.
    ///
    /// # Errors
    /// Storage.
    fn void_resets(&mut self, user: UserId, at: Timestamp) -> Result<(), StorageFault>;
}

/// A letter to write.
#[derive(Debug)]
pub struct LinkToSend {
    /// To whom; they have an address.
    pub user: User,
    /// What the link carries, this once.
    pub token: Plain<ResetToken>,
}

/// Somebody says they forgot the password of `login`. The link to send, if there is such an account, it may sign in, has
/// an address and was not written to too often. Older links are worthless from now on.
///
/// # Errors
/// Storage.
pub fn begin(
    tx: &mut (impl Users + Throttle + PasswordResets + Audit + ?Sized),
    ctx: &Ctx,
    login: &str,
    source: &str,
) -> Result<Option<LinkToSend>, StorageFault> {
    let (now, source) = (ctx.now(), network_of(source));
    let from_here = tx.bump(&format!("reset-source:{source}"), WINDOW, now)?;
    if from_here > REQUESTS_PER_SOURCE || login.chars().nth(MAX_NAME_CHARS).is_some() {
        return Ok(None);
    }
    let found = tx.user_by_login(&LoginKey::of(login))?;
    let Some(user) = found.filter(|user| user.is_active() && user.email.is_some()) else {
        return Ok(None);
    };
    if tx.bump(&format!("reset-account:{}", user.id), WINDOW, now)? > LETTERS_PER_ACCOUNT {
        return Ok(None);
    }
    let token = hand_out(tx, ctx, user.id)?;
    tx.record(
        AuditEvent::new(now, "user.password.reset.asked")
            .subject(user.id)
            .source(Way::Browser, Some(&source)),
    )?;
    Ok(Some(LinkToSend { user, token }))
}

/// Makes a link; older ones are worthless from now on. Who asked, and whether they may, is the caller's to know and to record.
///
/// # Errors
/// Storage.
pub fn hand_out(
    tx: &mut (impl PasswordResets + ?Sized),
    ctx: &Ctx,
    user: UserId,
) -> Result<Plain<ResetToken>, StorageFault> {
    let (now, token) = (ctx.now(), Plain::<ResetToken>::generate(&*ctx.entropy));
    tx.void_resets(user, now)?;
    tx.insert_reset(&PasswordReset {
        token: token.digest(),
        user,
        created_at: now,
        expires_at: now.plus(ctx.policy.reset_ttl),
        spent_at: None,
    })?;
    Ok(token)
}

/// Whose password a link sets, if it is still good for that. Looking does not use it up.
///
/// # Errors
/// Storage.
pub fn owner(
    tx: &mut (impl Users + PasswordResets + ?Sized),
    ctx: &Ctx,
    token: &Digest<ResetToken>,
) -> Result<Option<User>, StorageFault> {
    let good = tx
        .reset(token)?
        .filter(|reset| reset.spent_at.is_none() && ctx.now() < reset.expires_at);
    match good {
        Some(reset) => Ok(tx.user(reset.user)?.filter(User::is_active)),
        None => Ok(None),
    }
}

/// Sets the new password and uses the link up; of many who try at once, one succeeds. Whoever could read the letter has
/// proven the address. The person, changed, or `None` for a link that is not good (any more).
///
/// # Errors
/// Storage.
pub fn redeem(
    tx: &mut (impl Users + PasswordResets + Audit + ?Sized),
    ctx: &Ctx,
    token: &Digest<ResetToken>,
    password: PasswordHash,
) -> Result<Option<User>, StorageFault> {
    let Some(user) = owner(tx, ctx, token)? else {
        return Ok(None);
    };
    if !tx.spend_reset(token, ctx.now())?.is_yes() {
        return Ok(None);
    }
    let user = User {
        email_verified: true,
        ..user
    };
    set_password(tx, ctx, user, password, "user.password.reset").map(Some)
}

/// Gives a person another password and makes outstanding links worthless. `event` says how it came about.
///
/// # Errors
/// Storage.
pub fn set_password(
    tx: &mut (impl Users + PasswordResets + Audit + ?Sized),
    ctx: &Ctx,
    user: User,
    password: PasswordHash,
    event: &'static str,
) -> Result<User, StorageFault> {
    let now = ctx.now();
    let user = User {
        password: Some(password),
        updated_at: now,
        ..user
    };
    if tx.update_user(&user)? == Insert::Taken {
        // Neither name nor address changed, so nobody can have taken them.
        return Err(StorageFault::Unavailable("a person's own name was taken".into()));
    }
    tx.void_resets(user.id, now)?;
    tx.record(AuditEvent::new(now, event).actor(user.id).subject(user.id))?;
    Ok(user)
}

#[cfg(test)]
mod tests;
