//! Records of authorization requests: refused by a check, on a page or to the client, or by what was decided about the
//! person.

use protocol::{ErrorCode, OAuthError, Params};

use super::parameters::{Parameter, parameter, shown};
use super::{Refused, Step, comparison, step, walk};
use crate::authorize::AuthorizationRequest;
use crate::authorize::checks::{self, PageFault, Refusal, World};
use crate::client::Client;

/// The word for a redirect URI that is not the client's. The protocol has none, because no client is told.
pub const FOREIGN_REDIRECT: &str = "redirect_uri_mismatch";

/// A request that a check refused. `found` is its client with the rest of the world, where it was looked up; the checks are
/// walked once more, which answers the same, because they are pure.
pub fn refused(params: &Params, found: Option<(&Client, World<'_>)>, refusal: &Refusal) -> Refused {
    let (parameters, left_out) = shown(params);
    let (error, reason, told) = match refusal {
        Refusal::Page(fault) => (ErrorCode::InvalidRequest, reason(fault, found.is_some()), None),
        Refusal::Client(_, error) => (error.code, sentence(error), Some(error.description.to_string())),
    };
    let foreign = match refusal {
        Refusal::Page(PageFault::ForeignRedirectUri { presented, .. }) => Some(presented),
        _ => None,
    };
    let compared = foreign
        .zip(found)
        .map(|(sent, (client, _))| comparison::with_redirects(sent, client));
    Refused {
        client_id: checks::client_id(params).ok().map(str::to_owned),
        error: foreign
            .map_or(error.as_str(), |_| "redirect_uri_mismatch")
            .to_owned(),
        reason,
        told,
        parameters,
        left_out,
        checks: walk(checks::steps(), checks::stopped_at(params, found)),
        foreign_uri: foreign.and_then(|uri| comparison::kept(uri)),
        compared: compared.unwrap_or_default(),
        ..Refused::default()
    }
}

fn reason(fault: &PageFault, known: bool) -> String {
    match fault {
        PageFault::UnknownClient if known => "the client is disabled".to_owned(),
        PageFault::NoClient
        | PageFault::UnknownClient
        | PageFault::NoRedirectUri
        | PageFault::ForeignRedirectUri { .. } => fault.to_string(),
    }
}

/// A description as it stands in a list of reasons.
fn sentence(error: &OAuthError) -> String {
    error.description.to_string()
}

/// A request that passed every check, and was answered with an error because of what the person has or has not done.
pub fn decided(request: &AuthorizationRequest, error: &OAuthError) -> Refused {
    let steps = checks::steps().chain([decision(error.code)]);
    let all = checks::steps().count();
    Refused {
        client_id: Some(request.client_id.clone()),
        error: error.code.as_str().to_owned(),
        reason: because(request, error),
        told: Some(error.description.to_string()),
        parameters: told_again(request),
        checks: walk(steps, Some(all)),
        ..Refused::default()
    }
}

/// What the last decision asks of a request, by the error it answers with.
fn decision(error: ErrorCode) -> Step {
    const ERRORS: &str = "OpenID Connect Core 3.1.2.6";
    match error {
        ErrorCode::LoginRequired => step("the person the app means is signed in at this browser", ERRORS),
        ErrorCode::AccountSelectionRequired => step("it is settled which account is meant", ERRORS),
        ErrorCode::ConsentRequired => step("the person has allowed this access", ERRORS),
        ErrorCode::AccessDenied => step("the person allows this access", "RFC 6749 4.1.2.1"),
        _ => step("nothing else stands in the way", "RFC 6749 4.1.2.1"),
    }
}

fn because(request: &AuthorizationRequest, error: &OAuthError) -> String {
    if request.prompt.is_silent() {
        format!("{}, and prompt=none allows no page to do so", error.description)
    } else {
        error.description.to_string()
    }
}

/// The parameters of a request that is known by its meaning only.
fn told_again(request: &AuthorizationRequest) -> Vec<Parameter> {
    let mut told = vec![
        parameter("client_id", &request.client_id),
        parameter("redirect_uri", request.target.redirect_uri()),
        parameter("scope", &request.scope.to_string()),
    ];
    if request.prompt.is_silent() {
        told.push(parameter("prompt", "none"));
    }
    if let Some(seconds) = request.max_age {
        told.push(parameter("max_age", &seconds.to_string()));
    }
    let texts = [
        ("state", request.target.state()),
        ("nonce", request.nonce.as_deref()),
        ("login_hint", request.login_hint.as_deref()),
    ];
    told.extend(
        texts
            .iter()
            .filter_map(|(name, value)| value.map(|value| parameter(name, value))),
    );
    told.extend(request.resources.iter().map(|uri| parameter("resource", uri)));
    told
}
