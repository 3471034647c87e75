//! From raw parameters to a checked [`AuthorizationRequest`], in two stages.
//!
//! Until client and redirect URI are proven there is nobody to redirect to, so faults are for a page. From then on a
//! [`ResponseTarget`] exists and every fault is an answer to the client (RFC 6749 4.1.2.1). The second stage is a table
//! of rules, one function each; oxide-auth's machine is one of them.

mod access;
mod person;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use kernel::Ctx;
use protocol::{ErrorCode, OAuthError, Params, Scope};

use self::access::{machine, pkce_method, resource};
use self::person::{acr_values, claims, id_token_hint, max_age, prompt, ui_locales};
use super::account::{Choice, Meant};
use super::claims_request::ClaimsRequest;
use super::prompt::Prompt;
use super::request::AuthorizationRequest;
use crate::client::{Client, ResponseMode, ResponseTarget};
use crate::flow::{Step, step};
use crate::keys::ring::KeyRing;
use crate::resource::Catalogue;

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
        /// Its own front page (`client_uri`), where the person can turn to.
        home: Option<String>,
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

/// Longest `state`, `nonce` or other short value.
const MAX_VALUE: usize = 4096;
/// Longest `id_token_hint` or `claims`.
const MAX_HINT: usize = 16 * 1024;

/// What of a checked request is worth keeping until a browser comes for it: everything the rules look at.
pub const PARAMETERS: [&str; 17] = [
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
    "claims",
    "acr_values",
    "ui_locales",
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
    world: World<'_>,
) -> Result<AuthorizationRequest, Refusal> {
    let (client, target) = prove_target(params, client).map_err(Refusal::Page)?;
    let mut draft = Draft {
        params,
        client,
        world,
        request: blank(client, target),
    };
    for rule in RULES {
        if let Err(error) = (rule.judge)(&mut draft) {
            return Err(Refusal::Client(draft.request.target, error));
        }
    }
    Ok(draft.request)
}

/// Everything a request has to pass, in its order.
pub(crate) fn steps() -> impl Iterator<Item = Step> {
    PROOFS.into_iter().chain(RULES.iter().map(|rule| rule.step))
}

/// At which of the [`steps`] a request stops; at none if it passes them all. For the record of a refusal, and so without
/// weight in a request that succeeds.
pub(crate) fn stopped_at(params: &Params, found: Option<(&Client, World<'_>)>) -> Option<usize> {
    if let Err(fault) = client_id(params) {
        return Some(fault.row());
    }
    let Some((client, world)) = found else {
        return Some(PageFault::UnknownClient.row());
    };
    let (client, target) = match prove_target(params, Some(client)) {
        Ok(proven) => proven,
        Err(fault) => return Some(fault.row()),
    };
    let mut draft = Draft {
        params,
        client,
        world,
        request: blank(client, target),
    };
    let stopped = RULES.iter().position(|rule| (rule.judge)(&mut draft).is_err());
    stopped.map(|at| PROOFS.len() + at)
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
            home: client.metadata.client_uri.clone(),
            presented: presented.to_owned(),
        })?;
    // Adopted before any rule runs, so that every error goes the way the client wants it to.
    Ok((client, target.in_mode(asked_mode(params).unwrap_or_default())))
}

/// The `response_mode`, if the request names exactly one that there is.
fn asked_mode(params: &Params) -> Option<ResponseMode> {
    let text = params.get("response_mode")?;
    (!params.is_repeated("response_mode"))
        .then(|| ResponseMode::parse(text))
        .flatten()
}

fn blank(client: &Client, target: ResponseTarget) -> AuthorizationRequest {
    AuthorizationRequest {
        client_id: client.client_id.clone(),
        target,
        scope: Scope::default(),
        implied_scope: Scope::default(),
        resources: Vec::new(),
        nonce: None,
        claims: ClaimsRequest::default(),
        acr_values: Vec::new(),
        ui_locales: Vec::new(),
        prompt: Prompt::default(),
        max_age: None,
        login_hint: None,
        meant: Meant::default(),
        choice: Choice::default(),
        pkce: None,
    }
}

/// What the rules know beside the request and its client.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// Time, issuer, policy.
    pub ctx: &'a Ctx,
    /// Our keys, for hints.
    pub ring: &'a KeyRing,
    /// Resources and scopes.
    pub catalogue: &'a Catalogue,
}

/// A request on its way through the rules.
struct Draft<'a> {
    params: &'a Params,
    client: &'a Client,
    world: World<'a>,
    request: AuthorizationRequest,
}

/// What has to be proven of a request before anybody can be redirected.
const PROOFS: [Step; 4] = [
    step("the request names one client", "RFC 6749 4.1.1"),
    step("the client is registered here and enabled", "RFC 6749 2"),
    step(
        "the request names one redirect_uri",
        "OpenID Connect Core 3.1.2.1",
    ),
    step("the redirect_uri is registered for the client", "RFC 9700 2.1"),
];

impl PageFault {
    /// Which of the [`PROOFS`] failed.
    fn row(&self) -> usize {
        match self {
            PageFault::NoClient => 0,
            PageFault::UnknownClient => 1,
            PageFault::NoRedirectUri => 2,
            PageFault::ForeignRedirectUri { .. } => 3,
        }
    }
}

/// A rule: what it demands, where that is written, and who looks.
struct Rule {
    step: Step,
    judge: fn(&mut Draft<'_>) -> Result<(), OAuthError>,
}

/// A row.
const fn rule(
    name: &'static str,
    section: &'static str,
    judge: fn(&mut Draft<'_>) -> Result<(), OAuthError>,
) -> Rule {
    Rule {
        step: step(name, section),
        judge,
    }
}

const REQUEST: &str = "OpenID Connect Core 3.1.2.1";

/// The rules, in the order in which a developer wants to hear about mistakes.
const RULES: [Rule; 15] = [
    rule("no parameter is given twice", "RFC 6749 3.1", repeated),
    rule("no parameter is too long", "RFC 6749 3.1", oversized),
    rule(
        "nothing is asked for that is not offered",
        "OpenID Connect Core 6, 7.2.1",
        unsupported_parameters,
    ),
    rule(
        "response_type is given, and the client may use the code grant",
        "RFC 6749 3.1.1",
        response_type,
    ),
    rule(
        "response_mode is offered and fits the redirect_uri",
        "OAuth 2.0 Multiple Response Types 2.1",
        response_mode,
    ),
    rule(
        "code_challenge is there where it must be, by S256",
        "RFC 7636 4.2, RFC 9700 2.1.1",
        pkce_method,
    ),
    rule(
        "response_type and scope can be granted",
        "RFC 6749 4.1.1, 3.3",
        machine,
    ),
    rule("prompt can be read", REQUEST, prompt),
    rule("max_age is a number of seconds", REQUEST, max_age),
    rule("the client may reach the resource", "RFC 8707 2", resource),
    rule(
        "id_token_hint is an ID token of this client",
        REQUEST,
        id_token_hint,
    ),
    rule("claims can be read and met", "OpenID Connect Core 5.5", claims),
    rule("acr_values can be read", REQUEST, acr_values),
    rule("ui_locales can be read", REQUEST, ui_locales),
    rule("nonce and login_hint are carried along", REQUEST, carried_along),
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
    let capped = [
        "state",
        "nonce",
        "login_hint",
        "scope",
        "acr_values",
        "ui_locales",
    ];
    let long = ["id_token_hint", "claims", "registration", "request"];
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

/// OAuth 2.0 Multiple Response Types 2.1 and Form Post Response Mode 2.
fn response_mode(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    match draft.params.get("response_mode").map(ResponseMode::parse) {
        None => Ok(()),
        Some(None) => refuse(
            ErrorCode::InvalidRequest,
            "response_mode has a value that is not offered here",
        ),
        // The target kept to its default where a form cannot carry the answer.
        Some(Some(asked)) if asked != draft.request.target.mode() => refuse(
            ErrorCode::InvalidRequest,
            "form_post needs an http or https redirect_uri, and a state without control characters",
        ),
        Some(Some(_)) => Ok(()),
    }
}

/// What is only handed on.
fn carried_along(draft: &mut Draft<'_>) -> Result<(), OAuthError> {
    draft.request.nonce = draft.params.get("nonce").map(str::to_owned);
    draft.request.login_hint = draft.params.get("login_hint").map(str::to_owned);
    Ok(())
}
