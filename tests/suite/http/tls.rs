//! TLS in the process: who is served, by which certificate, and what becomes of strangers to it.

mod certificates;
mod clients;
mod handshakes;

use std::fs;
use std::path::PathBuf;

use crate::actors::authority::Authority;
use crate::actors::handshake::{Caller, Hello};
use crate::actors::{Browser, RelyingParty};
use crate::cast::CALLBACK;
use crate::cli::installation::{Installation, Serving, talk};
use crate::cli::{alice, client};

/// An installation with a certificate for `localhost`.
struct Secured {
    installation: Installation,
    /// `https://localhost:PORT`.
    issuer: String,
}

impl Secured {
    fn new() -> Self {
        Self::with("")
    }

    /// With further lines in its section `[server]`.
    fn with(lines: &str) -> Self {
        let installation = Installation::new();
        let secured = Self {
            issuer: format!("https://localhost:{}", installation.port()),
            installation,
        };
        fs::create_dir(secured.file("tls")).unwrap();
        secured.replace(&Authority::of_actors().issue("localhost"));
        let server =
            format!("[server]\ntls_cert_file = \"tls/cert.pem\"\ntls_key_file = \"tls/key.pem\"\n{lines}\n");
        secured.edit(|text| {
            text.replace(&secured.installation.issuer, &secured.issuer)
                .replacen("[server]\n", &server, 1)
        });
        secured
    }

    fn file(&self, name: &str) -> PathBuf {
        self.installation.path(name)
    }

    /// Another certificate and its key in the files.
    fn replace(&self, (certificate, key): &(String, String)) {
        fs::write(self.file("tls/cert.pem"), certificate).unwrap();
        fs::write(self.file("tls/key.pem"), key).unwrap();
    }

    /// Changes `signet.toml`.
    fn edit(&self, change: impl FnOnce(&str) -> String) {
        let path = self.file("signet.toml");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, change(&text)).unwrap();
    }

    fn serve(&self) -> Serving {
        self.installation.serve_aloud()
    }

    fn port(&self) -> u16 {
        self.installation.port()
    }

    /// The lines of the log in which this stands.
    fn log(&self, text: &str) -> Vec<String> {
        let said = fs::read_to_string(self.file("said.err")).unwrap();
        said.lines()
            .filter(|line| line.contains(text))
            .map(str::to_owned)
            .collect()
    }
}

/// Somebody who believes the actors' authority.
fn caller() -> Caller {
    Hello::default().believing(Authority::of_actors())
}

#[test]
fn a_person_signs_in_and_an_app_is_told_all_over_tls() {
    let secured = Secured::new();
    let secret = client(&secured.installation, "web")["client_secret"]
        .as_str()
        .unwrap()
        .to_owned();
    let sub = alice(&secured.installation)["sub"].as_str().unwrap().to_owned();
    let _serving = secured.serve();
    let web = RelyingParty::at(&secured.issuer, "web", Some(&secret), CALLBACK);
    let mut browser = Browser::at(&secured.issuer);
    let tokens = web.sign_in(&mut browser, "alice", "offline_access");
    assert_eq!(tokens.subject, sub);
    assert_eq!(web.userinfo(&tokens.access).unwrap(), sub);
    assert_eq!(
        web.refresh(tokens.refresh.as_ref().unwrap()).unwrap().subject,
        sub
    );
    assert!(browser.cookies.len() >= 2, "{:?}", browser.cookies);
    assert!(
        browser.cookies.keys().all(|name| name.starts_with("__Host-")),
        "{:?}",
        browser.cookies
    );
    // The session is there for the next app, too.
    let silent = browser.open(&web.depart("", &[("prompt", "none")]).url).app();
    assert!(silent.query().unwrap().contains("code="), "{silent}");
    let door = browser.get(&format!("{}/login", secured.issuer));
    assert_eq!(door.header("strict-transport-security"), "max-age=31536000");
    let fresh = Browser::at(&secured.issuer).get(&web.depart("", &[]).url);
    let cookie = fresh.header("set-cookie");
    assert!(
        cookie.contains("; Secure") && cookie.contains("Path=/"),
        "{cookie}"
    );
}

#[test]
fn the_operators_commands_know_that_it_speaks_tls() {
    let secured = Secured::with("");
    let ca = Authority::of_actors().file();
    secured.edit(|text| format!("{text}\n[outbound]\nca_file = \"{}\"\n", ca.display()));
    let _serving = secured.serve();
    let health = secured.installation.signet(&["healthcheck"]);
    assert!(health.status.success(), "{health:?}");
    let doctor = secured.installation.signet(&["doctor", "--remote"]);
    let told = String::from_utf8(doctor.stdout).unwrap();
    assert_eq!(doctor.status.code(), Some(0), "{told}");
    for line in [
        "PASS tls       the certificate is good until",
        "PASS tls       the certificate is good for the issuer's host",
        "PASS tls       Strict-Transport-Security",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    // Nobody stands before it who could be forgotten.
    assert!(!told.contains(" proxy "), "{told}");
}

#[test]
fn what_does_not_fit_is_refused_at_the_start() {
    let secured = Secured::new();
    let (_, another) = Authority::of_actors().issue("localhost");
    fs::write(secured.file("tls/key.pem"), another).unwrap();
    for verb in [["serve"].as_slice(), &["config", "check"]] {
        let output = secured.installation.signet(verb);
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        let said = talk(&output);
        assert!(
            said.contains("signet.toml:") && said.contains("is not the key of the certificate"),
            "{said}"
        );
    }
    // Who only works beside the server need not read its key.
    assert_eq!(secured.installation.exit_code(&["user", "list"]), Some(0));
    for (line, told) in [
        (
            "tls_key_file = \"tls/key.pem\"",
            "server.tls_cert_file is set, and server.tls_key_file is not",
        ),
        (
            "tls_cert_file = \"tls/cert.pem\"",
            "server.tls_key_file is set, and server.tls_cert_file is not",
        ),
    ] {
        let half = Secured::new();
        half.edit(|text| text.replace(line, ""));
        let said = talk(&half.installation.signet(&["config", "check"]));
        assert!(said.contains(told), "{said}");
    }
    let insecure = Secured::new();
    insecure.edit(|text| text.replace(&insecure.issuer, "http://localhost:8080"));
    let said = talk(&insecure.installation.signet(&["config", "check"]));
    assert!(said.contains("the issuer is not https"), "{said}");
}
