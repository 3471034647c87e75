//! Calls a server that may die before it answers.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use reqwest::Method;
use reqwest::blocking::RequestBuilder;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, LOCATION};
use serde_json::{Value, json};
use url::Url;

use crate::actors::attacker::{Answer, CHALLENGE, basic, redemption};
use crate::actors::browser::{encode, http, param};
use crate::actors::{Browser, Landing};
use crate::cast::{CALLBACK, PASSWORD};
use crate::cli::{client, installation::Installation};

/// Where everything is asked for, and with what.
pub struct Caller {
    issuer: String,
    web: String,
    robot: String,
    /// Writes that were answered so far, by whomever.
    pub acknowledged: AtomicU64,
}

/// Somebody's cookies, after they signed in.
pub type Cookies = BTreeMap<String, String>;

impl Caller {
    /// Makes the clients it needs in an installation that is not served yet: `web` for people, `robot` for the API.
    pub fn new(installation: &Installation) -> Self {
        let secret = |made: &Value| made["client_secret"].as_str().unwrap().to_owned();
        let web = secret(&client(installation, "web"));
        let api = format!("{}/api/v1", installation.issuer);
        let robot = [
            "client",
            "create",
            "--client-id",
            "robot",
            "--grant",
            "client_credentials",
        ];
        let robot = [&robot[..], &["--resource", &api]].concat();
        let robot = secret(&installation.json(&robot, ""));
        installation.json(&["admin", "grant", "--client", "robot", "owner"], "");
        Self {
            issuer: installation.issuer.clone(),
            web,
            robot,
            acknowledged: AtomicU64::new(0),
        }
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.issuer)
    }

    /// A write was answered.
    pub fn acknowledge(&self) {
        self.acknowledged.fetch_add(1, Ordering::SeqCst);
    }

    /// Signs in with a form; whether the password was right.
    pub fn signs_in(&self, username: &str, password: &str) -> Option<Cookies> {
        let mut browser = Browser::at(&self.issuer);
        let page = browser.open(&self.authorize_url()).page();
        let landing = browser.submit(&page, &[("username", username), ("password", password)]);
        matches!(landing, Landing::App(_)).then_some(browser.cookies)
    }

    /// Signs in with everybody's password.
    #[track_caller]
    pub fn cookies(&self, username: &str) -> Cookies {
        self.signs_in(username, PASSWORD).expect("the password is right")
    }

    /// A request of `web`.
    pub fn authorize_url(&self) -> String {
        self.url(&format!(
            "/authorize?{}",
            encode(&[
                ("client_id", "web"),
                ("redirect_uri", CALLBACK),
                ("response_type", "code"),
                ("scope", "openid offline_access"),
                ("code_challenge", CHALLENGE),
                ("code_challenge_method", "S256"),
            ])
        ))
    }

    /// Asks for a code in a living session; what came, if anything.
    pub fn authorize(&self, cookies: &Cookies) -> Option<Answer> {
        let pairs: Vec<_> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        heard(http().get(self.authorize_url()).header(COOKIE, pairs.join("; ")))
    }

    /// A code in a living session; none where the server died.
    pub fn code(&self, cookies: &Cookies) -> Option<String> {
        let answer = self.authorize(cookies)?;
        let code = code_of(&answer);
        Some(code.unwrap_or_else(|| panic!("no code: {answer:?}")))
    }

    /// A form of `web`.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Option<Answer> {
        let request = http()
            .post(self.url(path))
            .header(AUTHORIZATION, basic("web", &self.web))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(encode(fields));
        heard(request)
    }

    /// Redeems a code.
    pub fn redeem(&self, code: &str) -> Option<Answer> {
        self.post("/token", &redemption(code))
    }

    /// Spends a refresh token.
    pub fn refresh(&self, token: &str) -> Option<Answer> {
        self.post(
            "/token",
            &[("grant_type", "refresh_token"), ("refresh_token", token)],
        )
    }

    /// Gives a token back.
    pub fn revoke(&self, token: &str) -> Option<Answer> {
        self.post("/revoke", &[("token", token)])
    }

    /// Whether a token is good. The server lives.
    #[track_caller]
    pub fn is_active(&self, token: &str) -> bool {
        let answer = self
            .post("/introspect", &[("token", token)])
            .expect("the server lives");
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json["active"] == true
    }

    /// A token for the API.
    pub fn robot(&self) -> Option<String> {
        let api = self.url("/api/v1");
        let request = http()
            .post(self.url("/token"))
            .header(AUTHORIZATION, basic("robot", &self.robot))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(encode(&[
                ("grant_type", "client_credentials"),
                ("resource", &api),
            ]));
        let answer = heard(request)?;
        assert_eq!(answer.status, 200, "{answer:?}");
        Some(answer.text("access_token").to_owned())
    }

    /// A call of the API.
    pub fn api(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Option<&Value>,
        tag: Option<&str>,
    ) -> Option<Answer> {
        let mut request = http()
            .request(method, self.url(&format!("/api/v1{path}")))
            .bearer_auth(token);
        if let Some(tag) = tag {
            request = request.header("if-match", tag);
        }
        if let Some(body) = body {
            request = request
                .header(CONTENT_TYPE, "application/json")
                .body(body.to_string());
        }
        heard(request)
    }

    /// Makes a person with everybody's password.
    pub fn create(&self, token: &str, username: &str) -> Option<Answer> {
        let email = format!("{username}@example.org");
        let body = json!({"username": username, "email": email, "password": PASSWORD});
        self.api(token, Method::POST, "/users", Some(&body), None)
    }
}

/// The code in a redirect to the app.
pub fn code_of(answer: &Answer) -> Option<String> {
    let location = answer.headers.get(LOCATION)?.to_str().unwrap();
    param(&Url::parse(location).ok()?, "code")
}

/// What came back, if all of it did.
pub fn heard(request: RequestBuilder) -> Option<Answer> {
    let response = request.send().ok()?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = response.text().ok()?;
    let json = serde_json::from_str(&body).unwrap_or(Value::Null);
    Some(Answer {
        status,
        headers,
        body,
        json,
    })
}
