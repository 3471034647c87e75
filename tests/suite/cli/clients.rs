//! Clients nobody here wrote: registered by flags and by documents of every kind.

use serde_json::{Value, json};

use super::installation::{Installation, talk};
use crate::cast::CALLBACK;

/// A document with every member that can be kept.
fn everything() -> Value {
    json!({
        "client_id": "app", "redirect_uris": [CALLBACK, "https://rp.test/cb?a=b"],
        "post_logout_redirect_uris": ["https://rp.test/bye"], "token_endpoint_auth_method": "client_secret_post",
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"], "response_types": ["code"],
        "client_name": "App", "client_name#de": "Anwendung", "client_name#ja-Hira-JP": "\u{3042}",
        "client_uri": "https://rp.test/", "client_uri#de": "https://rp.test/de",
        "logo_uri": "https://rp.test/logo.png", "tos_uri": "https://rp.test/tos", "policy_uri": "https://rp.test/privacy",
        "scope": "openid email wine:read", "contacts": ["ops@rp.test"], "application_type": "web",
        "id_token_signed_response_alg": "ES256", "default_max_age": 3600, "require_auth_time": true,
        "default_acr_values": ["1"], "backchannel_logout_uri": "https://rp.test/out",
        "backchannel_logout_session_required": true, "allowed_cors_origins": ["https://spa.rp.test"],
        "id_token_claims": ["groups"], "software_id": "4NRB1-0XZABZI9E6-5SM3R", "software_version": "2.1",
        "jwks_uri": "https://rp.test/keys", "sector_identifier_uri": "https://rp.test/sector", "subject_type": "public",
        "initiate_login_uri": "https://rp.test/login", "request_uris": ["https://rp.test/request"],
        "frontchannel_logout_uri": "https://rp.test/front", "frontchannel_logout_session_required": false,
        "request_object_signing_alg": "ES256", "token_endpoint_auth_signing_alg": "ES256",
        "dpop_bound_access_tokens": false, "x_color": { "r": 1 },
        "first_party": true, "require_pkce": true, "resources": ["https://api.test"], "access_token_alg": "EdDSA",
        "resource_server_of": ["https://api.test"], "offline_access": "ends_with_session", "refresh_rotation": "off",
    })
}

#[test]
fn a_document_is_kept_whole_and_can_be_copied() {
    let installation = Installation::new();
    let document = everything();
    let create = ["client", "create", "--metadata", "-", "--json"];
    let output = installation.fed(&create, &document.to_string());
    assert!(output.status.success(), "{output:?}");
    let warned = talk(&output);
    for (member, words) in [
        ("wine:read", "nobody here defines it"),
        ("resources \"https://api.test\"", "no API is registered"),
        ("jwks_uri", "nothing here acts on it yet"),
        ("frontchannel_logout_uri", "nothing here acts on it yet"),
    ] {
        assert!(
            warned
                .lines()
                .any(|line| line.contains(member) && line.contains(words)),
            "{member}: {warned}"
        );
    }
    let made: Value = serde_json::from_slice(&output.stdout).unwrap();
    for (name, value) in document.as_object().unwrap() {
        assert_eq!(&made[name], value, "{name}");
    }
    assert!(made["client_secret"].is_string());

    let shown = installation.json(&["client", "show", "app"], "");
    assert!(
        shown.get("client_secret").is_none() && shown["enabled"] == true,
        "{shown}"
    );
    let mut copy = create.to_vec();
    copy.extend(["--client-id", "copy"]);
    let copied = installation.fed(&copy, &shown.to_string());
    assert!(copied.status.success(), "{copied:?}");
    let copied = installation.json(&["client", "show", "copy"], "");
    assert_eq!(copied["resources"], shown["resources"]);
    assert_eq!(copied["client_name#de"], "Anwendung");
}

#[test]
fn flags_change_all_of_it() {
    let installation = Installation::new();
    let resource = [
        "resource",
        "create",
        "--identifier",
        "https://api.test",
        "--scope",
        "notes:read",
    ];
    installation.json(&resource, "");
    let service = [
        "client",
        "create",
        "--client-id",
        "m2m",
        "--grant",
        "client_credentials",
    ];
    let output = installation.fed(&[&service[..], &["--resource", "https://api.test"]].concat(), "");
    assert!(
        output.status.success() && !talk(&output).contains("warning"),
        "{output:?}"
    );
    let service = installation.json(&["client", "show", "m2m"], "");
    assert_eq!(
        (&service["grant_types"], &service["response_types"]),
        (&json!(["client_credentials"]), &json!([]))
    );
    let server = [
        "client",
        "create",
        "--client-id",
        "api",
        "--resource-server-of",
        "https://api.test",
    ];
    assert_eq!(installation.json(&server, "")["grant_types"], json!([]));

    let mut update = vec![
        "client",
        "update",
        "m2m",
        "--grant",
        "authorization_code",
        "--grant",
        "refresh_token",
    ];
    update.extend([
        "--redirect-uri",
        CALLBACK,
        "--backchannel-logout-uri",
        "https://rp.test/out",
    ]);
    update.extend([
        "--cors-origin",
        "https://spa.test",
        "--id-token-claim",
        "groups",
        "--id-token-claim",
        "roles",
    ]);
    update.extend([
        "--offline-access",
        "ends_with_session",
        "--jwks-uri",
        "https://rp.test/keys",
        "--resource",
        "",
    ]);
    let changed = installation.json(&update, "");
    assert_eq!(changed["response_types"], json!(["code"]));
    assert_eq!(changed["backchannel_logout_uri"], "https://rp.test/out");
    assert_eq!(changed["allowed_cors_origins"], json!(["https://spa.test"]));
    assert_eq!(changed["id_token_claims"], json!(["groups", "roles"]));
    assert_eq!(changed["offline_access"], "ends_with_session");
    assert!(changed.get("resources").is_none(), "{changed}");

    let keys = installation.path("keys.json");
    std::fs::write(
        &keys,
        r#"{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}"#,
    )
    .unwrap();
    let changed = installation.json(&["client", "update", "m2m", "--jwks", keys.to_str().unwrap()], "");
    assert!(
        changed.get("jwks_uri").is_none() && changed["jwks"]["keys"][0]["kty"] == "EC",
        "{changed}"
    );
}

#[test]
fn what_cannot_be_is_refused_by_name() {
    let installation = Installation::new();
    let rows = [
        (
            json!({ "client_id": "6ba7b8109dad41d180b400c04fd430c8" }),
            "client_id",
        ),
        (
            json!({ "grant_types": ["client_credentials"], "token_endpoint_auth_method": "none" }),
            "grant_types",
        ),
        (json!({ "grant_types": [] }), "grant_types"),
        (json!({ "allowed_cors_origins": ["*"] }), "allowed_cors_origins"),
        (
            json!({ "allowed_cors_origins": ["null"] }),
            "allowed_cors_origins",
        ),
        (
            json!({ "allowed_cors_origins": ["https://spa.test/"] }),
            "allowed_cors_origins",
        ),
        (json!({ "id_token_claims": ["openid"] }), "id_token_claims"),
        (json!({ "subject_type": "pairwise" }), "subject_type"),
        (
            json!({ "dpop_bound_access_tokens": true }),
            "dpop_bound_access_tokens",
        ),
        (
            json!({ "userinfo_signed_response_alg": "RS256" }),
            "userinfo_signed_response_alg",
        ),
        (
            json!({ "jwks": { "keys": [{ "kty": "oct", "k": "AA" }] } }),
            "jwks",
        ),
        (
            json!({ "jwks": { "keys": [] }, "jwks_uri": "https://rp.test/keys" }),
            "jwks",
        ),
        (
            json!({ "registration_access_token": "x" }),
            "registration_access_token",
        ),
        (json!({ "enabled": false }), "enabled"),
        (json!({ "first_party": "yes" }), "first_party"),
        (json!({ "resources": ["notes"] }), "resources"),
    ];
    for (mut document, member) in rows {
        if document.get("grant_types").is_none() {
            document["redirect_uris"] = json!([CALLBACK]);
        }
        let output = installation.fed(&["client", "create", "--metadata", "-"], &document.to_string());
        assert_eq!(output.status.code(), Some(2), "{document}: {output:?}");
        assert!(talk(&output).contains(member), "{document}: {output:?}");
    }
    assert_eq!(installation.json(&["client", "list"], ""), json!([]));
}

#[test]
fn two_secrets_are_shown_by_id_and_either_is_withdrawn() {
    let installation = Installation::new();
    let create = [
        "client",
        "create",
        "--client-id",
        "app",
        "--redirect-uri",
        CALLBACK,
    ];
    installation.json(&create, "");
    let secrets = || {
        let shown = installation.json(&["client", "show", "app"], "");
        assert!(shown.get("client_secret").is_none());
        shown["client_secrets"].as_array().unwrap().clone()
    };
    assert_eq!(secrets().len(), 1);
    let rotate = ["client", "rotate-secret", "app", "--keep-old", "24h", "--yes"];
    assert!(installation.json(&rotate, "")["client_secret"].is_string());
    let two = secrets();
    assert_eq!(two.len(), 2);
    assert!(two[0].get("expires_at").is_none() && two[1]["expires_at"].is_string());
    let old = two[1]["id"].as_str().unwrap();
    installation.json(&["client", "withdraw-secret", "app", old, "--yes"], "");
    assert_eq!(secrets(), two[..1]);
    let last = two[0]["id"].as_str().unwrap();
    for (arguments, reason) in [
        (
            ["client", "withdraw-secret", "app", last, "--yes"],
            "has no other secret",
        ),
        (
            ["client", "withdraw-secret", "app", old, "--yes"],
            "there is no secret",
        ),
    ] {
        let refused = installation.fed(&arguments, "");
        assert!(
            !refused.status.success() && talk(&refused).contains(reason),
            "{refused:?}"
        );
    }
}
