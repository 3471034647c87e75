mod documents;
mod uris;

use protocol::Scope;
use serde_json::json;

use super::*;
use crate::client::RefreshRotation;
use crate::resource::{ApiResource, ClaimScope};

/// Plain http leads nowhere; everything else is fine.
struct HttpsOnly;

impl JudgeUrl for HttpsOnly {
    fn judge(&self, url: &str) -> Result<(), String> {
        if url.starts_with("https://") {
            Ok(())
        } else {
            Err("uses http".into())
        }
    }
}

/// An API with the scope `notes:read`, and a scope `employee` about people.
fn catalogue() -> Catalogue {
    let at = kernel::Timestamp::from_secs(0);
    let api = ApiResource {
        identifier: "https://api.test".into(),
        name: None,
        scopes: Scope::parse("notes:read").unwrap(),
        access_token_alg: None,
        access_ttl: None,
        created_at: at,
        updated_at: at,
    };
    let employee = ClaimScope {
        name: "employee".into(),
        description: None,
        claims: Default::default(),
        created_at: at,
        updated_at: at,
    };
    Catalogue::new([api], [employee])
}

fn judged(metadata: &ClientMetadata, policy: &ClientPolicy) -> Result<Warnings, Vec<RegistrationFault>> {
    let catalogue = catalogue();
    let against = Against {
        urls: &HttpsOnly,
        catalogue: &catalogue,
    };
    validate(metadata, policy, against)
}

fn metadata(json: Value) -> ClientMetadata {
    parse_document(&json.to_string()).unwrap().metadata
}

fn web(redirect_uri: &str) -> ClientMetadata {
    metadata(json!({ "redirect_uris": [redirect_uri] }))
}

fn public(redirect_uri: &str) -> ClientMetadata {
    metadata(json!({ "redirect_uris": [redirect_uri], "token_endpoint_auth_method": "none" }))
}

fn faults(metadata: &ClientMetadata) -> Vec<RegistrationFault> {
    judged(metadata, &ClientPolicy::default())
        .err()
        .unwrap_or_default()
}

fn codes(metadata: &ClientMetadata) -> Vec<ErrorCode> {
    faults(metadata).into_iter().map(|fault| fault.code).collect()
}

#[test]
fn everything_wrong_is_told_at_once_and_escaped() {
    let bad = metadata(json!({
        "redirect_uris": ["https://rp.test/\u{1b}[31m", "http://rp.test/cb"],
        "grant_types": ["authorization_code", "urn:openid:params:grant-type:ciba", "password", "magic"],
        "response_types": ["code", "token"],
        "client_name": "A\nB",
        "scope": "open\"id",
        "jwks": { "keys": [] },
        "jwks_uri": "https://rp.test/jwks",
        "dpop_bound_access_tokens": true,
        "first_party": true,
        "client_secret": "hunter2hunter2",
    }));
    let faults = faults(&bad);
    let messages: Vec<_> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        faults
            .iter()
            .map(|fault| fault.field.as_str())
            .collect::<Vec<_>>(),
        [
            "redirect_uris",
            "redirect_uris",
            "grant_types",
            "grant_types",
            "grant_types",
            "response_types",
            "client_name",
            "scope",
            "client_secret",
            "dpop_bound_access_tokens",
            "first_party",
            "jwks"
        ]
    );
    assert!(
        messages
            .iter()
            .all(|text| !text.contains(['\u{1b}', '\n']) && !text.contains("hunter2")),
        "{messages:#?}"
    );
    assert!(
        messages[2].contains("grant-type:ciba\": is not offered here yet"),
        "{}",
        messages[2]
    );
}

#[test]
fn grants_and_response_types_go_together() {
    for bad in [
        json!({ "redirect_uris": [], "grant_types": ["authorization_code"] }),
        json!({ "grant_types": ["refresh_token"], "response_types": [] }),
        json!({ "redirect_uris": ["https://rp.test/cb"], "response_types": [] }),
        json!({ "redirect_uris": ["https://rp.test/cb"], "grant_types": [] }),
    ] {
        assert_eq!(faults(&metadata(bad.clone())).len(), 1, "{bad}");
    }
}

#[test]
fn a_client_without_people_needs_no_redirects() {
    let service = metadata(json!({ "grant_types": ["client_credentials"] }));
    assert_eq!(service.response_types, [""; 0]);
    assert_eq!(faults(&service), []);
    let public = json!({ "grant_types": ["client_credentials"], "token_endpoint_auth_method": "none" });
    assert_eq!(faults(&metadata(public))[0].field, "grant_types");
    let said = metadata(json!({ "grant_types": ["client_credentials"], "response_types": ["code"] }));
    assert_eq!(faults(&said)[0].field, "response_types");
    let both = json!({ "grant_types": ["client_credentials", "refresh_token"] });
    let Warnings(warnings) = judged(&metadata(both), &ClientPolicy::default()).unwrap();
    assert!(warnings[0].contains("RFC 6749 4.4.3"), "{warnings:?}");
}

#[test]
fn the_server_of_an_api_needs_no_grant() {
    let server = ClientPolicy {
        resource_server_of: vec!["https://api.test".into()],
        ..ClientPolicy::default()
    };
    let none = metadata(json!({ "grant_types": [] }));
    assert_eq!(judged(&none, &server), Ok(Warnings::default()));
    assert_eq!(codes(&none), [ErrorCode::InvalidClientMetadata]);
    let public = json!({ "grant_types": [], "token_endpoint_auth_method": "none" });
    let wrong = judged(&metadata(public), &server).unwrap_err();
    let fields: Vec<_> = wrong.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["grant_types", "resource_server_of"]);
}

#[test]
fn rotation_is_turned_off_for_those_who_prove_who_they_are() {
    let policy = ClientPolicy {
        refresh_rotation: Some(RefreshRotation::Off),
        ..ClientPolicy::default()
    };
    let document = |method: &str| {
        metadata(json!({ "redirect_uris": ["https://rp.test/cb"], "token_endpoint_auth_method": method }))
    };
    assert_eq!(
        judged(&document("client_secret_basic"), &policy),
        Ok(Warnings::default())
    );
    let wrong = judged(&document("none"), &policy).unwrap_err();
    assert_eq!(wrong[0].field, "refresh_rotation");
}

#[test]
fn id_tokens_take_claims_of_scopes_about_people() {
    let with = |scope: &str| {
        let document = json!({ "redirect_uris": ["https://rp.test/cb"], "id_token_claims": [scope] });
        judged(&metadata(document), &ClientPolicy::default())
    };
    for good in ["email", "groups", "employee"] {
        assert_eq!(with(good), Ok(Warnings::default()), "{good}");
    }
    assert_eq!(with("unheard").unwrap().0.len(), 1);
    for bad in [
        "openid",
        "offline_access",
        "notes:read",
        "email groups",
        "",
        "a\"b",
    ] {
        assert_eq!(with(bad).unwrap_err().len(), 1, "{bad}");
    }
}

#[test]
fn contexts_are_words() {
    let with = |value: &str| {
        let document = json!({ "redirect_uris": ["https://rp.test/cb"], "default_acr_values": [value] });
        codes(&metadata(document))
    };
    assert_eq!(with("urn:mace:incommon:iap:silver"), []);
    for bad in ["", "a b", "\u{e9}"] {
        assert_eq!(with(bad), [ErrorCode::InvalidClientMetadata], "{bad:?}");
    }
}

#[test]
fn sizes_are_bounded() {
    let many: Vec<_> = (0..51).map(|n| format!("https://rp.test/{n}")).collect();
    assert_eq!(
        codes(&metadata(json!({ "redirect_uris": many }))),
        [ErrorCode::InvalidRedirectUri]
    );
    assert_eq!(
        codes(&web(&format!("https://rp.test/{}", "x".repeat(2000)))),
        [ErrorCode::InvalidRedirectUri]
    );
    assert!(parse_document(&format!("{{\"x\":\"{}\"}}", "x".repeat(MAX_METADATA_BYTES))).is_err());
}

#[test]
fn client_ids_are_plain_and_never_a_sub() {
    let longest = "x".repeat(255);
    for good in ["web", "my-app_1.2~3", "urn:example:app", "app@example", &longest] {
        assert_eq!(check_client_id(good), Ok(()), "{good}");
    }
    let too_long = "x".repeat(256);
    for bad in [
        "",
        "a b",
        "a\"b",
        "<web>",
        "zoë",
        "a\nb",
        "..",
        "https://rp.test/client",
        "6BA7B810-9dad-41d1-80b4-00c04fd430c8",
        "6ba7b8109dad41d180b400c04fd430c8",
        "{6ba7b810-9dad-41d1-80b4-00c04fd430c8}",
        "urn:uuid:6ba7b810-9dad-41d1-80b4-00c04fd430c8",
        "URN:UUID:6BA7B810-9DAD-41D1-80B4-00C04FD430C8",
        &too_long,
    ] {
        assert!(check_client_id(bad).is_err(), "{bad:?}");
    }
    let made = generate_client_id(&kernel::SystemEntropy);
    assert_eq!(made.len(), 19);
    assert_eq!(check_client_id(&made), Ok(()));
}
