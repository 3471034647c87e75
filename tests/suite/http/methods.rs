//! Addresses asked with a method they do not have (RFC 9110 15.5.6): people get a page, programs a short JSON.

use reqwest::Method;
use reqwest::header::ACCEPT;

use crate::actors::browser::http;
use crate::rig::Provider;

/// What a browser asks for when a person opens an address.
const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

#[test]
fn somebody_who_opens_an_address_for_programs_sees_a_page() {
    let provider = Provider::start();
    for path in ["/token", "/revoke", "/introspect"] {
        let answer = http()
            .get(provider.url(path))
            .header(ACCEPT, BROWSER)
            .send()
            .unwrap();
        assert_eq!(answer.status(), 405, "{path}");
        assert!(
            answer.headers()["allow"].to_str().unwrap().starts_with("POST"),
            "{path}"
        );
        assert_eq!(answer.headers()["cache-control"], "no-store");
        let id = answer.headers()["x-correlation-id"].to_str().unwrap().to_owned();
        let page = answer.text().unwrap();
        assert!(page.contains("<title>Error"), "{page}");
        assert!(page.contains(&id), "the page names its request");
    }
}

#[test]
fn a_program_is_told_in_json() {
    let provider = Provider::start();
    let asked = [
        (Method::GET, "/token", "POST, OPTIONS"),
        (Method::DELETE, "/userinfo", "GET, POST, OPTIONS"),
        (Method::PUT, "/login", "GET"),
        (Method::POST, "/.well-known/openid-configuration", "GET, HEAD"),
        (Method::from_bytes(b"BREW").unwrap(), "/authorize", "GET, POST"),
    ];
    for (method, path, allow) in asked {
        let answer = http().request(method, provider.url(path)).send().unwrap();
        assert_eq!(answer.status(), 405, "{path}");
        assert_eq!(answer.headers()["allow"], allow, "{path}");
        let told: serde_json::Value = serde_json::from_str(&answer.text().unwrap()).unwrap();
        assert_eq!(told["error"], "invalid_request", "{path}");
        assert_eq!(
            told["error_description"],
            format!("this address takes {allow} only")
        );
    }
}
