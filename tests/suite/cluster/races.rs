//! Sixteen come at once, spread over three nodes, for what there is once: one is served, or all get the same.

use std::sync::{Arc, Barrier};
use std::thread;

use super::call::{Answer, Door};
use super::customer::{Customer, Tokens};
use super::site::{Cluster, Database, NODES, cookies};
use crate::actors::attacker::redemption;
use crate::cli::installation::until;

const RACERS: usize = 16;
const ROUNDS: usize = 30;

/// What each of the racers is answered.
pub fn race<T: Send>(racers: usize, run: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let line = Barrier::new(racers);
    thread::scope(|scope| {
        let racing: Vec<_> = (0..racers)
            .map(|racer| {
                let (line, run) = (&line, &run);
                scope.spawn(move || {
                    line.wait();
                    run(racer)
                })
            })
            .collect();
        racing.into_iter().map(|racer| racer.join().unwrap()).collect()
    })
}

#[test]
fn what_there_is_once_is_given_once_though_sixteen_ask_three_nodes() {
    let cluster = Cluster::start(Database::Alone);
    let customer = Customer {
        caller: cluster.caller.clone(),
        number: 0,
        cookies: cookies(&cluster.browser("alice")),
        abandoned: Arc::default(),
    };
    for round in 0..ROUNDS {
        let tokens = of_one_code(&cluster, &customer.code(), round);
        cluster.caller.ledger.redeemed(&format!("round {round}"));
        for node in 0..NODES {
            assert_eq!(
                cluster.caller.is_active(node, &tokens.refresh),
                Some(false),
                "{round}"
            );
            until("its access token is refused", || {
                (cluster.caller.is_active(node, &tokens.access) == Some(false)).then_some(())
            });
        }
    }
    let mut token = cluster.tokens().refresh;
    for round in 0..ROUNDS {
        token = of_one_refresh_token(&cluster, &token, round);
    }
    let last = customer.refresh(&token).unwrap();
    for node in 0..NODES {
        assert_eq!(cluster.caller.is_active(node, &last.refresh), Some(true));
    }
    assert_eq!(
        cluster.postgres.sql(
            "SELECT max(number) FROM (SELECT count(*) AS number FROM refresh_tokens
            WHERE spent_at IS NULL GROUP BY grant_id) AS living"
        ),
        "1"
    );
    cluster.caller.ledger.assert_clean();
}

/// One wins; the others are told so, and because they came, what the winner got is worth nothing.
fn of_one_code(cluster: &Cluster, code: &str, round: usize) -> Tokens {
    let answers = race(RACERS, |racer| {
        let door = Door::Node((racer + round) % NODES);
        cluster.caller.post(door, "/token", &redemption(code))
    });
    let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert_eq!(won.len(), 1, "{answers:?}");
    assert!(lost.iter().all(|answer| answer.is_invalid_grant()), "{answers:?}");
    Tokens::of(won[0])
}

/// All get the same successor.
fn of_one_refresh_token(cluster: &Cluster, token: &str, round: usize) -> String {
    let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
    let answers: Vec<Answer> = race(RACERS, |racer| {
        let door = Door::Node((racer + round) % NODES);
        cluster.caller.post(door, "/token", &form)
    });
    let next = Tokens::of(&answers[0]).refresh;
    for answer in &answers {
        assert_eq!((answer.status, &Tokens::of(answer).refresh), (200, &next));
    }
    next
}
