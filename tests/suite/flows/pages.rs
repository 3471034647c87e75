//! The console's pages about refusals, and its first page.

use admin::{Actor, Administrator, Role, administrators, users};

use super::id_of;
use crate::actors::attacker::Attacker;
use crate::actors::{Browser, Page};
use crate::rig::Provider;

/// Somebody's browser, signed in at the console with one role.
fn at_the_console(provider: &Provider, name: &'static str, role: Role) -> Browser {
    provider.administer(move |ports, ctx| {
        let id = users::find(ports, &Actor::cli(), name)?.id;
        let who = Administrator::Person(id);
        administrators::set_roles(ports, ctx, &Actor::cli(), &who, &[role]).map(drop)
    });
    let mut browser = Browser::new(provider);
    let page = browser.sign_in_as(&provider.url("/admin"), name).page();
    assert!(page.title().starts_with("Home"), "{page:?}");
    browser
}

/// A page, once every record that waits is written: readers do not wait for writers.
fn open(provider: &Provider, browser: &mut Browser, path: &str) -> Page {
    super::all(provider);
    browser.open(&provider.url(path)).page()
}

#[test]
fn support_opens_what_the_code_stands_for() {
    let provider = Provider::start();
    let mut support = at_the_console(&provider, "alice", Role::Support);
    let evil = "https://rp.test/cb\"><script>alert(1)</script>";
    let page = Attacker(&provider).authorize("web", &[("redirect_uri", Some(evil))]);
    let id = id_of(&page.headers);
    for path in [
        format!("/admin/flows/{id}"),
        format!("/admin/flows?id={}", id.to_lowercase()),
        format!("/admin?q={}", id.replace('-', "")),
    ] {
        let page = open(&provider, &mut support, &path);
        assert_eq!(
            (page.status, page.title()),
            (200, &*format!("{id} · Signet console")),
            "{path}"
        );
        assert!(
            page.body
                .contains("the redirect_uri is registered for the client")
        );
        assert!(page.body.contains("RFC 9700 2.1"));
        assert!(page.body.contains("at character 19"), "{}", page.body);
        assert!(!page.body.contains("<script>alert"), "{}", page.body);
        assert!(!page.body.contains("Add this address"));
    }
    let listed = open(&provider, &mut support, "/admin/flows");
    assert!(listed.body.contains(&format!("/admin/flows/{id}")));
    let missing = open(&provider, &mut support, "/admin/flows/0000-0000");
    assert_eq!(missing.status, 404);
    assert!(missing.body.contains("There is no record of"));
}

#[test]
fn a_role_that_may_not_see_them_opens_neither_list_nor_record() {
    let provider = Provider::start();
    let mut operator = at_the_console(&provider, "alice", Role::KeyOperator);
    let page = Attacker(&provider).authorize("nobody", &[]);
    let id = id_of(&page.headers);
    for path in ["/admin/flows".to_owned(), format!("/admin/flows/{id}")] {
        let page = open(&provider, &mut operator, &path);
        assert_eq!(page.status, 403, "{path}");
        assert!(!page.body.contains("nobody"), "{path}");
    }
    let home = open(&provider, &mut operator, &format!("/admin?q={id}"));
    assert_eq!(home.status, 200);
    assert!(home.body.contains("Nothing goes by that"));
}

#[test]
fn a_client_manager_adds_the_address_from_its_failure() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let almost = ("redirect_uri", Some("https://rp.test/oauth/callback"));
    let page = attacker.authorize("web", &[almost]);
    let mut manager = at_the_console(&provider, "alice", Role::ClientManager);
    let record = open(
        &provider,
        &mut manager,
        &format!("/admin/flows/{}", id_of(&page.headers)),
    );
    let href = record
        .body
        .split("href=\"")
        .find(|rest| rest.starts_with("/admin/flows/repair"));
    let href = href.unwrap().split('"').next().unwrap().replace("&#38;", "&");
    let ask = open(&provider, &mut manager, &href);
    assert!(ask.title().starts_with("Add an address"), "{ask:?}");
    assert!(
        ask.body.contains("https://rp.test/<mark>c</mark>b") && ask.body.contains("at character 17"),
        "{}",
        ask.body
    );
    // Not without having been asked.
    let form = [
        ("client", "web"),
        ("uri", "https://rp.test/oauth/callback"),
        ("csrf", "made-up"),
    ];
    assert_eq!(
        manager.post(&provider.url("/admin/flows/repair"), &form).status,
        403
    );
    let own = ask.body.split_once("action=\"/admin/flows/repair\"").unwrap().1;
    let csrf = own.split_once("name=\"csrf\" value=\"").unwrap().1;
    let form = [
        ("client", "web"),
        ("uri", "https://rp.test/oauth/callback"),
        ("csrf", csrf.split('"').next().unwrap()),
    ];
    let posted = manager.post(&provider.url("/admin/flows/repair"), &form);
    let done = manager.follow(posted).page();
    assert!(done.body.contains("is registered for web now"), "{}", done.body);
    assert!(attacker.authorize("web", &[almost]).status == 303);
    let evil = attacker.authorize("web", &[("redirect_uri", Some("https://evil.test/"))]);
    let record = open(
        &provider,
        &mut manager,
        &format!("/admin/flows/{}", id_of(&evil.headers)),
    );
    assert!(!record.body.contains("/admin/flows/repair"));
}

#[test]
fn home_says_what_needs_attention_and_shows_the_numbers() {
    let provider = Provider::start();
    let mut owner = at_the_console(&provider, "alice", Role::Owner);
    for _ in 0..3 {
        Attacker(&provider).authorize("web", &[("scope", None)]);
    }
    provider.store_statistics();
    let home = open(&provider, &mut owner, "/admin");
    for line in [
        "There is one owner.",
        "3 requests of web failed since yesterday.",
        "1 sign-in and 0 refused in 24 hours.",
        "95 of 100 answers within",
        "1 session when last counted",
    ] {
        assert!(home.body.contains(line), "{line}: {}", home.body);
    }
    assert_eq!(home.body.matches("<svg class=\"drawn\"").count(), 4);
    // The policy forbids inline style.
    assert!(!home.body.contains("style="), "{}", home.body);
    let found = open(&provider, &mut owner, "/admin?q=web");
    assert!(found.body.contains("/admin/clients/web2"), "{}", found.body);
}
