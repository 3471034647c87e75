//! The management API: who gets in, what guards a change, and each of its areas read and written.

mod areas;
mod bearer;
mod document;
mod guards;
mod keys;
mod rank;

use admin::{Actor, Administrator, Permission, Role, administrators, users};
use kernel::id::UserId;
use reqwest::Method;
use serde_json::Value;

use crate::actors::Attacker;
use crate::actors::attacker::Answer;
use crate::actors::browser::http;
use crate::apis;
use crate::rig::Provider;

/// A program or a person with a token for the API.
pub struct Operator<'a> {
    provider: &'a Provider,
    token: String,
}

/// The identifier of the API.
fn audience(provider: &Provider) -> String {
    provider.url("/api/v1")
}

/// Every scope there is.
fn every_scope() -> String {
    Permission::ALL.map(Permission::scope).join(" ")
}

/// The `sub` of somebody.
fn sub(provider: &Provider, name: &'static str) -> UserId {
    provider.administer(move |ports, _| Ok(users::find(ports, &Actor::cli(), name)?.id))
}

/// Gives exactly these roles, as the command line would.
fn give(provider: &Provider, who: Administrator, roles: &'static [Role]) {
    provider.administer(move |ports, ctx| {
        administrators::set_roles(ports, ctx, &Actor::cli(), &who, roles).map(drop)
    });
}

/// A program of that name, registered for itself, with these roles.
fn robot(provider: &Provider, name: &'static str, roles: &'static [Role]) {
    let mut client = apis::service(name, &every_scope());
    client.policy.resources = vec![audience(provider)];
    provider.administer(move |ports, _| Ok(ports.insert_client(&client).map(drop)?));
    give(provider, Administrator::Client(name.to_owned()), roles);
}

/// A token of such a program.
fn token_of(provider: &Provider, name: &str, scope: &str) -> String {
    let resource = audience(provider);
    let form = [
        ("grant_type", "client_credentials"),
        ("resource", &resource),
        ("scope", scope),
    ];
    Attacker(provider).token(name, &form).granted().to_owned()
}

impl<'a> Operator<'a> {
    /// A program that holds these roles, with a token for everything.
    fn program(provider: &'a Provider, name: &'static str, roles: &'static [Role]) -> Self {
        robot(provider, name, roles);
        Self::of(provider, name)
    }

    /// A program that may do everything.
    pub fn owner(provider: &'a Provider) -> Self {
        Self::program(provider, "robot", &[Role::Owner])
    }

    /// A program that is there already, with a new token for everything.
    pub fn of(provider: &'a Provider, name: &str) -> Self {
        Self::with(provider, token_of(provider, name, &every_scope()))
    }

    fn with(provider: &'a Provider, token: String) -> Self {
        Self { provider, token }
    }

    /// A person by a browser, with a token for the API of this scope, given to the client `web`.
    fn person(provider: &'a Provider, scope: &str) -> Self {
        let resource = audience(provider);
        let own = resource.clone();
        apis::change(provider, "web", move |client| client.policy.resources = vec![own]);
        let attacker = Attacker(provider);
        let asked = [("scope", Some(scope)), ("resource", Some(resource.as_str()))];
        let code = attacker.code("web", &asked);
        Self::with(provider, attacker.redeem("web", &code).granted().to_owned())
    }

    pub fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Answer {
        let mut request = http().request(method, self.provider.url(&format!("/api/v1{path}")));
        request = request.bearer_auth(&self.token);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        Answer::read(request.send().unwrap())
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], None)
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, &[], Some(body))
    }

    /// POST without a body.
    fn act(&self, path: &str) -> Answer {
        self.send(Method::POST, path, &[], None)
    }

    /// A change of what was just looked at.
    fn change(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let tag = self.get(path).ok(200).header("etag");
        self.send(method, path, &[("if-match", &tag)], body)
    }
}

impl Answer {
    /// It is answered so, and a refusal is a problem document that says the same.
    #[track_caller]
    fn ok(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        if status >= 400 {
            assert_eq!(self.header("content-type"), "application/problem+json");
            assert_eq!(self.json["status"], status);
            assert!(self.text("type").starts_with("/api#problem-"), "{}", self.body);
            assert_eq!(self.json["instance"], self.header("x-correlation-id").as_str());
        }
        self
    }

    /// A header; empty where there is none.
    fn header(&self, name: &str) -> String {
        let value = self.headers.get(name).map(|value| value.to_str().unwrap());
        value.unwrap_or_default().to_owned()
    }
}
