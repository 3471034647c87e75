//! From raw parameters to a checked [`AuthorizationRequest`], in two stages.
//!
//! Until client and redirect URI are proven there is nobody to redirect to, so faults are for a page. From then on a
//! [`ResponseTarget`] exists and every fault is an answer to the client (RFC 6749 4.1.2.1). The second stage is a table
//! of rules, one function each; oxide-auth's machine is one of them.

use kernel::Ctx;
use oxide_auth::code_grant::authorization::{Authorization, Input, Output};
use oxide_auth::code_grant::extensions::Pkce;
use oxide_auth::primitives::grant::Extensions;
use oxide_auth::primitives::registrar::{BoundClient, PreGrant, RegisteredUrl};
use protocol::{ErrorCode, OAuthError, Params, Scope};
use std::borrow::Cow;

use super::request::{AuthorizationRequest, Prompt};
use crate::client::{Client, ResponseTarget};
use crate::keys::ring::KeyRing;
use crate::oxide::view::AuthorizationView;
use crate::oxide::{convert, fault};
use crate::verify;

/// Why a request cannot even be answered to its client. Shown on a page of ours, never redirected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageFault {
    /// No `client_id`, or more than one.
    #[error("the request names no client, or several")]
    NoClient,
    /// No such client, or it is disabled.
    #[error("the client is not registered here")]
    UnknownClient,
    /// No `redirect_uri`, or more than one.
    #[error("the request names no redirect_uri, or several")]
    NoRedirectUri,
    /// Not one of the client's.
    #[error("the redirect_uri is not registered for {client}")]
    ForeignRedirectUri {
        /// The client's name, for the page.
        client: String,
        /// What was presented, for the page and the log.
        presented: String,
    },
}

/// Why a request was refused, and who is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The person.
    Page(PageFault),
    /// The client.
    Client(ResponseTarget, OAuthError),
}

/// Longest `state`, `nonce` or hint that is carried along.
const MAX_VALUE: usize = 4096;
/// Longest `id_token_hint`.
const MAX_HINT: usize = 16 * 1024;

/// What of a checked request is worth keeping until a browser comes for it: everything the rules look at.
pub const PARAMETERS: [&str; 14] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "prompt",
    "max_age",
    "login_hint",
    "id_token_hint",
    "code_challenge",
    "code_challenge_method",
    "resource",
];

/// The `client_id` of a request, if it names exactly one.
///
/// # Errors
/// [`PageFault::NoClient`].
pub fn client_id(params: &Params) -> Result<&str, PageFault> {
    params
        .get("client_id")
        .filter(|_| !params.is_repeated("client_id"))
        .ok_or(PageFault::NoClient)
}

/// Checks a request of `client` (looked up by [`client_id`]).
///
/// # Errors
/// [`Refusal`], for the page or for the client.
pub fn check(
    params: &Params,
    client: Option<&Client>,
    ring: &KeyRing,
    ctx: &Ctx,
) -> Result<AuthorizationRequest, Refusal> {
    let (client, target) = prove_target(params, client).map_err(Refusal::Page)?;
    let mut draft = Draft {
        params,
        client,
        ring,
        ctx,
        request: blank(client, target),
    };
    for rule in RULES {
        if let Err(error) = rule(&mut draft) {
            return Err(Refusal::Client(draft.request.target, error));
        }
    }
    Ok(draft.request)
}

fn prove_target<'a>(
    params: &Params,
    client: Option<&'a Client>,
) -> Result<(&'a Client, ResponseTarget), PageFault> {
    let client = client
        .filter(|client| client.enabled)
        .ok_or(PageFault::UnknownClient)?;
    let presented = params
        .get("redirect_uri")
        .filter(|_| !params.is_repeated("redirect_uri"))
        .ok_or(PageFault::NoRedirectUri)?;
    // With any repetition the request is malformed, and no state in it can be trusted to be the client's.
    let state = params.get("state").filter(|_| params.first_repeated().is_none());
    let target =
        ResponseTarget::prove(client, presented, state).ok_or_else(|| PageFault::ForeignRedirectUri {
            client: client.display_name().to_owned(),
            presented: presented.to_owned(),
        })?;
    Ok((client, target))
}

fn blank(client: &Client, target: ResponseTarget) -> AuthorizationRequest {
    AuthorizationRequest {
        client_id: client.client_id.clone(),
        target,
        scope: Scope::default(),
        resources: Vec::new(),
        nonce: None,
        prompt: Prompt::AsNeeded,
        max_age: None,
        login_hint: None,
        hinted_user: None,
        pkce: None,
    }
}

/// A request on its way through the rules.
struct Draft<'a> {
    params: &'a Params,
    client: &'a Client,
    ring: &'a KeyRing,
    ctx: &'a Ctx,
    request: AuthorizationRequest,
}

type Rule = fn(&mut Draft<'_>) -> Result<(), OAuthError>;

/// The rules, in the order in which a developer wants to hear about mistakes.
const RULES: [Rule; 12] = [
    repeated,
    oversized,
    unsupported_parameters,
    response_type,
    response_mode,
    pkce_method,
    machine,
    prompt,
    max_age,
    resource,
    id_token_hint,
    carried_along,
];

fn refuse(code: ErrorCode, description: impl Into<Cow<'static, str>>) -> Result<(), OAuthError> {
    Err(OAuthError::new(code, description))
}

/// RFC 6749 3.1: parameters MUST NOT be included more than once.
fn repeated(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    match draft.params.first_repeated() {
        None => Ok(()),
        Some(_) => refuse(ErrorCode::InvalidRequest, "a parameter was given more than once"),
    }
}

/// Nothing beyond what is sensible is kept on the server.
fn oversized(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    let too_long = |name: &str, max: usize| draft.params.get(name).is_some_and(|value| value.len() > max);
    let capped = ["state", "nonce", "login_hint", "scope"];
    let long = ["id_token_hint", "registration", "request"];
    if capped.into_iter().any(|name| too_long(name, MAX_VALUE))
        || long.into_iter().any(|name| too_long(name, MAX_HINT))
    {
        return refuse(ErrorCode::InvalidRequest, "a parameter is too long");
    }
    Ok(())
}

/// OpenID Connect Core 6 and 7.2.1: what is not offered is refused by its own error.
fn unsupported_parameters(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    if draft.params.get("request").is_some() {
        return refuse(
            ErrorCode::RequestNotSupported,
            "request objects are not supported",
        );
    }
    if draft.params.get("request_uri").is_some() {
        return refuse(ErrorCode::RequestUriNotSupported, "request_uri is not supported");
    }
    if draft.params.get("registration").is_some() {
        return refuse(
            ErrorCode::RegistrationNotSupported,
            "the registration parameter is not supported",
        );
    }
    Ok(())
}

/// RFC 6749 3.1.1. Which values exist is the machine's to say; that one is there, and the client may use it, is ours.
fn response_type(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    if draft.params.get("response_type").is_none() {
        return refuse(ErrorCode::InvalidRequest, "response_type is missing");
    }
    if !draft.client.may_use_grant("authorization_code") {
        return refuse(
            ErrorCode::UnauthorizedClient,
            "this client may not use the authorization code grant",
        );
    }
    Ok(())
}

/// OAuth 2.0 Multiple Response Types 2.1.
fn response_mode(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    match draft.params.get("response_mode") {
        None | Some("query") => Ok(()),
        Some(_) => refuse(ErrorCode::InvalidRequest, "the only response_mode here is query"),
    }
}

/// RFC 7636 4.2 and RFC 9700 2.1.1: S256 or nothing; a missing method means `plain`, which is not offered.
fn pkce_method(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
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
fn machine(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
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
    let allowed = draft.client.allowed_scope();
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

/// OpenID Connect Core 3.1.2.1.
fn prompt(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    let words: Vec<&str> = draft
        .params
        .get("prompt")
        .unwrap_or_default()
        .split_ascii_whitespace()
        .collect();
    let has = |word: &str| words.contains(&word);
    if words
        .iter()
        .any(|word| !matches!(*word, "none" | "login" | "consent" | "select_account"))
    {
        return refuse(
            ErrorCode::InvalidRequest,
            "prompt has a value that is not offered here",
        );
    }
    if has("none") && words.len() > 1 {
        return refuse(ErrorCode::InvalidRequest, "prompt=none stands alone");
    }
    // With one account per browser, choosing an account means signing in as somebody.
    let login = has("login") || has("select_account");
    draft.request.prompt = match (has("none"), login, has("consent")) {
        (true, _, _) => Prompt::None,
        (_, true, true) => Prompt::LoginAndConsent,
        (_, true, false) => Prompt::Login,
        (_, false, true) => Prompt::Consent,
        _ => Prompt::AsNeeded,
    };
    Ok(())
}

/// OpenID Connect Core 3.1.2.1: whole seconds, digits only.
fn max_age(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    let Some(text) = draft.params.get("max_age") else {
        draft.request.max_age = draft.client.metadata.default_max_age;
        return Ok(());
    };
    let digits = text.len() <= 10 && text.bytes().all(|b| b.is_ascii_digit());
    match text.parse() {
        Ok(seconds) if digits => {
            draft.request.max_age = Some(seconds);
            Ok(())
        }
        _ => refuse(ErrorCode::InvalidRequest, "max_age is not a number of seconds"),
    }
}

/// RFC 8707 2: APIs the client may reach; its default when it names none. The issuer itself is always allowed.
fn resource(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    let allowed = &draft.client.policy.resources;
    let asked: Vec<&str> = draft.params.all("resource").collect();
    if asked.is_empty() {
        draft.request.resources = allowed.first().cloned().into_iter().collect();
        return Ok(());
    }
    for uri in asked {
        let issuer = draft.ctx.issuer.as_str() == uri;
        if !issuer && !allowed.iter().any(|own| own == uri) {
            return refuse(
                ErrorCode::InvalidTarget,
                "a resource is unknown, or not for this client",
            );
        }
        if !draft.request.resources.iter().any(|own| own == uri) {
            draft.request.resources.push(uri.to_owned());
        }
    }
    Ok(())
}

/// OpenID Connect Core 3.1.2.1. A hint is no authentication; it only says whose session will do.
fn id_token_hint(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    let Some(hint) = draft.params.get("id_token_hint") else {
        return Ok(());
    };
    match verify::id_token_hint(draft.ring, draft.ctx, hint) {
        Ok(claims) if claims.client_id == draft.client.client_id => {
            draft.request.hinted_user = Some(claims.sub);
            Ok(())
        }
        _ => refuse(
            ErrorCode::InvalidRequest,
            "id_token_hint is not an ID token this server issued to this client",
        ),
    }
}

/// What is only handed on.
fn carried_along(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    draft.request.nonce = draft.params.get("nonce").map(str::to_owned);
    draft.request.login_hint = draft.params.get("login_hint").map(str::to_owned);
    Ok(())
}
