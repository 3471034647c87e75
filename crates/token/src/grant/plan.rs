//! From a grant to a plan of what to mint.

use std::time::Duration;

use identity::User;
use kernel::Issuer;
use kernel::id::TokenId;
use protocol::Scope;

use super::Grant;
use super::case::Case;
use super::outcome::GrantFault;
use crate::claims;
use crate::client::SigningAlg;
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
    /// Reads `scope` (RFC 6749 6; at the code it has no meaning) and `resource` (RFC 8707 2.2). What the operator has taken
    /// from the client since the grant was made is left out; so are scopes that mean something only to other APIs.
    pub(crate) fn read(case: &Case<'_>, grant: &Grant) -> Result<Self, GrantFault> {
        let resources = resources(case, grant)?;
        let allowed = case.client.allowed_scope(case.catalogue);
        let asked = asked_scope(case, grant)?;
        let scope = case
            .catalogue
            .within(&asked.filter(|token| allowed.contains(token)), &resources);
        // An answer without scope would tell the client that it got what it asked for (RFC 6749 5.1).
        if scope.is_empty() && case.params.get("scope").is_some() {
            return Err(GrantFault::WiderScope);
        }
        Ok(Self { scope, resources })
    }
}

fn asked_scope(case: &Case<'_>, grant: &Grant) -> Result<Scope, GrantFault> {
    let asked = match case.params.get("grant_type") {
        Some("refresh_token") => case.params.get("scope"),
        _ => None,
    };
    match asked.map(Scope::parse) {
        None => Ok(grant.scope.clone()),
        Some(Ok(narrower)) if !narrower.is_empty() && narrower.is_subset_of(&grant.scope) => Ok(narrower),
        Some(_) => Err(GrantFault::WiderScope),
    }
}

fn resources(case: &Case<'_>, grant: &Grant) -> Result<Vec<String>, GrantFault> {
    let asked = case.resources();
    if asked.is_empty() {
        let granted = grant.resources.iter().filter(|uri| case.may_reach(uri));
        return Ok(granted.cloned().collect());
    }
    let granted = |uri: &String| uri == case.ctx.issuer.as_str() || grant.resources.contains(uri);
    if asked.iter().all(|uri| granted(uri) && case.may_reach(uri)) {
        Ok(asked)
    } else {
        Err(GrantFault::WrongTarget)
    }
}

/// What to mint for `grant`.
pub(crate) fn plan(
    case: &Case<'_>,
    user: &User,
    grant: &Grant,
    narrowing: &Narrowing,
    nonce: WithNonce,
) -> IssuePlan {
    let (ctx, client, scope) = (case.ctx, case.client, &narrowing.scope);
    let now = ctx.now();
    let id_token = scope.contains("openid").then(|| IdTokenPlan {
        alg: client.id_token_alg(),
        nonce: grant.nonce.clone().filter(|_| nonce == WithNonce::Yes),
        sid: grant.sid,
        authentication: grant.authentication.clone(),
        person: in_id_token(case, user, grant, scope),
    });
    let terms = Terms::of(case, &narrowing.resources);
    IssuePlan {
        subject: user.id.to_string(),
        client_id: client.client_id.clone(),
        access_token_alg: terms.alg,
        access_ttl: terms.ttl,
        userinfo_claims: at_userinfo(case, grant, scope),
        id_token,
        scope: scope.clone(),
        audience: audience(narrowing, &ctx.issuer),
        authentication: Some(grant.authentication.clone()),
        sid: Some(grant.sid),
        grant: Some(grant.id),
        issued_at: now,
        token_id: TokenId::generate(&*ctx.entropy, now),
    }
}

/// The claims of those granted scopes whose claims the client wants in its ID tokens, and those it asked for by name.
fn in_id_token(
    case: &Case<'_>,
    user: &User,
    grant: &Grant,
    scope: &Scope,
) -> serde_json::Map<String, serde_json::Value> {
    let wanted = &case.client.metadata.id_token_claims;
    let scope = scope.filter(|token| wanted.iter().any(|own| own == token));
    let names = released(case, grant.claims.id_token.keys());
    claims::about(user, &scope, &names, case.catalogue)
}

/// The claims asked for by name at userinfo that the scope does not give anyway. Without `openid` there is no userinfo.
fn at_userinfo(case: &Case<'_>, grant: &Grant, scope: &Scope) -> Vec<String> {
    if !scope.contains("openid") {
        return Vec::new();
    }
    let mut names = released(case, grant.claims.userinfo.keys());
    names.retain(|name| !claims::gives(scope, name, case.catalogue));
    names
}

/// Those of the claims asked for that the client may still be given.
fn released<'a>(case: &Case<'_>, names: impl Iterator<Item = &'a String>) -> Vec<String> {
    let allowed = case.client.allowed_scope(case.catalogue);
    names
        .filter(|name| claims::gives(&allowed, name, case.catalogue))
        .cloned()
        .collect()
}

/// How an access token is made, by the APIs it is for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    /// As the first of them that says so wants it signed; else as the client does.
    pub alg: SigningAlg,
    /// As short as the most careful of them wants it; else as the server's setting is.
    pub ttl: Duration,
}

impl Terms {
    pub(crate) fn of(case: &Case<'_>, resources: &[String]) -> Self {
        let known = || resources.iter().filter_map(|uri| case.catalogue.resource(uri));
        Self {
            alg: known()
                .find_map(|resource| resource.access_token_alg)
                .unwrap_or_else(|| case.client.access_token_alg()),
            ttl: known()
                .filter_map(|resource| resource.access_ttl)
                .min()
                .unwrap_or(case.ctx.policy.access_ttl)
                .min(session::revocation::LONGEST_ACCESS_TTL),
        }
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
