//! Documents of clients and of operators.

use super::*;

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
            "there are \"RS256\", \"PS256\", \"ES256\", \"ES384\", \"EdDSA\"",
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
