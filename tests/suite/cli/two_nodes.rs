//! Two `signet serve` on one database, with a Redis between them: what one takes back the other refuses, whatever dies.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use kernel::{Clock as _, SystemClock};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use reqwest::header::AUTHORIZATION;
use serde_json::Value;

use super::installation::{Installation, Serving, free_port, until};
use super::redis_server::RedisServer;
use super::{alice, client};
use crate::actors::attacker::basic;
use crate::actors::browser::{encode, http};
use crate::actors::relying_party::Tokens;
use crate::actors::{Browser, DemoApiServer, RelyingParty};
use crate::cast::CALLBACK;

/// Within this a revocation is refused everywhere.
const SOON: Duration = Duration::from_secs(1);

/// One pair or cluster at a time: a promise about seconds is not to be measured against the other pairs.
pub static ALONE: Mutex<()> = Mutex::new(());

/// One of the two.
struct Node {
    url: String,
    port: u16,
    secret: String,
    running: Option<Serving>,
}

impl Node {
    fn start(&mut self, installation: &Installation) {
        self.running = Some(installation.serve_at(self.port));
    }

    /// `kill -9`.
    fn kill(&mut self) {
        self.running = None;
    }

    /// What `web` is answered at one of its endpoints: status and JSON.
    fn post(&self, path: &str, fields: &[(&str, &str)]) -> (u16, Value) {
        let request = http()
            .post(format!("{}{path}", self.url))
            .header(AUTHORIZATION, basic("web", &self.secret))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(encode(fields));
        let answer = request.send().unwrap();
        let status = answer.status().as_u16();
        let body = answer.text().unwrap();
        (status, serde_json::from_str(&body).unwrap_or_default())
    }

    fn revoke(&self, token: &str) {
        assert_eq!(self.post("/revoke", &[("token", token)]).0, 200);
    }

    fn is_active(&self, token: &str) -> bool {
        let (status, told) = self.post("/introspect", &[("token", token)]);
        assert_eq!(status, 200, "{told}");
        told["active"] == true
    }

    /// It is refused here soon after it was taken back there.
    #[track_caller]
    fn learns(&self, token: &str) {
        let told = SystemClock.now();
        until("it is refused", || (!self.is_active(token)).then_some(()));
        assert!(SystemClock.now().since(told) < SOON);
    }
}

/// Two nodes, a client, a person.
struct Pair {
    installation: Installation,
    redis: RedisServer,
    a: Node,
    b: Node,
    web: RelyingParty,
    _alone: MutexGuard<'static, ()>,
}

impl Pair {
    fn start() -> Self {
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let redis = RedisServer::start();
        let mut installation = Installation::new();
        installation.set("SIGNET_CACHE__URL", &redis.url());
        let secret = client(&installation, "web")["client_secret"]
            .as_str()
            .unwrap()
            .to_owned();
        alice(&installation);
        let node = |port| Node {
            url: format!("http://127.0.0.1:{port}"),
            port,
            secret: secret.clone(),
            running: None,
        };
        let (mut a, mut b) = (node(installation.port()), node(free_port()));
        a.start(&installation);
        b.start(&installation);
        let web = RelyingParty::at(&installation.issuer, "web", Some(&secret), CALLBACK);
        Self {
            installation,
            redis,
            a,
            b,
            web,
            _alone: alone,
        }
    }

    /// Tokens of a new grant.
    fn tokens(&self) -> Tokens {
        let mut browser = Browser::at(&self.installation.issuer);
        self.web.sign_in(&mut browser, "alice", "offline_access")
    }
}

#[test]
fn what_one_node_takes_back_the_other_refuses_whoever_dies() {
    let mut pair = Pair::start();
    let (first, second, third) = (pair.tokens(), pair.tokens(), pair.tokens());
    assert!(pair.b.is_active(&first.access) && pair.b.is_active(&second.access));
    pair.a.revoke(&first.access);
    assert!(!pair.a.is_active(&first.access), "at once where it was said");
    pair.b.learns(&first.access);

    // The command line is a process too.
    let verb = pair.installation.signet(&["user", "lock", "alice"]);
    assert!(verb.status.success(), "{verb:?}");
    pair.a.learns(&second.access);
    pair.b.learns(&third.access);
    let verb = pair.installation.signet(&["user", "unlock", "alice"]);
    assert!(verb.status.success(), "{verb:?}");

    let (fourth, fifth) = (pair.tokens(), pair.tokens());
    pair.a.revoke(&fourth.access);
    pair.a.kill();
    pair.b.learns(&fourth.access);
    pair.b.revoke(&fifth.access);
    pair.a.start(&pair.installation);
    for token in [&first, &second, &third, &fourth, &fifth] {
        assert!(!pair.a.is_active(&token.access) && !pair.b.is_active(&token.access));
    }
}

#[test]
fn redis_dies_is_flushed_and_comes_back_and_nothing_revoked_does() {
    let mut pair = Pair::start();
    let revoked = pair.tokens();
    pair.a.revoke(&revoked.access);
    pair.b.learns(&revoked.access);
    let over = AtomicBool::new(false);
    let tokens: Vec<_> = (0..6).map(|_| pair.tokens()).collect();
    let (redis, a, b) = (&mut pair.redis, &pair.a, &pair.b);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                assert!(!b.is_active(&revoked.access) && !a.is_active(&revoked.access));
            }
        });
        for (round, token) in tokens.iter().enumerate() {
            match round {
                2 => redis.stop(),
                4 => redis.start_again(),
                3 => {}
                _ => drop(redis.ask("FLUSHALL")),
            }
            a.revoke(&token.access);
            b.learns(&token.access);
        }
        over.store(true, Ordering::Relaxed);
    });
    until("the list is in Redis again", || {
        let list = pair.redis.ask("KEYS signet:*:list").pop()?;
        (pair.redis.ask(&format!("XLEN {list}"))[0]
            .parse::<usize>()
            .unwrap()
            >= 7)
            .then_some(())
    });
}

#[test]
fn an_emergency_is_heard_at_both_nodes_and_at_the_api() {
    emergency(|_| {});
}

#[test]
fn an_emergency_is_heard_though_redis_is_away() {
    emergency(RedisServer::stop);
}

/// A key leaks while two nodes and an API are at work, and Redis is in this state.
fn emergency(redis: fn(&mut RedisServer)) {
    let mut pair = Pair::start();
    let installation = &pair.installation;
    let api = DemoApiServer::at(&installation.issuer, |identifier| {
        let scope = ["--scope", "notes.read", "--scope", "notes.write"];
        let resource = ["resource", "create", "--identifier", identifier];
        installation.json(&[&resource[..], &scope].concat(), "");
        let client = [
            "client",
            "update",
            "web",
            "--resource",
            identifier,
            "--scope",
            "openid offline_access notes.read",
        ];
        installation.json(&client, "");
        let server = [
            "client",
            "create",
            "--client-id",
            "demo-api",
            "--resource-server-of",
            identifier,
        ];
        let made = installation.json(&server, "");
        made["client_secret"].as_str().unwrap().to_owned()
    });
    let sign_in = || {
        let mut browser = Browser::at(&pair.installation.issuer);
        pair.web
            .sign_in(&mut browser, "alice", "offline_access notes.read")
    };
    until("the client may reach the API", || {
        let tokens = sign_in();
        (api.call(&tokens.access) == 200).then_some(())
    });
    let tokens = sign_in();
    let keys = installation.json(&["key", "list"], "");
    let leaked = keys
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["alg"] == "ES256" && key["state"] == "active");
    let leaked = leaked.unwrap()["kid"].as_str().unwrap().to_owned();
    redis(&mut pair.redis);
    let told = SystemClock.now();
    let revoked = installation.signet(&["key", "revoke", &leaked, "--reason", "leaked", "--yes"]);
    assert!(revoked.status.success(), "{revoked:?}");
    for node in [&pair.a, &pair.b] {
        node.learns(&tokens.access);
        until("the key left the JWK Set", || {
            let jwks = http()
                .get(format!("{}/jwks", node.url))
                .send()
                .ok()?
                .text()
                .ok()?;
            (!jwks.contains(&leaked)).then_some(())
        });
    }
    until("the API refuses it", || {
        (api.call(&tokens.access) == 401).then_some(())
    });
    assert!(SystemClock.now().since(told) < Duration::from_secs(5));
    until("the spare signs, and the API believes it", || {
        let next = pair.web.refresh(tokens.refresh.as_ref().unwrap()).ok()?;
        (api.call(&next.access) == 200).then_some(())
    });
}

/// A caller uses the token that this many came after, at this node.
type Use = (bool, usize);

#[test]
fn whatever_callers_do_at_two_nodes_one_successor_lives_at_most() {
    let pair = Pair::start();
    let step = (any::<bool>(), prop_oneof![3 => Just(0), 1 => 1_usize..3]);
    let callers = proptest::collection::vec(proptest::collection::vec(step, 1..5), 2..6);
    let mut runner = TestRunner::new(Config {
        cases: 24,
        failure_persistence: None,
        max_shrink_iters: 20,
        ..Config::default()
    });
    runner
        .run(&callers, |callers| interleave(&pair, &callers))
        .unwrap();
}

fn interleave(pair: &Pair, callers: &[Vec<Use>]) -> Result<(), TestCaseError> {
    let given = Mutex::new(vec![pair.tokens().refresh.unwrap()]);
    let refused = AtomicBool::new(false);
    let call = |(at_a, age): Use| {
        let token = {
            let given = given.lock().unwrap();
            given[given.len().saturating_sub(age + 1)].clone()
        };
        let node = if at_a { &pair.a } else { &pair.b };
        let fields = [("grant_type", "refresh_token"), ("refresh_token", &token)];
        match node.post("/token", &fields) {
            (200, told) => {
                let next = told["refresh_token"].as_str().unwrap().to_owned();
                let mut given = given.lock().unwrap();
                if !given.contains(&next) {
                    given.push(next);
                }
            }
            (status, told) => {
                assert_eq!((status, &told["error"]), (400, &Value::from("invalid_grant")));
                refused.store(true, Ordering::Relaxed);
            }
        }
    };
    thread::scope(|scope| {
        for steps in callers {
            scope.spawn(|| steps.iter().copied().for_each(call));
        }
    });
    let given = given.into_inner().unwrap();
    for node in [&pair.a, &pair.b] {
        let living = given.iter().filter(|token| node.is_active(token)).count();
        let expected = usize::from(!refused.load(Ordering::Relaxed));
        prop_assert_eq!(living, expected, "of {} at {}", given.len(), &node.url);
    }
    Ok(())
}
