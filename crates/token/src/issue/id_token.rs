//! ID tokens (OpenID Connect Core 2), built and signed by openidconnect's types through a prepared key.
//!
//! `aud` is the client alone, so `azp` is absent. `at_hash` is computed by openidconnect with the hash of the
//! signature algorithm (Core 3.1.3.6; SHA-512 for Ed25519).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use kernel::id::Sid;
use kernel::{Ctx, Timestamp};
use openidconnect::core::{CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm};
use openidconnect::{
    AccessToken, AdditionalClaims, Audience, AuthenticationContextClass, AuthenticationMethodReference,
    IdToken, IdTokenClaims, IssuerUrl, Nonce, StandardClaims, SubjectIdentifier,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{IdTokenPlan, IssueFault, IssuePlan};
use crate::keys::KeyRing;

/// Claims beside those openidconnect knows.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Additional {
    /// OpenID Connect Front-Channel Logout 3.
    sid: Sid,
    /// What is said about the person. None of the names above or of openidconnect's is among them.
    #[serde(flatten)]
    person: Map<String, Value>,
}

impl AdditionalClaims for Additional {}

type Claims = IdTokenClaims<Additional, CoreGenderClaim>;
type SignedIdToken =
    IdToken<Additional, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

/// Signs the ID token `wanted` beside `plan`'s access token.
///
/// # Errors
/// [`IssueFault::NoKey`], or signing fails.
pub(super) fn id_token(
    plan: &IssuePlan,
    wanted: &IdTokenPlan,
    access_token: &str,
    ring: &KeyRing,
    ctx: &Ctx,
) -> Result<String, IssueFault> {
    let signer = ring.signer(wanted.alg).ok_or(IssueFault::NoKey(wanted.alg))?;
    let access_token = AccessToken::new(access_token.to_owned());
    SignedIdToken::new(
        claims(plan, wanted, ctx)?,
        signer,
        signer.openid_alg(),
        Some(&access_token),
        None,
    )
    .map(|token| {
        let expires_at = plan.issued_at.plus(ctx.policy.id_token_ttl);
        ring.tally().note(signer.kid(), &plan.client_id, expires_at);
        token.to_string()
    })
    .map_err(|_| IssueFault::IdToken)
}

fn claims(plan: &IssuePlan, wanted: &IdTokenPlan, ctx: &Ctx) -> Result<Claims, IssueFault> {
    let issuer = IssuerUrl::new(ctx.issuer.as_str().to_owned()).map_err(|_| IssueFault::IdToken)?;
    let subject = StandardClaims::new(SubjectIdentifier::new(plan.subject.clone()));
    let expires_at = plan.issued_at.plus(ctx.policy.id_token_ttl);
    let event = &wanted.authentication;
    let methods = event
        .methods
        .iter()
        .map(|amr| AuthenticationMethodReference::new(amr.as_str().to_owned()));
    Ok(IdTokenClaims::new(
        issuer,
        vec![Audience::new(plan.client_id.clone())],
        date(expires_at).into(),
        date(plan.issued_at).into(),
        subject,
        Additional {
            sid: wanted.sid,
            person: wanted.person.clone(),
        },
    )
    .set_auth_time(Some(date(event.at).into()))
    .set_nonce(wanted.nonce.clone().map(Nonce::new))
    .set_auth_context_ref(Some(AuthenticationContextClass::new(event.acr().to_owned())))
    .set_auth_method_refs(Some(methods.collect())))
}

/// The form from which openidconnect's calendar dates are made. Kept between 1970 and 9999: beyond its calendar the
/// conversion would panic, and no honest time lies there.
fn date(at: Timestamp) -> SystemTime {
    const LAST_SECOND: u64 = 253_402_300_799;
    let secs = u64::try_from(at.as_secs()).unwrap_or(0).min(LAST_SECOND);
    UNIX_EPOCH
        .checked_add(Duration::from_secs(secs))
        .unwrap_or(UNIX_EPOCH)
}
