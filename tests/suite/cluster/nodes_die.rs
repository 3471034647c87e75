//! A node dies, freezes or is cut off: the others go on as if nothing were, and it finds back by itself.

use std::sync::Arc;
use std::thread;

use kernel::{Clock as _, SystemClock};

use super::call::Door;
use super::customer::Tokens;
use super::ledger::Warm;
use super::load::Load;
use super::relay::Wire;
use super::site::{Cluster, Database, NODES, assert_soon};
use crate::cli::installation::until;

/// Often enough for 99 of 100 to mean something.
const LOOKS: usize = 25;

#[test]
fn nodes_die_and_come_back_and_nothing_acknowledged_is_lost() {
    let mut cluster = Cluster::start(Database::Alone);
    let ledger = Arc::clone(&cluster.caller.ledger);
    let load = cluster.load();
    load.goes_on();
    let mark = ledger.mark();
    for node in [0, 1, 0, 1, 0, 1] {
        // It dies with work begun and not done.
        let turn = cluster.postgres.hold_writers();
        cluster.postgres.until_waiting(3);
        cluster.kill_node(node);
        turn.pass_on();
        load.is_watched(&[2], ledger.mark(), 3);
        cluster.start_node(node);
        cluster.recovers(&[node]);
    }
    assert!(ledger.refusals(mark) > 0, "nobody was in the middle of anything");
    cluster.kill_node(0);
    load.goes_on();
    load.is_watched(&[2], mark, LOOKS);
    ledger.assert_served(mark, |probe| probe.node == 2);
    ledger.tell("kill -9 of a node, seven times", mark);
    cluster.start_node(0);
    load.goes_on();
    load.end();
    dies_before_it_answers(&mut cluster, 1);
    cluster.reckon();
}

/// It dies when a grant is revoked for good and nobody was told yet, neither who asked nor the other nodes: Redis, which
/// would tell those, makes it wait.
fn dies_before_it_answers(cluster: &mut Cluster, node: usize) {
    let given = cluster.tokens();
    let revoked = || {
        let revoked = "SELECT count(*) FROM grants WHERE revoked_at IS NOT NULL";
        cluster.postgres.sql(revoked)
    };
    let (before, frozen) = (revoked(), cluster.freeze_redis());
    let answer = thread::scope(|scope| {
        let form = [("token", &*given.refresh)];
        let caller = &cluster.caller;
        let asked = scope.spawn(move || caller.post(Door::Node(node), "/revoke", &form));
        until("it is committed", || (revoked() != before).then_some(()));
        cluster.signal_node(node, "KILL");
        asked.join().unwrap()
    });
    // On a busy machine the answer may have been quicker than the kill.
    assert!(answer.status == 0 || answer.status == 200, "{answer:?}");
    drop(frozen);
    cluster.kill_node(node);
    cluster.start_node(node);
    for node in 0..NODES {
        assert_eq!(cluster.caller.is_active(node, &given.refresh), Some(false));
        until("its access token is refused", || {
            (cluster.caller.is_active(node, &given.access) == Some(false)).then_some(())
        });
    }
}

#[test]
fn a_node_is_cut_off_from_redis_then_from_postgresql_and_finds_back() {
    let cluster = Cluster::start(Database::Alone);
    let load = cluster.load();
    let ledger = &cluster.caller.ledger;
    load.goes_on();
    for wire in [Wire::Silent, Wire::Cut] {
        // Redis only makes news faster: nobody is at fault.
        let mark = ledger.mark();
        cluster.nodes[0].redis.set(wire);
        load.goes_on();
        load.is_watched(&[0, 1, 2], mark, LOOKS);
        ledger.assert_served(mark, |_| true);
        ledger.tell(&format!("a node's wire to Redis is {wire:?}"), mark);
        cluster.nodes[0].redis.set(Wire::Whole);
        cluster.recovers(&[0, 1, 2]);

        let mark = ledger.mark();
        cluster.nodes[0].database[0].set(wire);
        load.goes_on();
        load.is_watched(&[0, 1, 2], mark, LOOKS);
        assert!(!cluster.writes(0), "it cannot");
        // What needs no database goes on even there.
        ledger.assert_served(mark, |_| true);
        ledger.tell(&format!("a node's wire to PostgreSQL is {wire:?}"), mark);
        cluster.nodes[0].database[0].set(Wire::Whole);
        cluster.recovers(&[0, 1, 2]);
        load.goes_on();
    }
    is_cut_off_from_both(&cluster, &load);
    load.end();
    cluster.reckon();
}

/// It can no longer hear of what is taken back, nor of clients that changed. Five seconds later it knows that much, and vouches
/// for nothing but what everybody may know.
fn is_cut_off_from_both(cluster: &Cluster, load: &Load) {
    let (caller, ledger) = (&cluster.caller, &cluster.caller.ledger);
    let (kept, taken) = (cluster.tokens(), cluster.tokens());
    let wires = |wire| {
        cluster.nodes[0].redis.set(wire);
        cluster.nodes[0].database[0].set(wire);
    };
    let cut = ledger.mark();
    wires(Wire::Silent);
    until("another takes it back", || {
        // It may have been its turn to write: that is over when the database misses it.
        let told = caller.post(Door::Node(1), "/revoke", &[("token", &taken.access)]);
        (told.status == 200).then_some(())
    });
    ledger.taken_back(&taken.access);
    until("it says that it cannot tell", || {
        caller.is_active(0, &kept.access).is_none().then_some(())
    });
    assert_eq!(caller.is_active(1, &kept.access), Some(true));
    let mark = ledger.mark();
    load.goes_on();
    load.is_watched(&[0, 1, 2], mark, LOOKS);
    ledger.assert_served(mark, |probe| {
        probe.node != 0 || matches!(probe.what, Warm::Discovery | Warm::Keys)
    });
    wires(Wire::Whole);
    cluster.recovers(&[0, 1, 2]);
    ledger.tell("a node's wires to both are Silent", cut);
    assert_eq!(caller.is_active(0, &taken.access), Some(false));
    load.goes_on();
}

#[test]
fn a_node_that_freezes_while_it_alone_may_write_is_not_waited_for() {
    let cluster = Cluster::with(Database::Alone, &[("SIGNET_REVOCATION__MAX_LAG", "1s")]);
    let (caller, given) = (&cluster.caller, cluster.tokens());
    let revoked = cluster.tokens();
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &*given.refresh),
    ];
    let successor = thread::scope(|scope| {
        let turn = cluster.postgres.hold_writers();
        let frozen = scope.spawn(|| caller.post(Door::Node(0), "/token", &form));
        cluster.postgres.until_waiting(1);
        cluster.signal_node(0, "STOP");
        let freed = SystemClock.now();
        turn.pass_on();
        // Now it is the frozen node's turn, and everybody waits for it.
        cluster.postgres.until_held();
        for node in [1, 2] {
            until("the others write", || cluster.writes(node).then_some(()));
        }
        assert_soon(freed);
        let retried = until("a retry elsewhere", || {
            let told = caller.post(Door::Node(1), "/token", &form);
            (told.status == 200).then(|| Tokens::of(&told))
        });
        assert_eq!(
            caller
                .post(Door::Node(1), "/revoke", &[("token", &revoked.access)])
                .status,
            200
        );
        cluster.signal_node(0, "CONT");
        // It has slept for longer than it may vouch for what it knows, and knows that.
        assert_ne!(caller.is_active(0, &revoked.access), Some(true));
        let frozen = frozen.join().unwrap();
        assert!(frozen.is_uncertain() || frozen.status == 200, "{frozen:?}");
        if frozen.status == 200 {
            assert_eq!(Tokens::of(&frozen).refresh, retried.refresh);
        }
        retried
    });
    cluster.recovers(&[0, 1, 2]);
    for node in 0..3 {
        assert_eq!(caller.is_active(node, &given.refresh), Some(false));
        assert_eq!(caller.is_active(node, &successor.refresh), Some(true));
        assert_eq!(caller.is_active(node, &revoked.access), Some(false));
    }
    caller.ledger.assert_clean();
}
