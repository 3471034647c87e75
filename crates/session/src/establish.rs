//! A person has proven who they are: from now on they are here.

use identity::{User, Users};
use kernel::id::{BrowserId, Sid};
use kernel::secret::BrowserSecret;
use kernel::{Audit, AuditEvent, Ctx, Plain, StorageFault};

use crate::authentication::{Amr, Authentication};
use crate::browser::{Browser, Session};
use crate::ports::Sessions;

/// Signs `user` in at the browser that presented `secret` and returns the browser's new secret: whatever cookie it had
/// before is worth nothing any more, so a planted one gains nothing (session fixation).
///
/// The same person keeps their session and its `sid`, with a new authentication; a session of somebody else at this
/// browser ends.
///
/// # Errors
/// Storage.
pub fn establish(
    tx: &mut (impl Sessions + Users + Audit + ?Sized),
    ctx: &Ctx,
    secret: Option<&Plain<BrowserSecret>>,
    user: &User,
    methods: Vec<Amr>,
) -> Result<(Plain<BrowserSecret>, Session), StorageFault> {
    let now = ctx.now();
    let known = match secret {
        Some(secret) => tx.browser(&secret.digest())?,
        None => None,
    };
    let fresh = Plain::<BrowserSecret>::generate(&*ctx.entropy);
    let browser = Browser {
        id: known
            .as_ref()
            .map_or_else(|| BrowserId::generate(&*ctx.entropy), |browser| browser.id),
        secret: fresh.digest(),
        created_at: known.as_ref().map_or(now, |browser| browser.created_at),
    };
    tx.save_browser(&browser)?;
    let authentication = Authentication { at: now, methods };
    let kept = keep_own_session(tx, ctx, &browser, user)?;
    let session = Session {
        sid: kept
            .as_ref()
            .map_or_else(|| Sid::generate(&*ctx.entropy), |session| session.sid),
        browser: browser.id,
        user: user.id,
        authentication,
        created_at: kept.as_ref().map_or(now, |session| session.created_at),
        last_seen_at: now,
        ended_at: None,
    };
    tx.save_session(&session)?;
    Ok((fresh, session))
}

/// Ends everything else at this browser; a live session of the same person goes on.
fn keep_own_session(
    tx: &mut (impl Sessions + Audit + ?Sized),
    ctx: &Ctx,
    browser: &Browser,
    user: &User,
) -> Result<Option<Session>, StorageFault> {
    let now = ctx.now();
    let mut kept = None;
    for session in tx.sessions_of_browser(browser.id)? {
        if session.user == user.id && session.is_live(now, &ctx.policy) {
            kept = Some(session);
        } else {
            tx.end_session(session.sid, now)?;
            tx.record(
                AuditEvent::new(now, "session.end")
                    .actor(session.user)
                    .subject(session.sid),
            )?;
        }
    }
    Ok(kept)
}
