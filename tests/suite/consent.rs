//! Consent: an app that is not ours is introduced, and the person decides. What is decided about is kept on the server.

use protocol::Scope;
use token::{ApiResource, ClaimScope};

use crate::actors::attacker::Attacker;
use crate::actors::browser::param;
use crate::actors::{Browser, Page};
use crate::rig::Provider;

const WANTED: (&str, Option<&str>) = ("scope", Some("openid email"));

/// Alice's browser, on the consent page of `other`.
fn asked(provider: &Provider, scope: (&str, Option<&str>)) -> (Browser, Page) {
    let mut browser = Browser::new(provider);
    let url = Attacker(provider).authorize_url("other", &[scope]);
    let page = browser.sign_in_as(&url, "alice").page();
    assert!(page.title().starts_with("Allow access"), "{}", page.title());
    (browser, page)
}

#[test]
fn what_was_allowed_is_remembered() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let (mut browser, page) = asked(&provider, WANTED);
    assert!(page.body.contains("The other app") && page.body.contains("rp.test"));
    let landed = browser.submit(&page, &[("decision", "allow")]).app();
    let tokens = attacker.redeem("other", &param(&landed, "code").unwrap());
    assert_eq!(
        attacker.userinfo(tokens.granted()).text("email"),
        "alice@example.org"
    );

    let silent = attacker.authorize_url("other", &[WANTED, ("prompt", Some("none"))]);
    assert!(param(&browser.open(&silent).app(), "code").is_some());
    // Another browser of the same person is not asked either.
    let mut second = Browser::new(&provider);
    let landed = second.sign_in(&attacker.authorize_url("other", &[WANTED]), "alice");
    assert!(param(&landed, "code").is_some());
}

#[test]
fn more_than_before_is_asked_about() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let (mut browser, page) = asked(&provider, WANTED);
    browser.submit(&page, &[("decision", "allow")]).app();
    let more = attacker.authorize_url("other", &[("scope", Some("openid email profile"))]);
    let page = browser.open(&more).page();
    assert_eq!(page.body.matches("class=\"new\"").count(), 1, "{}", page.body);
    let again = attacker.authorize_url("other", &[WANTED, ("prompt", Some("consent"))]);
    assert!(browser.open(&again).page().title().starts_with("Allow access"));
}

#[test]
fn denying_is_an_answer() {
    let provider = Provider::start();
    let (mut browser, page) = asked(&provider, WANTED);
    let landed = browser.submit(&page, &[("decision", "deny")]).app();
    assert_eq!(param(&landed, "error").as_deref(), Some("access_denied"));
    assert_eq!(param(&landed, "state").as_deref(), Some("a state & more"));
    assert_eq!(param(&landed, "iss"), Some(provider.issuer.clone()));
    // It is not remembered: whoever comes back is asked again.
    assert!(browser.open(&page.url).page().title().starts_with("Allow access"));
    let again = browser
        .open(&Attacker(&provider).authorize_url("other", &[WANTED]))
        .page();
    assert!(again.title().starts_with("Allow access"));
}

#[test]
fn the_form_cannot_say_what_is_allowed() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let (mut browser, page) = asked(&provider, ("scope", Some("openid")));
    let tampered = [
        ("scope", "openid admin offline_access email"),
        ("client_id", "web"),
        ("redirect_uri", "https://evil.test/"),
        ("decision", "allow"),
    ];
    let landed = browser.submit(&page, &tampered).app();
    assert_eq!(landed.host_str(), Some("rp.test"));
    let tokens = attacker.redeem("other", &param(&landed, "code").unwrap());
    tokens.granted();
    assert_eq!(tokens.text("scope"), "openid");
    assert!(tokens.json["refresh_token"].is_null());
}

#[test]
fn only_the_form_of_this_browser_counts() {
    let provider = Provider::start();
    let (mut browser, page) = asked(&provider, WANTED);
    let forged = [("decision", "allow"), ("csrf", "x")];
    assert_eq!(browser.post(&page.url, &forged).status, 403);
    assert_eq!(browser.post(&page.url, &forged[..1]).status, 403);
    // A signed-in stranger cannot answer it, nor can a browser without cookies.
    let (mut stranger, own) = asked(&provider, WANTED);
    assert!((400..500).contains(&stranger.send_form(&page, &[("decision", "allow")]).status));
    assert!(
        (400..500).contains(
            &Browser::new(&provider)
                .send_form(&page, &[("decision", "allow")])
                .status
        )
    );
    stranger.submit(&own, &[("decision", "allow")]).app();
    browser.submit(&page, &[("decision", "deny")]).app();
}

#[test]
fn clicking_twice_leads_on() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let (mut browser, page) = asked(&provider, WANTED);
    let first = browser.send_form(&page, &[("decision", "allow")]);
    assert!(first.location().unwrap().contains("code="));
    // The second click gets no code of its own; it begins the same request anew, which needs no question any more.
    let second = browser.send_form(&page, &[("decision", "allow")]);
    assert!(
        second
            .location()
            .unwrap()
            .starts_with(&provider.url("/authorize/"))
    );
    let landed = browser.follow(second).app();
    assert_eq!(
        attacker.redeem("other", &param(&landed, "code").unwrap()).status,
        200
    );
}

#[test]
fn only_the_person_who_was_asked_can_answer() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let (mut browser, page) = asked(&provider, WANTED);
    // Another request of the same browser, a moment later, which asks bob.
    provider.wait(1);
    let url = attacker.authorize_url("other", &[WANTED, ("prompt", Some("login"))]);
    let bobs = browser.sign_in_as(&url, "bob").page();
    assert!(bobs.title().starts_with("Allow access") && bobs.body.contains("bob"));
    // Alice's form says yes for alice only, wherever it is sent.
    let (_, hidden) = page.answer().unwrap();
    let forged = [("csrf", &*hidden["csrf"]), ("decision", "allow")];
    assert_eq!(browser.post(&bobs.url, &forged).status, 403);
    // At its own place it counts: she signed in for that request, and is still here.
    let landed = browser.submit(&page, &[("decision", "allow")]).app();
    let tokens = attacker.redeem("other", &param(&landed, "code").unwrap());
    assert_eq!(
        attacker.userinfo(tokens.granted()).text("email"),
        "alice@example.org"
    );
}

#[test]
fn whoever_signs_in_meanwhile_is_not_taken_for_the_person_asked() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let mut browser = Browser::new(&provider);
    browser.sign_in(&attacker.authorize_url("web", &[]), "alice");
    let page = browser.open(&attacker.authorize_url("other", &[WANTED])).page();
    assert!(page.title().starts_with("Allow access") && page.body.contains("alice"));
    // In another tab bob signs in at the same browser, a moment later; the page was there because only alice was.
    provider.wait(1);
    browser.sign_in(
        &attacker.authorize_url("web", &[("prompt", Some("login"))]),
        "bob",
    );
    let asked = browser.submit(&page, &[("decision", "allow")]).page();
    assert!(
        asked.title().starts_with("Choose an account"),
        "{}",
        asked.title()
    );
    assert!(
        browser
            .open(&page.url)
            .page()
            .title()
            .starts_with("Choose an account")
    );
}

#[test]
fn a_native_app_is_never_allowed_in_silence() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let (mut browser, callback) = (Browser::new(&provider), "http://127.0.0.1:50123/cb");
    let ask = |extra: &[(&str, Option<&str>)]| {
        let at = [("redirect_uri", Some(callback))];
        attacker.authorize_url("native", &[&at, extra].concat())
    };
    // First party or not, remembered or not: any program on the device could be asking (RFC 8252 8.6).
    let page = browser.sign_in_as(&ask(&[]), "alice").page();
    for _ in 0..2 {
        assert!(page.body.contains("Allow an app on this device"), "{}", page.body);
        let again = browser.open(&ask(&[])).page();
        let landed = browser.submit(&again, &[("decision", "allow")]).app();
        assert!(param(&landed, "code").is_some());
    }
    let silent = browser.open(&ask(&[("prompt", Some("none"))])).app();
    assert_eq!(param(&silent, "error").as_deref(), Some("consent_required"));
}

#[test]
fn a_claim_asked_by_name_is_consented_to_like_its_scope() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let claims = ("claims", Some(r#"{"userinfo":{"email":{"essential":true}}}"#));
    let (openid, silent) = (("scope", Some("openid")), ("prompt", Some("none")));
    let (mut browser, page) = asked(&provider, openid);
    browser.submit(&page, &[("decision", "allow")]).app();
    let refused = browser
        .open(&attacker.authorize_url("other", &[openid, claims, silent]))
        .app();
    assert_eq!(param(&refused, "error").as_deref(), Some("consent_required"));

    let page = browser
        .open(&attacker.authorize_url("other", &[openid, claims]))
        .page();
    assert!(page.body.contains("Your e-mail address"), "{}", page.body);
    assert_eq!(page.body.matches("class=\"new\"").count(), 1);
    let landed = browser.submit(&page, &[("decision", "allow")]).app();
    let tokens = attacker.redeem("other", &param(&landed, "code").unwrap());
    tokens.granted();
    assert_eq!(
        tokens.text("scope"),
        "openid",
        "what was asked for stays what was asked for"
    );
    let again = browser
        .open(&attacker.authorize_url("other", &[openid, claims, silent]))
        .app();
    assert!(param(&again, "code").is_some());
}

#[test]
fn what_operators_defined_is_said_in_their_words() {
    const NOTES: &str = "https://api.test/notes";
    let provider = Provider::start();
    provider.administer(|ports, ctx| {
        let now = ctx.now();
        ports.insert_resource(&ApiResource {
            identifier: NOTES.to_owned(),
            name: Some("Notes API".to_owned()),
            scopes: Scope::parse("notes.read").unwrap(),
            access_token_alg: None,
            access_ttl: None,
            created_at: now,
            updated_at: now,
        })?;
        ports.insert_claim_scope(&ClaimScope {
            name: "hr".to_owned(),
            description: Some("Your desk and your floor".to_owned()),
            claims: [("desk".to_owned(), "desk".to_owned())].into(),
            created_at: now,
            updated_at: now,
        })?;
        let mut client = ports.client("other")?.unwrap();
        client.metadata.scope = Some("openid hr notes.read".to_owned());
        ports.update_client(&client)?;
        Ok(())
    });
    let scope = ("scope", Some("openid hr notes.read"));
    let mut browser = Browser::new(&provider);
    let page = browser
        .sign_in_as(&Attacker(&provider).authorize_url("other", &[scope]), "alice")
        .page();
    for words in [
        "Your desk and your floor",
        "notes.read",
        "At <bdi>Notes API</bdi>.",
        NOTES,
    ] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    let landed = browser.submit(&page, &[("decision", "allow")]).app();
    assert!(param(&landed, "code").is_some());
    let elsewhere = [
        ("scope", Some("notes.read")),
        ("resource", Some(&*provider.issuer)),
    ];
    let refused = browser
        .open(&Attacker(&provider).authorize_url("other", &elsewhere))
        .app();
    assert_eq!(param(&refused, "error").as_deref(), Some("invalid_scope"));
}
