//! Redis is flushed, freezes, swallows everything, forgets: nobody notices, for SQL is the truth and Redis only makes it fast.

use super::ledger::Mark;
use super::load::Load;
use super::relay::Wire;
use super::site::{Cluster, Database};

const LOOKS: usize = 25;

/// Customers go on, nobody is turned away, and what is at hand is handed out within a second, on every node.
#[track_caller]
fn nobody_notices(cluster: &Cluster, load: &Load, what: &str, since: Mark) {
    load.goes_on();
    load.is_watched(&[0, 1, 2], since, LOOKS);
    let ledger = &cluster.caller.ledger;
    ledger.assert_served(since, |_| true);
    ledger.assert_nobody_refused(since);
    ledger.tell(what, since);
}

#[test]
fn whatever_becomes_of_redis_nobody_notices() {
    let cluster = Cluster::start(Database::Alone);
    let load = cluster.load();
    load.goes_on();
    let mark = || cluster.caller.ledger.mark();

    let since = mark();
    for _ in 0..10 {
        cluster.redis.ask("FLUSHALL");
        load.is_watched(&[0, 1, 2], mark(), 1);
    }
    nobody_notices(&cluster, &load, "Redis is flushed ten times", since);

    let since = mark();
    let frozen = cluster.freeze_redis();
    nobody_notices(&cluster, &load, "Redis is frozen", since);
    let since = mark();
    drop(frozen);
    nobody_notices(&cluster, &load, "Redis goes on", since);

    let since = mark();
    let wires = |wire| cluster.nodes.iter().for_each(|node| node.redis.set(wire));
    wires(Wire::Silent);
    nobody_notices(&cluster, &load, "Redis swallows everything", since);
    let since = mark();
    wires(Wire::Whole);
    nobody_notices(&cluster, &load, "Redis answers again", since);

    let since = mark();
    cluster.redis.ask("CONFIG SET maxmemory-policy allkeys-lru");
    cluster.redis.ask("CONFIG SET maxmemory 1");
    nobody_notices(&cluster, &load, "Redis evicts, and has room for nothing", since);
    let since = mark();
    cluster.redis.ask("CONFIG SET maxmemory 1200kb");
    nobody_notices(&cluster, &load, "Redis evicts, and has room for little", since);
    cluster.redis.ask("CONFIG SET maxmemory 0");
    load.end();
    cluster.recovers(&[0, 1, 2]);
    cluster.reckon();
}
