//! What several callers were answered until their server died, and whether a new one knows it.

use std::collections::BTreeMap;
use std::path::Path;
use std::thread;

use reqwest::Method;
use serde_json::{Value, json};

use super::caller::{Caller, Cookies};
use super::family::{Ends, Family, Fate};
use crate::audit::count;
use crate::cast::PASSWORD;

/// How many live in sessions at once.
const VISITORS: usize = 4;

/// Everything that was asked for in the life of one server.
pub struct Ledger {
    families: Vec<Family>,
    people: Made,
    password: Said,
    key: Said,
}

/// People who were made, and one of whom nobody knows.
#[derive(Default)]
struct Made {
    acknowledged: Vec<String>,
    asked: Option<String>,
}

/// A value that was set again and again: the last that was acknowledged, and one of which nobody knows.
struct Said {
    acknowledged: String,
    asked: Option<String>,
}

/// How many questions without an answer had which fate.
pub type Fates = BTreeMap<(&'static str, Fate), usize>;

impl Ledger {
    /// Asks for everything at once until the server is dead; `kill` is called beside that. `round` keeps names apart.
    pub fn of(caller: &Caller, cookies: &Cookies, round: usize, kill: impl FnOnce()) -> Self {
        let token = caller.robot().unwrap();
        let person = format!("changer{round}");
        let made = caller.create(&token, &person).unwrap();
        let sub = made.text("sub").to_owned();
        let key = active_key(caller, &token);
        let token = &token;
        thread::scope(|scope| {
            let visitors: Vec<_> = (0..VISITORS)
                .map(|_| scope.spawn(|| visit(caller, cookies)))
                .collect();
            let people = scope.spawn(move || make_people(caller, token, round));
            let password = scope.spawn(move || change_passwords(caller, token, &sub));
            let key = scope.spawn(move || turn_keys(caller, token, key));
            kill();
            Self {
                families: visitors.into_iter().flat_map(|one| one.join().unwrap()).collect(),
                people: people.join().unwrap(),
                password: password.join().unwrap(),
                key: key.join().unwrap(),
            }
        })
    }

    /// Holds it against a server that was started after that one.
    pub fn settle(self, caller: &Caller, database: &Path, round: usize, fates: &mut Fates) {
        for family in self.families {
            *fates
                .entry(("token", family.settle(caller, database)))
                .or_default() += 1;
        }
        *fates
            .entry(("person", self.people.settle(caller, database)))
            .or_default() += 1;
        let changer = format!("changer{round}");
        let opens = |password: &str| caller.signs_in(&changer, password).is_some();
        *fates
            .entry(("password", self.password.settle(opens)))
            .or_default() += 1;
        let active = active_key(caller, &caller.robot().unwrap());
        *fates
            .entry(("key", self.key.settle(|kid| kid == active)))
            .or_default() += 1;
    }
}

/// Codes, tokens, refreshes and revocations, one after another.
fn visit(caller: &Caller, cookies: &Cookies) -> Vec<Family> {
    let mut families = Vec::new();
    let ends = [Ends::Never, Ends::ByRevocation];
    for ends in ends.into_iter().cycle() {
        let Some(family) = Family::live(caller, cookies, ends) else {
            break;
        };
        let settled = family.is_settled();
        families.push(family);
        if !settled {
            break;
        }
    }
    families
}

fn make_people(caller: &Caller, token: &str, round: usize) -> Made {
    let mut made = Made::default();
    for number in 0.. {
        let name = format!("person{round}x{number}");
        made.asked = Some(name.clone());
        let Some(answer) = caller.create(token, &name) else {
            break;
        };
        assert_eq!(answer.status, 201, "{answer:?}");
        made.asked = None;
        made.acknowledged.push(name);
        caller.acknowledge();
    }
    made
}

impl Made {
    fn settle(self, caller: &Caller, database: &Path) -> Fate {
        let rows = |name: &str| count(database, &format!("users WHERE username = '{name}'"));
        for name in &self.acknowledged {
            assert_eq!(rows(name), 1, "{name}");
        }
        if let Some(last) = self.acknowledged.last() {
            caller.cookies(last);
        }
        let Some(name) = self.asked else {
            return Fate::Known;
        };
        // All of that person or nothing: who is there can sign in, who is not can be made.
        let there = rows(&name) == 1;
        if !there {
            let token = caller.robot().unwrap();
            assert_eq!(caller.create(&token, &name).unwrap().status, 201);
        }
        caller.cookies(&name);
        if there { Fate::Done } else { Fate::Undone }
    }
}

impl Said {
    /// `holds` says whether a value is in force.
    fn settle(self, holds: impl Fn(&str) -> bool) -> Fate {
        let Some(asked) = &self.asked else {
            assert!(holds(&self.acknowledged), "what was acknowledged is in force");
            return Fate::Known;
        };
        match (holds(&self.acknowledged), holds(asked)) {
            (true, false) => Fate::Undone,
            (false, true) => Fate::Done,
            both => panic!("neither the old state nor the new one: {both:?}"),
        }
    }
}

fn change_passwords(caller: &Caller, token: &str, sub: &str) -> Said {
    let mut said = Said {
        acknowledged: PASSWORD.to_owned(),
        asked: None,
    };
    let path = format!("/users/{sub}");
    for number in 0.. {
        let Some(seen) = caller.api(token, Method::GET, &path, None, None) else {
            break;
        };
        let tag = seen.headers["etag"].to_str().unwrap();
        let password = format!("{PASSWORD} {number}");
        said.asked = Some(password.clone());
        let change = json!({"password": password});
        let Some(answer) = caller.api(token, Method::PATCH, &path, Some(&change), Some(tag)) else {
            break;
        };
        assert_eq!(answer.status, 200, "{answer:?}");
        said.asked = None;
        said.acknowledged = password;
        caller.acknowledge();
    }
    said
}

fn turn_keys(caller: &Caller, token: &str, active: String) -> Said {
    let mut said = Said {
        acknowledged: active,
        asked: None,
    };
    let turn = json!({"alg": "EdDSA", "force": true, "reason": "a drill"});
    while let Some(seen) = key(caller, token, "next") {
        said.asked = Some(seen);
        let Some(answer) = caller.api(token, Method::POST, "/keys/rotate", Some(&turn), None) else {
            break;
        };
        assert_eq!(answer.status, 200, "{answer:?}");
        said.asked = None;
        said.acknowledged = answer.json["rotated"][0]["kid"].as_str().unwrap().to_owned();
        caller.acknowledge();
    }
    said
}

/// The key that signs with EdDSA.
fn active_key(caller: &Caller, token: &str) -> String {
    key(caller, token, "active").unwrap()
}

/// The EdDSA key in that state; none where the server died.
fn key(caller: &Caller, token: &str, state: &str) -> Option<String> {
    let keys = caller.api(token, Method::GET, "/keys?limit=200", None, None)?;
    assert_eq!(keys.status, 200, "{keys:?}");
    let keys: &Vec<Value> = keys.json["items"].as_array().unwrap();
    let found = keys
        .iter()
        .find(|key| key["alg"] == "EdDSA" && key["state"] == state);
    Some(found?["kid"].as_str().unwrap().to_owned())
}
