//! What happens next with an authorization request. Pure: facts in, one step out.

use identity::User;
use kernel::id::UserId;
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
    /// This person pressed Allow; somebody else who signed in meanwhile did not.
    JustNow(UserId),
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
    /// When the request began to wait for its person; an authentication since then satisfies any demand for a fresh
    /// one. None when it has only just arrived: nothing can have been done for it yet.
    pub waiting_since: Option<Timestamp>,
    /// Now.
    pub now: Timestamp,
}

/// Decides.
pub fn decide(facts: &Facts<'_>) -> Next {
    let silent = facts.request.prompt == Prompt::None;
    if signed_in_as_another(facts) {
        let error = OAuthError::new(
            ErrorCode::LoginRequired,
            "somebody else signed in than the hinted person",
        );
        return Next::Refuse(error);
    }
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

/// Whether the person who just signed in for this request is not the one it hints at. Asking again would go in circles;
/// the client is told instead (OpenID Connect Core 3.1.2.1).
fn signed_in_as_another(facts: &Facts<'_>) -> bool {
    let (Some(hinted), Some((session, user)), Some(since)) =
        (facts.request.hinted_user, facts.present, facts.waiting_since)
    else {
        return false;
    };
    hinted != user.id && session.authentication.at >= since
}

fn login_needed(facts: &Facts<'_>) -> Option<LoginReason> {
    let Some((session, user)) = facts.present else {
        return Some(LoginReason::NotSignedIn);
    };
    if facts.request.hinted_user.is_some_and(|hinted| hinted != user.id) {
        return Some(LoginReason::NotSignedIn);
    }
    let authenticated_at = session.authentication.at;
    if facts.waiting_since.is_some_and(|since| authenticated_at >= since) {
        return None;
    }
    let too_old = |max_age: u64| facts.now.since(authenticated_at).as_secs() >= max_age;
    let again = facts.request.prompt.demands_login() || facts.request.max_age.is_some_and(too_old);
    again.then_some(LoginReason::Again)
}

fn consent_needed(facts: &Facts<'_>) -> bool {
    if let (Consented::JustNow(who), Some((_, user))) = (facts.consented, facts.present)
        && who == user.id
    {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::ClientPolicy;
    use crate::client::ResponseTarget;
    use crate::client::tests_support::client;
    use identity::{Profile, UserState};
    use kernel::SystemEntropy;
    use kernel::id::{BrowserId, Sid};
    use session::{Amr, Authentication};

    const NOW: Timestamp = Timestamp::from_secs(1_763_000_000);

    fn minutes_ago(minutes: i64) -> Timestamp {
        Timestamp::from_secs(NOW.as_secs() - minutes * 60)
    }

    /// A request, its client, and Alice signed in ten minutes ago.
    struct Scene {
        request: AuthorizationRequest,
        client: Client,
        session: Session,
        user: User,
    }

    fn scene() -> Scene {
        let client = client(ApplicationType::Web, &["https://rp.test/cb"]);
        let id = UserId::generate(&SystemEntropy);
        Scene {
            request: AuthorizationRequest {
                client_id: client.client_id.clone(),
                target: ResponseTarget::prove(&client, "https://rp.test/cb", None).unwrap(),
                scope: Scope::parse("openid email").unwrap(),
                resources: vec![],
                nonce: None,
                prompt: Prompt::AsNeeded,
                max_age: None,
                login_hint: None,
                hinted_user: None,
                pkce: None,
            },
            session: Session {
                sid: Sid::generate(&SystemEntropy),
                browser: BrowserId::generate(&SystemEntropy),
                user: id,
                authentication: Authentication {
                    at: minutes_ago(10),
                    methods: vec![Amr::Pwd],
                },
                created_at: minutes_ago(10),
                last_seen_at: minutes_ago(10),
                ended_at: None,
            },
            user: User {
                id,
                username: "alice".into(),
                email: None,
                email_verified: false,
                profile: Profile::default(),
                roles: vec![],
                attributes: serde_json::Map::new(),
                groups: vec![],
                group_roles: vec![],
                state: UserState::Active,
                password: None,
                created_at: minutes_ago(99),
                updated_at: minutes_ago(99),
            },
            client,
        }
    }

    impl Scene {
        fn first_party(mut self) -> Self {
            self.client.policy = ClientPolicy {
                first_party: true,
                ..ClientPolicy::default()
            };
            self
        }

        fn decide_with(
            &self,
            consent: Option<&Consent>,
            consented: Consented,
            waiting_since: Option<Timestamp>,
        ) -> Next {
            decide(&Facts {
                request: &self.request,
                client: &self.client,
                present: Some((&self.session, &self.user)),
                consent,
                consented,
                waiting_since,
                now: NOW,
            })
        }

        fn decide(&self) -> Next {
            self.decide_with(None, Consented::NotAsked, None)
        }

        fn consent(&self, scope: &str) -> Consent {
            let scope = Scope::parse(scope).unwrap();
            Consent {
                user: self.user.id,
                client_id: "web".into(),
                scope,
                resources: vec![],
                at: NOW,
            }
        }
    }

    fn refused(next: &Next) -> Option<ErrorCode> {
        match next {
            Next::Refuse(error) => Some(error.code),
            _ => None,
        }
    }

    #[test]
    fn a_first_party_app_opens_without_asking() {
        assert_eq!(scene().first_party().decide(), Next::Issue);
    }

    #[test]
    fn consent_is_asked_once_and_again_for_more() {
        let scene = scene();
        assert_eq!(scene.decide(), Next::Consent);
        assert_eq!(
            scene.decide_with(None, Consented::JustNow(scene.user.id), None),
            Next::Issue
        );
        let enough = scene.consent("openid email profile");
        assert_eq!(
            scene.decide_with(Some(&enough), Consented::NotAsked, None),
            Next::Issue
        );
        let less = scene.consent("openid");
        assert_eq!(
            scene.decide_with(Some(&less), Consented::NotAsked, None),
            Next::Consent
        );
    }

    #[test]
    fn an_unproven_native_app_is_asked_about_every_time() {
        let mut scene = scene();
        scene.client.metadata.application_type = ApplicationType::Native;
        scene.client.metadata.token_endpoint_auth_method = crate::client::AuthMethod::None;
        let before = scene.consent("openid email");
        assert_eq!(
            scene.decide_with(Some(&before), Consented::NotAsked, None),
            Next::Consent
        );
    }

    #[test]
    fn silence_is_kept() {
        let mut scene = scene();
        scene.request.prompt = Prompt::None;
        assert_eq!(refused(&scene.decide()), Some(ErrorCode::ConsentRequired));
        scene.request.max_age = Some(60);
        assert_eq!(refused(&scene.decide()), Some(ErrorCode::LoginRequired));
    }

    #[test]
    fn a_fresh_sign_in_satisfies_every_demand_for_one() {
        let mut scene = scene().first_party();
        scene.request.prompt = Prompt::Login;
        scene.request.max_age = Some(0);
        assert_eq!(scene.decide(), Next::Login(LoginReason::Again));
        assert_eq!(
            scene.decide_with(None, Consented::NotAsked, Some(minutes_ago(11))),
            Next::Issue
        );
    }

    #[test]
    fn max_age_counts_from_the_authentication() {
        let mut scene = scene().first_party();
        scene.request.max_age = Some(601);
        assert_eq!(scene.decide(), Next::Issue);
        scene.request.max_age = Some(600);
        assert_eq!(scene.decide(), Next::Login(LoginReason::Again));
    }

    #[test]
    fn a_hint_for_somebody_else_means_nobody_suitable_is_here() {
        let mut scene = scene().first_party();
        scene.request.hinted_user = Some(UserId::generate(&SystemEntropy));
        assert_eq!(scene.decide(), Next::Login(LoginReason::NotSignedIn));
    }

    #[test]
    fn somebody_else_signing_in_for_a_hint_is_an_answer() {
        let mut scene = scene().first_party();
        scene.request.hinted_user = Some(UserId::generate(&SystemEntropy));
        let next = scene.decide_with(None, Consented::NotAsked, Some(minutes_ago(11)));
        assert_eq!(refused(&next), Some(ErrorCode::LoginRequired));
    }

    #[test]
    fn only_the_person_who_saw_the_page_can_allow() {
        let scene = scene();
        let somebody = Consented::JustNow(UserId::generate(&SystemEntropy));
        assert_eq!(scene.decide_with(None, somebody, None), Next::Consent);
    }
}
