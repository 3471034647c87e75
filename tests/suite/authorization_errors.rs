//! Who is told what when an authorization request is wrong (RFC 6749 4.1.2.1): the person, on a page that redirects
//! nobody, until client and redirect URI are proven; the client from then on.

use url::Url;

use crate::actors::attacker::{Attacker, CHALLENGE};
use crate::actors::browser::{encode, param};
use crate::actors::{Browser, Page};
use crate::cast::CALLBACK;
use crate::rig::Provider;

/// An error page of the provider's own: nobody is redirected, nothing is kept.
#[track_caller]
fn assert_page(page: &Page, what: &str) {
    assert!((400..500).contains(&page.status), "{what}: {page:?}");
    assert_eq!(page.location(), None, "{what}");
    assert_eq!(page.header("cache-control"), "no-store", "{what}");
    assert!(page.title().starts_with("Error"), "{what}: {}", page.title());
}

/// An error for the client, at its redirect URI, with `iss` (RFC 9207) and this `state`.
#[track_caller]
fn assert_redirected(provider: &Provider, page: &Page, error: &str, state: Option<&str>) {
    let location = page.location().unwrap_or_else(|| panic!("{error}: {page:?}"));
    assert_eq!(page.status, 303);
    assert!(location.starts_with(&format!("{CALLBACK}?")), "{location}");
    let url = Url::parse(&location).unwrap();
    assert_eq!(param(&url, "error").as_deref(), Some(error), "{location}");
    assert_eq!(param(&url, "state").as_deref(), state, "{location}");
    assert_eq!(param(&url, "iss"), Some(provider.issuer.clone()), "{location}");
    assert_eq!(param(&url, "code"), None);
}

const STATE: Option<&str> = Some("a state & more");

#[test]
fn an_unknown_client_is_no_reason_to_redirect() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    for client_id in [None, Some(""), Some("nobody"), Some("WEB"), Some("web ")] {
        let page = attacker.authorize("web", &[("client_id", client_id)]);
        assert_page(&page, &format!("{client_id:?}"));
    }
}

#[test]
fn a_disabled_or_deleted_client_is_unknown() {
    let provider = Provider::start();
    provider.administer(|ports, ctx| {
        let actor = admin::Actor::named("suite");
        admin::clients::disable(ports, ctx, &actor, "web")?;
        admin::clients::delete(ports, ctx, &actor, "web2").map(drop)
    });
    for client_id in ["web", "web2"] {
        assert_page(&Attacker(&provider).authorize(client_id, &[]), client_id);
    }
}

#[test]
fn what_decides_the_target_may_not_be_said_twice() {
    let provider = Provider::start();
    let usual = Attacker(&provider).authorize_url("web", &[]);
    for (name, value) in [
        ("client_id", "web2"),
        ("client_id", "web"),
        ("redirect_uri", CALLBACK),
    ] {
        let page = Browser::new(&provider).get(&format!("{usual}&{}", encode(&[(name, value)])));
        assert_page(&page, name);
    }
    for name in ["scope", "state", "nonce"] {
        let page = Browser::new(&provider).get(&format!("{usual}&{name}=1&{name}=2"));
        assert_redirected(&provider, &page, "invalid_request", None);
    }
}

#[test]
fn what_is_wrong_comes_back_with_state_and_issuer() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let (long, huge) = ("x".repeat(4097), "1".repeat(30));
    let rows = [
        ("response_type", None, "invalid_request"),
        ("response_type", Some("foo"), "unsupported_response_type"),
        ("response_type", Some("token"), "unsupported_response_type"),
        (
            "response_type",
            Some("code id_token"),
            "unsupported_response_type",
        ),
        ("response_mode", Some("evil"), "invalid_request"),
        ("prompt", Some("none"), "login_required"),
        ("prompt", Some("none login"), "invalid_request"),
        ("prompt", Some("sometimes"), "invalid_request"),
        ("prompt", Some("consent none"), "invalid_request"),
        ("claims", Some("name"), "invalid_request"),
        ("claims", Some("[]"), "invalid_request"),
        ("claims", Some("{\"userinfo\":[]}"), "invalid_request"),
        ("claims", Some("{\"id_token\":{\"sub\":true}}"), "invalid_request"),
        (
            "claims",
            Some("{\"id_token\":{\"acr\":{\"essential\":true,\"value\":\"urn:strong\"}}}"),
            "unmet_authentication_requirements",
        ),
        ("acr_values", Some(&*long), "invalid_request"),
        ("max_age", Some("-1"), "invalid_request"),
        ("max_age", Some("abc"), "invalid_request"),
        ("max_age", Some("1e3"), "invalid_request"),
        ("max_age", Some(&*huge), "invalid_request"),
        ("resource", Some("https://api.evil.test"), "invalid_target"),
        ("request", Some("e30.e30."), "request_not_supported"),
        (
            "request_uri",
            Some("http://169.254.169.254/"),
            "request_uri_not_supported",
        ),
        ("registration", Some("{}"), "registration_not_supported"),
        ("id_token_hint", Some("e30.e30."), "invalid_request"),
        ("scope", None, "invalid_scope"),
        ("scope", Some("admin"), "invalid_scope"),
        ("scope", Some("open\"id"), "invalid_scope"),
        ("nonce", Some(&*long), "invalid_request"),
    ];
    for (name, value, error) in rows {
        let page = attacker.authorize("web", &[(name, value)]);
        assert_redirected(&provider, &page, error, STATE);
        assert_eq!(
            page.header("set-cookie"),
            "",
            "{name}: a refusal leaves nothing behind"
        );
    }
}

#[test]
fn what_is_too_long_for_us_is_refused_in_a_body_too() {
    let provider = Provider::start();
    let long = "x".repeat(16 * 1024 + 1);
    let claims = format!("{{\"userinfo\":{{\"{long}\":null}}}}");
    for (name, value) in [
        ("claims", &*claims),
        ("id_token_hint", &long),
        ("registration", &long),
    ] {
        let usual = Url::parse(&Attacker(&provider).authorize_url("web", &[])).unwrap();
        let mut fields: Vec<_> = usual.query_pairs().collect();
        fields.push((name.into(), value.into()));
        let pairs: Vec<_> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
        let page = Browser::new(&provider).post(&provider.url("/authorize"), &pairs);
        assert_redirected(&provider, &page, "invalid_request", STATE);
    }
}

#[test]
fn a_silent_request_without_consent_says_so() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let mut browser = Browser::new(&provider);
    browser.sign_in(&attacker.authorize_url("web", &[]), "alice");
    let page = browser.get(&attacker.authorize_url("other", &[("prompt", Some("none"))]));
    assert_redirected(&provider, &page, "consent_required", STATE);
}

#[test]
fn only_an_id_token_of_this_client_is_a_hint() {
    let (provider, elsewhere) = (Provider::start(), Provider::start());
    let attacker = Attacker(&provider);
    let foreign = Attacker(&elsewhere).redeem("web", &Attacker(&elsewhere).code("web", &[]));
    let own = attacker.redeem("web", &attacker.code("web", &[]));
    let unsigned = format!(
        "eyJhbGciOiJub25lIn0.{}.",
        own.text("id_token").split('.').nth(1).unwrap()
    );
    let for_another = attacker.redeem("web2", &attacker.code("web2", &[]));
    let hints = [
        &*unsigned,
        foreign.text("id_token"),
        own.text("access_token"),
        for_another.text("id_token"),
    ];
    for hint in hints {
        let page = attacker.authorize("web", &[("id_token_hint", Some(hint))]);
        assert_redirected(&provider, &page, "invalid_request", STATE);
    }
    let page = attacker.authorize("web", &[("id_token_hint", Some(own.text("id_token")))]);
    assert!(page.location().unwrap().starts_with(&provider.url("/login/")));
}

#[test]
fn redirect_uris_are_compared_byte_for_byte() {
    let provider = Provider::start();
    let rows = [
        "",
        "https://rp.test/cb/",
        "https://rp.test/CB",
        "https://rp.test/cb?x=1",
        "https://rp.test/cb#f",
        "https://rp.test/cb/..;/x",
        "https://rp.test/cb%2f..%2fx",
        "https://RP.TEST/cb",
        "https://rp.test:443/cb",
        "http://rp.test/cb",
        "https://rp.test@evil.test/cb",
        "https://a@b@rp.test/cb",
        "https://evil.test\\@rp.test/cb",
        "https://rp.test.evil.test/cb",
        "https://rp.test%00.evil.test/cb",
        "https://rp.test/cb\t",
        "https://rp.test/\r\ncb",
        " https://rp.test/cb",
        "https://rр.test/cb",
        "https://xn--r-0tb.test/cb",
        "https://rpXtest/cb",
        "javascript:alert(1)",
        "//rp.test/cb",
        "/cb",
    ];
    for redirect_uri in rows {
        let page = Attacker(&provider).authorize("web", &[("redirect_uri", Some(redirect_uri))]);
        assert_page(&page, redirect_uri);
    }
    for client_id in ["web", "native", "query"] {
        assert_page(
            &Attacker(&provider).authorize(client_id, &[("redirect_uri", None)]),
            client_id,
        );
    }
}

#[test]
fn a_native_app_chooses_the_port_and_nothing_else() {
    let provider = Provider::start();
    let ask = |uri: &str| Attacker(&provider).authorize("native", &[("redirect_uri", Some(uri))]);
    for uri in [
        "http://127.0.0.1/cb",
        "http://127.0.0.1:1/cb",
        "http://127.0.0.1:65535/cb",
    ] {
        assert!(
            ask(uri)
                .location()
                .is_some_and(|to| to.starts_with(&provider.url("/login/"))),
            "{uri}"
        );
    }
    for host in [
        "localhost",
        "127.0.0.2",
        "127.1",
        "0x7f000001",
        "[::ffff:127.0.0.1]",
        "127.0.0.1.evil.test",
    ] {
        assert_page(&ask(&format!("http://{host}:5000/cb")), host);
    }
    for uri in [
        "http://127.0.0.1:5000/other",
        "https://127.0.0.1:5000/cb",
        "http://127.0.0.1:5000/cb?x=1",
    ] {
        assert_page(&ask(uri), uri);
    }
}

#[test]
fn a_registered_query_is_kept_on_success_and_on_error() {
    let provider = Provider::start();
    let registered = format!("{CALLBACK}?dummy1=lorem&dummy2=ipsum");
    let attacker = Attacker(&provider);
    let uri = ("redirect_uri", Some(&*registered));
    let error = attacker
        .authorize("query", &[uri, ("prompt", Some("none"))])
        .location()
        .unwrap();
    let success = Browser::new(&provider).sign_in(&attacker.authorize_url("query", &[uri]), "alice");
    for landed in [&*error, success.as_str()] {
        assert!(landed.starts_with(&format!("{registered}&")), "{landed}");
        assert_eq!(landed.matches("dummy").count(), 2, "{landed}");
    }
    assert!(param(&success, "code").is_some());
}

#[test]
fn our_error_page_reflects_nothing() {
    let provider = Provider::start();
    let bait = "<svg onload=alert(1)>";
    let query = encode(&[
        ("error", bait),
        ("error_description", bait),
        ("error_hint", bait),
        ("client_id", bait),
    ]);
    for path in ["/authorize", "/error", "/login/none", "/consent/none", "/"] {
        let page = Browser::new(&provider).get(&provider.url(&format!("{path}?{query}")));
        assert!(!page.body.contains("<svg onload"), "{path}");
    }
    let uri = format!("https://evil.test/{bait}");
    let page = Attacker(&provider).authorize("web", &[("redirect_uri", Some(&*uri))]);
    assert_page(&page, &uri);
    assert!(!page.body.contains("<svg onload"));
}

#[test]
fn a_login_hint_is_text_and_says_nothing_about_accounts() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let page = |hint: &str| {
        let url = attacker.authorize_url("web", &[("login_hint", Some(hint))]);
        Browser::new(&provider).open(&url).page()
    };
    let hostile = page("\"><img src=x onerror=1>");
    assert!(!hostile.body.contains("<img"), "{}", hostile.body);
    assert!(
        hostile.body.contains("&#60;img") || hostile.body.contains("&lt;img"),
        "{}",
        hostile.body
    );
    let without_secrets = |page: Page, name: &str| {
        let lines = page.body.lines().filter(|line| {
            !["name=\"csrf\"", "<form", "interaction="]
                .iter()
                .any(|own| line.contains(own))
        });
        lines.collect::<String>().replace(name, "NAME")
    };
    assert_eq!(
        without_secrets(page("alice"), "alice"),
        without_secrets(page("nobody"), "nobody")
    );
}

#[test]
fn methods_and_bodies_are_what_they_should_be() {
    let provider = Provider::start();
    let http = crate::actors::browser::http();
    let put = http.put(provider.url("/authorize")).send().unwrap();
    assert_eq!(
        (put.status().as_u16(), &put.headers()["allow"]),
        (405, &"GET, POST".parse().unwrap())
    );
    let get = http.get(provider.url("/token")).send().unwrap();
    assert_eq!(
        (get.status().as_u16(), &get.headers()["allow"]),
        (405, &"POST, OPTIONS".parse().unwrap())
    );
    for path in ["/authorize", "/token"] {
        let json = http
            .post(provider.url(path))
            .header("content-type", "application/json")
            .body("{}");
        assert_eq!(json.send().unwrap().status().as_u16(), 415, "{path}");
    }
}

#[test]
fn a_hundred_kilobytes_of_scope_are_refused_by_size() {
    let provider = Provider::start();
    let scope = "a ".repeat(50_000);
    // The HTTP client itself sends no address beyond 64 KB.
    let half = Some(&scope[..25_000]);
    assert_eq!(
        Attacker(&provider).authorize("web", &[("scope", half)]).status,
        414
    );
    let answer = Attacker(&provider).token("web", &[("grant_type", "refresh_token"), ("scope", &*scope)]);
    assert_eq!(answer.status, 413);
}

#[test]
fn no_page_can_be_framed_or_kept() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let mut browser = Browser::new(&provider);
    let sign_in = browser.open(&attacker.authorize_url("web", &[])).page();
    browser.sign_in(&attacker.authorize_url("web", &[]), "alice");
    let consent = browser.open(&attacker.authorize_url("other", &[])).page();
    let choose = [("prompt", Some("select_account"))];
    let chooser = browser.open(&attacker.authorize_url("web", &choose)).page();
    let mut pages = vec![sign_in, consent, chooser];
    for path in [
        "/",
        "/login",
        "/logout",
        "/reset",
        "/account",
        "/account/sessions",
        "/account/apps",
        "/account/password",
        "/authorize?client_id=nobody",
        "/nowhere",
    ] {
        pages.push(browser.open(&provider.url(path)).page());
    }
    for page in pages {
        let policy = page.header("content-security-policy");
        for rule in [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "object-src 'none'",
        ] {
            assert!(policy.contains(rule), "{}: {policy}", page.url);
        }
        assert_eq!(page.header("cache-control"), "no-store", "{}", page.url);
        assert_eq!(page.header("referrer-policy"), "same-origin", "{}", page.url);
        // RFC 9700 4.2.4: nothing is loaded from elsewhere, so nobody elsewhere hears of the address.
        assert!(!page.body.contains("src=\"http"), "{}", page.url);
    }
}

#[test]
fn a_response_with_a_code_leaks_no_referrer() {
    let provider = Provider::start();
    let mut browser = Browser::new(&provider);
    browser.sign_in(&Attacker(&provider).authorize_url("web", &[]), "alice");
    let page = browser.get(&Attacker(&provider).authorize_url("web", &[("code_challenge", Some(CHALLENGE))]));
    assert_eq!(page.status, 303);
    assert!(page.location().unwrap().contains("code="));
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert_eq!(page.header("cache-control"), "no-store");
}

#[test]
fn a_zero_byte_is_a_mistake_like_any_other() {
    let provider = Provider::start();
    let mut browser = Browser::new(&provider);
    for path in [
        "/authorize?client_id=%00",
        "/logout?client_id=web%00",
        "/authorize?%00=1",
    ] {
        assert_eq!(browser.get(&provider.url(path)).status, 400, "{path}");
    }
    let answer = Attacker(&provider).token("web", &[("grant_type", "authorization_code"), ("code", "a\0b")]);
    answer.refused("invalid_request");
}
