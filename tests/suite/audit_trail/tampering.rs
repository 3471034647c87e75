//! Somebody who may write to the database makes the trail say something else.

use super::{life, sign, verified};
use crate::rig::Provider;

/// A trail with two checkpoints and something behind them: the numbers of the checkpoints.
fn furnished() -> (Provider, [u64; 2]) {
    let provider = Provider::start();
    let first = sign(&provider).unwrap();
    life(&provider);
    provider.wait(3600);
    let second = sign(&provider).unwrap();
    life(&provider);
    let verification = verified(&provider);
    assert_eq!(verification.discord, None);
    assert_eq!(
        (verification.checkpoints, verification.vouched_until),
        (2, second)
    );
    (provider, [first, second])
}

#[track_caller]
fn found_at(provider: &Provider, seq: u64, reason: &str) {
    let discord = verified(provider).discord.expect("something does not fit");
    assert_eq!(discord.seq, seq, "{discord:?}");
    assert!(discord.reason.contains(reason), "{discord:?}");
}

/// What somebody with access to the database does to a record: the SQL, how much later it shows, and how it is told.
type Change = (fn(u64) -> String, u64, &'static str);

#[test]
fn a_record_changed_removed_inserted_or_exchanged_is_found() {
    let changes: [Change; 5] = [
        (
            |seq| format!("UPDATE audit SET address = '192.0.2.1' WHERE seq = {seq}"),
            0,
            "does not fit its hash",
        ),
        (
            |seq| format!("UPDATE audit SET actor = 'bob' WHERE seq = {seq}"),
            0,
            "does not fit its hash",
        ),
        (|seq| format!("DELETE FROM audit WHERE seq = {seq}"), 1, "missing"),
        (
            |seq| {
                format!(
                    "UPDATE audit SET seq = -1 WHERE seq = {seq}; UPDATE audit SET seq = {seq} WHERE seq = {seq} + 1;
                     UPDATE audit SET seq = {seq} + 1 WHERE seq = -1"
                )
            },
            0,
            "does not fit its hash",
        ),
        (
            |seq| {
                format!(
                    "UPDATE audit SET seq = seq + 100000 WHERE seq >= {seq};
                     UPDATE audit SET seq = seq - 99999 WHERE seq >= 100000;
                     INSERT INTO audit (seq, at, event, hash) SELECT {seq}, at, event, hash FROM audit WHERE seq = {seq} - 1"
                )
            },
            0,
            "does not fit its hash",
        ),
    ];
    for (sql, behind, reason) in changes {
        let (provider, [first, _]) = furnished();
        let victim = first + 3;
        provider.tamper(&sql(victim));
        found_at(&provider, victim + behind, reason);
    }
}

#[test]
fn a_checkpoint_taken_away_is_missed() {
    for which in 0..2 {
        let (provider, checkpoints) = furnished();
        let seq = checkpoints[which];
        provider.tamper(&format!("DELETE FROM audit_checkpoints WHERE seq = {seq}"));
        found_at(
            &provider,
            seq + 1,
            &format!("the checkpoint about record {seq} is missing"),
        );
    }
}

#[test]
fn a_trail_cut_off_behind_a_checkpoint_is_missed() {
    let (provider, [_, second]) = furnished();
    provider.tamper(&format!("DELETE FROM audit WHERE seq >= {second}"));
    found_at(&provider, second, "the trail ends with record");
}

/// Whoever writes the whole chain anew has no key for the checkpoints.
#[test]
fn a_history_written_anew_does_not_fit_the_checkpoints() {
    let (provider, [first, second]) = furnished();
    // Without hashes every record counts as older than the chain, and links as its contents say.
    provider.tamper(&format!(
        "UPDATE audit SET actor = 'somebody-else' WHERE seq = {first} + 2; UPDATE audit SET hash = NULL"
    ));
    found_at(&provider, second, "vouches for another history");
    let (provider, [_, second]) = furnished();
    provider.tamper(&format!(
        "UPDATE audit_checkpoints SET jws = (SELECT jws FROM audit_checkpoints ORDER BY seq LIMIT 1) WHERE seq = {second}"
    ));
    found_at(&provider, second, "says something else than its row");
    let (provider, [first, _]) = furnished();
    provider.tamper(&format!(
        "UPDATE audit_checkpoints SET jws = jws || 'A' WHERE seq = {first}"
    ));
    found_at(&provider, first, "signature");
}

#[test]
fn a_key_that_was_revoked_vouches_for_nothing_that_came_later() {
    let (provider, [first, second]) = furnished();
    // Revoked between the checkpoints: as if its thief had signed the second.
    provider.tamper(&format!(
        "UPDATE keys SET state = 'revoked', leaves_jwks_at = (SELECT at + 1000 FROM audit_checkpoints WHERE seq = {first})
         WHERE kid = (SELECT kid FROM audit_checkpoints WHERE seq = {second})"
    ));
    found_at(&provider, second, "revoked");
}
