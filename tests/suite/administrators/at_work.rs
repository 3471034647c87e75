//! Administrators at the console, several at once, and one who signs themselves out.

use admin::groups;
use admin::{Actor, Role, keys, users};

use super::{enter, give, hire, id};
use crate::actors::{Browser, Page};
use crate::rig::Provider;

/// Ending everything ends the session it is asked from as well: last, and the answer is not lost.
#[test]
fn who_ends_every_session_ends_their_own_too_and_is_told_after_signing_in_again() {
    let provider = Provider::start();
    give(&provider, "alice", &[Role::Owner]);
    let mut elsewhere = Browser::new(&provider);
    elsewhere.sign_in_as(&provider.url("/account"), "bob").page();
    let mut browser = Browser::new(&provider);
    enter(&provider, &mut browser, "alice", "/admin/sessions");
    provider.wait(60);
    let question = browser
        .open(&provider.url("/admin/sessions/end?before=1s"))
        .page();
    assert!(
        question.body.contains("This ends 2 sessions"),
        "{}",
        question.body
    );
    let door = browser.submit(&question, &[]).page();
    assert!(door.title().starts_with("Sign in"), "{}", door.title());
    assert_eq!(provider.live_sessions(), 0);
    let credentials = [("username", "alice"), ("password", crate::cast::PASSWORD)];
    let told = browser.submit(&door, &credentials).page();
    assert!(told.body.contains("2 sessions ended"), "{}", told.body);
}

/// Groups are kept apart from people: taking somebody out of one is a change of the person all the same.
#[test]
fn a_form_older_than_a_change_of_groups_gives_nothing_back() {
    let provider = Provider::start();
    give(&provider, "alice", &[Role::UserManager]);
    let sub = id(&provider, "bob");
    provider.administer(|ports, ctx| {
        let new = groups::NewGroup {
            name: "payroll".to_owned(),
            ..groups::NewGroup::default()
        };
        groups::create(ports, ctx, &Actor::cli(), new)?;
        groups::add(ports, ctx, &Actor::cli(), "payroll", "bob").map(drop)
    });
    let mut browser = Browser::new(&provider);
    let form = enter(
        &provider,
        &mut browser,
        "alice",
        &format!("/admin/users/{sub}/edit"),
    );
    provider.administer(|ports, ctx| groups::remove(ports, ctx, &Actor::cli(), "payroll", "bob").map(drop));
    let fields = [("username", "bob"), ("name", "Robert"), ("groups", "payroll")];
    let refused = browser.submit(&form, &fields).page();
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert!(refused.body.contains("changed it meanwhile"), "{}", refused.body);
    let bob = provider.administer(|ports, _| users::find(ports, &Actor::cli(), "bob"));
    assert!(!bob.groups.contains(&"payroll".to_owned()), "{:?}", bob.groups);
}

#[test]
fn who_may_not_revoke_keys_is_not_asked_which() {
    let provider = Provider::start();
    give(&provider, "alice", &[Role::Auditor]);
    let all = provider.administer(|ports, ctx| keys::list(ports, ctx, &Actor::cli()));
    let path = format!("/admin/keys/{}/revoke", all[0].key.kid);
    let mut browser = Browser::new(&provider);
    let page = enter(&provider, &mut browser, "alice", &path);
    assert_eq!(page.status, 403, "{}", page.body);
}

/// Half of an emergency that was done is told as done.
#[test]
fn a_key_that_was_revoked_is_told_so_though_sessions_did_not_end() {
    let provider = Provider::start();
    give(&provider, "alice", &[Role::KeyOperator]);
    let all = provider.administer(|ports, ctx| keys::list(ports, ctx, &Actor::cli()));
    let kid = all[0].key.kid.clone();
    let mut browser = Browser::new(&provider);
    let path = format!("/admin/keys/{kid}/revoke");
    let question = enter(&provider, &mut browser, "alice", &path);
    // The page offers this to those alone who may end sessions.
    let fields = [("typed", &kid[..6]), ("also", "sessions"), ("since", "1h")];
    let report = browser.submit(&question, &fields).page();
    assert_eq!(report.status, 200, "{}", report.body);
    assert!(report.body.contains("Refused now"), "{}", report.body);
    assert!(report.body.contains("Not all sessions"), "{}", report.body);
    assert_eq!(provider.live_sessions(), 1);
}

/// An owner who is locked helps nobody.
#[test]
fn one_owner_who_is_let_in_is_one_owner() {
    let provider = Provider::start();
    give(&provider, "alice", &[Role::Owner]);
    hire(&provider, "olga", &[Role::Owner]);
    let warns = |body: &str| body.contains("There is one owner.");
    let mut browser = Browser::new(&provider);
    let home = enter(&provider, &mut browser, "alice", "/admin");
    assert!(!warns(&home.body), "{}", home.body);
    provider.administer(|ports, ctx| users::lock(ports, ctx, &Actor::cli(), "olga").map(drop));
    let home = browser.open(&provider.url("/admin")).page();
    assert!(warns(&home.body), "{}", home.body);
}

/// What SQLite finds nothing under, PostgreSQL cannot even be asked for: nobody gets that far.
#[test]
fn a_zero_in_an_address_is_nobodys_name() {
    let provider = Provider::start();
    give(&provider, "alice", &[Role::Owner]);
    let mut browser = Browser::new(&provider);
    enter(&provider, &mut browser, "alice", "/admin");
    for path in [
        "/admin/groups/%00",
        "/admin/users/a%00b",
        "/admin/clients/%00/edit",
    ] {
        assert_eq!(browser.get(&provider.url(path)).status, 404, "{path}");
    }
    let page = browser.get(&provider.url("/admin/audit?subject=%00"));
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("no text with a zero in it"), "{}", page.body);
}

/// ATTACKS 165: a form counts with the token of its own action, in its own session, from a page of ours.
#[test]
fn a_form_of_the_console_comes_from_its_own_page_alone() {
    let provider = Provider::start();
    for name in ["alice", "bob"] {
        give(&provider, name, &[Role::Owner]);
    }
    let url = provider.url("/admin/groups");
    let mut browser = Browser::new(&provider);
    let page = enter(&provider, &mut browser, "alice", "/admin/groups");
    let token = |page: &Page| page.answer().expect("a form").1["csrf"].clone();
    let another_action = token(&browser.get(&provider.url("/admin/users/new")));
    let mut other = Browser::new(&provider);
    let another_session = token(&enter(&provider, &mut other, "bob", "/admin/groups"));
    for forged in ["", "x", &another_action, &another_session] {
        let refused = browser.post(&url, &[("csrf", forged), ("name", "evil")]);
        assert_eq!(refused.status, 403, "{forged}: {}", refused.body);
    }
    let own = token(&page);
    let elsewhere = browser.post_from("https://evil.test", &url, &[("csrf", &own), ("name", "evil")]);
    assert_eq!(elsewhere.status, 403, "{}", elsewhere.body);
    let named = |name: &'static str| {
        let groups = provider.administer(|ports, _| groups::list(ports, &Actor::cli()));
        groups.iter().any(|group| group.name == name)
    };
    assert!(!named("evil"));
    assert_eq!(
        browser.post(&url, &[("csrf", &own), ("name", "good")]).status,
        303
    );
    assert!(named("good"));
}

/// ATTACKS 164: whoever sends somebody the end of their own way in does not put them into their session.
#[test]
fn the_way_in_ends_at_the_browser_at_which_it_began() {
    let provider = Provider::start();
    give(&provider, "alice", &[Role::Owner]);
    give(&provider, "bob", &[Role::Owner]);
    let mut mallory = Browser::new(&provider);
    let door = mallory.open(&provider.url("/admin")).page();
    let mut page = mallory.send_form(&door, &[("username", "bob"), ("password", crate::cast::PASSWORD)]);
    let end = loop {
        let location = page.location().expect("the way goes on");
        let next = url::Url::parse(&page.url).unwrap().join(&location).unwrap();
        if next.path() == "/admin/callback" {
            break next;
        }
        page = mallory.get(next.as_str());
    };
    // Once to somebody who never was here, once to somebody at the console.
    let mut stranger = Browser::new(&provider);
    assert_eq!(stranger.open(end.as_str()).page().status, 400);
    let mut victim = Browser::new(&provider);
    enter(&provider, &mut victim, "alice", "/admin/groups");
    assert_eq!(victim.open(end.as_str()).page().status, 403);
    let still = victim.open(&provider.url("/admin/groups")).page();
    assert!(still.body.contains("<bdi>alice</bdi>"), "{}", still.body);
    // Nor is it another one's word.
    let (_, state) = end.query_pairs().find(|(name, _)| name == "state").unwrap();
    let foreign = format!("/admin/callback?code=x&state={state}&iss=https%3A%2F%2Fevil.test");
    assert_eq!(mallory.open(&provider.url(&foreign)).page().status, 400);
}
