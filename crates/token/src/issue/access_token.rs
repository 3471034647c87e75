//! Access tokens as JWT profile them (RFC 9068).

use kernel::id::{GrantId, Sid, TokenId};
use kernel::{Ctx, Timestamp};
use protocol::Scope;
use serde::Serialize;

use super::{IssueFault, IssuePlan};
use crate::keys::KeyRing;
use crate::keys::signer::ACCESS_TOKEN_TYP;

/// The claims, borrowed from the plan: they live only until they are signed.
#[derive(Serialize)]
struct AccessTokenClaims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: Aud<'a>,
    client_id: &'a str,
    exp: i64,
    iat: i64,
    jti: TokenId,
    #[serde(skip_serializing_if = "Scope::is_empty")]
    scope: &'a Scope,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<Sid>,
    /// Private claim: lets revoking a grant reach its access tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    grant: Option<GrantId>,
    /// Private claim: what userinfo gives beside the claims of the scope, so that it needs to look up no grant.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    userinfo_claims: &'a [String],
}

/// A string when single, an array when several (RFC 7519 4.1.3).
#[derive(Serialize)]
#[serde(untagged)]
enum Aud<'a> {
    One(&'a str),
    Several(&'a [String]),
}

/// Signs the access token of `plan`.
///
/// # Errors
/// [`IssueFault::NoAudience`], [`IssueFault::NoKey`], or signing fails.
pub(super) fn access_token(plan: &IssuePlan, ring: &KeyRing, ctx: &Ctx) -> Result<String, IssueFault> {
    let aud = match plan.audience.as_slice() {
        [] => return Err(IssueFault::NoAudience),
        [one] => Aud::One(one),
        several => Aud::Several(several),
    };
    let signer = ring
        .signer(plan.access_token_alg)
        .ok_or(IssueFault::NoKey(plan.access_token_alg))?;
    let claims = AccessTokenClaims {
        iss: ctx.issuer.as_str(),
        sub: &plan.subject,
        aud,
        client_id: &plan.client_id,
        exp: plan.issued_at.plus(plan.access_ttl).as_secs(),
        iat: plan.issued_at.as_secs(),
        jti: plan.token_id,
        scope: &plan.scope,
        auth_time: plan.authentication.as_ref().map(|event| event.at.as_secs()),
        acr: plan.authentication.as_ref().map(|event| event.acr()),
        sid: plan.sid,
        grant: plan.grant,
        userinfo_claims: &plan.userinfo_claims,
    };
    let token = signer.sign_jws(ACCESS_TOKEN_TYP, &claims)?;
    ring.tally()
        .note(signer.kid(), &plan.client_id, Timestamp::from_secs(claims.exp));
    Ok(token)
}
