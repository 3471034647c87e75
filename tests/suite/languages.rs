//! Pages and letters in the language of whoever reads them.

use admin::Actor;
use admin::users::{self, NewUser, UserChange};
use identity::Profile;
use identity::inbox::Inbox as _;

use crate::actors::{Attacker, Browser, Page};
use crate::cast::PASSWORD;
use crate::rig::Provider;

/// The language a page says it is in.
#[track_caller]
fn language(page: &Page) -> &str {
    let after = page.body.split("<html lang=\"").nth(1).unwrap();
    after.split('"').next().unwrap()
}

/// An authorization request of the app that has to ask.
fn asking(provider: &Provider, ui_locales: Option<&str>) -> String {
    Attacker(provider).authorize_url("other", &[("ui_locales", ui_locales)])
}

fn speaking(provider: &Provider, header: &'static str) -> Browser {
    let mut browser = Browser::new(provider);
    browser.speaks = header;
    browser
}

/// Sets somebody's own language, as an administrator does.
fn set_own(provider: &Provider, username: &'static str, tag: &'static str) {
    provider.administer(move |ports, ctx| {
        let change = UserChange {
            profile: Profile {
                locale: Some(tag.to_owned()),
                ..Profile::default()
            },
            ..UserChange::default()
        };
        users::update(ports, ctx, &Actor::named("suite"), username, change).map(drop)
    });
}

fn sign_in(browser: &mut Browser, door: &Page, username: &str) -> Page {
    let landed = browser.submit(door, &[("username", username), ("password", PASSWORD)]);
    landed.page()
}

#[test]
fn the_nearest_wish_decides() {
    let provider = Provider::start();
    // Nobody wishes for anything there is.
    let page = speaking(&provider, "tlh, fr;q=0.5")
        .open(&asking(&provider, Some("fr")))
        .page();
    assert_eq!(
        (language(&page), page.title()),
        ("en", "Sign in to The other app")
    );
    // The browser.
    let mut browser = speaking(&provider, "fr, de-AT;q=0.8, en;q=0.5");
    let page = browser.open(&asking(&provider, None)).page();
    assert_eq!(
        (language(&page), page.title()),
        ("de", "Bei The other app anmelden")
    );
    // What was chosen at it.
    let page = browser.click(&page, "/language/ar").page();
    assert_eq!(language(&page), "ar");
    assert!(page.body.contains("dir=\"rtl\""));
    // The person's own, once they are known.
    set_own(&provider, "alice", "de-CH");
    let consent = sign_in(&mut browser, &page, "alice");
    assert_eq!(language(&consent), "de");
    assert!(
        consent.title().starts_with("Zugriff für The other app"),
        "{}",
        consent.title()
    );
    // The app's, before and after.
    let consent = browser.open(&asking(&provider, Some("fr en-GB de"))).page();
    assert_eq!(language(&consent), "en");
    assert!(consent.title().starts_with("Allow access"));
    // An app that wishes for none of ours wishes for nothing.
    let consent = browser.open(&asking(&provider, Some("fr"))).page();
    assert_eq!(language(&consent), "de");
}

#[test]
fn a_posted_request_keeps_the_apps_wish() {
    let provider = Provider::start();
    let url = asking(&provider, Some("ar"));
    let (path, query) = url.split_once('?').unwrap();
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let mut browser = Browser::new(&provider);
    let posted = browser.post(path, &pairs);
    assert_eq!(language(&browser.follow(posted).page()), "ar");
}

#[test]
fn choosing_by_hand_overrules_the_app_and_leads_on() {
    let provider = Provider::start();
    let mut browser = Browser::new(&provider);
    let german = browser.open(&asking(&provider, Some("de"))).page();
    let english = browser.click(&german, "/language/en").page();
    assert_eq!((language(&english), &english.url), ("en", &german.url));
    // The wish is gone for the whole of this request, and the request goes on.
    let refused = browser
        .submit(&english, &[("username", "alice"), ("password", "wrong")])
        .page();
    assert_eq!(language(&refused), "en");
    let consent = sign_in(&mut browser, &refused, "alice");
    assert_eq!(language(&consent), "en");
    let app = browser.submit(&consent, &[("decision", "allow")]).app();
    assert!(app.query().unwrap().contains("code="));
}

#[test]
fn nobody_else_can_overrule_it() {
    let provider = Provider::start();
    let mut browser = Browser::new(&provider);
    let german = browser.open(&asking(&provider, Some("de"))).page();
    let mut stranger = Browser::new(&provider);
    stranger.get_from(&provider.url("/language/en"), Some(&german.url));
    assert_eq!(language(&browser.open(&german.url).page()), "de");
}

#[test]
fn a_choice_leads_back_to_our_own_pages_only() {
    let provider = Provider::start();
    let choose = |referrer: Option<&str>| {
        let page = Browser::new(&provider).get_from(&provider.url("/language/de"), referrer);
        assert_eq!(page.status, 303);
        page.location().unwrap()
    };
    let front = provider.url("/");
    assert_eq!(choose(None), front);
    for elsewhere in [
        "https://evil.example/login/x",
        "http://127.0.0.1:1/",
        &format!("{}.evil.example/", provider.issuer),
        "data:text/html,x",
        "nonsense",
    ] {
        assert_eq!(choose(Some(elsewhere)), front, "{elsewhere}");
    }
    let own = provider.url("/account?as=x");
    assert_eq!(choose(Some(&own)), own);
    // What looks like another host stays a path of ours.
    assert!(choose(Some(&provider.url("//evil.example/"))).starts_with(&provider.issuer));
    let page = Browser::new(&provider).get(&provider.url("/language/tlh"));
    assert_eq!((page.status, page.header("set-cookie")), (404, ""));
}

#[test]
fn the_cookie_is_kept_and_says_nothing_but_a_language() {
    let provider = Provider::start();
    let page = Browser::new(&provider).get(&provider.url("/language/ar"));
    let cookie = page.header("set-cookie").to_owned();
    assert!(cookie.starts_with("signet-language=ar;"), "{cookie}");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=31536000"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    for planted in ["xx", "en\"><script>", "", "ar; x"] {
        let mut browser = Browser::new(&provider);
        browser
            .cookies
            .insert("signet-language".to_owned(), planted.to_owned());
        let shown = language(&browser.open(&provider.url("/")).page()).to_owned();
        assert_eq!(
            shown,
            if planted.starts_with("ar") { "ar" } else { "en" },
            "{planted}"
        );
    }
}

#[test]
fn a_person_chooses_their_own_language() {
    let provider = Provider::start();
    let mut browser = speaking(&provider, "de");
    let door = browser.open(&provider.url("/account")).page();
    let account = sign_in(&mut browser, &door, "alice");
    assert_eq!(language(&account), "de");
    assert!(account.body.contains("Wie der Browser es sagt"));
    assert!(account.body.contains("href=\"/language/ar\""));
    let page = browser.click(&account, "/account/language").page();
    let account = browser.submit(&page, &[("language", "ar")]).page();
    assert_eq!(
        (language(&account), &account.url),
        ("ar", &provider.url("/account"))
    );
    // Their own decides, so the foot of the page offers no other.
    assert!(!account.body.contains("href=\"/language/"));
    assert!(
        provider
            .audit()
            .iter()
            .any(|event| event.event == "user.language")
    );
    // Nothing that is no language, nothing without the form's token.
    let page = browser.click(&account, "/account/language").page();
    assert_eq!(browser.send_form(&page, &[("language", "tlh")]).status, 404);
    assert_eq!(browser.post(&page.url, &[("language", "en")]).status, 403);
    // And back to what the browser says.
    let account = browser.submit(&page, &[("language", "")]).page();
    assert_eq!(language(&account), "de");
}

#[test]
fn choosing_what_fits_already_keeps_a_region() {
    let provider = Provider::start();
    set_own(&provider, "alice", "de-CH");
    let mut browser = Browser::new(&provider);
    let door = browser.open(&provider.url("/account/language")).page();
    let page = sign_in(&mut browser, &door, "alice");
    assert_eq!(language(&page), "de");
    browser.submit(&page, &[("language", "de")]).page();
    let kept = provider.administer(|ports, _| {
        let alice = users::find(ports, &Actor::named("suite"), "alice")?;
        Ok(alice.profile.locale)
    });
    assert_eq!(kept.as_deref(), Some("de-CH"));
}

#[test]
fn letters_are_in_their_readers_language() {
    let provider = Provider::start();
    let ask = |browser: &mut Browser| {
        let page = browser.open(&provider.url("/reset")).page();
        browser.submit(&page, &[("username", "alice")]).page();
        provider.inbox.letters().remove(0)
    };
    // Of the page somebody asked on, as long as nobody said otherwise.
    let letter = ask(&mut speaking(&provider, "de"));
    assert!(
        letter.subject.starts_with("Wählen Sie ein neues Passwort"),
        "{}",
        letter.subject
    );
    assert!(letter.text.contains("30 Minuten"));
    // Then their own, wherever it was asked for.
    set_own(&provider, "alice", "ar");
    let letter = ask(&mut speaking(&provider, "de"));
    assert!(
        letter.html.contains("<html lang=\"ar\" dir=\"rtl\">"),
        "{}",
        letter.html
    );
    assert!(!letter.html.contains("http://") || letter.html.contains(&provider.issuer));
}

#[test]
fn what_went_wrong_is_said_in_the_readers_language() {
    let provider = Provider::start();
    let mut browser = speaking(&provider, "de");
    for (url, title) in [
        (provider.url("/nowhere"), "Fehler · Diese Seite gibt es nicht"),
        (
            provider.url("/login/gone"),
            "Fehler · Diese Anmeldung ist nicht mehr offen",
        ),
    ] {
        let page = browser.open(&url).page();
        assert_eq!((language(&page), page.title()), ("de", title));
    }
    // A request that cannot be answered to its app says why in the app's language.
    let foreign = Attacker(&provider).authorize_url(
        "web",
        &[
            ("ui_locales", Some("ar")),
            ("redirect_uri", Some("https://evil.example/")),
        ],
    );
    assert_eq!(language(&browser.open(&foreign).page()), "ar");
    // So does a form that cannot be read, before any page of ours has looked at it.
    let page = browser.post(&provider.url("/login/gone"), &[]);
    assert_eq!(language(&page), "de");
}

#[test]
fn signing_out_is_asked_and_told_in_the_readers_language() {
    let provider = Provider::start();
    set_own(&provider, "alice", "de");
    let mut browser = Browser::new(&provider);
    let door = browser.open(&provider.url("/login")).page();
    assert_eq!(language(&sign_in(&mut browser, &door, "alice")), "de");
    let question = browser.open(&provider.url("/logout?ui_locales=ar")).page();
    assert_eq!(language(&question), "ar");
    let question = browser.open(&provider.url("/logout")).page();
    assert_eq!(language(&question), "de");
    // Nobody is here any more when this is shown; it is said to the one who just was.
    let out = browser.submit(&question, &[]).page();
    assert_eq!((language(&out), out.title()), ("de", "Abgemeldet · Signet"));
}

/// Names are escaped exactly once, whatever the words around them are.
#[test]
fn a_hostile_name_stays_a_name_in_every_language() {
    const NAME: &str = "<script>alert(1)</script>&amp;";
    const SHOWN: &str = "&#60;script&#62;alert(1)&#60;/script&#62;&#38;amp;";
    let provider = Provider::start();
    provider.administer(|ports, ctx| {
        let eve = NewUser {
            username: "eve".to_owned(),
            email: Some("eve@example.org".to_owned()),
            profile: Profile {
                name: Some(NAME.to_owned()),
                ..Profile::default()
            },
            password: ports
                .user_by_login(&identity::LoginKey::of("alice"))?
                .and_then(|alice| alice.password),
            ..NewUser::default()
        };
        users::create(ports, ctx, &Actor::named("suite"), eve).map(drop)
    });
    for (header, tag) in [("en", "en"), ("de", "de"), ("ar", "ar")] {
        let mut browser = speaking(&provider, header);
        let door = browser.open(&asking(&provider, None)).page();
        let consent = sign_in(&mut browser, &door, "eve");
        let chooser = Attacker(&provider).authorize_url("other", &[("prompt", Some("select_account"))]);
        let pages = [
            consent,
            browser.open(&chooser).page(),
            browser.open(&provider.url("/")).page(),
            browser.open(&provider.url("/account")).page(),
            browser.open(&provider.url("/account/language")).page(),
            browser.open(&provider.url("/logout")).page(),
        ];
        for page in pages {
            assert_eq!(language(&page), tag);
            assert!(page.body.contains(SHOWN), "{}", page.body);
            assert!(!page.body.contains("<script>"), "{}", page.body);
            assert!(!page.body.contains("&#38;#"), "{}", page.body);
        }
    }
}

#[test]
fn discovery_names_the_languages_there_are() {
    let provider = Provider::start();
    let document = Browser::new(&provider).get(&provider.url("/.well-known/openid-configuration"));
    let document: serde_json::Value = serde_json::from_str(&document.body).unwrap();
    assert_eq!(
        document["ui_locales_supported"],
        serde_json::json!(["en", "de", "ar"])
    );
}
