//! One installation, one browser, and everything that is known or said on the way.

use std::process::Output;

use openidconnect::PkceCodeChallenge;
use reqwest::Method;
use serde_json::Value;
use url::Url;

use super::super::installation::Installation;
use super::keys;
use super::ledger::{AtRest, Ledger};
use crate::actors::attacker::basic;
use crate::actors::browser::{encode, http, param};
use crate::actors::mail_server::MailServer;
use crate::actors::{Browser, Landing, Page};
use crate::cast::CALLBACK;

/// Alice's passwords, one after the other; characters that logs like to escape are among them.
pub const FIRST: &str = "the first \"pass\" phrase & more";
/// Never hers.
pub const WRONG: &str = "not the pass phrase at all";
/// Set on her account page.
pub const SECOND: &str = "the second pass phrase, longer";
/// Set through a link.
pub const THIRD: &str = "the third pass phrase, from a link";
/// Her address.
pub const MAIL: &str = "alice.private@example.org";
const MAIL_PASSWORD: &str = "mail-server-password";

/// The installation, what must not be told, and what was said so far.
pub struct Life {
    pub installation: Installation,
    pub ledger: Ledger,
    /// What was said, by what.
    pub said: Vec<(String, Vec<u8>)>,
    pub browser: Browser,
}

/// A client with a secret.
pub struct App {
    pub id: &'static str,
    pub secret: String,
}

/// What a code was redeemed for.
pub struct Redeemed {
    pub code: String,
    pub access: String,
    pub refresh: String,
    pub id_token: String,
}

impl Life {
    /// At the highest level of detail, with a mail server.
    pub fn begin(mail: &MailServer) -> Self {
        let mut installation = Installation::new();
        installation.set("SIGNET_LOG", "trace");
        let url = format!("smtp://signet:{MAIL_PASSWORD}@127.0.0.1:{}", mail.port);
        installation.set("SIGNET_MAIL__URL", &url);
        installation.set("SIGNET_MAIL__FROM", "Signet <no-reply@id.example.org>");
        installation.set("SIGNET_OUTBOUND__ALLOW", "[\"127.0.0.1:*\"]");
        let master = std::fs::read_to_string(installation.path("secrets/master.key")).unwrap();
        let mut ledger = Ledger::default();
        keys::note(&mut ledger, &installation.path("data/signet.db"), master.trim());
        ledger.note("master key", AtRest::Hidden, master.trim());
        ledger.note("mail password", AtRest::Hidden, MAIL_PASSWORD);
        for password in [FIRST, WRONG, SECOND, THIRD] {
            ledger.note("password", AtRest::Hidden, password);
        }
        let browser = Browser::at(&installation.issuer);
        Self {
            installation,
            ledger,
            said: Vec::new(),
            browser,
        }
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.installation.issuer)
    }

    // Verbs.

    /// Runs a verb and keeps what it says.
    pub fn verb(&mut self, arguments: &[&str], input: &str) -> Output {
        let output = self.installation.fed(arguments, input);
        let mut said = output.stdout.clone();
        said.extend(&output.stderr);
        self.said.push((arguments.join(" "), said));
        output
    }

    /// The same, and it must succeed.
    #[track_caller]
    pub fn done(&mut self, arguments: &[&str], input: &str) {
        let output = self.verb(arguments, input);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
    }

    /// A new client, its secret in a file as scripts have it.
    pub fn client(&mut self, id: &'static str, arguments: &[&str]) -> App {
        let file = self.installation.path(id);
        let file = file.to_str().unwrap();
        let create = ["client", "create", "--client-id", id, "--name", id];
        self.done(&[&create, arguments, &["--write-secret", file]].concat(), "");
        let secret = std::fs::read_to_string(file).unwrap().trim().to_owned();
        self.ledger.note("client secret", AtRest::Hidden, &secret);
        let credentials = basic(id, &secret);
        self.ledger.note(
            "client credentials",
            AtRest::Hidden,
            &credentials["Basic ".len()..],
        );
        App { id, secret }
    }

    // At the browser.

    /// Notes what a page and the browser hold.
    pub fn look(&mut self, page: Page) -> Page {
        for value in self.browser.cookies.values() {
            self.ledger.note("cookie", AtRest::Hidden, value);
        }
        let hidden = page.answer().map(|(_, hidden)| hidden).unwrap_or_default();
        if let Some(csrf) = hidden.get("csrf") {
            self.ledger.note("form token", AtRest::Hidden, csrf);
        }
        page
    }

    /// Opens an address.
    pub fn open(&mut self, url: &str) -> Page {
        let page = self.browser.open(url).page();
        self.look(page)
    }

    /// Sends a page's form.
    pub fn submit(&mut self, page: &Page, fields: &[(&str, &str)]) -> Page {
        let page = self.browser.submit(page, fields).page();
        self.look(page)
    }

    /// A page for a mistake: it is told, too.
    #[track_caller]
    pub fn mistake(&mut self, what: &str, method: Method, url: &str, form: &[(&str, &str)]) {
        let request = http().request(method, url).body(encode(form));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = request.send().unwrap();
        assert!(answer.status().as_u16() >= 400, "{what}: {}", answer.status());
        self.said
            .push((what.to_owned(), answer.bytes().unwrap().to_vec()));
    }

    // At the endpoints for programs.

    /// What `app` is answered: status and JSON.
    pub fn post(&self, path: &str, app: &App, form: &[(&str, &str)]) -> (u16, Value) {
        let request = http()
            .post(self.url(path))
            .header("authorization", basic(app.id, &app.secret))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(encode(form));
        let answer = request.send().unwrap();
        let status = answer.status().as_u16();
        let body = answer.text().unwrap();
        (status, serde_json::from_str(&body).unwrap_or_default())
    }

    /// An authorization request of `app`, and its verifier.
    pub fn request(&mut self, app: &App) -> (String, String) {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let verifier = verifier.secret().clone();
        let (_, state) = PkceCodeChallenge::new_random_sha256();
        let (_, nonce) = PkceCodeChallenge::new_random_sha256();
        self.ledger.note("code verifier", AtRest::Hidden, &verifier);
        self.ledger.note("state", AtRest::Plain, state.secret());
        self.ledger.note("nonce", AtRest::Plain, nonce.secret());
        let query = encode(&[
            ("client_id", app.id),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("scope", "openid email offline_access"),
            ("state", state.secret()),
            ("nonce", nonce.secret()),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
            ("login_hint", MAIL),
        ]);
        (self.url(&format!("/authorize?{query}")), verifier)
    }

    /// Signs in with `password`, allows what is asked, and redeems the code.
    #[track_caller]
    pub fn sign_in(&mut self, app: &App, password: &str) -> Redeemed {
        let (url, verifier) = self.request(app);
        let door = self.open(&url);
        assert!(door.title().starts_with("Sign in"), "{door:?}");
        let credentials = [("username", "alice"), ("password", password)];
        let landed = match self.browser.submit(&door, &credentials) {
            Landing::App(url) => url,
            Landing::Page(page) => {
                let page = self.look(page);
                assert!(page.title().starts_with("Allow access"), "{page:?}");
                self.browser.submit(&page, &[("decision", "allow")]).app()
            }
        };
        self.redeem(app, &landed, &verifier)
    }

    /// Redeems the code the browser came back with.
    #[track_caller]
    pub fn redeem(&mut self, app: &App, landed: &Url, verifier: &str) -> Redeemed {
        let code = param(landed, "code").unwrap_or_else(|| panic!("no code: {landed}"));
        self.ledger.note("code", AtRest::Hidden, &code);
        let (status, tokens) = self.post("/token", app, &redemption(&code, verifier));
        assert_eq!(status, 200, "{tokens}");
        self.redeemed(code, &tokens)
    }

    /// Notes what came for a code.
    pub fn redeemed(&mut self, code: String, tokens: &Value) -> Redeemed {
        let text = |name: &str| tokens[name].as_str().unwrap().to_owned();
        let redeemed = Redeemed {
            code,
            access: text("access_token"),
            refresh: text("refresh_token"),
            id_token: text("id_token"),
        };
        self.ledger.token("access token", &redeemed.access);
        self.ledger.token("ID token", &redeemed.id_token);
        self.ledger
            .note("refresh token", AtRest::Hidden, &redeemed.refresh);
        redeemed
    }

    /// The metrics.
    pub fn numbers(&self) -> String {
        let answer = http().get(self.installation.management("/metrics")).send();
        answer.unwrap().text().unwrap()
    }

    /// The status userinfo answers for a token.
    pub fn bearer(&self, access: &str) -> u16 {
        let request = http()
            .get(self.url("/userinfo"))
            .header("authorization", format!("Bearer {access}"));
        request.send().unwrap().status().as_u16()
    }
}

/// The form that redeems a code.
pub fn redemption<'a>(code: &'a str, verifier: &'a str) -> [(&'a str, &'a str); 4] {
    [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", verifier),
    ]
}
