//! Requests to the nodes, through the proxy or past it, and the one rule for every answer: who cannot be served is told 503
//! and when to come back, and nothing else of what went wrong.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use kernel::{Clock as _, SystemClock};
use reqwest::blocking::{Client, RequestBuilder};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, LOCATION, RETRY_AFTER};
use reqwest::redirect::Policy;
use serde_json::Value;

use super::ledger::Ledger;
use crate::actors::attacker::basic;
use crate::actors::browser::encode;

/// Sooner than the proxy gives up waiting for a node: nobody should wait for so long.
const PATIENCE: Duration = Duration::from_secs(20);

/// Words of what lies behind the answer, which are nobody's business.
const INSIDE: [&str; 6] = [
    "diesel",
    "panicked",
    "postgres",
    "PostgreSQL",
    "redis",
    "connection",
];

/// Where somebody knocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Everybody's.
    Proxy,
    /// One node's own.
    Node(usize),
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status; 0 where nothing came.
    pub status: u16,
    /// The body as JSON; null when it is none.
    pub json: Value,
    /// Where it leads.
    pub location: String,
    /// How long it took.
    pub took: Duration,
}

impl Answer {
    /// A member that is text.
    #[track_caller]
    pub fn text(&self, name: &str) -> String {
        let text = self.json[name].as_str();
        text.unwrap_or_else(|| panic!("no {name}: {self:?}")).to_owned()
    }

    /// It is worth trying again, and unknown what became of it.
    pub fn is_uncertain(&self) -> bool {
        matches!(self.status, 0 | 503)
    }

    /// RFC 6749 5.2.
    pub fn is_invalid_grant(&self) -> bool {
        self.status == 400 && self.json["error"] == "invalid_grant"
    }
}

/// Somebody with the credentials of the clients.
#[derive(Clone)]
pub struct Caller {
    /// The proxy's address.
    pub issuer: String,
    /// The nodes' addresses.
    pub nodes: Vec<String>,
    /// The secret of `web`.
    pub secret: String,
    /// The secret of `service`.
    pub service_secret: String,
    /// Where answers are written down.
    pub ledger: Arc<Ledger>,
}

impl Caller {
    /// A form from the client `web`.
    pub fn post(&self, door: Door, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_as(&basic("web", &self.secret), door, path, fields)
    }

    /// A form from whom that header says.
    pub fn post_as(&self, authorization: &str, door: Door, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(
            door,
            path,
            self.form(door, path, fields).header(AUTHORIZATION, authorization),
        )
    }

    /// A form from somebody who does not say who it is, but in the form.
    pub fn post_plainly(&self, door: Door, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(door, path, self.form(door, path, fields))
    }

    fn form(&self, door: Door, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        http()
            .post(self.url(door, path))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(encode(fields))
    }

    /// A page, or what stands there for programs.
    pub fn get(&self, door: Door, path: &str, cookies: &str) -> Answer {
        let request = http().get(self.url(door, path)).header(COOKIE, cookies);
        self.send(door, path, request)
    }

    /// The same with an access token.
    pub fn bearing(&self, door: Door, path: &str, token: &str) -> Answer {
        let request = http()
            .get(self.url(door, path))
            .header(AUTHORIZATION, format!("Bearer {token}"));
        self.send(door, path, request)
    }

    /// Whether that node says that the token is good; nothing if it cannot say.
    pub fn is_active(&self, node: usize, token: &str) -> Option<bool> {
        let told = self.post(Door::Node(node), "/introspect", &[("token", token)]);
        (told.status == 200).then(|| told.json["active"] == true)
    }

    fn url(&self, door: Door, path: &str) -> String {
        let base = match door {
            Door::Proxy => &self.issuer,
            Door::Node(number) => &self.nodes[number],
        };
        format!("{base}{path}")
    }

    fn send(&self, door: Door, path: &str, request: RequestBuilder) -> Answer {
        let asked = SystemClock.now();
        let told = request.send().and_then(|response| {
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            Ok((status, headers, response.text()?))
        });
        let took = SystemClock.now().since(asked);
        let path = path.split('?').next().unwrap_or_default();
        let (status, headers, body) = match told {
            Ok(told) => told,
            Err(error) => {
                if door == Door::Proxy || error.is_timeout() {
                    self.ledger
                        .wrong(format!("{door:?} {path}: nothing came after {took:?}: {error}"));
                }
                return Answer {
                    status: 0,
                    json: Value::Null,
                    location: String::new(),
                    took,
                };
            }
        };
        let header = |name| {
            let value = headers.get(name).map(|value| value.to_str().unwrap().to_owned());
            value.unwrap_or_default()
        };
        if status >= 500 {
            if status != 503 || header(RETRY_AFTER).parse::<u32>().is_err() {
                self.ledger.wrong(format!("{door:?} {path}: {status} {body}"));
            }
            if INSIDE.iter().any(|word| body.contains(word)) {
                self.ledger
                    .wrong(format!("{door:?} {path} tells too much: {body}"));
            }
            self.ledger.refused(asked, took);
        }
        Answer {
            status,
            json: serde_json::from_str(&body).unwrap_or_default(),
            location: header(LOCATION),
            took,
        }
    }
}

fn http() -> &'static Client {
    static CLIENT: OnceLock<Client> = OnceLock::new();
    CLIENT.get_or_init(|| {
        Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .timeout(PATIENCE)
            .build()
            .unwrap()
    })
}
