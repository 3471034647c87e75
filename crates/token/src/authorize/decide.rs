//! What happens next with an authorization request. Pure: facts in, one step out.

use identity::User;
use kernel::{Policy, Timestamp};
use protocol::{ErrorCode, OAuthError, Scope};
use session::Session;

use super::request::{AuthorizationRequest, Prompt};
use crate::client::{ApplicationType, Client};
use crate::grant::Consent;

/// Why somebody has to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginReason {
    /// Nobody is signed in here, or not the one who is meant.
    NotSignedIn,
    /// The client wants to be sure (`prompt=login`, `max_age`).
    Again,
}

/// The next step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Show the sign-in page.
    Login(LoginReason),
    /// Show the consent page.
    Consent,
    /// Issue a code.
    Issue,
    /// Tell the client no.
    Refuse(OAuthError),
}

/// Whether the person just said yes on the consent page of this very request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consented {
    /// They pressed Allow.
    JustNow,
    /// They were not asked.
    NotAsked,
}

/// Everything the decision rests on.
#[derive(Debug)]
pub struct Facts<'a> {
    /// What is asked.
    pub request: &'a AuthorizationRequest,
    /// By whom.
    pub client: &'a Client,
    /// The live session of an active person at this browser, if there is one.
    pub present: Option<(&'a Session, &'a User)>,
    /// What that person once allowed this client.
    pub consent: Option<&'a Consent>,
    /// Whether consent was given on this request's own page.
    pub consented: Consented,
    /// When the request arrived; an authentication after it satisfies any demand for a fresh one.
    pub arrived_at: Timestamp,
    /// Now.
    pub now: Timestamp,
}

/// Decides.
pub fn decide(facts: &Facts<'_>) -> Next {
    let silent = facts.request.prompt == Prompt::None;
    if let Some(reason) = login_needed(facts) {
        return if silent {
            Next::Refuse(OAuthError::new(
                ErrorCode::LoginRequired,
                "the person has to sign in",
            ))
        } else {
            Next::Login(reason)
        };
    }
    if consent_needed(facts) {
        return if silent {
            Next::Refuse(OAuthError::new(
                ErrorCode::ConsentRequired,
                "the person has to allow this access",
            ))
        } else {
            Next::Consent
        };
    }
    Next::Issue
}

fn login_needed(facts: &Facts<'_>) -> Option<LoginReason> {
    let Some((session, user)) = facts.present else {
        return Some(LoginReason::NotSignedIn);
    };
    if facts.request.hinted_user.is_some_and(|hinted| hinted != user.id) {
        return Some(LoginReason::NotSignedIn);
    }
    let authenticated_at = session.authentication.at;
    if authenticated_at >= facts.arrived_at {
        return None;
    }
    let too_old = |max_age: u64| facts.now.since(authenticated_at).as_secs() >= max_age;
    let again = facts.request.prompt.demands_login() || facts.request.max_age.is_some_and(too_old);
    again.then_some(LoginReason::Again)
}

fn consent_needed(facts: &Facts<'_>) -> bool {
    if facts.consented == Consented::JustNow {
        return false;
    }
    if facts.request.prompt.demands_consent() {
        return true;
    }
    if facts.client.policy.first_party {
        return false;
    }
    // Anybody can claim to be a native client on a loopback port or custom scheme (RFC 8252 8.6).
    if facts.client.is_public() && facts.client.metadata.application_type == ApplicationType::Native {
        return true;
    }
    facts
        .consent
        .is_none_or(|consent| !covers(consent, facts.request))
}

fn covers(consent: &Consent, request: &AuthorizationRequest) -> bool {
    request.scope.is_subset_of(&consent.scope)
        && request
            .resources
            .iter()
            .all(|resource| consent.resources.contains(resource))
}

/// Those scopes of the request that the person has not allowed this client before.
pub fn new_scopes(request: &AuthorizationRequest, consent: Option<&Consent>) -> Scope {
    request
        .scope
        .filter(|token| consent.is_none_or(|consent| !consent.scope.contains(token)))
}

/// The session of `sessions` to go on with: live, of an active person, the hinted one if there is a hint, else the one
/// that signed in last.
pub fn pick<'a>(
    sessions: &'a [(Session, User)],
    request: &AuthorizationRequest,
    now: Timestamp,
    policy: &Policy,
) -> Option<(&'a Session, &'a User)> {
    let mut usable: Vec<&(Session, User)> = sessions
        .iter()
        .filter(|(session, user)| session.is_live(now, policy) && user.is_active())
        .collect();
    usable.sort_by_key(|(session, user)| (Some(user.id) == request.hinted_user, session.authentication.at));
    usable.last().map(|(session, user)| (session, user))
}
