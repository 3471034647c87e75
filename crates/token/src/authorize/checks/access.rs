//! Rules about what is asked for: the code challenge, the scope, the resources. oxide-auth's machine is one of them.

use std::borrow::Cow;

use oxide_auth::code_grant::authorization::{Authorization, Input, Output};
use oxide_auth::code_grant::extensions::Pkce;
use oxide_auth::primitives::grant::Extensions;
use oxide_auth::primitives::registrar::{BoundClient, PreGrant, RegisteredUrl};
use protocol::{ErrorCode, OAuthError, Scope};

use super::{Draft, refuse};
use crate::oxide::view::AuthorizationView;
use crate::oxide::{convert, fault};

/// RFC 7636 4.2 and RFC 9700 2.1.1: S256 or nothing; a missing method means `plain`, which is not offered.
pub(super) fn pkce_method(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    let Some(challenge) = draft.params.get("code_challenge") else {
        return match draft.params.get("code_challenge_method") {
            Some(_) => refuse(
                ErrorCode::InvalidRequest,
                "code_challenge_method came without code_challenge",
            ),
            None if draft.client.requires_pkce() => refuse(
                ErrorCode::InvalidRequest,
                "code_challenge is required for this client (PKCE, S256)",
            ),
            None => Ok(()),
        };
    };
    if draft.params.get("code_challenge_method") != Some("S256") {
        return refuse(ErrorCode::InvalidRequest, "code_challenge_method must be S256");
    }
    let well_formed = kernel::digest::from_base64url(challenge).is_some_and(|bytes| bytes.len() == 32);
    if !well_formed {
        return refuse(
            ErrorCode::InvalidRequest,
            "code_challenge is not the base64url form of a SHA-256 digest",
        );
    }
    Ok(())
}

/// oxide-auth's machine: binds client and redirect URI, takes the code challenge, negotiates the scope.
pub(super) fn machine(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    let view = AuthorizationView(draft.params);
    let mut machine = Authorization::new(&view);
    let mut input = Input::None;
    loop {
        input = match machine.advance(input) {
            Output::Bind {
                client_id,
                redirect_uri,
            } => {
                let proven =
                    redirect_uri.ok_or_else(|| server_error("no redirect_uri after it was proven"))?;
                let bound_client = BoundClient {
                    client_id: Cow::Owned(client_id),
                    redirect_uri: Cow::Owned(RegisteredUrl::Exact(proven)),
                };
                Input::Bound {
                    request: &view,
                    bound_client,
                }
            }
            Output::Extend => Input::Extended(challenge(draft)?),
            Output::Negotiate { bound_client, .. } => {
                let redirect_uri = bound_client.redirect_uri.clone().into_owned();
                negotiate(draft)?;
                let scope = convert::scope(&draft.request.scope).ok_or_else(|| server_error("scope"))?;
                let pre_grant = PreGrant {
                    client_id: draft.client.client_id.clone(),
                    redirect_uri,
                    scope,
                };
                Input::Negotiated {
                    pre_grant,
                    state: None,
                }
            }
            Output::Ok { .. } => return Ok(()),
            Output::Err(error) => {
                let code = fault::authorization(error);
                let description = match code {
                    ErrorCode::UnsupportedResponseType => "the only response_type here is code",
                    ErrorCode::InvalidScope => "the scope is malformed",
                    _ => "the authorization request is invalid",
                };
                return refuse(code, description);
            }
        };
    }
}

fn server_error(what: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::ServerError, what)
}

fn challenge(draft: &mut Draft<'_>) -> Result<Extensions, OAuthError> {
    let pkce = if draft.client.requires_pkce() {
        Pkce::required()
    } else {
        Pkce::optional()
    };
    let get = |name: &str| draft.params.get(name).map(Cow::Borrowed);
    let value = pkce
        .challenge(get("code_challenge_method"), get("code_challenge"))
        .map_err(|()| OAuthError::new(ErrorCode::InvalidRequest, "the code challenge is not acceptable"))?;
    let mut extensions = Extensions::new();
    if let Some(value) = value {
        draft.request.pkce = value.private_value().ok().flatten().map(str::to_owned);
        extensions.set(&pkce, value);
    }
    Ok(extensions)
}

/// RFC 6749 3.3: what is asked for and allowed. Scopes that nobody here defines are ignored; if nothing is left, the
/// request asked for nothing we have.
fn negotiate(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    let Some(asked) = draft.params.get("scope") else {
        return refuse(
            ErrorCode::InvalidScope,
            "scope is missing; openid is the least an app can ask for",
        );
    };
    let asked = Scope::parse(asked)
        .map_err(|_| OAuthError::new(ErrorCode::InvalidScope, "the scope is malformed"))?;
    let allowed = draft.client.allowed_scope(draft.world.catalogue);
    let granted = asked.filter(|token| allowed.contains(token));
    if granted.is_empty() {
        return refuse(
            ErrorCode::InvalidScope,
            "none of the requested scopes can be granted to this client",
        );
    }
    draft.request.scope = granted;
    Ok(())
}

/// RFC 8707 2: APIs the client may reach; those of the granted scopes when it names none. The issuer itself is always
/// allowed. A scope that means something only to an API that was not named is left out.
pub(super) fn resource(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    let (catalogue, client) = (draft.world.catalogue, draft.client);
    let asked: Vec<&str> = draft.params.all("resource").collect();
    if asked.is_empty() {
        draft.request.resources = client.default_resources(&draft.request.scope, catalogue);
        return Ok(());
    }
    for uri in asked {
        let issuer = draft.world.ctx.issuer.as_str() == uri;
        if !issuer && !client.may_reach(uri, catalogue) {
            return refuse(
                ErrorCode::InvalidTarget,
                "a resource is unknown, or not for this client",
            );
        }
        if !draft.request.resources.iter().any(|own| own == uri) {
            draft.request.resources.push(uri.to_owned());
        }
    }
    draft.request.scope = catalogue.within(&draft.request.scope, &draft.request.resources);
    if draft.request.scope.is_empty() {
        return refuse(
            ErrorCode::InvalidScope,
            "none of the requested scopes means anything to the requested resources",
        );
    }
    Ok(())
}
