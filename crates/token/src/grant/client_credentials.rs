//! The client credentials grant (RFC 6749 4.4), driven through oxide-auth's machine: a token for the client itself.
//!
//! Nobody is behind it: no session, no ID token, no refresh token (4.4.3), and no scope that is about people. It asks
//! nothing of storage.

use std::borrow::Cow;

use kernel::id::TokenId;
use oxide_auth::code_grant::client_credentials::{ClientCredentials, Input, Output};
use oxide_auth::primitives::grant::Extensions;
use oxide_auth::primitives::registrar::{BoundClient, PreGrant, RegisteredUrl};
use protocol::Scope;

use super::case::Case;
use super::outcome::{GrantFault, Granted, Outcome};
use super::plan::Terms;
use crate::issue::IssuePlan;
use crate::oxide::view::{self, TokenView};
use crate::oxide::{convert, fault};

/// What the authenticated client gets for itself.
pub fn for_itself(case: &Case<'_>) -> Outcome {
    match drive(case) {
        Ok(granted) => Outcome::Granted(Box::new(granted)),
        Err(fault) => Outcome::Refused(fault),
    }
}

/// What a client gets: for which APIs, and what it may do there.
struct Share {
    scope: Scope,
    resources: Vec<String>,
}

fn drive(case: &Case<'_>) -> Result<Granted, GrantFault> {
    // RFC 6749 4.4: MUST only be used by confidential clients.
    if case.client.is_public() {
        return Err(GrantFault::PublicClient);
    }
    // Before the machine, which calls an unreadable scope an unreadable request (RFC 6749 5.2 does not).
    let asked = case.params.get("scope").map(Scope::parse).transpose();
    let asked = asked.map_err(|_| GrantFault::WiderScope)?;
    let view = TokenView {
        params: case.params,
        client_id: &case.client.client_id,
    };
    let mut machine = ClientCredentials::new(&view);
    let mut share = None;
    let mut input = Input::None;
    loop {
        input = match machine.advance(input) {
            // The client was authenticated before the machine was built.
            Output::Authenticate { .. } => Input::Authenticated,
            Output::Binding { client_id } => Input::Bound {
                bound_client: bound(client_id)?,
            },
            Output::Extend => Input::Extended {
                extensions: Extensions::new(),
            },
            Output::Negotiate { bound_client, .. } => {
                let negotiated = negotiate(case, asked.as_ref())?;
                let pre_grant = PreGrant {
                    client_id: bound_client.client_id.clone().into_owned(),
                    redirect_uri: bound_client.redirect_uri.clone().into_owned(),
                    scope: convert::scope(&negotiated.scope).ok_or(GrantFault::WiderScope)?,
                };
                share = Some(negotiated);
                Input::Negotiated { pre_grant }
            }
            // The machine has judged. Minting comes later, so its own issuer is not asked.
            Output::Ok { .. } => return Ok(granted(case, share.ok_or(GrantFault::Unknown)?)),
            Output::Err(error) => return Err(GrantFault::Malformed(fault::client_credentials(*error))),
        };
    }
}

/// The machine wants a redirect URI though nobody is redirected; it gets one that leads nowhere.
fn bound(client_id: &str) -> Result<BoundClient<'static>, GrantFault> {
    let nowhere = view::nowhere().ok_or(GrantFault::Unknown)?;
    Ok(BoundClient {
        client_id: Cow::Owned(client_id.to_owned()),
        redirect_uri: Cow::Owned(RegisteredUrl::Semantic(nowhere)),
    })
}

/// RFC 6749 4.4.2 and RFC 8707 2.2. Asked for nothing, a client gets all it may have.
fn negotiate(case: &Case<'_>, asked: Option<&Scope>) -> Result<Share, GrantFault> {
    let about_people = |token: &str| case.catalogue.is_about_people(token);
    let allowed = case
        .client
        .allowed_scope(case.catalogue)
        .filter(|token| !about_people(token));
    if !asked.is_none_or(|asked| asked.is_subset_of(&allowed)) {
        return Err(GrantFault::WiderScope);
    }
    let named = case.resources();
    if !named.iter().all(|uri| case.may_reach(uri)) {
        return Err(GrantFault::WrongTarget);
    }
    let wanted = asked.unwrap_or(&allowed);
    let resources = if named.is_empty() {
        case.client.default_resources(wanted, case.catalogue)
    } else {
        named
    };
    let scope = case.catalogue.within(wanted, &resources);
    // Scopes of other APIs than those named: a token without any of them is not what was asked for.
    if scope.is_empty() && asked.is_some_and(|asked| !asked.is_empty()) {
        return Err(GrantFault::WiderScope);
    }
    Ok(Share { scope, resources })
}

fn granted(case: &Case<'_>, share: Share) -> Granted {
    let now = case.ctx.now();
    let terms = Terms::of(case, &share.resources);
    let audience = if share.resources.is_empty() {
        vec![case.ctx.issuer.as_str().to_owned()]
    } else {
        share.resources
    };
    let plan = IssuePlan {
        // RFC 9068 2.2: where no resource owner is involved, an identifier of the client.
        subject: case.client.client_id.clone(),
        client_id: case.client.client_id.clone(),
        access_token_alg: terms.alg,
        access_ttl: terms.ttl,
        id_token: None,
        scope: share.scope,
        audience,
        userinfo_claims: Vec::new(),
        authentication: None,
        sid: None,
        grant: None,
        issued_at: now,
        token_id: TokenId::generate(&*case.ctx.entropy, now),
    };
    Granted {
        plan,
        refresh_token: None,
    }
}

#[cfg(test)]
mod tests;
