//! Requests by POST (OpenID Connect Core 3.1.2.1): Lax cookies stay away from them, so each is saved and picked up by a
//! GET.

use url::Url;

use crate::actors::browser::param;
use crate::actors::{Attacker, Browser, RelyingParty};
use crate::cast::SIGNED_OUT;
use crate::rig::Provider;

/// The request as a form.
fn form(url: &str) -> Vec<(String, String)> {
    Url::parse(url).unwrap().query_pairs().into_owned().collect()
}

/// Posts from another site: without cookies, which the browser gets back for what follows.
fn post_across(browser: &mut Browser, url: &str, form: &[(String, String)]) -> crate::actors::Landing {
    let kept = std::mem::take(&mut browser.cookies);
    let fields: Vec<_> = form.iter().map(|(name, value)| (&**name, &**value)).collect();
    let page = browser.post(url, &fields);
    assert_eq!(page.status, 303, "{page:?}");
    assert!(
        browser.cookies.is_empty(),
        "a response to a POST from elsewhere sets no cookie"
    );
    browser.cookies = kept;
    browser.follow(page)
}

#[test]
fn a_posted_authorization_request_works_like_the_other() {
    let provider = Provider::start();
    let web = RelyingParty::new(&provider, "web");
    let mut browser = Browser::new(&provider);
    let departure = web.depart("profile", &[]);
    let page = post_across(&mut browser, &provider.url("/authorize"), &form(&departure.url)).page();
    let fields = [("username", "alice"), ("password", crate::cast::PASSWORD)];
    let landed = browser.submit(&page, &fields).app();
    let first = web.finish(departure, &landed);

    // Whoever is signed in is recognised, although the POST came without cookies.
    let departure = web.depart("", &[("prompt", "none")]);
    let landed = post_across(&mut browser, &provider.url("/authorize"), &form(&departure.url)).app();
    assert_eq!(web.finish(departure, &landed).subject, first.subject);
}

#[test]
fn a_posted_mistake_is_answered_alike() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let mut browser = Browser::new(&provider);
    let wrong = form(&attacker.authorize_url("web", &[("max_age", Some("abc"))]));
    let landed = post_across(&mut browser, &provider.url("/authorize"), &wrong).app();
    assert_eq!(param(&landed, "error").as_deref(), Some("invalid_request"));
    let unknown = form(&attacker.authorize_url("nobody", &[]));
    // Nothing that makes no sense is kept: the page comes at once.
    let fields: Vec<_> = unknown.iter().map(|(name, value)| (&**name, &**value)).collect();
    let page = browser.post(&provider.url("/authorize"), &fields);
    assert_eq!((page.status, page.location()), (400, None));
}

#[test]
fn a_posted_logout_works_like_the_other() {
    let provider = Provider::start();
    let mut browser = Browser::new(&provider);
    let tokens = RelyingParty::new(&provider, "web").sign_in(&mut browser, "alice", "");
    let back = format!("{SIGNED_OUT}/web");
    let form = [
        ("id_token_hint", &tokens.id_token),
        ("post_logout_redirect_uri", &back),
    ]
    .map(|(name, value)| (name.to_owned(), value.clone()));
    let landed = post_across(&mut browser, &provider.url("/logout"), &form).app();
    assert_eq!(landed.as_str(), back);
}
