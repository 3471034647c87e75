//! The authorization code grant (RFC 6749 4.1.3), driven through oxide-auth's machine.
//!
//! The code is spent by one conditional write before anything else about the request is judged: a mistake burns it, a
//! crash after the commit loses it, and it can never be redeemed twice. A second use revokes what the first one got.

use kernel::secret::AuthorizationCode;
use kernel::{AuditEvent, Plain, StorageFault};
use oxide_auth::code_grant::accesstoken::{AccessToken, Input, Output};
use oxide_auth::code_grant::extensions::Pkce;
use oxide_auth::primitives::grant::Extensions;
use protocol::Params;
use std::borrow::Cow;

use super::case::{Case, GrantPorts};
use super::outcome::{GrantFault, Granted, Outcome, Stop};
use super::plan::{Narrowing, WithNonce, plan};
use super::{Grant, presented, refresh};
use crate::ending;
use crate::oxide::view::TokenView;
use crate::oxide::{convert, fault};

/// Redeems a code for the authenticated client.
///
/// # Errors
/// Storage. A refusal is an [`Outcome`].
pub fn redeem(tx: &mut (impl GrantPorts + ?Sized), case: &Case<'_>) -> Result<Outcome, StorageFault> {
    Stop::settle(drive(tx, case))
}

fn drive(tx: &mut (impl GrantPorts + ?Sized), case: &Case<'_>) -> Result<Granted, Stop> {
    let params = case.params;
    let view = TokenView {
        params,
        client_id: &case.client.client_id,
    };
    let mut machine = AccessToken::new(&view);
    let mut recovered = None;
    let mut input = Input::None;
    loop {
        input = match machine.advance(input) {
            // The client was authenticated before the machine was built.
            Output::Authenticate { .. } => Input::Authenticated,
            Output::Recover { code } => {
                let grant = spend(tx, case, &Plain::from_presented(code))?;
                if params.get("redirect_uri") != Some(&grant.redirect_uri) {
                    return Err(GrantFault::WrongRedirectUri.into());
                }
                let shown = convert::grant(&grant).ok_or(GrantFault::Unknown)?;
                recovered = Some(grant);
                Input::Recovered(Some(shown))
            }
            Output::Extend { extensions } => Input::Extended {
                access_extensions: verify_challenge(params, std::mem::take(extensions))?,
            },
            // The machine has judged. Minting happens after the commit, so its own token response is not needed.
            Output::Issue { .. } | Output::Ok(_) => {
                return grant_tokens(tx, case, recovered.ok_or(GrantFault::Unknown)?);
            }
            Output::Err(error) => return Err(GrantFault::Malformed(fault::access_token(&error)).into()),
        };
    }
}

/// Finds the grant of `code` and marks the code redeemed. Whoever comes second revokes the grant instead.
fn spend(
    tx: &mut (impl GrantPorts + ?Sized),
    case: &Case<'_>,
    code: &Plain<AuthorizationCode>,
) -> Result<Grant, Stop> {
    let now = case.ctx.now();
    let grant = tx.grant_by_code(&code.digest())?.ok_or(GrantFault::Unknown)?;
    if grant.code_redeemed_at.is_some() || !tx.redeem_code(grant.id, now)?.is_yes() {
        // RFC 6749 4.1.2: SHOULD revoke all tokens issued on the basis of that code.
        ending::grant(tx, case.ctx, grant.id, event(case, "code.reused", &grant))?;
        return Err(GrantFault::CodeReused.into());
    }
    if grant.client_id != case.client.client_id {
        tx.record(event(case, "code.wrong_client", &grant))?;
        return Err(GrantFault::WrongClient.into());
    }
    if now >= grant.code_expires_at {
        return Err(GrantFault::Expired.into());
    }
    if grant.revoked_at.is_some() {
        return Err(GrantFault::Revoked.into());
    }
    Ok(grant)
}

fn event(case: &Case<'_>, name: &'static str, grant: &Grant) -> AuditEvent {
    AuditEvent::new(case.ctx.now(), name)
        .actor(grant.user)
        .subject(grant.id)
        .session(grant.sid)
        .client(&case.client.client_id)
        .refused()
}

/// RFC 7636 4.6. A verifier without a challenge is refused too (RFC 9700 4.8.2: the downgrade attack).
fn verify_challenge(params: &Params, mut extensions: Extensions) -> Result<Extensions, Stop> {
    let pkce = Pkce::optional();
    let challenge = extensions.remove(&pkce);
    let verifier = params.get("code_verifier");
    if challenge.is_none() && verifier.is_some() || verifier.is_some_and(|v| !is_verifier(v)) {
        return Err(GrantFault::WrongVerifier.into());
    }
    pkce.verify(challenge, verifier.map(Cow::Borrowed))
        .map_err(|()| GrantFault::WrongVerifier)?;
    Ok(extensions)
}

/// RFC 7636 4.1: 43 to 128 unreserved characters.
fn is_verifier(text: &str) -> bool {
    let unreserved = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
    (43..=128).contains(&text.len()) && text.bytes().all(unreserved)
}

fn grant_tokens(tx: &mut (impl GrantPorts + ?Sized), case: &Case<'_>, grant: Grant) -> Result<Granted, Stop> {
    let user = tx
        .user(grant.user)?
        .filter(identity::User::is_active)
        .ok_or(GrantFault::UserInactive)?;
    let session = tx.session(grant.sid)?.ok_or(GrantFault::SessionEnded)?;
    if !session.is_live(case.ctx.now(), &case.ctx.policy) {
        return Err(GrantFault::SessionEnded.into());
    }
    let narrowing = Narrowing::read(case, &grant)?;
    let refresh_token = match presented::is_due(case.client, &grant) {
        true => Some(refresh::first(tx, case.ctx, &grant)?),
        false => None,
    };
    let plan = plan(case, &user, &grant, &narrowing, WithNonce::Yes);
    Ok(Granted { plan, refresh_token })
}
