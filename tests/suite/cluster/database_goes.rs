//! PostgreSQL is restarted, dies, or hands over to its standby: until it is back who needs it is asked to come back, what is at
//! hand is handed out, and of what was acknowledged nothing is lost.

use std::thread;

use super::keepsakes::Keepsakes;
use super::load::Load;
use super::postgres::End;
use super::relay::Wire;
use super::site::{Cluster, Database};

const LOOKS: usize = 25;
const ALL: [usize; 3] = [0, 1, 2];

/// While it is away nobody writes, and everything that needs no database is served.
#[track_caller]
fn is_missed(cluster: &Cluster, load: &Load) {
    let mark = cluster.caller.ledger.mark();
    thread::scope(|scope| {
        for node in ALL {
            scope.spawn(move || assert!(!cluster.writes(node), "it cannot"));
        }
    });
    load.is_watched(&ALL, mark, LOOKS);
    cluster.caller.ledger.assert_served(mark, |_| true);
}

#[test]
fn postgresql_is_restarted_and_dies_and_nothing_acknowledged_is_lost() {
    let mut cluster = Cluster::start(Database::Alone);
    let load = cluster.load();
    load.goes_on();
    for (number, end) in [End::Fast, End::Kill].into_iter().enumerate() {
        let kept = Keepsakes::deposit(&cluster, number);
        let mark = cluster.caller.ledger.mark();
        cluster.postgres.end(end);
        is_missed(&cluster, &load);
        cluster.postgres.start_again();
        cluster.recovers(&ALL);
        cluster
            .caller
            .ledger
            .tell(&format!("PostgreSQL ends: {end:?}"), mark);
        kept.are_there(&cluster);
        load.goes_on();
    }
    let mark = cluster.caller.ledger.mark();
    let wires = |wire| cluster.nodes.iter().for_each(|node| node.database[0].set(wire));
    wires(Wire::Silent);
    is_missed(&cluster, &load);
    wires(Wire::Whole);
    cluster.recovers(&ALL);
    cluster.caller.ledger.tell("PostgreSQL swallows everything", mark);
    load.goes_on();
    load.end();
    cluster.reckon();
}

#[test]
fn the_standby_takes_over_and_back_and_nothing_acknowledged_is_lost() {
    let mut cluster = Cluster::start(Database::WithStandby);
    let load = cluster.load();
    load.goes_on();
    let kept = Keepsakes::deposit(&cluster, 0);
    let mark = cluster.caller.ledger.mark();
    cluster.postgres.end(End::Kill);
    // There is a database to read from, and nobody mistakes it for one to write to.
    is_missed(&cluster, &load);
    let standby = cluster.standby.as_ref().unwrap();
    standby.promote();
    cluster.recovers(&ALL);
    cluster
        .caller
        .ledger
        .tell("the standby takes over from the dead", mark);
    kept.are_there(&cluster);
    load.goes_on();

    // Its successor stands where the first one stood.
    cluster.postgres = standby.standby(cluster.postgres.port);
    let kept = Keepsakes::deposit(&cluster, 1);
    let mark = cluster.caller.ledger.mark();
    for node in &cluster.nodes {
        node.database[1].set(Wire::Silent);
    }
    cluster.postgres.promote();
    cluster.recovers(&ALL);
    cluster
        .caller
        .ledger
        .tell("the standby takes over from the silent", mark);
    kept.are_there(&cluster);
    load.goes_on();
    cluster.standby.as_mut().unwrap().end(End::Kill);
    load.end();
    cluster.reckon();
}
