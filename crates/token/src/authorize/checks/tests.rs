use kernel::SystemEntropy;
use kernel::Timestamp;
use kernel::id::UserId;
use serde_json::json;

use super::*;
use crate::client::ApplicationType;
use crate::client::tests_support::client;
use crate::keys::testing::{ctx, ring};
use crate::resource::{ApiResource, ClaimScope};

const NOTES: &str = "https://api.example/notes";

/// One API with a scope of its own, and an operator's scope.
fn catalogue() -> Catalogue {
    let at = Timestamp::from_secs(0);
    let notes = ApiResource {
        identifier: NOTES.into(),
        name: Some("Notes".into()),
        scopes: Scope::parse("notes:read").unwrap(),
        access_token_alg: None,
        access_ttl: None,
        created_at: at,
        updated_at: at,
    };
    let hr = ClaimScope {
        name: "hr".into(),
        description: Some("Your desk".into()),
        claims: [("desk".to_owned(), "desk".to_owned())].into(),
        created_at: at,
        updated_at: at,
    };
    Catalogue::new([notes], [hr])
}

/// A confidential client with that scope registered.
fn allowed(scope: &str) -> Client {
    let mut client = client(ApplicationType::Web, &["https://rp.test/cb"]);
    client.metadata.scope = Some(scope.to_owned());
    client
}

fn ask_as(client: &Client, changes: &[(&str, &str)]) -> Result<AuthorizationRequest, Refusal> {
    let usual = [
        ("client_id", "web"),
        ("redirect_uri", &*client.metadata.redirect_uris[0]),
        ("response_type", "code"),
        ("scope", "openid"),
        ("state", "s"),
    ];
    let kept = usual
        .into_iter()
        .filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    let params = Params::from_pairs(kept.chain(changes.iter().copied()));
    let world = World {
        ctx: &ctx().0,
        ring: &ring(),
        catalogue: &catalogue(),
    };
    check(&params, Some(client), world)
}

#[track_caller]
fn asked(changes: &[(&str, &str)]) -> AuthorizationRequest {
    ask_as(&allowed("openid profile email hr notes:read"), changes).expect("a request in order")
}

#[track_caller]
fn refused(changes: &[(&str, &str)]) -> (ErrorCode, ResponseMode) {
    match ask_as(&allowed("openid profile email hr notes:read"), changes) {
        Err(Refusal::Client(target, error)) => (error.code, target.mode()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn answers_go_the_way_that_was_asked_for() {
    assert_eq!(asked(&[]).target.mode(), ResponseMode::Query);
    for mode in ResponseMode::ALL {
        let named = ("response_mode", mode.as_str());
        assert_eq!(asked(&[named]).target.mode(), mode);
        // Errors too, even one about the response type.
        let early = refused(&[named, ("response_type", "token")]);
        assert_eq!(early, (ErrorCode::UnsupportedResponseType, mode));
    }
    let by_default = (ErrorCode::InvalidRequest, ResponseMode::Query);
    assert_eq!(refused(&[("response_mode", "evil")]), by_default);
    let twice = [("response_mode", "form_post"), ("response_mode", "form_post")];
    assert_eq!(refused(&twice), by_default);
    let unposted = [("response_mode", "form_post"), ("state", "a\nb")];
    assert_eq!(refused(&unposted), by_default);
}

#[test]
fn claims_are_kept_as_far_as_they_may_be_released() {
    let claims = json!({
        "userinfo": { "email": { "essential": true }, "desk": null, "phone_number": null, "unheard-of": null },
        "id_token": { "name": null, "auth_time": { "essential": true }, "sub": null }
    });
    let request = asked(&[("scope", "openid email"), ("claims", &claims.to_string())]);
    let names: Vec<_> = request.claims.names().collect();
    assert_eq!(
        names,
        ["desk", "email", "name"],
        "phone is not allowed to this client"
    );
    assert!(request.claims.userinfo["email"].essential);
    assert_eq!(
        request.implied_scope.to_string(),
        "hr profile",
        "email was asked for"
    );
    assert_eq!(request.scope.to_string(), "openid email");
    assert_eq!(request.to_be_allowed().to_string(), "openid email hr profile");
    // Claims are for ID tokens and userinfo, and there is neither.
    let without_openid = asked(&[("scope", "email"), ("claims", &claims.to_string())]);
    assert!(without_openid.claims.is_empty() && without_openid.implied_scope.is_empty());
}

#[test]
fn claims_that_make_no_sense_are_refused() {
    let huge = json!({ "userinfo": { "name": { "value": "x".repeat(16 * 1024) } } }).to_string();
    for claims in ["name", "[]", r#"{"id_token":{"sub":"x"}}"#, &huge] {
        let (code, _) = refused(&[("claims", claims)]);
        assert_eq!(code, ErrorCode::InvalidRequest);
    }
    let acr = |wish| json!({ "id_token": { "acr": wish } }).to_string();
    let demanded = acr(json!({ "essential": true, "values": ["urn:strong"] }));
    let (code, _) = refused(&[("claims", &demanded)]);
    assert_eq!(code, ErrorCode::UnmetAuthenticationRequirements);
    asked(&[("claims", &acr(json!({ "values": ["urn:strong"] })))]);
    asked(&[("claims", &acr(json!({ "essential": true, "value": "1" })))]);
}

#[test]
fn a_subject_says_who_will_do() {
    let alice = UserId::generate(&SystemEntropy);
    let sub = |wish| json!({ "id_token": { "sub": wish } }).to_string();
    let request = asked(&[("claims", &sub(json!({ "value": alice })))]);
    assert_eq!(request.meant, Meant::Only(vec![alice]));
    assert!(request.claims.is_empty(), "every ID token has a sub");
    let request = asked(&[("claims", &sub(json!({ "value": "nobody" })))]);
    assert_eq!(request.meant, Meant::Only(vec![]));
    assert_eq!(asked(&[("claims", &sub(json!(null)))]).meant, Meant::Anybody);
}

#[test]
fn wishes_are_kept_and_never_wrong() {
    let request = asked(&[
        ("acr_values", "urn:strong 1"),
        ("ui_locales", "fr-CA fr <script> de-123456789 x-"),
        ("display", "popup"),
    ]);
    assert_eq!(request.acr_values, ["urn:strong", "1"]);
    assert_eq!(request.ui_locales, ["fr-CA", "fr"]);
    let mut client = allowed("openid");
    client.metadata.default_acr_values = vec!["1".into()];
    assert_eq!(ask_as(&client, &[]).unwrap().acr_values, ["1"]);
    let named = ask_as(&client, &[("acr_values", "2")]).unwrap();
    assert_eq!(named.acr_values, ["2"]);
}

#[test]
fn a_scope_of_an_api_needs_that_api() {
    let request = asked(&[("scope", "openid notes:read"), ("resource", NOTES)]);
    assert_eq!(request.scope.to_string(), "openid notes:read");
    let issuer = ctx().0.issuer.as_str().to_owned();
    let elsewhere = asked(&[("scope", "openid notes:read"), ("resource", &issuer)]);
    assert_eq!(elsewhere.scope.to_string(), "openid");
    // Nothing is left of it.
    let (code, _) = refused(&[("scope", "notes:read"), ("resource", &issuer)]);
    assert_eq!(code, ErrorCode::InvalidScope);
    let (code, _) = refused(&[("resource", "https://api.example/unknown")]);
    assert_eq!(code, ErrorCode::InvalidTarget);
}
