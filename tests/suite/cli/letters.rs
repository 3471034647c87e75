//! Letters of a running server: where they go after another mail server was configured, and that none is forgotten at the end.

use std::fs;
use std::path::Path;

use super::alice;
use super::installation::{Installation, Serving, until};
use crate::actors::Browser;
use crate::actors::mail_server::{MailServer, Speaks};

/// A server that hands its letters in there.
fn serving(mail: &MailServer) -> (Installation, Serving) {
    let mut installation = Installation::new();
    let url = installation.path("mail-url");
    write(&url, mail);
    installation.set("SIGNET_MAIL__URL_FILE", url.to_str().unwrap());
    installation.set("SIGNET_MAIL__FROM", "Signet <no-reply@localhost>");
    alice(&installation);
    let serving = installation.serve_aloud();
    (installation, serving)
}

fn write(url: &Path, mail: &MailServer) {
    fs::write(url, format!("smtp://127.0.0.1:{}\n", mail.port)).unwrap();
}

/// Another mail server is configured, and the signal sent.
fn change(installation: &Installation, serving: &Serving, mail: &MailServer) {
    write(&installation.path("mail-url"), mail);
    serving.signal("HUP");
}

/// Alice asks for a new password.
fn ask(installation: &Installation) {
    let mut browser = Browser::at(&installation.issuer);
    let page = browser.open(&format!("{}/reset", installation.issuer)).page();
    browser.submit(&page, &[("username", "alice")]).page();
}

#[track_caller]
fn until_refused(mail: &MailServer) {
    until("the letter was refused for now", || {
        mail.said()
            .iter()
            .any(|line| line.starts_with("RCPT"))
            .then_some(())
    });
}

#[test]
fn a_letter_that_waits_is_sent_before_the_end() {
    let mail = MailServer::start(Speaks::Plain);
    mail.excuse_itself("451 later");
    let (installation, serving) = serving(&mail);
    ask(&installation);
    until_refused(&mail);
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
    change(&installation, &serving, &second);
    until("the configuration was read again", || {
        let said = fs::read_to_string(installation.path("said.err")).unwrap();
        said.contains("configuration reloaded").then_some(())
    });
    ask(&installation);
    assert_eq!(second.delivery().to, ["alice@example.org"]);
    assert!(!first.has_more());
}

/// Mail servers are changed because they do not work: the letters that the first did not take are what it is about. The second
/// does not at once either, and still has time to.
#[test]
fn a_letter_the_old_mail_server_did_not_take_goes_to_the_new_one() {
    let [first, second] = [(); 2].map(|()| MailServer::start(Speaks::Plain));
    // However long it takes until the signal.
    [(); 3].iter().for_each(|()| first.excuse_itself("451 not today"));
    let (installation, serving) = serving(&first);
    ask(&installation);
    until_refused(&first);
    second.excuse_itself("451 in a moment");
    change(&installation, &serving, &second);
    until_refused(&second);
    assert_eq!(second.delivery().to, ["alice@example.org"]);
    assert!(!first.has_more());
    let said = fs::read_to_string(installation.path("said.err")).unwrap();
    assert!(!said.contains("letter lost"), "{said}");
}
