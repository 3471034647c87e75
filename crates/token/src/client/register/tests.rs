use protocol::Scope;
use serde_json::json;

use super::*;
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
fn honest_redirect_uris_are_taken() {
    for uri in [
        "https://rp.test/cb",
        "https://rp.test",
        "https://rp.test:8443/cb?dummy1=lorem&dummy2=ipsum",
        "https://RP.test/cb",
        "https://xn--r-0tb.test/cb",
        "https://192.0.2.1/cb",
        "http://127.0.0.1/cb",
        "http://127.0.0.1:8081/cb",
        "http://[::1]:8081/cb",
        "http://localhost:8081/cb",
    ] {
        assert_eq!(faults(&web(uri)), [], "{uri}");
    }
}

#[test]
fn patterns_are_not_redirect_uris() {
    for uri in [
        "*",
        "https://*.rp.test/*",
        "https://rp.test/.*",
        "https://rp.test/cb*",
    ] {
        assert_eq!(codes(&web(uri)), [ErrorCode::InvalidRedirectUri], "{uri}");
    }
}

const DANGEROUS: [&str; 12] = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "javascript://rp.test/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:https://rp.test/1",
    " javascript:alert(1)",
    "\tjavascript:alert(1)",
    "java\nscript:alert(1)",
    "\u{1}javascript:alert(1)",
    "view-source:https://rp.test/",
];

#[test]
fn dangerous_schemes_are_refused_everywhere() {
    for uri in DANGEROUS {
        assert_eq!(codes(&web(uri)), [ErrorCode::InvalidRedirectUri], "{uri:?}");
        assert_eq!(codes(&public(uri)), [ErrorCode::InvalidRedirectUri], "{uri:?}");
        let after_logout =
            json!({ "redirect_uris": ["https://rp.test/cb"], "post_logout_redirect_uris": [uri] });
        assert_eq!(
            codes(&metadata(after_logout)),
            [ErrorCode::InvalidRedirectUri],
            "{uri:?}"
        );
        for member in [
            "client_uri",
            "policy_uri",
            "tos_uri",
            "logo_uri",
            "logo_uri#de",
            "initiate_login_uri",
        ] {
            let link = metadata(json!({ "redirect_uris": ["https://rp.test/cb"], member: uri }));
            assert_eq!(
                codes(&link),
                [ErrorCode::InvalidClientMetadata],
                "{member} {uri:?}"
            );
        }
    }
}

#[test]
fn redirect_uris_mean_to_browsers_what_they_say() {
    for uri in [
        "",
        "cb",
        "/cb",
        "//rp.test/cb",
        "https:",
        "https://",
        "https:rp.test/cb",
        "https:/rp.test/cb",
        "https:///rp.test/cb",
        "https://rp.test/cb#",
        "https://rp.test/cb#f",
        "https://user@rp.test/cb",
        "https://rp.test@evil.test/cb",
        "https://a@b@rp.test/cb",
        "https://:@rp.test/cb",
        "https://evil.test\\@rp.test/cb",
        "https://rp.test%00.evil.test/cb",
        "https://rp%2etest/cb",
        "https://rp.test:99999/cb",
        "https://rp.test:/cb",
        "https://rp.test/c b",
        "https://rp.test/cb\r\n",
        "https://rр.test/cb",
        "https://rp.test/ü",
        "https://0x7f000001/cb",
        "https://2130706433/cb",
    ] {
        assert_eq!(codes(&web(uri)), [ErrorCode::InvalidRedirectUri], "{uri:?}");
    }
}

#[test]
fn plain_http_is_for_loopback_whatever_the_client() {
    for uri in [
        "http://rp.test/cb",
        "HTTP://rp.test/cb",
        "http://127.0.0.2/cb",
        "http://127.1/cb",
        "http://0x7f000001/cb",
        "http://[::ffff:127.0.0.1]/cb",
        "http://127.0.0.1.evil.test/cb",
        "http://localhost.evil.test/cb",
        "http://localhost./cb",
        "http://10.0.0.1/cb",
    ] {
        assert_eq!(codes(&web(uri)), [ErrorCode::InvalidRedirectUri], "{uri}");
        assert_eq!(codes(&public(uri)), [ErrorCode::InvalidRedirectUri], "{uri}");
    }
}

#[test]
fn custom_schemes_are_reverse_domains_of_public_clients() {
    for uri in [
        "com.example.app:/cb",
        "com.example.app://cb",
        "COM.example.app:/cb?x=1",
    ] {
        assert_eq!(faults(&public(uri)), [], "{uri}");
        assert_eq!(codes(&web(uri)), [ErrorCode::InvalidRedirectUri], "{uri}");
    }
    for uri in [
        "myapp://x",
        "myapp:/cb",
        "urn:ietf:wg:oauth:2.0:oob",
        "com.example.app:cb",
        "com.example.app:",
        "com..app:/cb",
        ".com:/cb",
        "com.:/cb",
        "com.example.app://user@cb/",
        "com.example.app:/cb#f",
    ] {
        assert_eq!(codes(&public(uri)), [ErrorCode::InvalidRedirectUri], "{uri}");
    }
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
fn places_we_would_call_are_judged() {
    let with = |member: &str, value: Value| {
        let mut document = json!({ "redirect_uris": ["https://rp.test/cb"] });
        document[member] = value;
        codes(&metadata(document))
    };
    for member in [
        "backchannel_logout_uri",
        "jwks_uri",
        "sector_identifier_uri",
        "backchannel_client_notification_endpoint",
    ] {
        assert_eq!(with(member, json!("https://rp.test/x?y=z")), [], "{member}");
        let bad = [
            "http://rp.test/x",
            "https://rp.test/x#y",
            "https://me@rp.test/",
            "https://2130706433/",
            "rp.test",
        ];
        for uri in bad.into_iter().chain(DANGEROUS) {
            assert_eq!(
                with(member, json!(uri)),
                [ErrorCode::InvalidClientMetadata],
                "{member} {uri:?}"
            );
        }
    }
    assert_eq!(with("request_uris", json!(["https://rp.test/r#digest"])), []);
    assert_eq!(
        with("request_uris", json!(["http://rp.test/r"])),
        [ErrorCode::InvalidClientMetadata]
    );
    assert_eq!(
        with("frontchannel_logout_uri", json!("http://rp.test/")),
        [ErrorCode::InvalidClientMetadata]
    );
}

#[test]
fn origins_are_written_as_browsers_write_them() {
    let with = |origin: &str| {
        let document = json!({ "redirect_uris": ["https://rp.test/cb"], "allowed_cors_origins": [origin] });
        faults(&metadata(document))
    };
    for good in [
        "https://app.test",
        "https://app.test:8443",
        "http://localhost:5173",
        "http://127.0.0.1:3000",
    ] {
        assert_eq!(with(good), [], "{good}");
    }
    for bad in [
        "*",
        "null",
        "",
        "app.test",
        "https://app.test/",
        "https://app.test/x",
        "https://app.test:443",
        "https://APP.test",
        "https://*.app.test",
        "https://me@app.test",
        "http://app.test",
        "file:///x",
        "capacitor://localhost",
        " https://app.test",
    ] {
        assert_eq!(with(bad).len(), 1, "{bad:?}");
    }
    let told = with("https://App.test/x")[0].to_string();
    assert!(told.ends_with("write \"https://app.test\""), "{told}");
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
fn an_operator_says_more_than_a_client_may() {
    let json = r#"{"client_id":"web","redirect_uris":["https://rp.test/cb"],"first_party":true,"resources":["urn:x"],
        "access_token_alg":"EdDSA","offline_access":"ends_with_session","enabled":true,"created_at":"x","updated_at":"y"}"#;
    let client = parse_document(json).unwrap();
    let refused = faults(&client.metadata);
    assert_eq!(refused.len(), 7, "{refused:?}");
    assert!(
        refused
            .iter()
            .all(|fault| fault.reason.contains("not the client's to say"))
    );

    let OperatorDocument { registration, policy } = parse_operator_document(json).unwrap();
    assert!(registration.metadata.other.is_empty());
    let mut decided = ClientPolicy {
        require_pkce: true,
        ..ClientPolicy::default()
    };
    policy.apply(&mut decided);
    assert!(decided.first_party && decided.require_pkce);
    assert_eq!(decided.resources, ["urn:x"]);
    let Warnings(warnings) = judged(&registration.metadata, &decided).unwrap();
    assert!(
        warnings[0].starts_with("resources \"urn:x\": no API is registered"),
        "{warnings:?}"
    );

    let wrong = parse_operator_document(r#"{"first_party":"yes","offline_access":"never","client_name":1}"#);
    assert_eq!(wrong.unwrap_err().len(), 3);
    let disabled = parse_operator_document(r#"{"enabled":false}"#).unwrap();
    assert!(
        faults(&disabled.registration.metadata)
            .iter()
            .any(|fault| fault.field == "enabled")
    );
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
fn documents_of_wrong_shape_get_readable_answers() {
    for (document, expected) in [
        (
            "",
            "metadata: the document is not JSON: EOF while parsing a value at line 1 column 0",
        ),
        ("[]", "metadata: the document is not a JSON object"),
        (
            r#"{"redirect_uris":"https://rp.test/cb"}"#,
            "is not a list of strings",
        ),
        (
            r#"{"redirect_uris":["https://rp.test/cb",null]}"#,
            "redirect_uris: is not a list of strings",
        ),
        (
            r#"{"default_max_age":-1}"#,
            "default_max_age \"-1\": is not a whole number of seconds",
        ),
        (
            r#"{"token_endpoint_auth_method":"private_key_jwt"}"#,
            "token_endpoint_auth_method \"private_key_jwt\": is not offered here; there are \"client_secret_basic\", \
             \"client_secret_post\", \"none\"",
        ),
        (
            r#"{"id_token_signed_response_alg":"none"}"#,
            "there are \"RS256\", \"ES256\", \"EdDSA\"",
        ),
        (
            r#"{"application_type":"service"}"#,
            "there are \"web\", \"native\"",
        ),
        (r#"{"subject_type":"pairwise"}"#, "there is only \"public\""),
        (
            r#"{"software_version":3}"#,
            "software_version \"3\": is not a string",
        ),
        (
            r#"{"request_uris":"https://rp.test/r"}"#,
            "is not a list of strings",
        ),
        (r#"{"jwks":{"keys":"none"}}"#, "is not a JWK set"),
        (
            r#"{"jwks":{"keys":[{"kty":"EC","d":"x"}]}}"#,
            "holds a private or symmetric key",
        ),
        (
            r#"{"jwks":{"keys":[{"kty":"oct","k":"x"}]}}"#,
            "holds a private or symmetric key",
        ),
        (
            r#"{"redirect_uris#de":["https://rp.test/cb"]}"#,
            "is the same in all of them",
        ),
        (r#"{"client_name#":"x"}"#, "does not end in a language tag"),
        (r#"{"client_name#de":7}"#, "client_name#de \"7\": is not a string"),
    ] {
        let faults = parse_document(document).unwrap_err();
        assert!(
            faults[0].to_string().contains(expected),
            "{document}: {}",
            faults[0]
        );
        assert_eq!(faults[0].code, ErrorCode::InvalidClientMetadata);
    }
}

#[test]
fn documents_survive_with_members_nobody_knows() {
    let document = parse_document(
        r#"{"client_id":"web","client_id_issued_at":1,"redirect_uris":["https://rp.test/cb"],"client_name":null,
            "client_name#de":"Netz","x_color":"blue","scope":"openid wine:read"}"#,
    )
    .unwrap();
    assert_eq!(document.client_id.as_deref(), Some("web"));
    assert_eq!(
        document.metadata.other.keys().collect::<Vec<_>>(),
        ["client_name#de", "x_color"]
    );
    let warnings = judged(&document.metadata, &ClientPolicy::default()).unwrap();
    assert_eq!(
        warnings.0,
        ["scope \"wine:read\": nobody here defines it; it is kept and ignored"]
    );
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
