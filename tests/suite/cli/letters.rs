//! Letters of a running server: where they go after another mail server was configured, and that none is forgotten at the end.

use std::fs;

use super::alice;
use super::installation::{Installation, Serving, until};
use crate::actors::Browser;
use crate::actors::mail_server::{MailServer, Speaks};

/// A server that hands its letters in there.
fn serving(mail: &MailServer) -> (Installation, Serving) {
    let mut installation = Installation::new();
    installation.set("SIGNET_SERVER__DRAIN", "0s");
    let url = installation.path("mail-url");
    fs::write(&url, format!("smtp://127.0.0.1:{}\n", mail.port)).unwrap();
    installation.set("SIGNET_MAIL__URL_FILE", url.to_str().unwrap());
    installation.set("SIGNET_MAIL__FROM", "Signet <no-reply@localhost>");
    alice(&installation);
    let serving = installation.serve_aloud();
    (installation, serving)
}

/// Alice asks for a new password.
fn ask(installation: &Installation) {
    let mut browser = Browser::at(&installation.issuer);
    let page = browser.open(&format!("{}/reset", installation.issuer)).page();
    browser.submit(&page, &[("username", "alice")]).page();
}

#[test]
fn a_letter_that_waits_is_sent_before_the_end() {
    let mail = MailServer::start(Speaks::Plain);
    mail.excuse_itself("451 later");
    let (installation, serving) = serving(&mail);
    ask(&installation);
    until("the letter was refused for now", || {
        mail.said()
            .iter()
            .any(|line| line.starts_with("RCPT"))
            .then_some(())
    });
    serving.terminate();
    assert_eq!(mail.delivery().to, ["alice@example.org"]);
    assert_eq!(serving.ended(), Some(0));
}

#[test]
fn another_mail_server_is_taken_at_a_signal() {
    let (first, second) = (MailServer::start(Speaks::Plain), MailServer::start(Speaks::Plain));
    let (installation, serving) = serving(&first);
    ask(&installation);
    assert_eq!(first.delivery().to, ["alice@example.org"]);
    let url = format!("smtp://127.0.0.1:{}\n", second.port);
    fs::write(installation.path("mail-url"), url).unwrap();
    serving.signal("HUP");
    until("the configuration was read again", || {
        let said = fs::read_to_string(installation.path("said.err")).unwrap();
        said.contains("configuration reloaded").then_some(())
    });
    ask(&installation);
    assert_eq!(second.delivery().to, ["alice@example.org"]);
    assert!(!first.has_more());
}
