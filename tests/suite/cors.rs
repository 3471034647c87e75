//! Pages on other origins: whose may call, and whose may read the answer (ATTACKS: no origin but the client's own).

use reqwest::Method;
use reqwest::header::HeaderMap;

use crate::actors::Attacker;
use crate::actors::attacker::basic;
use crate::actors::browser::{encode, http};
use crate::apis;
use crate::cast::SECRET;
use crate::rig::Provider;

/// The origin of [`CALLBACK`](crate::cast::CALLBACK), where all clients of the cast have pages.
const COMMON: &str = "https://rp.test";
/// An origin that only `spa` registered.
const OWN: &str = "https://pages.test:8443";

fn provider() -> Provider {
    let provider = apis::provider();
    apis::change(&provider, "spa", |spa| {
        spa.metadata.allowed_cors_origins = vec![OWN.to_owned()]
    });
    provider
}

fn preflight(provider: &Provider, path: &str, origin: &str) -> (u16, HeaderMap) {
    let request = http()
        .request(Method::OPTIONS, provider.url(path))
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization");
    let response = request.send().unwrap();
    (response.status().as_u16(), response.headers().clone())
}

/// Who may read the answer to this form.
fn reader(
    provider: &Provider,
    path: &str,
    auth: Option<&str>,
    origin: &str,
    form: &[(&str, &str)],
) -> Option<String> {
    let mut request = http()
        .post(provider.url(path))
        .header("origin", origin)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(encode(form));
    if let Some(auth) = auth {
        request = request.header("authorization", auth);
    }
    allowed(request.send().unwrap().headers())
}

#[track_caller]
fn allowed(headers: &HeaderMap) -> Option<String> {
    assert!(!headers.contains_key("access-control-allow-credentials"));
    let origin = headers.get("access-control-allow-origin")?;
    assert!(
        headers.get_all("vary").iter().any(|value| value == "Origin"),
        "{headers:?}"
    );
    Some(origin.to_str().unwrap().to_owned())
}

#[test]
fn a_preflight_is_answered_for_origins_of_clients() {
    let provider = provider();
    for (path, methods) in [
        ("/token", "POST"),
        ("/revoke", "POST"),
        ("/userinfo", "GET, POST"),
    ] {
        for origin in [COMMON, OWN] {
            let (status, headers) = preflight(&provider, path, origin);
            assert_eq!(status, 204, "{path}");
            assert_eq!(allowed(&headers).as_deref(), Some(origin), "{path}");
            assert_eq!(headers["access-control-allow-methods"], methods);
            assert_eq!(
                headers["access-control-allow-headers"],
                "Authorization, Content-Type"
            );
            assert!(headers.contains_key("access-control-max-age"));
        }
        let foreign = [
            "null",
            "",
            "*",
            "https://rp.test.evil",
            "http://rp.test",
            "https://rp.test:444",
            "https://pages.test",
            "https://RP.test",
            "https://evil.test",
        ];
        for origin in foreign {
            let (_, headers) = preflight(&provider, path, origin);
            assert_eq!(allowed(&headers), None, "{path} {origin}");
        }
    }
    for path in ["/introspect", "/authorize", "/login", "/logout"] {
        assert_eq!(allowed(&preflight(&provider, path, COMMON).1), None, "{path}");
    }
}

#[test]
fn a_disabled_client_has_no_pages() {
    let provider = provider();
    apis::change(&provider, "spa", |spa| spa.enabled = false);
    assert_eq!(allowed(&preflight(&provider, "/token", OWN).1), None);
}

#[test]
fn the_answer_is_for_pages_of_this_client_only() {
    let provider = provider();
    let spa = [
        ("client_id", "spa"),
        ("grant_type", "refresh_token"),
        ("refresh_token", "x"),
    ];
    let ask = |origin: &str| reader(&provider, "/token", None, origin, &spa);
    assert_eq!(ask(OWN).as_deref(), Some(OWN), "errors can be read too");
    assert_eq!(ask(COMMON).as_deref(), Some(COMMON));
    for foreign in ["null", "https://rp.test.evil", "https://evil.test"] {
        assert_eq!(ask(foreign), None, "{foreign}");
    }
    let web = [("grant_type", "refresh_token"), ("refresh_token", "x")];
    let auth = basic("web", SECRET);
    assert_eq!(
        reader(&provider, "/token", Some(&auth), OWN, &web),
        None,
        "another client's"
    );
    assert_eq!(
        reader(&provider, "/token", Some(&auth), COMMON, &web).as_deref(),
        Some(COMMON)
    );
    let wrong = basic("web", "wrong");
    assert_eq!(
        reader(&provider, "/token", Some(&wrong), COMMON, &web),
        None,
        "nobody is nobody's"
    );
    let unknown = [("client_id", "nobody"), web[0]];
    assert_eq!(reader(&provider, "/token", None, COMMON, &unknown), None);

    let revoked = [("client_id", "spa"), ("token", "x")];
    assert_eq!(
        reader(&provider, "/revoke", None, OWN, &revoked).as_deref(),
        Some(OWN)
    );
    let asked = [("token", "x")];
    assert_eq!(
        reader(&provider, "/introspect", Some(&auth), COMMON, &asked),
        None
    );
}

#[test]
fn userinfo_can_be_read_with_its_challenge() {
    let provider = provider();
    let attacker = Attacker(&provider);
    let answer = attacker.redeem("web", &attacker.code("web", &[]));
    let token = answer.granted();
    let ask = |origin: &str| {
        let request = http().get(provider.url("/userinfo")).header("origin", origin);
        request.bearer_auth(token).send().unwrap()
    };
    let good = ask(COMMON);
    assert_eq!(
        (good.status().as_u16(), allowed(good.headers()).as_deref()),
        (200, Some(COMMON))
    );
    assert_eq!(allowed(ask(OWN).headers()), None);
    provider.wait(600);
    let late = ask(COMMON);
    assert_eq!(
        (late.status().as_u16(), allowed(late.headers()).as_deref()),
        (401, Some(COMMON))
    );
    assert_eq!(
        late.headers()["access-control-expose-headers"],
        "WWW-Authenticate"
    );
    let forged = http().get(provider.url("/userinfo")).header("origin", COMMON);
    assert_eq!(
        allowed(forged.bearer_auth(&token[1..]).send().unwrap().headers()),
        None
    );
}

#[test]
fn what_is_public_is_everybodys() {
    let provider = provider();
    for path in [
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        "/jwks",
    ] {
        let response = http()
            .get(provider.url(path))
            .header("origin", "https://evil.test");
        let response = response.send().unwrap();
        assert_eq!(response.headers()["access-control-allow-origin"], "*", "{path}");
    }
}
