//! Several accounts at one browser: which of them an app is given, and who decides that.

use crate::actors::browser::{Landing, param};
use crate::actors::{Attacker, Browser, Page, RelyingParty, Tokens};
use crate::cast::PASSWORD;
use crate::rig::Provider;

const CHOOSE: (&str, &str) = ("prompt", "select_account");
const SILENT: (&str, &str) = ("prompt", "none");

/// A browser at which alice signed in for `web`, and bob, a minute later, for `web2`; and their tokens.
fn shared(provider: &Provider) -> (Browser, Tokens, Tokens) {
    let mut browser = Browser::new(provider);
    let alice = RelyingParty::new(provider, "web").sign_in(&mut browser, "alice", "");
    provider.wait(60);
    let web2 = RelyingParty::new(provider, "web2");
    let departure = web2.depart("", &[("prompt", "login")]);
    let landed = browser.sign_in(&departure.url, "bob");
    let bob = web2.finish(departure, &landed);
    (browser, alice, bob)
}

#[track_caller]
fn chooser(landing: Landing) -> Page {
    let page = landing.page();
    assert!(page.title().starts_with("Choose an account"), "{}", page.title());
    page
}

/// The names on the page, in order.
fn offered(page: &Page) -> Vec<&str> {
    let names = ["alice Example", "bob Example"];
    let mut found: Vec<_> = names
        .into_iter()
        .filter(|name| page.body.contains(name))
        .collect();
    found.sort_by_key(|name| page.body.find(name));
    found
}

fn error(landing: Landing) -> String {
    param(&landing.app(), "error").expect("an error")
}

#[test]
fn a_second_account_does_not_end_the_first() {
    let provider = Provider::start();
    let (mut browser, alice, bob) = shared(&provider);
    let web = RelyingParty::new(&provider, "web");
    for tokens in [&alice, &bob] {
        assert_eq!(web.userinfo(&tokens.access).unwrap(), tokens.subject);
    }
    // Whoever is asked for is asked about, and gets what they chose.
    for wanted in [&alice, &bob, &alice] {
        let departure = web.depart("", &[]);
        let page = chooser(browser.open(&departure.url));
        assert_eq!(offered(&page).len(), 2);
        let landed = browser.submit(&page, &[("account", &wanted.subject)]).app();
        let tokens = web.finish(departure, &landed);
        assert_eq!(
            (&tokens.subject, tokens.auth_time),
            (&wanted.subject, wanted.auth_time)
        );
    }
}

#[test]
fn an_app_can_ask_for_a_choice_where_one_account_is_here() {
    let provider = Provider::start();
    let web = RelyingParty::new(&provider, "web");
    let mut browser = Browser::new(&provider);
    let departure = web.depart("", &[CHOOSE]);
    // Nobody is here: there is nothing to choose from, and signing in is the choice.
    let landed = browser.sign_in(&departure.url, "alice");
    let alice = web.finish(departure, &landed);

    let departure = web.depart("", &[CHOOSE]);
    let page = chooser(browser.open(&departure.url));
    assert_eq!(offered(&page), ["alice Example"]);
    let landed = browser.submit(&page, &[("account", &alice.subject)]).app();
    assert_eq!(web.finish(departure, &landed).auth_time, alice.auth_time);
}

#[test]
fn another_account_signs_in_beside_the_first() {
    let provider = Provider::start();
    let web = RelyingParty::new(&provider, "web");
    let mut browser = Browser::new(&provider);
    let alice = web.sign_in(&mut browser, "alice", "");

    let departure = web.depart("", &[CHOOSE]);
    let page = chooser(browser.open(&departure.url));
    let door = browser.submit(&page, &[("account", "another")]).page();
    assert!(
        door.title().starts_with("Sign in to"),
        "somebody is signed in, yet: {}",
        door.title()
    );
    // Second thoughts: the chooser is still there, and so is the door.
    chooser(browser.open(&page.url));
    assert!(browser.open(&door.url).page().title().starts_with("Sign in to"));
    let landed = browser
        .submit(&door, &[("username", "bob"), ("password", PASSWORD)])
        .app();
    let bob = web.finish(departure, &landed);
    assert_ne!(bob.subject, alice.subject);
    assert_eq!(web.userinfo(&alice.access).unwrap(), alice.subject);
    assert_eq!(offered(&chooser(browser.open(&web.depart("", &[]).url))).len(), 2);
}

#[test]
fn silence_takes_the_account_this_app_used_last() {
    let provider = Provider::start();
    let (mut browser, alice, bob) = shared(&provider);
    for (client_id, expected) in [("web", &alice), ("web2", &bob)] {
        let app = RelyingParty::new(&provider, client_id);
        let departure = app.depart("", &[SILENT]);
        let landed = browser.open(&departure.url).app();
        assert_eq!(app.finish(departure, &landed).subject, expected.subject);
    }
    // An app that knows neither is told to let the person choose.
    let codes = RelyingParty::new(&provider, "codes");
    let refused = browser.open(&codes.depart("", &[SILENT]).url);
    assert_eq!(error(refused), "account_selection_required");
}

#[test]
fn a_hint_settles_it() {
    let provider = Provider::start();
    let (mut browser, alice, bob) = shared(&provider);
    let codes = RelyingParty::new(&provider, "codes");
    for (hint, expected) in [("bob", &bob), ("Alice@Example.org", &alice)] {
        for extra in [vec![], vec![SILENT]] {
            let departure = codes.depart("", &[extra, vec![("login_hint", hint)]].concat());
            let landed = browser.open(&departure.url).app();
            assert_eq!(
                codes.finish(departure, &landed).subject,
                expected.subject,
                "{hint}"
            );
        }
    }
    chooser(browser.open(&codes.depart("", &[("login_hint", "carol")]).url));
    // An ID token of this app names one person, and nobody else will do.
    let web = RelyingParty::new(&provider, "web");
    for extra in [vec![], vec![SILENT], vec![CHOOSE]] {
        let hinted = [extra, vec![("id_token_hint", &*alice.id_token)]].concat();
        let departure = web.depart("", &hinted);
        let landed = browser.open(&departure.url).app();
        assert_eq!(web.finish(departure, &landed).subject, alice.subject);
    }
}

#[test]
fn a_sub_asked_for_by_value_is_the_only_one_who_will_do() {
    let provider = Provider::start();
    let (mut browser, alice, bob) = shared(&provider);
    let codes = RelyingParty::new(&provider, "codes");
    let sub = |sub: &str| format!(r#"{{"id_token":{{"sub":{{"value":"{sub}"}}}}}}"#);
    for person in [&alice, &bob] {
        let departure = codes.depart("", &[SILENT, ("claims", &sub(&person.subject))]);
        let landed = browser.open(&departure.url).app();
        assert_eq!(codes.finish(departure, &landed).subject, person.subject);
    }
    let nobody = sub("nobody");
    let refused = browser.open(&codes.depart("", &[SILENT, ("claims", &nobody)]).url);
    assert_eq!(error(refused), "login_required");
    // Where bob is asked for and alice signs in, the app gets an error and no code.
    let mut alone = Browser::new(&provider);
    let landed = alone.sign_in_as(&codes.depart("", &[("claims", &sub(&bob.subject))]).url, "alice");
    assert_eq!(error(landed), "login_required");
}

#[test]
fn only_accounts_of_this_browser_can_be_chosen() {
    let provider = Provider::start();
    let (mut browser, alice, bob) = shared(&provider);
    let attacker = Attacker(&provider);
    let mut mallory = Browser::new(&provider);
    mallory.sign_in(&attacker.authorize_url("web", &[]), "bob");
    let choose = attacker.authorize_url("web", &[("prompt", Some("select_account"))]);
    let page = chooser(mallory.open(&choose));
    assert_eq!(offered(&page), ["bob Example"]);
    // Whoever is not here is not taken; the page comes again.
    for account in [&*alice.subject, "usr_0000000000000000000000000"] {
        let answer = mallory.submit(&page, &[("account", account)]);
        match answer {
            Landing::Page(page) => assert!(!page.title().starts_with("Sign in"), "{}", page.title()),
            Landing::App(url) => panic!("{url}"),
        }
    }
    // Nor can anybody else's form or browser choose.
    let (_, hidden) = page.answer().unwrap();
    let forged = [("account", &*bob.subject), ("csrf", &*hidden["csrf"])];
    assert!((400..500).contains(&browser.post(&page.url, &forged).status));
    assert_eq!(mallory.post(&page.url, &forged[..1]).status, 403);
    let landed = mallory.submit(&page, &[("account", &bob.subject)]).app();
    assert!(param(&landed, "code").is_some());
}

#[test]
fn back_reload_and_a_second_click_lead_on() {
    let provider = Provider::start();
    let (mut browser, alice, bob) = shared(&provider);
    let attacker = Attacker(&provider);
    let subject = |url: &url::Url| {
        let tokens = attacker.redeem("web", &param(url, "code").unwrap());
        attacker.userinfo(tokens.granted()).text("sub").to_owned()
    };
    let choose = attacker.authorize_url("web", &[("prompt", Some("select_account"))]);
    let page = chooser(browser.open(&choose));
    chooser(browser.open(&page.url));
    let first = browser.send_form(&page, &[("account", &alice.subject)]);
    assert!(first.location().unwrap().contains("code="));
    // The second click of a double click goes where the first one went.
    let second = browser.submit(&page, &[("account", &alice.subject)]).app();
    assert_eq!(subject(&second), alice.subject);
    // Coming back to the chooser is to choose anew.
    let again = chooser(browser.open(&page.url));
    let landed = browser.submit(&again, &[("account", &bob.subject)]).app();
    assert_eq!(subject(&landed), bob.subject);
}

#[test]
fn a_choice_can_be_made_again_on_the_way() {
    let provider = Provider::start();
    let (mut browser, alice, bob) = shared(&provider);
    let attacker = Attacker(&provider);
    let page = chooser(browser.open(&attacker.authorize_url("other", &[])));
    let asked = browser.submit(&page, &[("account", &alice.subject)]).page();
    assert!(asked.title().starts_with("Allow access") && asked.body.contains("alice Example"));
    assert!(
        asked.body.contains(&page.url[provider.issuer.len()..]),
        "a way back to the chooser"
    );
    let asked = browser.submit(&page, &[("account", &bob.subject)]).page();
    assert!(asked.title().starts_with("Allow access") && asked.body.contains("bob Example"));
    let landed = browser.submit(&asked, &[("decision", "allow")]).app();
    let tokens = attacker.redeem("other", &param(&landed, "code").unwrap());
    assert_eq!(attacker.userinfo(tokens.granted()).text("sub"), bob.subject);
}

#[test]
fn who_is_locked_or_long_gone_is_not_offered() {
    let provider = Provider::start();
    let (mut browser, _, bob) = shared(&provider);
    let choose = Attacker(&provider).authorize_url("web", &[("prompt", Some("select_account"))]);
    provider.administer(|ports, ctx| {
        let actor = admin::Actor::named("suite");
        admin::users::lock(ports, ctx, &actor, "alice").map(drop)
    });
    let page = chooser(browser.open(&choose));
    assert_eq!(offered(&page), ["bob Example"]);
    // With one left nobody needs to be asked, unless the app wants it.
    let web = RelyingParty::new(&provider, "web");
    let departure = web.depart("", &[]);
    let landed = browser.open(&departure.url).app();
    assert_eq!(web.finish(departure, &landed).subject, bob.subject);
    provider.wait(13 * 3600);
    assert!(browser.open(&choose).page().title().starts_with("Sign in"));
}

#[test]
fn a_demand_for_a_fresh_sign_in_is_about_the_account_chosen() {
    let provider = Provider::start();
    let (mut browser, alice, bob) = shared(&provider);
    let web = RelyingParty::new(&provider, "web");
    // Bob signed in just now, alice a minute ago.
    let extra = [("max_age", "30")];
    let departure = web.depart("", &extra);
    let page = chooser(browser.open(&departure.url));
    let landed = browser.submit(&page, &[("account", &bob.subject)]).app();
    assert_eq!(web.finish(departure, &landed).auth_time, bob.auth_time);

    for extra in [extra, [("prompt", "login select_account")]] {
        provider.wait(31);
        let departure = web.depart("", &extra);
        let page = chooser(browser.open(&departure.url));
        let door = browser.submit(&page, &[("account", &alice.subject)]).page();
        assert!(door.title().starts_with("Sign in again") && door.body.contains("alice Example"));
        let landed = browser
            .submit(&door, &[("username", "alice"), ("password", PASSWORD)])
            .app();
        let again = web.finish(departure, &landed);
        assert_eq!(again.subject, alice.subject);
        assert!(again.auth_time > alice.auth_time);
    }
}
