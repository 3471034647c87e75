//! A person's own account: who they are here, where they are signed in, what may use it, and their password.

use reqwest::header::{CONTENT_TYPE, COOKIE};

use crate::actors::browser::{encode, http, param};
use crate::actors::{Attacker, Browser, Page};
use crate::cast::PASSWORD;
use crate::rig::Provider;

const NEW: &str = "a brand new pass phrase";

/// A browser signed in at the account page as each of these, the last of them last.
fn at_home(provider: &Provider, usernames: &[&str]) -> Browser {
    let mut browser = Browser::new(provider);
    for username in usernames {
        let door = browser.open(&provider.url("/account/add")).page();
        let home = browser.submit(&door, &[("username", username), ("password", PASSWORD)]);
        assert!(home.page().title().starts_with("Account"));
        provider.wait(1);
    }
    browser
}

fn open(provider: &Provider, browser: &mut Browser, path: &str) -> Page {
    browser.open(&provider.url(path)).page()
}

/// The values of the buttons with that name, in order.
fn buttons(page: &Page, name: &str) -> Vec<String> {
    let mark = format!("name=\"{name}\" value=\"");
    let values = page.body.split(&mark).skip(1);
    values
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect()
}

/// The sid of the session the browser looks at.
fn own_sid(provider: &Provider, browser: &mut Browser) -> String {
    buttons(&open(provider, browser, "/account"), "end").remove(0)
}

fn is_signed_in(provider: &Provider, browser: &mut Browser) -> bool {
    open(provider, browser, "/account").title().starts_with("Account")
}

/// A refresh token got in this browser, which is signed in.
fn refresh_token(provider: &Provider, browser: &mut Browser, client_id: &str) -> String {
    let attacker = Attacker(provider);
    let landed = browser.open(&attacker.authorize_url(client_id, &[])).app();
    let answer = attacker.redeem(client_id, &param(&landed, "code").unwrap());
    answer.text("refresh_token").to_owned()
}

/// Posts by hand, with these headers and the browser's cookies; the status.
fn post_by_hand(browser: &Browser, url: &str, headers: &[(&str, &str)], body: String) -> u16 {
    let cookies: Vec<_> = browser.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
    let mut request = http().post(url).header(COOKIE, cookies.join("; ")).body(body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().unwrap().status().as_u16()
}

#[test]
fn the_account_page_is_for_who_is_signed_in() {
    let provider = Provider::start();
    let mut browser = Browser::new(&provider);
    let door = browser.open(&provider.url("/account/sessions")).page();
    assert!(door.title().starts_with("Sign in"));
    let arrived = browser.submit(&door, &[("username", "alice"), ("password", PASSWORD)]);
    let arrived = arrived.page();
    assert_eq!(arrived.url, provider.url("/account/sessions"));
    let page = open(&provider, &mut browser, "/account");
    for text in [
        "alice Example",
        "alice@example.org",
        "Devices and sessions",
        "Connected apps",
    ] {
        assert!(page.body.contains(text), "{text}");
    }
    assert_eq!(page.header("cross-origin-opener-policy"), "same-origin");
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("referrer-policy"), "same-origin");
}

#[test]
fn where_a_sign_in_leads_is_not_for_links_to_say() {
    let provider = Provider::start();
    for parameter in ["return_to", "next", "redirect_uri", "destination"] {
        for evil in [
            "//evil.test",
            "/\\evil.test",
            "https:evil.test",
            "%2f%2fevil.test",
            "javascript:alert(1)",
        ] {
            let mut browser = Browser::new(&provider);
            let door = browser
                .open(&provider.url(&format!("/login?{parameter}={evil}")))
                .page();
            let landed = browser.send_form(&door, &[("username", "alice"), ("password", PASSWORD)]);
            assert_eq!(landed.location().unwrap(), provider.url("/"));
        }
    }
}

#[test]
fn the_page_speaks_of_one_account_and_names_the_others() {
    let provider = Provider::start();
    let mut browser = at_home(&provider, &["alice", "bob"]);
    let of_bob = open(&provider, &mut browser, "/account");
    assert!(of_bob.body.contains("bob@example.org") && !of_bob.body.contains("alice@example.org"));
    assert!(of_bob.body.contains("alice Example"), "a way to the other");
    let (_, link) = of_bob.body.split_once("href=\"/account?as=").unwrap();
    let alices = link.split('"').next().unwrap().to_owned();
    let of_alice = open(&provider, &mut browser, &format!("/account?as={alices}"));
    assert!(of_alice.body.contains("alice@example.org"));
    assert!(of_alice.body.contains(&format!("/account/password?as={alices}")));
    let mut bob = at_home(&provider, &["bob"]);
    for foreign in [alices.as_str(), "x"] {
        let page = open(&provider, &mut bob, &format!("/account?as={foreign}"));
        assert_eq!(page.status, 404);
        assert!(!page.body.contains("alice"));
    }
}

#[test]
fn leaving_one_of_two_accounts_leaves_the_other() {
    let provider = Provider::start();
    let mut browser = at_home(&provider, &["alice", "bob"]);
    let of_bob = open(&provider, &mut browser, "/account");
    let of_alice = browser.submit(&of_bob, &[]).page();
    assert!(of_alice.body.contains("alice@example.org"));
    let left = browser.submit(&of_alice, &[]).page();
    assert!(left.title().starts_with("Signed out"));
    assert!(!left.body.contains("alice") && !left.body.contains("bob"));
    assert!(!is_signed_in(&provider, &mut browser));
    assert!(!browser.cookies.contains_key("signet"));
}

#[test]
fn a_session_is_ended_from_another_browser_and_only_by_its_person() {
    let provider = Provider::start();
    let mut laptop = at_home(&provider, &["alice"]);
    let mut phone = at_home(&provider, &["alice"]);
    let mut bob = at_home(&provider, &["bob"]);
    let phones = own_sid(&provider, &mut phone);
    let bobs = open(&provider, &mut bob, "/account/sessions");
    assert!(!buttons(&bobs, "end").contains(&phones));
    assert_eq!(bob.send_form(&bobs, &[("end", &phones)]).status, 404);
    assert!(is_signed_in(&provider, &mut phone));

    let list = open(&provider, &mut laptop, "/account/sessions");
    let sids = buttons(&list, "end");
    assert_eq!(sids[0], own_sid(&provider, &mut laptop), "this browser is first");
    assert!(sids.contains(&phones) && list.body.contains("This browser"));
    assert!(list.body.contains("127.0.0.1"));
    let list = laptop.submit(&list, &[("end", &phones)]).page();
    assert!(!buttons(&list, "end").contains(&phones));
    assert!(!is_signed_in(&provider, &mut phone) && is_signed_in(&provider, &mut laptop));
    let again = laptop.send_form(&list, &[("end", &phones)]);
    assert_eq!(again.status, 404);
}

#[test]
fn signing_out_everywhere_else_takes_back_what_apps_were_given() {
    let provider = Provider::start();
    let mut laptop = at_home(&provider, &["alice"]);
    let mut phone = at_home(&provider, &["alice"]);
    let token = refresh_token(&provider, &mut phone, "web");
    let list = open(&provider, &mut laptop, "/account/sessions");
    assert!(list.body.contains("The web app"), "the phone's session names it");
    laptop.submit(&list, &[("end", "others")]).page();
    assert!(!is_signed_in(&provider, &mut phone) && is_signed_in(&provider, &mut laptop));
    Attacker(&provider)
        .refresh("web", &token)
        .refused("invalid_grant");
    let list = open(&provider, &mut laptop, "/account/sessions");
    let gone = laptop.submit(&list, &[("end", "everywhere")]).page();
    assert!(gone.title().starts_with("Signed out"));
    assert!(!is_signed_in(&provider, &mut laptop));
}

#[test]
fn apps_are_listed_with_what_they_may_do_until_that_is_withdrawn() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let mut browser = at_home(&provider, &["alice"]);
    assert!(
        open(&provider, &mut browser, "/account/apps")
            .body
            .contains("No app uses")
    );
    let request = attacker.authorize_url("other", &[("scope", Some("openid email offline_access"))]);
    let consent = browser.open(&request).page();
    let landed = browser.submit(&consent, &[("decision", "allow")]).app();
    let answer = attacker.redeem("other", &param(&landed, "code").unwrap());
    let (access, refresh) = (
        answer.granted().to_owned(),
        answer.text("refresh_token").to_owned(),
    );
    let firsts = refresh_token(&provider, &mut browser, "web");
    provider.wait(2 * 3600);
    let refresh = attacker
        .refresh("other", &refresh)
        .text("refresh_token")
        .to_owned();

    let page = open(&provider, &mut browser, "/account/apps");
    assert_eq!(buttons(&page, "withdraw"), ["other", "web"]);
    for text in [
        "The other app",
        "Your e-mail address",
        "2 hours ago</time>, last used",
        "just now",
        "Needs no permission",
    ] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    let mut bob = at_home(&provider, &["bob"]);
    let bobs = open(&provider, &mut bob, "/account/apps");
    assert!(buttons(&bobs, "withdraw").is_empty());

    let page = browser.submit(&page, &[("withdraw", "other")]).page();
    assert_eq!(buttons(&page, "withdraw"), ["web"]);
    attacker.refresh("other", &refresh).refused("invalid_grant");
    assert_eq!(attacker.userinfo(&access).status, 401);
    assert!(browser.open(&request).page().title().starts_with("Allow access"));
    assert_eq!(browser.send_form(&page, &[("withdraw", "other")]).status, 404);
    assert_eq!(browser.send_form(&page, &[("withdraw", "nobody")]).status, 404);
    browser.submit(&page, &[("withdraw", "web")]).page();
    attacker.refresh("web", &firsts).refused("invalid_grant");
    assert!(
        is_signed_in(&provider, &mut browser),
        "the session is not the app's"
    );
}

#[test]
fn nobody_else_changes_an_account() {
    let provider = Provider::start();
    let mut alice = at_home(&provider, &["alice"]);
    let mut bob = at_home(&provider, &["bob"]);
    let (sid, bobs) = (own_sid(&provider, &mut alice), own_sid(&provider, &mut bob));
    let token = |page: &Page| page.body.split_once("name=\"csrf\" value=\"").unwrap().1[..43].to_owned();
    let of_password = token(&open(&provider, &mut alice, "/account/password"));
    let bobs_token = token(&open(&provider, &mut bob, "/account/sessions"));
    let good = token(&open(&provider, &mut alice, "/account/sessions"));
    let url = provider.url(&format!("/account/sessions?as={sid}"));
    let form = ("content-type", "application/x-www-form-urlencoded");
    let body = |csrf: &str| encode(&[("csrf", csrf), ("end", "everywhere")]);
    for csrf in ["", of_password.as_str(), bobs_token.as_str()] {
        assert_eq!(post_by_hand(&alice, &url, &[form], body(csrf)), 403, "{csrf}");
    }
    for header in [
        ("origin", "null"),
        ("origin", "https://evil.test"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        assert_eq!(
            post_by_hand(&alice, &url, &[form, header], body(&good)),
            403,
            "{header:?}"
        );
    }
    let json = format!("{{\"csrf\":\"{good}\",\"end\":\"everywhere\"}}");
    for kind in ["text/plain", "application/json", "multipart/form-data"] {
        let kind = (CONTENT_TYPE.as_str(), kind);
        assert_eq!(post_by_hand(&alice, &url, &[kind], json.clone()), 415);
    }
    let foreign = provider.url(&format!("/account/sessions?as={bobs}"));
    assert_eq!(post_by_hand(&alice, &foreign, &[form], body(&good)), 404);
    assert!(is_signed_in(&provider, &mut alice) && is_signed_in(&provider, &mut bob));
}

#[test]
fn a_changed_password_ends_everything_but_this_browser() {
    let provider = Provider::start();
    let mut laptop = at_home(&provider, &["alice"]);
    let mut phone = at_home(&provider, &["alice"]);
    let token = refresh_token(&provider, &mut phone, "web");
    let before = laptop.cookies.clone();
    let page = open(&provider, &mut laptop, "/account/password");
    let done = laptop
        .submit(&page, &[("password", PASSWORD), ("new_password", NEW)])
        .page();
    assert!(done.body.contains("Your password is changed"), "{}", done.body);
    assert!(is_signed_in(&provider, &mut laptop) && !is_signed_in(&provider, &mut phone));
    assert_ne!(laptop.cookies["signet"], before["signet"]);
    let mut stolen = Browser::new(&provider);
    stolen.cookies = before;
    assert!(!is_signed_in(&provider, &mut stolen));
    Attacker(&provider)
        .refresh("web", &token)
        .refused("invalid_grant");

    for (password, title) in [(PASSWORD, "Sign in"), (NEW, "Account")] {
        let door = open(&provider, &mut phone, "/account");
        let landed = phone.submit(&door, &[("username", "alice"), ("password", password)]);
        assert!(landed.page().title().starts_with(title));
    }
    let letters = identity::inbox::Inbox::letters(&*provider.inbox);
    assert_eq!(letters.len(), 1);
    assert!(letters[0].to.contains("alice@example.org"));
    // What the page says cannot be put into its mouth by a link.
    let plain = open(&provider, &mut laptop, "/account/password?done=yes");
    assert!(!plain.body.contains("Your password is changed"));
}

#[test]
fn the_present_password_is_guessed_no_faster_here_than_at_the_door() {
    let provider = Provider::start();
    let mut browser = at_home(&provider, &["alice"]);
    let page = open(&provider, &mut browser, "/account/password");
    let mut attempt =
        |password: &str| browser.send_form(&page, &[("password", password), ("new_password", NEW)]);
    for _ in 0..10 {
        let refused = attempt("wrong");
        assert_eq!(refused.status, 400);
        assert!(refused.body.contains("not your current password"));
    }
    let throttled = attempt(PASSWORD);
    assert_eq!(throttled.status, 429);
    assert!(throttled.body.contains("too many tries"));
    let mut elsewhere = Browser::new(&provider);
    let door = open(&provider, &mut elsewhere, "/account");
    let refused = elsewhere
        .submit(&door, &[("username", "alice"), ("password", PASSWORD)])
        .page();
    assert!(
        refused.title().starts_with("Sign in"),
        "the failures count there too"
    );
    provider.wait(15 * 60);
    assert!(is_signed_in(&provider, &mut browser));
}

#[test]
fn passwords_that_cannot_be_are_refused_before_any_work() {
    let provider = Provider::start();
    let mut browser = at_home(&provider, &["alice"]);
    let page = open(&provider, &mut browser, "/account/password");
    let before = provider.hasher.hashes_run();
    for (current, new) in [
        (PASSWORD, "elevenchars"),
        (PASSWORD, ""),
        (PASSWORD, &*"x".repeat(1025)),
        (PASSWORD, &*"x".repeat(1_000_000)),
        (&*"x".repeat(1025), NEW),
        (&*"x".repeat(1_000_000), NEW),
    ] {
        let refused = browser.send_form(&page, &[("password", current), ("new_password", new)]);
        assert_eq!(refused.status, 400, "{} {}", current.len(), new.len());
    }
    assert_eq!(provider.hasher.hashes_run(), before);
}

#[test]
fn password_managers_are_shown_the_way() {
    let provider = Provider::start();
    let page = Browser::new(&provider).get(&provider.url("/.well-known/change-password"));
    assert_eq!(
        (page.status, page.location().unwrap()),
        (303, provider.url("/account/password"))
    );
    let other = Browser::new(&provider).get(
        &provider.url("/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200"),
    );
    assert_eq!(other.status, 404);
}
