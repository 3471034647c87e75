//! Each kind of refusal, opened by its id.

use token::flow::Shown;

use super::{failed, id_of, opened};
use crate::actors::attacker::{Answer, Attacker, basic, redemption};
use crate::actors::{Browser, Page};
use crate::cast::{CALLBACK, PASSWORD, SECRET};
use crate::rig::Provider;

#[track_caller]
fn of_page(provider: &Provider, page: &Page) -> (String, String) {
    let flow = opened(provider, &page.headers);
    assert_eq!(flow.status, page.status, "{flow:?}");
    failed(&flow)
}

#[track_caller]
fn of_answer(provider: &Provider, answer: &Answer) -> (String, String) {
    let flow = opened(provider, &answer.headers);
    assert_eq!(
        (flow.status, &*flow.refused.error),
        (answer.status, answer.text("error"))
    );
    failed(&flow)
}

#[test]
fn an_authorization_request_that_ends_on_a_page() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    provider.administer(|ports, ctx| {
        admin::clients::disable(ports, ctx, &admin::Actor::named("suite"), "web2").map(drop)
    });
    let foreign = "https://rp.test/cb/";
    let rows = [
        ("web", ("client_id", None), "the request names one client"),
        ("nobody", ("x", None), "the client is registered here and enabled"),
        ("web2", ("x", None), "the client is registered here and enabled"),
        (
            "web",
            ("redirect_uri", None),
            "the request names one redirect_uri",
        ),
        (
            "web",
            ("redirect_uri", Some(foreign)),
            "the redirect_uri is registered for the client",
        ),
    ];
    for (client_id, change, name) in rows {
        let page = attacker.authorize(client_id, &[change]);
        assert!(page.body.contains(&id_of(&page.headers)), "{name}");
        assert_eq!(of_page(&provider, &page).0, name);
    }
    let page = attacker.authorize("web", &[("redirect_uri", Some(foreign))]);
    let flow = opened(&provider, &page.headers);
    assert_eq!(flow.endpoint, "/authorize");
    assert_eq!(flow.refused.foreign_uri.as_deref(), Some(foreign));
    let compared = &flow.refused.compared[0];
    assert_eq!((&*compared.registered, compared.differs_at), (CALLBACK, Some(18)));
    let sent: Vec<_> = flow
        .refused
        .parameters
        .iter()
        .map(|it| (&*it.name, &it.value))
        .collect();
    assert!(
        sent.contains(&("client_id", &Shown::Whole("web".to_owned()))),
        "{sent:?}"
    );
    assert!(
        sent.contains(&("state", &Shown::Beginning("a state ".to_owned(), 14))),
        "{sent:?}"
    );
}

#[test]
fn an_authorization_request_that_is_answered_with_an_error() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let rows = [
        (("response_type", Some("token")), "RFC 6749 4.1.1, 3.3"),
        (("scope", Some("admin")), "RFC 6749 4.1.1, 3.3"),
        (
            ("response_mode", Some("evil")),
            "OAuth 2.0 Multiple Response Types 2.1",
        ),
        (
            ("code_challenge_method", Some("plain")),
            "RFC 7636 4.2, RFC 9700 2.1.1",
        ),
        (("prompt", Some("sometimes")), "OpenID Connect Core 3.1.2.1"),
        (("request", Some("e30.e30.")), "OpenID Connect Core 6, 7.2.1"),
        (("resource", Some("https://api.evil.test")), "RFC 8707 2"),
        (("claims", Some("[]")), "OpenID Connect Core 5.5"),
        (("prompt", Some("none")), "OpenID Connect Core 3.1.2.6"),
    ];
    for (change, section) in rows {
        let page = attacker.authorize("web", &[change]);
        assert_eq!(page.status, 303, "{change:?}");
        assert_eq!(of_page(&provider, &page).1, section, "{change:?}");
    }
}

#[test]
fn what_the_person_did_not_do_or_did_not_want() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let mut browser = Browser::new(&provider);
    let consent = browser
        .sign_in_as(&attacker.authorize_url("other", &[]), "alice")
        .page();
    let silent = browser.get(&attacker.authorize_url("other", &[("prompt", Some("none"))]));
    assert_eq!(
        of_page(&provider, &silent).0,
        "the person has allowed this access"
    );
    let denied = browser.send_form(&consent, &[("decision", "deny")]);
    assert_eq!(of_page(&provider, &denied).0, "the person allows this access");
    assert_eq!(
        opened(&provider, &denied.headers).refused.client_id.as_deref(),
        Some("other")
    );
    // Another browser opens what is alice's.
    let stolen = Browser::new(&provider).get(&consent.url);
    assert_eq!(opened(&provider, &stolen.headers).refused.error, "no_cookie");
}

#[test]
fn a_token_request() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let with = |authorization: &str, form: &[(&str, &str)]| {
        of_answer(&provider, &attacker.token_with(Some(authorization), form)).0
    };
    let code = redemption("made-up");
    assert_eq!(with("Basic !", &code), "there are credentials, of one kind");
    assert_eq!(
        with(&basic("nobody", SECRET), &code),
        "the client is registered here and enabled"
    );
    assert_eq!(
        with(&basic("post", SECRET), &code),
        "it authenticates as it registered to"
    );
    assert_eq!(with(&basic("web", "wrong"), &code), "its secret is right");
    let web = |form: &[(&str, &str)]| with(&basic("web", SECRET), form);
    assert_eq!(web(&[]), "grant_type is given");
    assert_eq!(
        web(&[("grant_type", "password")]),
        "the grant type is offered here"
    );
    assert_eq!(
        web(&[("grant_type", "client_credentials")]),
        "the client registered the grant type"
    );
    assert_eq!(web(&code), "the code is known");
    assert_eq!(
        web(&[("grant_type", "authorization_code")]),
        "nothing is missing and all can be read"
    );
}

#[test]
fn a_code_that_is_not_good_any_more() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let refused =
        |client_id: &str, form: &[(&str, &str)]| of_answer(&provider, &attacker.token(client_id, form)).0;
    let changed = |code: &str, name: &str, value: &str| {
        let mut form = redemption(code).map(|(name, value)| (name.to_owned(), value.to_owned()));
        form.iter_mut()
            .filter(|(own, _)| own == name)
            .for_each(|pair| pair.1 = value.to_owned());
        let form = form.each_ref().map(|(name, value)| (&**name, &**value));
        refused("web", &form)
    };
    let used = attacker.code("web", &[]);
    attacker.redeem("web", &used).granted();
    assert_eq!(refused("web", &redemption(&used)), "the code was not used before");
    let theirs = attacker.code("web", &[]);
    assert_eq!(
        refused("web2", &redemption(&theirs)),
        "it was issued to this client"
    );
    let code = attacker.code("web", &[]);
    let elsewhere = changed(&code, "redirect_uri", "https://rp.test/other");
    assert_eq!(elsewhere, "redirect_uri is that of the authorization request");
    let code = attacker.code("web", &[]);
    let guess = changed(&code, "code_verifier", &"a".repeat(43));
    assert_eq!(guess, "code_verifier fits code_challenge");
    let late = attacker.code("web", &[]);
    provider.wait(61);
    assert_eq!(refused("web", &redemption(&late)), "it has not expired");
}

#[test]
fn a_refresh_token_that_two_parties_had() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let code = attacker.code("web", &[]);
    let first = attacker.redeem("web", &code);
    let first = first.text("refresh_token");
    let second = attacker.refresh("web", first);
    attacker.refresh("web", second.text("refresh_token")).granted();
    let reused = attacker.refresh("web", first);
    assert_eq!(
        of_answer(&provider, &reused).0,
        "the refresh token was not used before"
    );
    assert!(opened(&provider, &reused.headers).refused.user.is_some());
}

#[test]
fn a_sign_in_whose_page_does_not_say_why() {
    let provider = Provider::start();
    let attacker = Attacker(&provider);
    let mut browser = Browser::new(&provider);
    let page = browser.open(&attacker.authorize_url("web", &[])).page();
    let mut attempt = |username: &str, password: &str| {
        let page = browser.send_form(&page, &[("username", username), ("password", password)]);
        assert!(page.body.contains(&id_of(&page.headers)));
        let flow = opened(&provider, &page.headers);
        assert_eq!(flow.refused.client_id.as_deref(), Some("web"));
        (flow.refused.error, flow.refused.user.is_some())
    };
    assert_eq!(attempt("nobody", PASSWORD), ("unknown_user".to_owned(), false));
    assert_eq!(attempt("alice", "wrong"), ("wrong_password".to_owned(), true));
    provider.administer(|ports, ctx| {
        admin::users::lock(ports, ctx, &admin::Actor::named("suite"), "bob").map(drop)
    });
    assert_eq!(attempt("bob", PASSWORD), ("locked".to_owned(), true));
    for _ in 0..9 {
        attempt("alice", "wrong");
    }
    assert_eq!(attempt("alice", PASSWORD), ("throttled".to_owned(), true));
}

#[test]
fn a_logout_that_does_not_lead_back() {
    let provider = Provider::start();
    let out = |query: &str| Browser::new(&provider).get(&provider.url(&format!("/logout?{query}")));
    let rows = [
        (
            "client_id=web&post_logout_redirect_uri=https%3A%2F%2Frp.test%2Fbye",
            "post_logout_redirect_uri is registered for the client",
        ),
        ("client_id=nobody", "the client is registered here and enabled"),
        (
            "id_token_hint=e30.e30.e30",
            "id_token_hint is an ID token of this server",
        ),
        (
            "post_logout_redirect_uri=https%3A%2F%2Frp.test%2Fbye%2Fweb",
            "the request says which client asks",
        ),
        ("client_id=web&client_id=web", "no parameter is given twice"),
    ];
    for (query, name) in rows {
        assert_eq!(of_page(&provider, &out(query)).0, name);
    }
    // Nothing was wrong with these.
    let fine = "client_id=web&post_logout_redirect_uri=https%3A%2F%2Frp.test%2Fbye%2Fweb";
    for query in ["", fine] {
        let page = out(query);
        let id = id_of(&page.headers);
        let found = super::find_as(&provider, super::with_role(admin::Role::Support), &id);
        assert!(
            matches!(found, Err(admin::AdminFault::NotFound { .. })),
            "{query}"
        );
    }
}

#[test]
fn a_form_that_cannot_be_read_or_is_not_genuine() {
    let provider = Provider::start();
    let mut browser = Browser::new(&provider);
    let broken = browser.get(&provider.url("/authorize?client_id=%ff"));
    assert_eq!(opened(&provider, &broken.headers).refused.error, "unreadable");
    let page = browser.open(&provider.url("/login")).page();
    let forged = browser.post(&page.url, &[("username", "alice"), ("csrf", "forged")]);
    assert_eq!(opened(&provider, &forged.headers).refused.error, "form_refused");
}
