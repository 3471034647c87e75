//! Logout tokens (OpenID Connect Back-Channel Logout 1.0 2.4): tell a client that a session ended.

use std::collections::BTreeMap;
use std::time::Duration;

use kernel::Ctx;
use kernel::id::{NoticeId, Sid, UserId};
use serde::Serialize;

use crate::client::SigningAlg;
use crate::issue::IssueFault;
use crate::keys::KeyRing;
use crate::notice::LogoutNotice;

/// `typ` of logout tokens, so that nobody takes one for an ID token (Back-Channel Logout 2.4).
const TYP: &str = "logout+jwt";
/// How far ahead a token expires. Two minutes is what the specification recommends at most.
pub const LIFE: Duration = Duration::from_secs(120);
/// The one member of `events`.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

#[derive(Serialize)]
struct LogoutTokenClaims<'a> {
    iss: &'a str,
    sub: UserId,
    aud: &'a str,
    iat: i64,
    exp: i64,
    jti: NoticeId,
    sid: Sid,
    /// An object with an empty object in it.
    events: BTreeMap<&'static str, BTreeMap<(), ()>>,
}

/// Signs the logout token for a notice, as the client wants its ID tokens signed. A retry differs in its dates only.
///
/// # Errors
/// [`IssueFault::NoKey`], or signing fails.
pub fn logout_token(
    notice: &LogoutNotice,
    alg: SigningAlg,
    ring: &KeyRing,
    ctx: &Ctx,
) -> Result<String, IssueFault> {
    let signer = ring.signer(alg).ok_or(IssueFault::NoKey(alg))?;
    let now = ctx.now();
    let claims = LogoutTokenClaims {
        iss: ctx.issuer.as_str(),
        sub: notice.user,
        aud: &notice.client_id,
        iat: now.as_secs(),
        exp: now.plus(LIFE).as_secs(),
        jti: notice.id,
        sid: notice.sid,
        events: BTreeMap::from([(EVENT, BTreeMap::new())]),
    };
    Ok(signer.sign_jws(TYP, &claims)?)
}
