//! Signing out (OpenID Connect RP-Initiated Logout 1.0): a genuine hint does it at once, everything else asks first.

use crate::actors::browser::encode;
use crate::actors::{Browser, Landing, RelyingParty, Tokens};
use crate::cast::{PASSWORD, SIGNED_OUT};
use crate::rig::Provider;

/// Alice, signed in to `web`.
fn signed_in(provider: &Provider) -> (Browser, Tokens) {
    let mut browser = Browser::new(provider);
    let tokens = RelyingParty::new(provider, "web").sign_in(&mut browser, "alice", "");
    (browser, tokens)
}

fn logout(provider: &Provider, browser: &mut Browser, params: &[(&str, &str)]) -> Landing {
    browser.open(&provider.url(&format!("/logout?{}", encode(params))))
}

fn is_signed_in(provider: &Provider, browser: &mut Browser) -> bool {
    browser.open(&provider.url("/")).page().body.contains("alice")
}

/// The provider asks, nobody is redirected, and the session lives until the person says yes.
#[track_caller]
fn assert_asks(provider: &Provider, params: &[(&str, &str)]) {
    let (mut browser, _) = signed_in(provider);
    let page = logout(provider, &mut browser, params).page();
    assert!(
        page.title().starts_with("Sign out"),
        "{params:?}: {}",
        page.title()
    );
    assert!(is_signed_in(provider, &mut browser), "{params:?}");
    // A form without its token changes nothing.
    assert_eq!(browser.post(&page.url, &[]).status, 403);
    assert!(is_signed_in(provider, &mut browser));
    let done = browser.submit(&page, &[]).page();
    assert!(
        done.title().starts_with("Signed out"),
        "{params:?}: {}",
        done.title()
    );
    assert!(!is_signed_in(provider, &mut browser), "{params:?}");
}

#[test]
fn a_genuine_hint_needs_no_question_even_when_it_expired() {
    let provider = Provider::start();
    let (mut browser, tokens) = signed_in(&provider);
    provider.wait(3600);
    let back = format!("{SIGNED_OUT}/web");
    let state = "\"<>\\ & état";
    let params = [
        ("id_token_hint", &*tokens.id_token),
        ("post_logout_redirect_uri", &back),
        ("state", state),
    ];
    let landed = logout(&provider, &mut browser, &params).app();
    assert!(landed.as_str().starts_with(&format!("{back}?")));
    assert_eq!(
        crate::actors::browser::param(&landed, "state").as_deref(),
        Some(state)
    );
    assert!(!is_signed_in(&provider, &mut browser));
}

#[test]
fn without_a_genuine_hint_the_person_is_asked() {
    let (provider, elsewhere) = (Provider::start(), Provider::start());
    let (_, foreign) = signed_in(&elsewhere);
    let (_, own) = signed_in(&provider);
    let payload = own.id_token.split('.').nth(1).unwrap();
    let unsigned = format!("eyJhbGciOiJub25lIn0.{payload}.");
    assert_asks(&provider, &[]);
    assert_asks(&provider, &[("client_id", "web")]);
    for hint in ["nonsense", &unsigned, &foreign.id_token, &own.access] {
        assert_asks(&provider, &[("id_token_hint", hint)]);
    }
}

#[test]
fn only_registered_addresses_are_returned_to() {
    let provider = Provider::start();
    let web2 = format!("{SIGNED_OUT}/web2");
    let (own, prefix) = (format!("{SIGNED_OUT}/web?foo=bar"), format!("{SIGNED_OUT}/webx"));
    for wrong in [SIGNED_OUT, &own, &prefix, &web2, "https://evil.test/", ""] {
        let (_, tokens) = signed_in(&provider);
        assert_asks(
            &provider,
            &[
                ("id_token_hint", &tokens.id_token),
                ("post_logout_redirect_uri", wrong),
            ],
        );
    }
    // Without a hint or client there is nobody whose address it could be.
    let back = format!("{SIGNED_OUT}/web");
    assert_asks(&provider, &[("post_logout_redirect_uri", &back)]);
}

#[test]
fn a_named_client_is_returned_to_after_the_question() {
    let provider = Provider::start();
    let (mut browser, _) = signed_in(&provider);
    let back = format!("{SIGNED_OUT}/web");
    let params = [
        ("client_id", "web"),
        ("post_logout_redirect_uri", &*back),
        ("state", "s"),
    ];
    let page = logout(&provider, &mut browser, &params).page();
    assert_eq!(
        browser.submit(&page, &[]).app().as_str(),
        format!("{back}?state=s")
    );
}

#[test]
fn somebody_elses_hint_does_not_sign_out_who_is_here() {
    let provider = Provider::start();
    let mut other = Browser::new(&provider);
    let bob = RelyingParty::new(&provider, "web").sign_in(&mut other, "bob", "");
    assert_asks(&provider, &[("id_token_hint", &bob.id_token)]);
}

#[test]
fn a_stolen_cookie_is_worth_nothing_after_logout() {
    let provider = Provider::start();
    let (mut browser, tokens) = signed_in(&provider);
    let stolen = browser.cookies.clone();
    logout(&provider, &mut browser, &[("id_token_hint", &tokens.id_token)]);
    let mut thief = Browser::new(&provider);
    thief.cookies = stolen;
    assert!(!is_signed_in(&provider, &mut thief));
    let url = RelyingParty::new(&provider, "web2").depart("", &[]).url;
    assert!(thief.open(&url).page().title().starts_with("Sign in"));
}

#[test]
fn the_front_page_signs_out_and_in() {
    let provider = Provider::start();
    let (mut browser, _) = signed_in(&provider);
    let home = browser.open(&provider.url("/")).page();
    assert!(
        browser
            .submit(&home, &[])
            .page()
            .title()
            .starts_with("Signed out")
    );
    assert!(!is_signed_in(&provider, &mut browser));
    let form = browser.open(&provider.url("/login")).page();
    browser
        .submit(
            &form,
            &[("username", "alice@example.org"), ("password", PASSWORD)],
        )
        .page();
    assert!(is_signed_in(&provider, &mut browser));
}

#[test]
fn signing_out_twice_is_no_mistake() {
    let provider = Provider::start();
    let (mut browser, tokens) = signed_in(&provider);
    let back = format!("{SIGNED_OUT}/web");
    let params = [
        ("id_token_hint", &*tokens.id_token),
        ("post_logout_redirect_uri", &back),
    ];
    logout(&provider, &mut browser, &params).app();
    logout(&provider, &mut browser, &params).app();
    assert!(
        logout(&provider, &mut browser, &[])
            .page()
            .title()
            .starts_with("Signed out")
    );
}
