//! From a grant to a plan of what to mint.

use identity::User;
use kernel::id::TokenId;
use kernel::{Ctx, Issuer};
use protocol::{Params, Scope};

use super::Grant;
use super::outcome::GrantFault;
use crate::client::Client;
use crate::issue::{IdTokenPlan, IssuePlan};

/// Whether the ID token repeats the nonce: at the code it must, at a refresh it should not (OpenID Connect Core 12.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WithNonce {
    /// At the code.
    Yes,
    /// At a refresh.
    No,
}

/// What of the grant this one token request wants.
#[derive(Debug, PartialEq)]
pub(crate) struct Narrowing {
    /// A subset of the granted scope.
    pub scope: Scope,
    /// A subset of the granted resources.
    pub resources: Vec<String>,
}

impl Narrowing {
    /// Reads `scope` (RFC 6749 6; at the code it has no meaning) and `resource` (RFC 8707 2.2).
    pub(crate) fn read(params: &Params, grant: &Grant, issuer: &Issuer) -> Result<Self, GrantFault> {
        let asked = match params.get("grant_type") {
            Some("refresh_token") => params.get("scope"),
            _ => None,
        };
        let scope = match asked.map(Scope::parse) {
            None => grant.scope.clone(),
            Some(Ok(narrower)) if !narrower.is_empty() && narrower.is_subset_of(&grant.scope) => narrower,
            Some(_) => return Err(GrantFault::WiderScope),
        };
        let resources: Vec<String> = params.all("resource").map(str::to_owned).collect();
        if resources.is_empty() {
            return Ok(Self {
                scope,
                resources: grant.resources.clone(),
            });
        }
        let granted = |uri: &String| grant.resources.contains(uri) || uri == issuer.as_str();
        if resources.iter().all(granted) {
            Ok(Self { scope, resources })
        } else {
            Err(GrantFault::WrongTarget)
        }
    }
}

/// What to mint for `grant`.
pub(crate) fn plan(
    ctx: &Ctx,
    client: &Client,
    user: &User,
    grant: &Grant,
    narrowing: &Narrowing,
    nonce: WithNonce,
) -> IssuePlan {
    let now = ctx.now();
    let id_token = narrowing.scope.contains("openid").then(|| IdTokenPlan {
        alg: client.id_token_alg(),
        nonce: grant.nonce.clone().filter(|_| nonce == WithNonce::Yes),
        sid: grant.sid,
        authentication: grant.authentication.clone(),
    });
    IssuePlan {
        subject: user.id.to_string(),
        client_id: client.client_id.clone(),
        access_token_alg: client.access_token_alg(),
        id_token,
        scope: narrowing.scope.clone(),
        audience: audience(narrowing, &ctx.issuer),
        authentication: Some(grant.authentication.clone()),
        sid: Some(grant.sid),
        grant: Some(grant.id),
        issued_at: now,
        token_id: TokenId::generate(&*ctx.entropy, now),
    }
}

/// The granted APIs, and Signet itself when `openid` was granted (userinfo wants it) or nothing else is meant.
fn audience(narrowing: &Narrowing, issuer: &Issuer) -> Vec<String> {
    let mut audience = narrowing.resources.clone();
    let wants_issuer = audience.is_empty() || narrowing.scope.contains("openid");
    if wants_issuer && !audience.iter().any(|own| own == issuer.as_str()) {
        audience.push(issuer.as_str().to_owned());
    }
    audience
}
