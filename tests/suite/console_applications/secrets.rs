//! The secrets of an application, and switching it off.

use super::{manager, open, send, shown_secret, stored};
use crate::actors::Browser;
use crate::actors::browser::{encode, http};
use crate::cast::SECRET;
use crate::rig::Provider;

const SECRETS: &str = "/admin/clients/web/secrets";
const DANGER: &str = "/admin/clients/web/danger";

/// Whether `web` is believed with this secret: then it is its code that is refused.
fn opens(provider: &Provider, secret: &str) -> bool {
    let request = http()
        .post(provider.url("/token"))
        .basic_auth("web", Some(secret));
    let body = encode(&[
        ("grant_type", "authorization_code"),
        ("code", "x"),
        ("redirect_uri", "https://rp.test/cb"),
    ]);
    let answer = request
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
        .send()
        .unwrap();
    match answer.status().as_u16() {
        400 => true,
        401 => false,
        other => panic!("{other}"),
    }
}

#[test]
fn two_secrets_work_until_one_is_withdrawn() {
    let (provider, mut browser) = manager();
    let page = open(&provider, &mut browser, SECRETS);
    let news = send(
        &provider,
        &mut browser,
        &page,
        (SECRETS, 1),
        &[("keep", "1"), ("do", "rotate")],
    );
    let secret = shown_secret(&news);
    assert_eq!(news.header("cache-control"), "no-store");
    assert!(
        news.body.contains("The former one is good until"),
        "{}",
        news.body
    );
    assert!(opens(&provider, &secret) && opens(&provider, SECRET));
    let page = open(&provider, &mut browser, SECRETS);
    let old = stored(&provider, "web").unwrap().secrets;
    let old = old
        .iter()
        .find(|own| own.expires_at.is_some())
        .unwrap()
        .id
        .to_string();
    let told = send(
        &provider,
        &mut browser,
        &page,
        (SECRETS, 0),
        &[("withdraw", &old)],
    );
    assert!(told.body.contains("Withdrawn."), "{}", told.body);
    assert!(opens(&provider, &secret) && !opens(&provider, SECRET));
    let page = open(&provider, &mut browser, SECRETS);
    assert!(!page.body.contains("name=\"withdraw\""), "the last one stays");
    let last = stored(&provider, "web")
        .unwrap()
        .secrets
        .iter()
        .next()
        .unwrap()
        .id
        .to_string();
    let refused = send(
        &provider,
        &mut browser,
        &page,
        (SECRETS, 0),
        &[("withdraw", &last)],
    );
    assert_eq!(refused.status, 409);
    assert!(opens(&provider, &secret));
}

#[test]
fn an_old_secret_that_is_not_kept_ends_at_once_and_a_kept_one_after_a_day() {
    let (provider, mut browser) = manager();
    let page = open(&provider, &mut browser, SECRETS);
    let first = shown_secret(&send(
        &provider,
        &mut browser,
        &page,
        (SECRETS, 1),
        &[("do", "rotate")],
    ));
    assert!(opens(&provider, &first) && !opens(&provider, SECRET));
    provider.wait(1);
    let page = open(&provider, &mut browser, SECRETS);
    let second = shown_secret(&send(
        &provider,
        &mut browser,
        &page,
        (SECRETS, 1),
        &[("keep", "1"), ("do", "rotate")],
    ));
    provider.wait(24 * 3600 - 5);
    assert!(opens(&provider, &first) && opens(&provider, &second));
    provider.wait(10);
    assert!(!opens(&provider, &first) && opens(&provider, &second));
}

#[test]
fn loading_the_answer_again_shows_nothing_and_makes_nothing() {
    let (provider, mut browser) = manager();
    let page = open(&provider, &mut browser, SECRETS);
    let rotate = [("keep", "1"), ("do", "rotate")];
    let secret = shown_secret(&send(&provider, &mut browser, &page, (SECRETS, 1), &rotate));
    let stands = stored(&provider, "web").unwrap();
    let again = send(&provider, &mut browser, &page, (SECRETS, 1), &rotate);
    assert!(
        again.body.contains("Nothing was done.") && !again.body.contains(&secret),
        "{}",
        again.body
    );
    assert_eq!(stored(&provider, "web").unwrap(), stands);
    assert!(opens(&provider, &secret));
}

#[test]
fn a_disabled_application_signs_nobody_in_until_it_is_enabled() {
    let (provider, mut browser) = manager();
    let page = open(&provider, &mut browser, DANGER);
    let told = send(&provider, &mut browser, &page, (DANGER, 0), &[("do", "disable")]);
    assert!(
        told.body.contains("Disabled.") && !opens(&provider, SECRET),
        "{}",
        told.body
    );
    let listed = open(&provider, &mut browser, "/admin/clients?state=disabled");
    assert!(listed.body.contains("/admin/clients/web\"") && !listed.body.contains("/admin/clients/web2"));
    let told = send(&provider, &mut browser, &told, (DANGER, 0), &[("do", "enable")]);
    assert!(
        told.body.contains("Enabled.") && opens(&provider, SECRET),
        "{}",
        told.body
    );
}

#[test]
fn an_application_is_deleted_by_who_types_its_id_and_has_just_signed_in() {
    const DELETE: &str = "/admin/clients/web/delete";
    let (provider, mut browser) = manager();
    let page = open(&provider, &mut browser, DELETE);
    let wrong = send(&provider, &mut browser, &page, (DELETE, 0), &[("typed", "web2")]);
    assert_eq!(wrong.status, 422);
    provider.wait(6 * 60);
    let stale = open(&provider, &mut browser, DELETE);
    assert!(stale.body.contains("First, prove that it is you") && !stale.body.contains("name=\"typed\""));
    let hidden = super::hidden(&page, DELETE, 0);
    let fields = [("csrf", hidden[0].1.as_str()), ("typed", "web")];
    let late = browser.post(&provider.url(DELETE), &fields);
    assert!(
        late.status == 303 && stored(&provider, "web").is_some(),
        "{late:?}"
    );
    let mut fresh: Browser = super::at_the_console(&provider, "bob", admin::Role::ClientManager);
    let page = open(&provider, &mut fresh, DELETE);
    let gone = send(&provider, &mut fresh, &page, (DELETE, 0), &[("typed", "web")]);
    assert!(gone.body.contains("The web app is gone."), "{}", gone.body);
    assert_eq!(stored(&provider, "web"), None);
}
