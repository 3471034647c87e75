use super::*;
use serde_json::json;

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
    validate(metadata, &ClientPolicy::default())
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
        "grant_types": ["authorization_code", "client_credentials", "password", "magic"],
        "response_types": ["code", "token"],
        "client_name": "A\nB",
        "scope": "open\"id",
        "jwks": { "keys": [] },
        "jwks_uri": "https://rp.test/jwks",
        "dpop_bound_access_tokens": true,
        "subject_type": "pairwise",
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
            "subject_type",
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
        messages[2].contains("\"client_credentials\": is not offered here yet"),
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
            "default_max_age: is not a whole number of seconds",
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
    let warnings = validate(&document.metadata, &ClientPolicy::default()).unwrap();
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
        &too_long,
    ] {
        assert!(check_client_id(bad).is_err(), "{bad:?}");
    }
    let made = generate_client_id(&kernel::SystemEntropy);
    assert_eq!(made.len(), 19);
    assert_eq!(check_client_id(&made), Ok(()));
}
