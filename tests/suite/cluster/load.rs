//! Who uses the nodes while things break: customers who come for tokens through the proxy, and watchers who ask each node,
//! past the proxy, for what it should have at hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::call::{Answer, Caller, Door};
use super::customer::Customer;
use super::ledger::{Mark, Probe, Warm};
use crate::actors::attacker::basic;
use crate::cli::installation::until;
use kernel::{Clock as _, SystemClock};

/// After this a node that answers knows what another acknowledged: `revocation.max_lag`.
const LAG: Duration = Duration::from_secs(5);

/// All of them. They end when told to, and a story that fails leaves nobody behind.
pub struct Load {
    caller: Caller,
    over: Arc<AtomicBool>,
    abandoned: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
    customers: usize,
}

impl Load {
    /// One customer for each session, by its cookies, and a watcher at each node. The access token is good and stays so.
    pub fn start(caller: &Caller, sessions: Vec<String>, good: &str) -> Self {
        let (over, abandoned) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let customers = sessions.len();
        let mut threads = Vec::new();
        for (number, cookies) in sessions.into_iter().enumerate() {
            let customer = Customer {
                caller: caller.clone(),
                number,
                cookies,
                abandoned: Arc::clone(&abandoned),
            };
            let over = Arc::clone(&over);
            threads.push(thread::spawn(move || {
                for turn in number.. {
                    if over.load(Ordering::Relaxed) {
                        return;
                    }
                    customer.goes_round(turn);
                }
            }));
        }
        for node in 0..caller.nodes.len() {
            let (caller, over, good) = (caller.clone(), Arc::clone(&over), good.to_owned());
            threads.push(thread::spawn(move || {
                for turn in 0.. {
                    if over.load(Ordering::Relaxed) {
                        return;
                    }
                    look(&caller, node, turn, &good);
                    thread::park_timeout(Duration::from_millis(10));
                }
            }));
        }
        Self {
            caller: caller.clone(),
            over,
            abandoned,
            threads,
            customers,
        }
    }

    /// Waits until every customer went the whole way that began after now, twice.
    pub fn goes_on(&self) {
        let rounds = || {
            let mut rounds = self.caller.ledger.rounds();
            rounds.resize(self.customers, 0);
            rounds
        };
        let before = rounds();
        until("every customer is served", || {
            self.caller.ledger.assert_clean();
            let now = rounds();
            let all = before.iter().zip(&now).all(|(before, now)| *now >= before + 3);
            all.then_some(())
        });
    }

    /// Waits until these nodes were asked this often for everything since then.
    pub fn is_watched(&self, nodes: &[usize], since: Mark, times: usize) {
        until("the nodes were asked", || {
            let ledger = &self.caller.ledger;
            let all = nodes.iter().all(|node| ledger.probes_of(*node, since) >= times);
            all.then_some(())
        });
    }

    /// Sends everybody home, once they have finished.
    pub fn end(mut self) {
        self.over.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            thread.join().unwrap();
        }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        self.abandoned.store(true, Ordering::Relaxed);
    }
}

/// Asks a node for everything once.
fn look(caller: &Caller, node: usize, turn: usize, good: &str) {
    let door = Door::Node(node);
    let told = |what, answer: &Answer| {
        caller.ledger.probed(Probe {
            node,
            what,
            status: answer.status,
            took: answer.took,
        });
    };
    told(
        Warm::Discovery,
        &caller.get(door, "/.well-known/openid-configuration", ""),
    );
    told(Warm::Keys, &caller.get(door, "/jwks", ""));
    let introspected = caller.post(door, "/introspect", &[("token", good)]);
    if introspected.status == 200 && introspected.json["active"] != true {
        caller.ledger.wrong(format!("node {node} refuses a good token"));
    }
    told(Warm::Introspection, &introspected);
    told(Warm::Userinfo, &caller.bearing(door, "/userinfo", good));
    let own = [("grant_type", "client_credentials")];
    let service = basic("service", &caller.service_secret);
    told(
        Warm::ClientCredentials,
        &caller.post_as(&service, door, "/token", &own),
    );
    for taken in caller.ledger.some_taken_back(turn) {
        let since = SystemClock.now().since(taken.at);
        if since > LAG && caller.is_active(node, &taken.token) == Some(true) {
            caller
                .ledger
                .wrong(format!("node {node} accepts what was taken back {since:?} ago"));
        }
    }
}
