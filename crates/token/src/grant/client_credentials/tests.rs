//! What a client gets for itself, and what not.

use std::time::Duration;

use kernel::Timestamp;
use protocol::{ErrorCode, OAuthError, Params};

use super::*;
use crate::client::tests_support::client;
use crate::client::{ApplicationType, AuthMethod, Client, SigningAlg};
use crate::keys::testing::ctx;
use crate::resource::{ApiResource, Catalogue, ClaimScope};

const NOTES: &str = "https://notes.test";
const MAPS: &str = "https://maps.test";

fn resource(identifier: &str, scopes: &str) -> ApiResource {
    ApiResource {
        identifier: identifier.into(),
        name: None,
        scopes: Scope::parse(scopes).unwrap(),
        access_token_alg: None,
        access_ttl: None,
        created_at: Timestamp::from_secs(0),
        updated_at: Timestamp::from_secs(0),
    }
}

fn catalogue() -> Catalogue {
    let hr = ClaimScope {
        name: "hr".into(),
        description: None,
        claims: [("team".to_owned(), "team".to_owned())].into(),
        created_at: Timestamp::from_secs(0),
        updated_at: Timestamp::from_secs(0),
    };
    let maps = ApiResource {
        access_token_alg: Some(SigningAlg::RS256),
        access_ttl: Some(Duration::from_secs(60)),
        ..resource(MAPS, "maps.read profile")
    };
    Catalogue::new([resource(NOTES, "notes.read notes.write"), maps], [hr])
}

fn service(scope: &str) -> Client {
    let mut service = client(ApplicationType::Web, &[]);
    service.client_id = "svc".into();
    service.metadata.scope = Some(scope.to_owned());
    service.metadata.grant_types = vec!["client_credentials".into(), "refresh_token".into()];
    service
}

fn ask(client: &Client, form: &[(&str, &str)]) -> Result<IssuePlan, ErrorCode> {
    let usual = [("grant_type", "client_credentials")];
    let params = Params::from_pairs(usual.iter().chain(form).copied());
    let case = Case {
        ctx: &ctx().0,
        catalogue: &catalogue(),
        client,
        params: &params,
    };
    match for_itself(&case) {
        Outcome::Granted(granted) => {
            assert!(granted.refresh_token.is_none());
            Ok(granted.plan)
        }
        Outcome::Refused(fault) => Err(OAuthError::from(fault).code),
    }
}

#[test]
fn a_client_gets_a_token_of_its_own_and_nothing_about_people() {
    let plan = ask(&service("openid profile hr notes.read"), &[]).unwrap();
    assert_eq!((plan.subject.as_str(), plan.client_id.as_str()), ("svc", "svc"));
    assert_eq!(plan.scope.to_string(), "notes.read");
    assert_eq!(plan.audience, [NOTES]);
    assert_eq!((plan.sid, plan.grant), (None, None));
    assert!(plan.id_token.is_none() && plan.authentication.is_none() && plan.userinfo_claims.is_empty());
}

#[test]
fn a_scope_is_had_or_refused() {
    let svc = service("openid profile hr notes.read maps.read");
    let asked = |scope: &str| ask(&svc, &[("scope", scope)]).map(|plan| plan.scope.to_string());
    assert_eq!(asked("maps.read"), Ok("maps.read".into()));
    for wrong in [
        "openid",
        "profile",
        "offline_access",
        "hr",
        "notes.write",
        "notes.read openid",
        "unheard-of",
        "a\"b",
        "\u{e9}",
    ] {
        assert_eq!(asked(wrong), Err(ErrorCode::InvalidScope), "{wrong}");
    }
}

#[test]
fn apis_are_named_or_follow_from_the_scope() {
    let svc = service("notes.read maps.read");
    let audience = |form: &[(&str, &str)]| ask(&svc, form).map(|plan| plan.audience);
    assert_eq!(audience(&[]), Ok(vec![MAPS.to_owned(), NOTES.to_owned()]));
    assert_eq!(audience(&[("scope", "notes.read")]), Ok(vec![NOTES.to_owned()]));
    let both = [("resource", NOTES), ("resource", MAPS), ("resource", NOTES)];
    assert_eq!(audience(&both), Ok(vec![NOTES.to_owned(), MAPS.to_owned()]));
    assert_eq!(
        ask(&svc, &[("resource", NOTES)]).map(|plan| plan.scope.to_string()),
        Ok("notes.read".into())
    );
    for wrong in ["https://other.test", "https://notes.test/", "notes"] {
        assert_eq!(
            audience(&[("resource", wrong)]),
            Err(ErrorCode::InvalidTarget),
            "{wrong}"
        );
    }
    let elsewhere = [("resource", NOTES), ("scope", "maps.read")];
    assert_eq!(audience(&elsewhere), Err(ErrorCode::InvalidScope));
}

#[test]
fn a_client_without_any_scope_has_a_token_for_us_alone() {
    let plan = ask(&service(""), &[]).unwrap();
    assert!(plan.scope.is_empty());
    assert_eq!(plan.audience, ["https://id.example.com"]);
}

#[test]
fn an_api_decides_how_its_tokens_are_made() {
    let mut svc = service("notes.read maps.read");
    svc.policy.access_token_alg = Some(SigningAlg::EdDSA);
    let terms = |form: &[(&str, &str)]| {
        let plan = ask(&svc, form).unwrap();
        (plan.access_token_alg, plan.access_ttl.as_secs())
    };
    assert_eq!(terms(&[("resource", NOTES)]), (SigningAlg::EdDSA, 600));
    assert_eq!(
        terms(&[("resource", NOTES), ("resource", MAPS)]),
        (SigningAlg::RS256, 60)
    );
}

#[test]
fn public_clients_have_nothing_to_ask_with() {
    let mut public = service("notes.read");
    public.metadata.token_endpoint_auth_method = AuthMethod::None;
    assert_eq!(ask(&public, &[]), Err(ErrorCode::UnauthorizedClient));
}

#[test]
fn a_secret_in_the_body_is_not_the_machines_business() {
    let form = [("client_id", "svc"), ("client_secret", "x")];
    assert!(ask(&service("notes.read"), &form).is_ok());
}
