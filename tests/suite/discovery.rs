//! Discovery (OpenID Connect Discovery 1.0, RFC 8414): nothing is promised that is not there.

use serde_json::Value;

use crate::actors::browser::http;
use crate::rig::Provider;

fn json(url: &str) -> Value {
    let response = http().get(url).send().unwrap();
    assert_eq!(response.status().as_u16(), 200, "{url}");
    serde_json::from_str(&response.text().unwrap()).unwrap()
}

fn words<'a>(document: &'a Value, name: &str) -> Vec<&'a str> {
    document[name]
        .as_array()
        .unwrap_or_else(|| panic!("{name}"))
        .iter()
        .map(|word| word.as_str().unwrap())
        .collect()
}

#[test]
fn both_documents_say_the_same_and_name_this_issuer() {
    let provider = Provider::start();
    let openid = json(&provider.url("/.well-known/openid-configuration"));
    assert_eq!(
        openid,
        json(&provider.url("/.well-known/oauth-authorization-server"))
    );
    assert_eq!(openid["issuer"], provider.issuer);
}

#[test]
fn every_endpoint_is_there() {
    let provider = Provider::start();
    let document = json(&provider.url("/.well-known/openid-configuration"));
    let endpoints = document.as_object().unwrap().iter();
    let mut count = 0;
    for (name, url) in endpoints.filter(|(name, _)| name.ends_with("_endpoint") || *name == "jwks_uri") {
        let url = url.as_str().unwrap();
        assert!(url.starts_with(&provider.issuer), "{name}: {url}");
        let status = http().get(url).send().unwrap().status().as_u16();
        assert!(status != 404 && status < 500, "{name}: {status}");
        count += 1;
    }
    assert!(count >= 5, "{document}");
}

#[test]
fn what_is_promised_is_what_is_done() {
    let provider = Provider::start();
    let document = json(&provider.url("/.well-known/openid-configuration"));
    assert_eq!(words(&document, "response_types_supported"), ["code"]);
    assert_eq!(words(&document, "code_challenge_methods_supported"), ["S256"]);
    assert_eq!(
        words(&document, "grant_types_supported"),
        ["authorization_code", "refresh_token", "client_credentials"]
    );
    let (proof, any) = (
        ["client_secret_basic", "client_secret_post"],
        ["client_secret_basic", "client_secret_post", "none"],
    );
    assert_eq!(
        words(&document, "introspection_endpoint_auth_methods_supported"),
        proof
    );
    for endpoint in ["token", "revocation"] {
        assert_eq!(
            words(&document, &format!("{endpoint}_endpoint_auth_methods_supported")),
            any
        );
    }
    for promised in [
        "authorization_response_iss_parameter_supported",
        "claims_parameter_supported",
        "backchannel_logout_supported",
        "backchannel_logout_session_supported",
    ] {
        assert_eq!(document[promised], true, "{promised}");
    }
    for absent in ["request_parameter_supported", "request_uri_parameter_supported"] {
        assert_ne!(document[absent], true, "{absent}");
    }
    let keys = json(document["jwks_uri"].as_str().unwrap());
    let offered = words(&document, "id_token_signing_alg_values_supported");
    for key in keys["keys"].as_array().unwrap() {
        assert!(offered.contains(&key["alg"].as_str().unwrap()), "{key}");
    }
}

#[test]
fn the_key_set_is_public_and_can_be_kept() {
    let provider = Provider::start();
    let first = http().get(provider.url("/jwks")).send().unwrap();
    let tag = first.headers()["etag"].clone();
    let keys: Value = serde_json::from_str(&first.text().unwrap()).unwrap();
    let keys = keys["keys"].as_array().unwrap();
    let mut kids = std::collections::BTreeSet::new();
    for key in keys {
        for private in ["d", "p", "q", "dp", "dq", "qi", "k", "oth"] {
            assert!(key.get(private).is_none(), "{private}");
        }
        assert_eq!(key["use"], "sig");
        assert!(kids.insert(key["kid"].as_str().unwrap()), "a kid appears twice");
    }
    // One that signs and one spare for each algorithm.
    assert_eq!(keys.len(), 6);
    let again = http()
        .get(provider.url("/jwks"))
        .header("if-none-match", tag)
        .send()
        .unwrap();
    assert_eq!(again.status().as_u16(), 304);
}

#[test]
fn another_host_name_is_not_ours() {
    let provider = Provider::start();
    let request = http()
        .get(provider.url("/.well-known/openid-configuration"))
        .header("host", "evil.test");
    assert_eq!(request.send().unwrap().status().as_u16(), 421);
    let person = http()
        .get(provider.url("/account"))
        .header("host", "evil.test")
        .header("accept", "text/html,application/xhtml+xml");
    let page = person.send().unwrap();
    assert_eq!(page.status().as_u16(), 421);
    let told = page.text().unwrap();
    assert!(told.contains(&format!("href=\"{}\"", provider.url(""))), "{told}");
    assert!(!told.contains("evil.test"));
}
