//! Letters on their way: the real exchange with a mail server, and the page that shows what was caught instead.

use std::sync::Arc;
use std::time::Duration;

use identity::notice::{Letter, Notice, Post as _, SecretLink};
use kernel::{Clock as _, Ctx, FixedClock, Issuer, Policy, SystemClock, SystemEntropy};
use mail::{MailConfig, Mailer, Relay, Security, Sender};
use rustls::ServerConfig;

use crate::actors::authority::Authority;
use crate::actors::mail_server::{Delivery, MailServer, Speaks};
use crate::actors::{Browser, Landing};
use crate::rig::Provider;

const LINK: &str = "https://id.example.com/reset/Zk3";

fn mailer(relay: Relay, believing: Option<&Authority>) -> Mailer {
    let ctx = Ctx {
        clock: Arc::new(FixedClock::at(SystemClock.now())),
        entropy: Arc::new(SystemEntropy),
        issuer: Issuer::new("https://id.example.com"),
        policy: Policy::default(),
    };
    let config = MailConfig {
        relay,
        from: Sender::parse("Signet <no-reply@id.example.com>").unwrap(),
        authority: believing.map(|authority| mail::Authority::read(&authority.file()).unwrap()),
    };
    Mailer::start(&config, Arc::new(ctx), Box::new(|_, _| {})).unwrap()
}

fn relay(url: &str, server: &MailServer) -> Relay {
    Relay::parse(&format!("{url}:{}", server.port)).unwrap()
}

/// A server on this machine that is to be treated as if it were far away.
fn far_away(server: &MailServer) -> Relay {
    Relay {
        security: Security::StartTls,
        ..relay("smtp://signet:s3cret@localhost", server)
    }
}

fn letter(name: &str) -> Letter {
    Letter {
        to: "alice@example.org".into(),
        name: name.into(),
        language: None,
        notice: Notice::PasswordReset {
            link: SecretLink::new(LINK),
            valid_for: Duration::from_secs(1800),
        },
    }
}

fn assert_arrived(delivery: &Delivery) {
    assert_eq!(delivery.from, "no-reply@id.example.com");
    assert_eq!(delivery.to, ["alice@example.org"]);
    for header in [
        "From: Signet <no-reply@id.example.com>\n",
        "To: \"Alice Example\" <alice@example.org>\n",
        "Subject: Choose a new password (id.example.com)\n",
        "Auto-Submitted: auto-generated\n",
    ] {
        assert!(
            delivery.message.contains(header),
            "{header}: {}",
            delivery.message
        );
    }
    let text = delivery.text();
    assert!(text.starts_with("Hello Alice Example,\n"), "{text}");
    assert!(text.contains(&format!("\n{LINK}\n")), "{text}");
}

#[test]
fn a_letter_reaches_a_server_on_this_machine() {
    let server = MailServer::start(Speaks::Plain);
    let mailer = mailer(relay("smtp://localhost", &server), None);
    mailer.send(letter("Alice Example"));
    assert_arrived(&server.delivery());
    assert_eq!(server.said()[0], "EHLO id.example.com");
}

#[test]
fn names_and_addresses_add_no_recipient() {
    let server = MailServer::start(Speaks::Plain);
    let mailer = mailer(relay("smtp://localhost", &server), None);
    for name in [
        "x\r\nBcc: y@evil.example",
        "<a href=https://evil.example>",
        "\" <y@evil.example>, \"",
    ] {
        mailer.send(letter(name));
        let delivery = server.delivery();
        assert_eq!(delivery.to, ["alice@example.org"]);
        assert!(!delivery.message.contains("evil"), "{}", delivery.message);
    }
    mailer.send(Letter {
        to: "alice@example.org>\r\nRCPT TO:<y@evil.example".into(),
        ..letter("Alice Example")
    });
    drop(mailer);
    assert!(!server.has_more());
    assert!(!server.said().iter().any(|line| line.contains("evil")));
}

#[test]
fn credentials_go_to_a_server_that_proves_who_it_is() {
    let authority = Authority::new();
    let server = MailServer::start(Speaks::Tls(authority.vouch_for("localhost")));
    let mailer = mailer(
        relay("smtps://signet:s3cret@localhost", &server),
        Some(&authority),
    );
    mailer.send(letter("Alice Example"));
    assert_arrived(&server.delivery());
    assert!(server.said().iter().any(|line| line.starts_with("AUTH PLAIN ")));
}

/// Certificates that prove nothing to somebody who believes `ours`: another authority's, and another server's.
fn impostors(ours: &Authority) -> [Arc<ServerConfig>; 2] {
    [
        Authority::new().vouch_for("localhost"),
        ours.vouch_for("mail.example.com"),
    ]
}

#[test]
fn a_server_that_does_not_prove_who_it_is_hears_nothing() {
    let ours = Authority::new();
    for certificate in impostors(&ours) {
        let server = MailServer::start(Speaks::Tls(certificate));
        let mailer = mailer(relay("smtps://signet:s3cret@localhost", &server), Some(&ours));
        mailer.send(letter("Alice Example"));
        drop(mailer);
        assert!(server.said().is_empty(), "{:?}", server.said());
        assert!(!server.has_more());
    }
}

#[test]
fn starttls_ends_where_the_server_does_not_prove_who_it_is() {
    let ours = Authority::new();
    for certificate in impostors(&ours) {
        let server = MailServer::start(Speaks::StartTls(certificate));
        let mailer = mailer(far_away(&server), Some(&ours));
        mailer.send(letter("Alice Example"));
        drop(mailer);
        // Twice, because who stops tries once more.
        let twice = ["EHLO id.example.com", "STARTTLS"].repeat(2);
        assert_eq!(server.said(), twice);
        assert!(!server.has_more());
    }
}

#[test]
fn starttls_is_not_optional() {
    // What somebody in between would make of a server that has STARTTLS.
    let server = MailServer::start(Speaks::Plain);
    let mailer = mailer(far_away(&server), None);
    mailer.send(letter("Alice Example"));
    drop(mailer);
    let said = server.said();
    assert!(
        said.iter()
            .all(|line| ["EHLO id.example.com", "QUIT"].contains(&line.as_str())),
        "{said:?}"
    );
    assert!(!server.has_more());
}

#[test]
fn starttls_is_used_where_it_is() {
    let authority = Authority::new();
    let server = MailServer::start(Speaks::StartTls(authority.vouch_for("localhost")));
    let mailer = mailer(far_away(&server), Some(&authority));
    mailer.send(letter("Alice Example"));
    assert_arrived(&server.delivery());
    let said = server.said();
    let place = |verb: &str| said.iter().position(|line| line.starts_with(verb));
    assert!(place("STARTTLS") < place("AUTH"), "{said:?}");
}

#[test]
fn a_busy_server_is_asked_again() {
    let server = MailServer::start(Speaks::Plain);
    server.excuse_itself("451 4.7.1 alice@example.org is greylisted");
    let mailer = mailer(relay("smtp://localhost", &server), None);
    mailer.send(letter("Alice Example"));
    // The clock stands still; but who stops tries once more.
    drop(mailer);
    assert_arrived(&server.delivery());
    assert!(!server.has_more());
}

#[test]
fn a_server_that_refuses_is_not_asked_again() {
    let server = MailServer::start(Speaks::Plain);
    server.excuse_itself("550 5.1.1 no such person");
    let mailer = mailer(relay("smtp://localhost", &server), None);
    mailer.send(letter("Alice Example"));
    drop(mailer);
    assert!(!server.has_more());
    assert_eq!(
        server
            .said()
            .iter()
            .filter(|line| line.starts_with("RCPT"))
            .count(),
        1
    );
}

#[test]
fn caught_letters_can_be_read() {
    let provider = Provider::start();
    let mut browser = Browser::new(&provider);
    let open = |browser: &mut Browser, path: &str| match browser.open(&provider.url(path)) {
        Landing::Page(page) => page,
        Landing::App(url) => panic!("left for {url}"),
    };
    let page = open(&mut browser, "/dev/mail");
    assert!(page.body.contains("No mail yet"), "{}", page.body);
    provider.inbox.send(letter("Alice Example"));
    provider.inbox.send(letter("Bob <script>"));
    let latest = open(&mut browser, "/dev/mail");
    assert!(
        latest.body.contains("<title>Mail · Choose a new password"),
        "{}",
        latest.body
    );
    assert!(latest.body.contains(&format!("<a href=\"{LINK}\">{LINK}</a>")));
    assert!(
        latest.body.contains("href=\"/dev/mail/1\"") && latest.body.contains("href=\"/dev/mail/2/html\"")
    );
    assert!(!latest.body.contains("<script>"));
    let first = open(&mut browser, "/dev/mail/1");
    assert!(first.body.contains("Hello Alice Example,") && first.body.contains("href=\"/dev/mail/2\""));
    for gone in ["/dev/mail/3", "/dev/mail/x", "/dev/mail/3/html", "/dev"] {
        assert_eq!(open(&mut browser, gone).status, 404, "{gone}");
    }
}

#[test]
fn the_html_of_a_letter_runs_and_fetches_nothing() {
    let provider = Provider::start();
    provider.inbox.send(letter("Alice Example"));
    let page = Browser::new(&provider).get(&provider.url("/dev/mail/1/html"));
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Hello <bdi>Alice Example</bdi>,"));
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    for directive in ["sandbox;", "default-src 'none';", "frame-ancestors 'none'"] {
        assert!(policy.contains(directive), "{policy}");
    }
    assert!(
        !policy.contains("script-src") && !policy.contains("allow-"),
        "{policy}"
    );
}
