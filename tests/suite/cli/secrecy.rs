//! A life of an installation at the highest level of detail: signing in, tokens, letters, sign-outs, keys, verbs and mistakes.
//! Afterwards nothing that was said anywhere tells a secret, and the database keeps none as it is.

mod keys;
mod ledger;
mod life;
mod operators;

use reqwest::Method;

use super::installation::until;
use crate::actors::Browser;
use crate::actors::browser::{encode, http, param};
use crate::actors::logout_listener::LogoutListener;
use crate::actors::mail_server::{MailServer, Speaks};
use crate::cast::CALLBACK;
use ledger::AtRest;
use life::{App, FIRST, Life, MAIL, SECOND, THIRD, WRONG, redemption};

const BACK: &str = "https://rp.test/bye";

#[test]
fn nothing_that_is_said_anywhere_tells_a_secret() {
    let (mail, listener) = (MailServer::start(Speaks::Plain), LogoutListener::start());
    let mut life = Life::begin(&mail);
    let [web, machine, api] = settle(&mut life, &listener.uri());
    let serving = life.installation.serve_aloud();

    tokens_come_and_go(&mut life, &web, &api);
    machines_work(&mut life, &machine);
    passwords_change(&mut life, &mail);
    a_letter_is_refused(&mut life, &mail);
    somebody_signs_out(&mut life, &web, &listener);
    keys_change(&mut life, &web);
    people_err(&mut life, &web);
    operators::look(&mut life);
    operators::err(&mut life);

    let numbers = life.numbers();
    // It all took place.
    for series in [
        r#"signet_mail_total{outcome="sent",template="password_reset"} 1"#,
        r#"signet_mail_total{outcome="sent",template="token_reused"} 1"#,
        r#"signet_logout_notices_total{outcome="delivered"} "#,
        r#"signet_logins_total{method="password",outcome="refused"} 1"#,
        "signet_refresh_reuse_total 1",
    ] {
        assert!(numbers.contains(series), "{series}: {numbers}");
    }
    life.said.push(("/metrics".to_owned(), numbers.into_bytes()));
    drop(serving);
    judge(&life);
}

/// People, clients and an API, by verbs.
fn settle(life: &mut Life, hears_at: &str) -> [App; 3] {
    life.ledger.note("address", AtRest::Plain, MAIL);
    let create = ["user", "create", "--username", "alice", "--email", MAIL];
    // Who makes somebody sees their address; nobody else does.
    let made = life.installation.fed(
        &[&create[..], &["--email-verified", "--password-stdin"]].concat(),
        FIRST,
    );
    assert!(made.status.success(), "{made:?}");
    life.done(
        &[
            "resource",
            "create",
            "--identifier",
            "urn:notes",
            "--scope",
            "notes",
        ],
        "",
    );
    let grants = ["--grant", "authorization_code", "--grant", "refresh_token"];
    let web = ["--redirect-uri", CALLBACK, "--post-logout-redirect-uri", BACK];
    let hears = ["--backchannel-logout-uri", hears_at];
    [
        life.client("web", &[&grants[..], &web, &hears].concat()),
        life.client(
            "machine",
            &["--grant", "client_credentials", "--resource", "urn:notes"],
        ),
        life.client("api", &["--resource-server-of", "urn:notes"]),
    ]
}

fn tokens_come_and_go(life: &mut Life, web: &App, api: &App) {
    let door = life.url("/login");
    let door = life.open(&door);
    life.submit(&door, &[("username", "alice"), ("password", WRONG)]);

    let first = life.sign_in(web, FIRST);
    assert_eq!(life.bearer(&first.access), 200);
    assert_eq!(life.bearer(&first.access[..first.access.len() - 4]), 401);
    assert_eq!(life.post("/introspect", web, &[("token", &first.access)]).0, 200);
    assert_eq!(life.post("/introspect", api, &[("token", &first.refresh)]).0, 200);

    let spend = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &*first.refresh),
    ];
    let (_, tokens) = life.post("/token", web, &spend);
    let second = life.redeemed(first.code.clone(), &tokens);
    let again = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &*second.refresh),
    ];
    let (_, tokens) = life.post("/token", web, &again);
    let third = life.redeemed(first.code.clone(), &tokens);
    assert_eq!(life.post("/token", web, &spend).0, 400, "a replay");
    assert_eq!(life.post("/token", web, &redemption(&first.code, WRONG)).0, 400);
    assert_eq!(life.post("/revoke", web, &[("token", &third.refresh)]).0, 200);
}

fn machines_work(life: &mut Life, machine: &App) {
    let ask = [("grant_type", "client_credentials"), ("scope", "notes")];
    let (status, answer) = life.post("/token", machine, &ask);
    assert_eq!(status, 200, "{answer}");
    let token = answer["access_token"].as_str().unwrap();
    life.ledger.token("access token", token);
    assert_eq!(life.post("/introspect", machine, &[("token", token)]).0, 200);

    let guessed = App {
        id: machine.id,
        secret: "a-secret-somebody-guessed".to_owned(),
    };
    life.ledger.note("client secret", AtRest::Hidden, &guessed.secret);
    assert_eq!(life.post("/token", &guessed, &ask).0, 401);
    let body = [
        &ask[..],
        &[("client_id", "machine"), ("client_secret", &*machine.secret)],
    ]
    .concat();
    let url = life.url("/token");
    life.mistake("a secret in the body", Method::POST, &url, &body);
    let file = life.installation.path("token");
    std::fs::write(&file, token).unwrap();
    let file = file.to_str().unwrap().to_owned();
    for verb in ["introspect", "revoke"] {
        life.done(&["token", verb, "--token-file", &file], "");
    }
    life.done(&["token", "inspect"], token);
}

fn passwords_change(life: &mut Life, mail: &MailServer) {
    let page = life.url("/account/password");
    let page = life.open(&page);
    life.submit(&page, &[("password", WRONG), ("new_password", SECOND)]);
    let page = life.url("/account/password");
    let page = life.open(&page);
    life.submit(&page, &[("password", FIRST), ("new_password", SECOND)]);

    let page = life.url("/reset");
    let page = life.open(&page);
    life.submit(&page, &[("username", MAIL)]);
    // Behind the letters about the replay and the new password.
    let address = life.url("/reset/");
    let (letter, start) = until("the letter with the link", || {
        let letter = mail.delivery().text();
        let start = letter.find(&address)?;
        Some((letter, start))
    });
    let link = letter[start..].split_whitespace().next().unwrap().to_owned();
    let token = link.rsplit('/').next().unwrap();
    life.ledger.note("reset link", AtRest::Hidden, token);
    life.browser = Browser::at(&life.installation.issuer);
    let form = life.open(&link);
    let done = life.submit(&form, &[("password", THIRD)]);
    assert!(done.title().starts_with("Password changed"), "{done:?}");
    mail.delivery();
    life.mistake("a spent link", Method::GET, &link, &[]);
}

/// The mail server repeats the address it was given.
fn a_letter_is_refused(life: &mut Life, mail: &MailServer) {
    mail.excuse_itself("550 5.1.1 <alice.private@example.org>: no such person");
    let page = life.url("/reset");
    let page = life.open(&page);
    life.submit(&page, &[("username", "alice")]);
    let lost = r#"signet_mail_total{outcome="lost",template="password_reset"} 1"#;
    until("the letter is lost", || {
        life.numbers().contains(lost).then_some(())
    });
}

fn somebody_signs_out(life: &mut Life, web: &App, listener: &LogoutListener) {
    // The resets before this told the client of earlier sessions.
    let tokens = life.sign_in(web, THIRD);
    let query = encode(&[
        ("id_token_hint", &tokens.id_token),
        ("post_logout_redirect_uri", BACK),
        ("state", "a-state-of-the-sign-out"),
    ]);
    life.ledger
        .note("state", AtRest::Plain, "a-state-of-the-sign-out");
    let url = life.url(&format!("/logout?{query}"));
    life.browser.open(&url).app();
    let sid = crate::apis::part(&tokens.id_token, 1)["sid"].clone();
    until("the client hears", || {
        let token = listener.token();
        life.ledger.token("logout token", &token);
        (crate::apis::part(&token, 1)["sid"] == sid).then_some(())
    });
}

fn keys_change(life: &mut Life, web: &App) {
    life.done(&["key", "rotate", "--force", "--reason", "drill"], "");
    let (old, new) = ["secrets/master.key", "secrets/new.key"]
        .map(|name| life.installation.path(name))
        .into();
    life.done(
        &[
            "key",
            "reencrypt",
            "--new-master-key-file",
            new.to_str().unwrap(),
            "--yes",
        ],
        "",
    );
    std::fs::rename(&new, &old).unwrap();
    let master = std::fs::read_to_string(&old).unwrap();
    life.ledger.note("master key", AtRest::Hidden, master.trim());
    let database = life.installation.path("data/signet.db");
    keys::note(&mut life.ledger, &database, master.trim());
    life.sign_in(web, THIRD);
}

/// Requests that go wrong and carry what they should not.
fn people_err(life: &mut Life, web: &App) {
    let (url, verifier) = life.request(web);
    let landed = life.browser.open(&url).app();
    let code = param(&landed, "code").unwrap();
    life.ledger.note("code", AtRest::Hidden, &code);
    let url = life.url(&format!("/token?{}", encode(&redemption(&code, &verifier))));
    life.mistake("a code in the URL", Method::GET, &url, &[]);
    life.mistake(
        "a code in the URL, posted",
        Method::POST,
        &url,
        &[("client_id", "web")],
    );
    let tokens = life.redeem(web, &landed, &verifier);
    let paths = [
        format!("/nowhere/{}?access_token={}", tokens.refresh, tokens.access),
        format!("/login/{}", tokens.refresh),
        format!("/reset/{}", tokens.refresh),
        format!("/authorize?client_id={}&state={code}", tokens.access),
        format!("/authorize?client_id=web&redirect_uri=https://evil.test/&code={code}"),
    ];
    for path in paths {
        let url = life.url(&path);
        life.mistake("a token in the path", Method::GET, &url, &[]);
    }
    let url = life.url("/authorize");
    life.mistake(
        "parameters twice",
        Method::POST,
        &url,
        &[("state", &code), ("state", &code)],
    );
    let url = life.url("/consent/x");
    life.mistake("a form from nowhere", Method::POST, &url, &[("csrf", &code)]);
    let unread = http()
        .post(life.url("/token"))
        .body(tokens.refresh)
        .send()
        .unwrap();
    assert_eq!(unread.status(), 415);
}

/// Looks through everything.
fn judge(life: &Life) {
    let read = |name: &str| std::fs::read(life.installation.path(name)).unwrap();
    let log = read("said.err");
    let text = String::from_utf8_lossy(&log);
    assert!(text.contains(r#""level":"TRACE""#), "{text}");
    assert!(text.contains(r#""http.route":"/reset/{token}""#), "{text}");
    life.ledger.assert_untold("the log", &log);
    life.ledger.assert_untold("standard output", &read("said.out"));
    for (what, said) in &life.said {
        life.ledger.assert_untold(what, said);
    }
    let mut kept = read("data/signet.db");
    kept.extend(read("data/signet.db-wal"));
    life.ledger.assert_hidden("the database", &kept);
    // It is where things are kept.
    assert!(String::from_utf8_lossy(&kept).contains(MAIL));
}
