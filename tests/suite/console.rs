//! The console's own door, and keys turned behind it.

use admin::{Actor, Administrator, Role, administrators, users};
use token::SigningAlg::{self, ES256};

use crate::actors::browser::{encode, http};
use crate::actors::{Browser, Page};
use crate::cli::installation::until;
use crate::rig::Provider;

const MINUTE: u64 = 60;

/// From now on `name` has these roles.
fn give(provider: &Provider, name: &'static str, roles: &'static [Role]) {
    provider.administer(move |ports, ctx| {
        let id = users::find(ports, &Actor::cli(), name)?.id;
        administrators::set_roles(ports, ctx, &Actor::cli(), &Administrator::Person(id), roles).map(drop)
    });
}

/// A browser at which alice, who may turn keys, is at the console.
fn at_the_console(provider: &Provider) -> Browser {
    give(provider, "alice", &[Role::Owner]);
    let mut browser = Browser::new(provider);
    let page = browser.sign_in_as(&provider.url("/admin"), "alice").page();
    assert!(page.title().starts_with("Home"), "{page:?}");
    browser
}

fn signer(provider: &Provider, alg: SigningAlg) -> String {
    provider.ring().signer(alg).unwrap().kid().to_owned()
}

/// The value of a hidden field of the form that goes to `action`.
fn field(page: &Page, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let rest = page
        .body
        .split(&mark)
        .nth(1)
        .unwrap_or_else(|| panic!("no {name} in {}", page.body));
    rest.split('"').next().unwrap().to_owned()
}

#[test]
fn one_comes_in_by_a_code_and_finds_what_one_asked_for() {
    let provider = Provider::start();
    give(&provider, "alice", &[Role::Owner]);
    let mut browser = Browser::new(&provider);
    let wanted = provider.url("/admin/keys");
    let request = browser.get(&wanted).location().unwrap();
    for part in [
        "client_id=signet-console",
        "response_type=code",
        "code_challenge_method=S256",
        "state=",
    ] {
        assert!(request.contains(part), "{part} in {request}");
    }
    let page = browser.sign_in_as(&wanted, "alice").page();
    assert_eq!((page.status, page.url.as_str()), (200, wanted.as_str()));
    let policy = page.header("content-security-policy");
    assert!(policy.contains("form-action 'self'") && policy.contains("require-trusted-types-for 'script'"));
    assert_eq!(page.header("cross-origin-opener-policy"), "same-origin");
    assert_eq!(page.header("cache-control"), "no-store");
}

#[test]
fn an_answer_is_taken_only_by_the_browser_that_asked() {
    let provider = Provider::start();
    let mut mallory = at_the_console(&provider);
    // Mallory stops before the last redirect and hands its address to somebody else.
    let request = mallory.get(&provider.url("/admin/keys"));
    assert_eq!(request.status, 200, "mallory is in already");
    let change = mallory.get(&provider.url("/admin/change")).location().unwrap();
    let without_prompt = change.replace("&prompt=select_account", "");
    let answer = mallory.get(&without_prompt).location().unwrap();
    assert!(answer.contains("/admin/callback?"), "{answer}");

    let mut victim = Browser::new(&provider);
    let refused = victim.open(&answer).page();
    assert_eq!(refused.status, 400, "no cookie of ours came with it");
    victim.get(&provider.url("/admin"));
    let refused = victim.open(&answer).page();
    assert_eq!(refused.status, 403, "a flow of its own, and not this one");
    let door = victim.open(&provider.url("/admin")).page();
    assert!(door.title().starts_with("Sign in"), "nobody was let in");

    let other_issuer = answer.replace(
        &encode(&[("iss", &provider.issuer)]),
        "iss=https%3A%2F%2Fevil.test",
    );
    assert_ne!(other_issuer, answer);
    assert_eq!(mallory.open(&other_issuer).page().status, 400);
    assert_eq!(
        mallory.open(&answer).page().status,
        200,
        "where it belongs it is good"
    );
    // The browser's Back: the code is spent, and whoever is signed in comes in anew.
    assert_eq!(mallory.open(&answer).page().status, 200);
}

#[test]
fn the_console_ends_with_the_session_it_leans_on() {
    let provider = Provider::start();
    let mut browser = at_the_console(&provider);
    provider.administer(|ports, ctx| {
        admin::sessions::revoke_all(ports, ctx, &Actor::cli(), admin::sessions::Whose::Of("alice")).map(drop)
    });
    let page = browser.open(&provider.url("/admin/keys")).page();
    assert!(page.title().starts_with("Sign in"), "{page:?}");
}

#[test]
fn a_role_counts_from_the_moment_it_is_given_or_taken() {
    let provider = Provider::start();
    let mut browser = at_the_console(&provider);
    assert_eq!(browser.get(&provider.url("/admin/keys")).status, 200);
    give(&provider, "bob", &[Role::Owner]);
    give(&provider, "alice", &[Role::Support]);
    assert_eq!(browser.get(&provider.url("/admin/keys")).status, 403);
    assert_eq!(browser.get(&provider.url("/admin/users")).status, 200);
    give(&provider, "alice", &[]);
    let page = browser.get(&provider.url("/admin/users"));
    assert_eq!(page.status, 403);
    assert!(page.body.contains("for administrators"), "{}", page.body);
}

#[test]
fn forms_are_taken_from_the_page_they_were_drawn_on_alone() {
    let provider = Provider::start();
    let mut browser = at_the_console(&provider);
    let before = signer(&provider, ES256);
    let rotate = provider.url("/admin/keys/rotate");
    let pause = browser.get(&provider.url("/admin/keys/schedule"));
    let foreign = field(&pause, "csrf");
    for csrf in ["", "made-up", &foreign] {
        let page = browser.post(
            &rotate,
            &[
                ("csrf", csrf),
                ("alg", "ES256"),
                ("force", "yes"),
                ("reason", "x"),
            ],
        );
        assert_eq!(page.status, 403, "{csrf}");
    }
    assert_eq!(signer(&provider, ES256), before);
}

#[test]
fn no_link_puts_words_into_the_consoles_mouth() {
    let provider = Provider::start();
    let mut browser = at_the_console(&provider);
    let said = kernel::digest::base64url(b"Your keys leaked. Call 555-0100.");
    for told in [said.clone(), format!("{said}."), format!("{said}.{said}")] {
        let page = browser.get(&provider.url(&format!("/admin/keys?told={told}")));
        assert_eq!(page.status, 200);
        assert!(!page.body.contains("555-0100"), "{}", page.body);
    }
}

#[test]
fn what_cannot_be_undone_wants_a_fresh_proof() {
    let provider = Provider::start();
    let mut browser = at_the_console(&provider);
    let kid = signer(&provider, ES256);
    let path = format!("/admin/keys/{kid}/revoke");
    let form = browser.get(&provider.url(&path));
    let (csrf, typed) = (field(&form, "csrf"), kid[..6].to_owned());
    provider.wait(6 * MINUTE);
    let stale = browser.get(&provider.url(&path));
    assert!(
        stale.body.contains("First, prove that it is you"),
        "{}",
        stale.body
    );
    let fields = [("csrf", &*csrf), ("stood", "active"), ("typed", &*typed)];
    let sent_away = browser.post(&provider.url(&path), &fields);
    assert!(
        sent_away.location().unwrap().contains("prompt=login"),
        "{sent_away:?}"
    );
    assert_eq!(signer(&provider, ES256), kid, "nothing happened");

    let proved = browser
        .sign_in_as(&provider.url(&format!("{path}?prove=1")), "alice")
        .page();
    assert_eq!(
        proved.url,
        provider.url(&path),
        "back where the proof was asked for"
    );
    let wrong = browser.submit(&proved, &[("typed", "k-xxxx")]).page();
    assert_eq!(wrong.status, 422);
    assert_eq!(signer(&provider, ES256), kid);
    let report = browser
        .submit(&proved, &[("typed", &typed), ("reason", "a leak")])
        .page();
    assert_eq!(report.status, 200, "{}", report.body);
    assert!(report.body.contains("Still exposed"), "{}", report.body);
    let jwks = http().get(provider.url("/jwks"));
    until("the key leaves the JWK Set", || {
        let set = jwks.try_clone().unwrap().send().unwrap().text().unwrap();
        (!set.contains(&kid)).then_some(())
    });
}

#[test]
fn a_page_that_is_older_than_the_key_revokes_nothing() {
    let provider = Provider::start();
    let mut browser = at_the_console(&provider);
    let kid = signer(&provider, ES256);
    let path = format!("/admin/keys/{kid}/revoke");
    let form = browser.get(&provider.url(&path));
    let fresh = provider.fresh(&[ES256]);
    provider.administer(move |ports, ctx| {
        let insistence = admin::keys::Insistence::Because("a drill".to_owned());
        admin::keys::rotation::rotate(ports, ctx, &Actor::cli(), Some(ES256), &insistence, fresh).map(drop)
    });
    let fields = [
        ("csrf", &*field(&form, "csrf")),
        ("stood", "active"),
        ("typed", &kid[..6]),
    ];
    let page = browser.post(&provider.url(&path), &fields);
    assert_eq!(page.status, 409, "{}", page.body);
    assert!(page.body.contains("retiring by now"), "{}", page.body);
}

#[test]
fn a_spare_that_is_not_safe_is_turned_for_a_reason_alone_and_the_trail_says_which() {
    let provider = Provider::start();
    let mut browser = at_the_console(&provider);
    let before = signer(&provider, ES256);
    let ask = browser.get(&provider.url("/admin/keys/rotate"));
    let unsafe_yet = browser.submit(&ask, &[("alg", "ES256")]).page();
    assert_eq!(unsafe_yet.status, 409);
    let no_reason = browser.submit(&ask, &[("alg", "ES256"), ("force", "yes")]).page();
    assert_eq!(no_reason.status, 422);
    assert_eq!(signer(&provider, ES256), before);
    let done = browser
        .submit(
            &ask,
            &[("alg", "ES256"), ("force", "yes"), ("reason", "a drill at noon")],
        )
        .page();
    assert!(done.body.contains("ES256 signs with"), "{}", done.body);
    let trail = browser.get(&provider.url("/admin/audit?event=key.rotate"));
    assert!(trail.body.contains("forced: a drill at noon"), "{}", trail.body);
    let source = "<span>console<span class=\"soft\"><bdi>127.0.0.1</bdi>";
    assert!(trail.body.contains(source), "{}", trail.body);
    assert!(
        trail.body.contains("<bdi>alice</bdi></a>"),
        "by name: {}",
        trail.body
    );
}
