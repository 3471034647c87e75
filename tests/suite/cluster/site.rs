//! Three nodes on one PostgreSQL, with a Redis between them and nginx before them. Each node has wires of its own to both, so
//! that a story can cut one off.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kernel::{Clock as _, SystemClock, Timestamp};

use super::call::{Caller, Door};
use super::customer::Tokens;
use super::ledger::Ledger;
use super::load::Load;
use super::postgres::Postgres;
use super::proxy::Proxy;
use super::relay::Relay;
use crate::actors::{Browser, RelyingParty};
use crate::cast::CALLBACK;
use crate::cli::installation::{Installation, Serving, free_port, signal, until};
use crate::cli::redis_server::RedisServer;
use crate::cli::two_nodes::ALONE;
use crate::cli::{alice, client};

/// How many.
pub const NODES: usize = 3;
/// Customers at once.
const CUSTOMERS: usize = 3;
/// Within this a node is itself again, without a restart.
const RECOVERY: Duration = Duration::from_secs(10);

/// One of them.
pub struct Node {
    port: u16,
    /// To PostgreSQL, and to its standby if there is one.
    pub database: Vec<Relay>,
    /// To Redis.
    pub redis: Relay,
    running: Option<Serving>,
}

/// All of it.
pub struct Cluster {
    pub nodes: Vec<Node>,
    _proxy: Proxy,
    pub redis: RedisServer,
    pub postgres: Postgres,
    pub standby: Option<Postgres>,
    pub installation: Installation,
    pub caller: Caller,
    /// A refresh token that is this story's alone.
    spare: Mutex<String>,
    _alone: MutexGuard<'static, ()>,
}

/// A process that does nothing; it goes on when this is dropped.
pub struct Frozen(u32);

impl Drop for Frozen {
    fn drop(&mut self) {
        signal(self.0, "CONT");
    }
}

/// How many servers there are for the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    Alone,
    WithStandby,
}

impl Cluster {
    /// Starts everything; returns when every node answers.
    pub fn start(database: Database) -> Self {
        Self::with(database, &[])
    }

    /// The same with variables that every program sees.
    pub fn with(database: Database, variables: &[(&str, &str)]) -> Self {
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let (postgres, redis) = (Postgres::start(), RedisServer::start());
        let mut installation = Installation::new();
        installation.set("SIGNET_CACHE__URL", &redis.url());
        installation.set("SIGNET_DATABASE__URL", &postgres.url(&[postgres.port]));
        for (name, value) in variables {
            installation.set(name, value);
        }
        let proxies = "[\"127.0.0.1/32\"]";
        installation.set("SIGNET_SERVER__TRUSTED_PROXIES", proxies);
        let up = installation.signet(&["migrate", "up"]);
        assert!(up.status.success(), "{up:?}");
        let (secret, service_secret) = people_and_clients(&installation);
        let standby = (database == Database::WithStandby).then(|| postgres.standby(free_port()));
        let servers: Vec<_> = [Some(postgres.port), standby.as_ref().map(|standby| standby.port)]
            .into_iter()
            .flatten()
            .collect();
        // Verbs find it, whichever of the two it is.
        installation.unset("SIGNET_DATABASE__URL");
        installation.set("SIGNET_DATABASE__URL", &postgres.url(&servers));
        let nodes: Vec<_> = (0..NODES)
            .map(|_| Node {
                port: free_port(),
                database: servers.iter().map(|port| Relay::to(*port)).collect(),
                redis: Relay::to(port_of(&redis.url())),
                running: None,
            })
            .collect();
        let ports: Vec<_> = nodes.iter().map(|node| node.port).collect();
        let caller = Caller {
            issuer: installation.issuer.clone(),
            nodes: ports
                .iter()
                .map(|port| format!("http://127.0.0.1:{port}"))
                .collect(),
            secret,
            service_secret,
            ledger: Arc::new(Ledger::default()),
        };
        let mut made = Self {
            nodes,
            _proxy: Proxy::start(installation.port(), &ports),
            redis,
            postgres,
            standby,
            installation,
            caller,
            spare: Mutex::default(),
            _alone: alone,
        };
        (0..NODES).for_each(|node| made.start_node(node));
        *made.spare.lock().unwrap() = made.tokens().refresh;
        made
    }

    /// Starts a node until it answers.
    pub fn start_node(&mut self, number: usize) {
        let node = &mut self.nodes[number];
        let ports: Vec<_> = node.database.iter().map(|relay| relay.port).collect();
        let own = [
            ("SIGNET_DATABASE__URL", self.postgres.url(&ports)),
            (
                "SIGNET_CACHE__URL",
                format!("redis://127.0.0.1:{}", node.redis.port),
            ),
        ];
        let said = format!("said.{number}");
        node.running = Some(self.installation.serve_among(node.port, &own, &said));
    }

    /// `kill -9`.
    pub fn kill_node(&mut self, number: usize) {
        self.nodes[number].running = None;
    }

    /// Sends a node a signal.
    pub fn signal_node(&self, number: usize, name: &str) {
        self.nodes[number].running.as_ref().unwrap().signal(name);
    }

    /// Redis does nothing any more until it is dropped, not even end.
    pub fn freeze_redis(&self) -> Frozen {
        let told = self.redis.ask("INFO server").concat();
        let (_, rest) = told.split_once("process_id:").unwrap();
        let pid = rest.lines().next().unwrap().trim().parse().unwrap();
        signal(pid, "STOP");
        Frozen(pid)
    }

    /// A browser in which somebody signed in with a password.
    pub fn browser(&self, username: &str) -> Browser {
        let mut browser = Browser::at(&self.installation.issuer);
        self.web().sign_in(&mut browser, username, "offline_access");
        browser
    }

    /// New tokens of alice's.
    pub fn tokens(&self) -> Tokens {
        let mut browser = Browser::at(&self.installation.issuer);
        let tokens = self.web().sign_in(&mut browser, "alice", "offline_access");
        Tokens {
            access: tokens.access,
            refresh: tokens.refresh.unwrap(),
        }
    }

    /// The application, at the proxy.
    pub fn web(&self) -> RelyingParty {
        let secret = Some(&*self.caller.secret);
        RelyingParty::at(&self.installation.issuer, "web", secret, CALLBACK)
    }

    /// Lets customers and watchers in.
    pub fn load(&self) -> Load {
        let sessions = (0..CUSTOMERS).map(|_| cookies(&self.browser("alice"))).collect();
        Load::start(&self.caller, sessions, &self.tokens().access)
    }

    /// These nodes, asked one by one, write and judge again within ten seconds.
    #[track_caller]
    pub fn recovers(&self, nodes: &[usize]) {
        let healed = SystemClock.now();
        for node in nodes {
            until("the node writes", || self.writes(*node).then_some(()));
        }
        assert_soon(healed);
    }

    /// Whether a node can do what only writing does: it hands out the next refresh token.
    pub fn writes(&self, node: usize) -> bool {
        let spare = self.spare.lock().unwrap().clone();
        let form = [("grant_type", "refresh_token"), ("refresh_token", &*spare)];
        let told = self.caller.post(Door::Node(node), "/token", &form);
        if told.status == 200 {
            let next = told.text("refresh_token");
            self.caller.ledger.succeeded(&spare, &next);
            *self.spare.lock().unwrap() = next;
        } else if !told.is_uncertain() {
            self.caller.ledger.wrong(format!("node {node}: {told:?}"));
        }
        told.status == 200
    }

    /// The server that is in charge of the database.
    pub fn database(&self) -> &Postgres {
        match &self.standby {
            Some(standby) if standby.is_in_charge() => standby,
            _ => &self.postgres,
        }
    }
}

/// It is no later than ten seconds after that.
#[track_caller]
pub fn assert_soon(healed: Timestamp) {
    let took = SystemClock.now().since(healed);
    println!("recovered within {took:?}");
    assert!(took < RECOVERY, "{took:?}");
}

/// The secrets of `web` and `service`.
fn people_and_clients(installation: &Installation) -> (String, String) {
    let secret = |made: serde_json::Value| made["client_secret"].as_str().unwrap().to_owned();
    let web = secret(client(installation, "web"));
    let api = [
        "resource",
        "create",
        "--identifier",
        "https://api.test",
        "--scope",
        "notes.read",
    ];
    installation.json(&api, "");
    let service = [
        "client",
        "create",
        "--client-id",
        "service",
        "--name",
        "Service",
        "--grant",
        "client_credentials",
        "--scope",
        "notes.read",
        "--resource",
        "https://api.test",
    ];
    let service = secret(installation.json(&service, ""));
    alice(installation);
    (web, service)
}

/// What a browser sends in `Cookie`.
pub fn cookies(browser: &Browser) -> String {
    let pairs = browser
        .cookies
        .iter()
        .map(|(name, value)| format!("{name}={value}"));
    pairs.collect::<Vec<_>>().join("; ")
}

fn port_of(url: &str) -> u16 {
    url.rsplit_once(':').unwrap().1.parse().unwrap()
}
