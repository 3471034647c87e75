//! What happens next with an authorization request. Pure: facts in, one step out.

use identity::User;
use kernel::Timestamp;
use kernel::id::UserId;
use protocol::{ErrorCode, OAuthError, Scope};
use session::Session;

use super::account::Account;
use super::request::AuthorizationRequest;
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
    /// Show the accounts to choose from.
    Choose,
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
    /// The account it is for, as far as that is settled.
    pub account: Account<'a>,
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

/// Decides (OpenID Connect Core 3.1.2.3, 3.1.2.4).
pub fn decide(facts: &Facts<'_>) -> Next {
    let (session, user) = match facts.account {
        Account::Settled(session, user) => (session, user),
        Account::NotHere => return login(facts, LoginReason::NotSignedIn),
        Account::Unsettled => return choose(facts),
        Account::Unwanted => {
            return refuse(
                ErrorCode::LoginRequired,
                "the person who is signed in is not the one who was asked for",
            );
        }
    };
    if login_needed(facts, session) {
        return login(facts, LoginReason::Again);
    }
    if consent_needed(facts, user) {
        return consent(facts);
    }
    Next::Issue
}

fn refuse(code: ErrorCode, description: &'static str) -> Next {
    Next::Refuse(OAuthError::new(code, description))
}

fn login(facts: &Facts<'_>, reason: LoginReason) -> Next {
    if facts.request.prompt.is_silent() {
        refuse(ErrorCode::LoginRequired, "the person has to sign in")
    } else {
        Next::Login(reason)
    }
}

fn choose(facts: &Facts<'_>) -> Next {
    if facts.request.prompt.is_silent() {
        refuse(
            ErrorCode::AccountSelectionRequired,
            "several accounts are signed in and the person has to choose one",
        )
    } else {
        Next::Choose
    }
}

fn consent(facts: &Facts<'_>) -> Next {
    if facts.request.prompt.is_silent() {
        refuse(ErrorCode::ConsentRequired, "the person has to allow this access")
    } else {
        Next::Consent
    }
}

fn login_needed(facts: &Facts<'_>, session: &Session) -> bool {
    let authenticated_at = session.authentication.at;
    if facts.waiting_since.is_some_and(|since| authenticated_at >= since) {
        return false;
    }
    let too_old = |max_age: u64| facts.now.since(authenticated_at).as_secs() >= max_age;
    facts.request.prompt.demands_login() || facts.request.max_age.is_some_and(too_old)
}

fn consent_needed(facts: &Facts<'_>, user: &User) -> bool {
    if facts.consented == Consented::JustNow(user.id) {
        return false;
    }
    if facts.request.prompt.demands_consent() || may_be_anybody(facts) {
        return true;
    }
    if facts.client.policy.first_party {
        return false;
    }
    facts
        .consent
        .is_none_or(|consent| !covers(consent, facts.request))
}

/// Whether any program on the device could have asked in the client's name: a public native client that is answered at a
/// loopback port or a scheme of its own (RFC 8252 8.6). Not even an operator can vouch for that one.
fn may_be_anybody(facts: &Facts<'_>) -> bool {
    facts.client.is_public()
        && facts.client.metadata.application_type == ApplicationType::Native
        && !facts.request.target.redirect_uri().starts_with("https://")
}

fn covers(consent: &Consent, request: &AuthorizationRequest) -> bool {
    request.to_be_allowed().is_subset_of(&consent.scope)
        && request
            .resources
            .iter()
            .all(|resource| consent.resources.contains(resource))
}

/// What the request asks for and the person has not allowed this client before.
pub fn new_scopes(request: &AuthorizationRequest, consent: Option<&Consent>) -> Scope {
    request
        .to_be_allowed()
        .filter(|token| consent.is_none_or(|consent| !consent.scope.contains(token)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authorize::prompt::Prompt;
    use crate::authorize::scene::{NOW, minutes_ago, person, request};
    use crate::client::tests_support::client;
    use crate::client::{AuthMethod, ResponseTarget};

    /// A request, its client, and Alice signed in ten minutes ago.
    struct Scene {
        request: AuthorizationRequest,
        client: Client,
        session: Session,
        user: User,
    }

    fn scene() -> Scene {
        let (session, user) = person("alice", 10);
        Scene {
            request: request(),
            client: client(ApplicationType::Web, &["https://rp.test/cb"]),
            session,
            user,
        }
    }

    impl Scene {
        fn first_party(mut self) -> Self {
            self.client.policy.first_party = true;
            self
        }

        fn prompt(mut self, text: &str) -> Self {
            self.request.prompt = Prompt::parse(text).unwrap();
            self
        }

        /// A public native client that is answered at `redirect_uri`.
        fn native(mut self, redirect_uri: &str) -> Self {
            self.client.metadata.application_type = ApplicationType::Native;
            self.client.metadata.token_endpoint_auth_method = AuthMethod::None;
            self.client.metadata.redirect_uris = vec![redirect_uri.to_owned()];
            self.request.target = ResponseTarget::prove(&self.client, redirect_uri, None).unwrap();
            self
        }

        fn facts(&self) -> Facts<'_> {
            Facts {
                request: &self.request,
                client: &self.client,
                account: Account::Settled(&self.session, &self.user),
                consent: None,
                consented: Consented::NotAsked,
                waiting_since: None,
                now: NOW,
            }
        }

        fn decide(&self) -> Next {
            decide(&self.facts())
        }

        fn decide_for(&self, account: Account<'_>) -> Next {
            decide(&Facts {
                account,
                ..self.facts()
            })
        }

        fn decide_after(&self, consent: &Consent) -> Next {
            decide(&Facts {
                consent: Some(consent),
                ..self.facts()
            })
        }

        fn decide_since(&self, waiting_since: Timestamp) -> Next {
            decide(&Facts {
                waiting_since: Some(waiting_since),
                ..self.facts()
            })
        }

        fn decide_allowed_by(&self, who: UserId) -> Next {
            decide(&Facts {
                consented: Consented::JustNow(who),
                ..self.facts()
            })
        }

        fn consent(&self, scope: &str) -> Consent {
            Consent {
                user: self.user.id,
                client_id: "web".into(),
                scope: Scope::parse(scope).unwrap(),
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
        assert_eq!(scene.decide_allowed_by(scene.user.id), Next::Issue);
        let enough = scene.consent("openid email profile");
        assert_eq!(scene.decide_after(&enough), Next::Issue);
        let less = scene.consent("openid");
        assert_eq!(scene.decide_after(&less), Next::Consent);
    }

    #[test]
    fn a_claim_asked_by_name_is_asked_about_like_its_scope() {
        let mut scene = scene();
        scene.request.implied_scope = Scope::parse("phone").unwrap();
        let of_scope_alone = scene.consent("openid email");
        assert_eq!(scene.decide_after(&of_scope_alone), Next::Consent);
        let new = new_scopes(&scene.request, Some(&of_scope_alone));
        assert_eq!(new.to_string(), "phone");
        let with_claim = scene.consent("openid email phone");
        assert_eq!(scene.decide_after(&with_claim), Next::Issue);
    }

    #[test]
    fn an_unproven_native_app_is_asked_about_every_time() {
        for redirect_uri in ["http://127.0.0.1/cb", "org.example.app:/cb"] {
            for scene in [scene(), scene().first_party()] {
                let scene = scene.native(redirect_uri);
                let before = scene.consent("openid email");
                assert_eq!(scene.decide_after(&before), Next::Consent, "{redirect_uri}");
                assert_eq!(scene.decide_allowed_by(scene.user.id), Next::Issue);
                let silent = scene.prompt("none");
                let before = silent.consent("openid email");
                assert_eq!(
                    refused(&silent.decide_after(&before)),
                    Some(ErrorCode::ConsentRequired)
                );
            }
        }
        // An address the device has proven to be the app's is another matter (RFC 8252 7.2).
        let claimed = scene().native("https://app.example/cb");
        let before = claimed.consent("openid email");
        assert_eq!(claimed.decide_after(&before), Next::Issue);
    }

    #[test]
    fn each_prompt_asks_what_it_says() {
        let before = scene().consent("openid email");
        for (prompt, expected) in [
            ("", Next::Issue),
            ("select_account", Next::Issue),
            ("login", Next::Login(LoginReason::Again)),
            ("consent", Next::Consent),
            ("login consent", Next::Login(LoginReason::Again)),
            ("login consent select_account", Next::Login(LoginReason::Again)),
        ] {
            let scene = scene().prompt(prompt);
            assert_eq!(scene.decide_after(&before), expected, "{prompt}");
            assert_eq!(scene.decide_for(Account::Unsettled), Next::Choose, "{prompt}");
            let nobody = scene.decide_for(Account::NotHere);
            assert_eq!(nobody, Next::Login(LoginReason::NotSignedIn), "{prompt}");
        }
        let both = scene().prompt("login consent");
        assert_eq!(both.decide_since(minutes_ago(11)), Next::Consent);
    }

    #[test]
    fn silence_is_kept() {
        let mut scene = scene().prompt("none");
        assert_eq!(refused(&scene.decide()), Some(ErrorCode::ConsentRequired));
        for (account, code) in [
            (Account::NotHere, ErrorCode::LoginRequired),
            (Account::Unwanted, ErrorCode::LoginRequired),
            (Account::Unsettled, ErrorCode::AccountSelectionRequired),
        ] {
            assert_eq!(refused(&scene.decide_for(account)), Some(code), "{account:?}");
        }
        scene.request.max_age = Some(60);
        assert_eq!(refused(&scene.decide()), Some(ErrorCode::LoginRequired));
    }

    #[test]
    fn a_fresh_sign_in_satisfies_every_demand_for_one() {
        let mut scene = scene().first_party().prompt("login");
        scene.request.max_age = Some(0);
        assert_eq!(scene.decide(), Next::Login(LoginReason::Again));
        assert_eq!(scene.decide_since(minutes_ago(11)), Next::Issue);
        assert_eq!(
            scene.decide_since(minutes_ago(9)),
            Next::Login(LoginReason::Again)
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
    fn somebody_the_client_will_not_take_is_an_answer() {
        let next = scene().first_party().decide_for(Account::Unwanted);
        assert_eq!(refused(&next), Some(ErrorCode::LoginRequired));
    }

    #[test]
    fn only_the_person_who_saw_the_page_can_allow() {
        let (_, somebody) = person("bob", 1);
        assert_eq!(scene().decide_allowed_by(somebody.id), Next::Consent);
    }
}
