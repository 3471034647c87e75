//! One password, two apps: the reason Signet exists.

use crate::actors::browser::param;
use crate::actors::{Attacker, Browser, RelyingParty};
use crate::cast::SIGNED_OUT;
use crate::rig::Provider;

#[test]
fn a_second_app_needs_no_second_password() {
    let provider = Provider::start();
    let (web, web2) = (
        RelyingParty::new(&provider, "web"),
        RelyingParty::new(&provider, "web2"),
    );
    let mut browser = Browser::new(&provider);
    let first = web.sign_in(&mut browser, "alice", "profile");
    let hashes = provider.hasher.hashes_run();

    let departure = web2.depart("profile", &[]);
    let landed = browser.open(&departure.url).app();
    let second = web2.finish(departure, &landed);

    assert_eq!(second.subject, first.subject);
    assert_eq!(second.auth_time, first.auth_time);
    assert_eq!(provider.hasher.hashes_run(), hashes);
    assert_eq!(web.userinfo(&first.access).unwrap(), first.subject);
    assert_eq!(web2.userinfo(&second.access).unwrap(), first.subject);
}

#[test]
fn a_public_app_shares_the_sign_in() {
    let provider = Provider::start();
    let mut browser = Browser::new(&provider);
    let first = RelyingParty::new(&provider, "web").sign_in(&mut browser, "alice", "");
    let native = RelyingParty::public(&provider, "native", "http://127.0.0.1:50123/cb");
    let departure = native.depart("", &[]);
    let asked = browser.open(&departure.url).page();
    let landed = browser.submit(&asked, &[("decision", "allow")]).app();
    assert_eq!(native.finish(departure, &landed).subject, first.subject);
}

#[test]
fn a_silent_question_is_answered_silently() {
    let provider = Provider::start();
    let (web, web2) = (
        RelyingParty::new(&provider, "web"),
        RelyingParty::new(&provider, "web2"),
    );
    let mut browser = Browser::new(&provider);
    let silent = [("prompt", "none")];

    let before = browser.open(&web2.depart("", &silent).url).app();
    assert_eq!(param(&before, "error").as_deref(), Some("login_required"));
    assert!(
        browser.cookies.is_empty(),
        "a silent answer leaves nothing behind"
    );

    let first = web.sign_in(&mut browser, "alice", "");
    let departure = web2.depart("", &silent);
    let landed = browser.open(&departure.url).app();
    assert_eq!(web2.finish(departure, &landed).subject, first.subject);
}

#[test]
fn signing_out_once_signs_out_everywhere() {
    let provider = Provider::start();
    let (web, web2) = (
        RelyingParty::new(&provider, "web"),
        RelyingParty::new(&provider, "web2"),
    );
    let mut browser = Browser::new(&provider);
    let first = web.sign_in(&mut browser, "alice", "");
    let departure = web2.depart("", &[]);
    let landed = browser.open(&departure.url).app();
    let second = web2.finish(departure, &landed);

    let back = format!("{SIGNED_OUT}/web");
    let query = [
        ("id_token_hint", &*first.id_token),
        ("post_logout_redirect_uri", &*back),
        ("state", "s"),
    ];
    let out = provider.url(&format!("/logout?{}", crate::actors::browser::encode(&query)));
    assert_eq!(browser.open(&out).app().as_str(), format!("{back}?state=s"));

    for access in [&first.access, &second.access] {
        let answer = Attacker(&provider).userinfo(access);
        assert_eq!((answer.status, answer.text("error")), (401, "invalid_token"));
    }
    let silent = browser.open(&web2.depart("", &[("prompt", "none")]).url).app();
    assert_eq!(param(&silent, "error").as_deref(), Some("login_required"));
    let asked = browser.open(&web2.depart("", &[]).url).page();
    assert!(asked.title().starts_with("Sign in"));
}

#[test]
fn asking_again_makes_the_sign_in_fresh() {
    let provider = Provider::start();
    let web = RelyingParty::new(&provider, "web");
    let mut browser = Browser::new(&provider);
    let first = web.sign_in(&mut browser, "alice", "");
    for extra in [("max_age", "0"), ("prompt", "login"), ("max_age", "60")] {
        provider.wait(61);
        let departure = web.depart("", &[extra]);
        let landed = browser.sign_in(&departure.url, "alice");
        let again = web.finish(departure, &landed);
        assert_eq!(again.subject, first.subject);
        assert!(again.auth_time > first.auth_time, "{extra:?}");
    }
}
