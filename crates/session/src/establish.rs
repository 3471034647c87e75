//! A person has proven who they are: from now on they are here.

use identity::{User, Users};
use kernel::id::{BrowserId, Sid};
use kernel::secret::BrowserSecret;
use kernel::{Audit, AuditEvent, Ctx, Plain, StorageFault};

use crate::authentication::{Amr, Authentication};
use crate::browser::{Browser, Device, Session};
use crate::ports::Sessions;

/// The browser at which somebody signs in.
#[derive(Debug, Clone, Default)]
pub struct Arrival {
    /// The session cookie it had, if one came.
    pub secret: Option<Plain<BrowserSecret>>,
    /// What it says about itself.
    pub device: Device,
}

/// Signs `user` in at a browser and returns the browser's new secret: whatever cookie it had before is worth nothing any
/// more, so a planted one gains nothing (session fixation).
///
/// The same person keeps their session and its `sid`, with a new authentication; other people's sessions at this browser
/// stay as they are.
///
/// # Errors
/// Storage.
pub fn establish(
    tx: &mut (impl Sessions + Users + Audit + ?Sized),
    ctx: &Ctx,
    arrival: &Arrival,
    user: &User,
    methods: Vec<Amr>,
) -> Result<(Plain<BrowserSecret>, Session), StorageFault> {
    let now = ctx.now();
    let known = match &arrival.secret {
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
    let kept = own_session(tx, ctx, &browser, user)?;
    let session = Session {
        sid: kept
            .as_ref()
            .map_or_else(|| Sid::generate(&*ctx.entropy), |session| session.sid),
        browser: browser.id,
        user: user.id,
        device: arrival.device.clone(),
        authentication: Authentication { at: now, methods },
        created_at: kept.as_ref().map_or(now, |session| session.created_at),
        last_seen_at: now,
        ended_at: None,
    };
    tx.save_session(&session)?;
    Ok((fresh, session))
}

/// The live session of this person at this browser. One that has run out is closed, so that its `sid` is not heard again.
fn own_session(
    tx: &mut (impl Sessions + Audit + ?Sized),
    ctx: &Ctx,
    browser: &Browser,
    user: &User,
) -> Result<Option<Session>, StorageFault> {
    let now = ctx.now();
    let mut own = None;
    for session in tx.sessions_of_browser(browser.id)? {
        if session.user != user.id {
            continue;
        }
        if session.is_live(now, &ctx.policy) {
            own = Some(session);
        } else {
            tx.end_session(session.sid, now)?;
            let event = AuditEvent::new(now, "session.end")
                .actor(user.id)
                .session(session.sid);
            tx.record(event.subject(session.sid))?;
        }
    }
    Ok(own)
}
