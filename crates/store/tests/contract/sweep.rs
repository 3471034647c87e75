//! What has expired goes; what lives stays.

use std::time::Duration;

use kernel::id::InteractionId;
use kernel::{Policy, SeededEntropy, Timestamp};
use session::{Revocation, Revoked};
use store::{Database, OpenMode, Swept};
use token::Grant;
use token::authorize::interaction::{Destination, Interaction, Pending};
use token::grant::Spent;

use crate::notices::notice;
use crate::resets::reset;
use crate::support::{Fresh, NOW, browser, client, everywhere, furnish, grant, refresh_token, session, user};

const DAY: Duration = Duration::from_secs(86_400);

fn sweep(db: &Fresh, now: Timestamp) -> Swept {
    db.store.sweep(now, &Policy::default()).unwrap()
}

#[test]
fn nothing_that_lives_is_swept() {
    everywhere(|db| {
        let (alice, _, grant) = furnish(db);
        let browser = browser(1);
        let (session, token) = (session(2, &browser, &alice), refresh_token(3, &grant, 0));
        db.write(move |ports| {
            ports.save_browser(&browser)?;
            ports.save_session(&session)?;
            ports.insert_refresh_token(&token)?;
            ports.redeem_code(grant.id, NOW)?;
            ports.bump("a", DAY, NOW).map(drop)
        });
        assert_eq!(sweep(db, NOW), Swept::default());
        assert_eq!(
            sweep(db, NOW.plus(DAY - Duration::from_secs(1))),
            Swept::default()
        );
    });
}

#[test]
fn more_than_one_unit_of_works_worth_goes_at_once() {
    everywhere(|db| {
        db.write(|ports| {
            (0..1203).try_for_each(|n| {
                let id = InteractionId::generate(&SeededEntropy::new(n));
                let saved = Interaction {
                    id,
                    flow: None,
                    created_at: NOW,
                    request: Pending::SignIn(Destination::Home),
                };
                ports.bump(&format!("k{n}"), Duration::from_secs(60), NOW)?;
                ports.save_interaction(
                    &saved,
                    NOW.plus(Duration::from_secs(if n < 1100 { 60 } else { 90 })),
                )
            })
        });
        let swept = sweep(db, NOW.plus(Duration::from_secs(60)));
        assert_eq!(
            swept,
            Swept {
                interactions: 1100,
                throttles: 1203,
                ..Swept::default()
            }
        );
    });
}

#[test]
fn sealed_successors_are_erased_when_grace_ends() {
    everywhere(|db| {
        let (.., grant) = furnish(db);
        let token = refresh_token(3, &grant, 0);
        let digest = token.digest.clone();
        db.write(move |ports| {
            ports.insert_refresh_token(&token)?;
            ports.spend_refresh_token(
                &token.digest,
                &Spent {
                    at: NOW,
                    sealed_successor: Some(vec![1; 80]),
                },
            )
        });
        let grace = Policy::default().refresh_grace;
        assert_eq!(sweep(db, NOW.plus(grace)).successors, 0);
        assert_eq!(
            sweep(db, NOW.plus(grace + Duration::from_millis(1))).successors,
            1
        );
        let spent = db
            .read(move |ports| ports.refresh_token(&digest))
            .unwrap()
            .spent
            .unwrap();
        assert_eq!(
            spent,
            Spent {
                at: NOW,
                sealed_successor: None
            }
        );
    });
}

#[test]
fn sessions_end_with_their_absolute_life_and_empty_browsers_follow() {
    everywhere(|db| {
        let (alice, ..) = furnish(db);
        let (old, young) = (browser(1), browser(5));
        let (past, mut fresh) = (session(2, &old, &alice), session(3, &young, &alice));
        fresh.created_at = NOW.plus(DAY);
        let sid = fresh.sid;
        db.write(move |ports| {
            ports.save_browser(&old)?;
            ports.save_browser(&young)?;
            ports.save_session(&past)?;
            ports.save_session(&fresh)
        });
        let swept = sweep(db, NOW.plus(DAY * 30 + Duration::from_secs(3601)));
        assert_eq!((swept.sessions, swept.browsers), (1, 1));
        assert!(db.read(move |ports| ports.session(sid)).is_some());
    });
}

#[test]
fn revocations_notices_and_resets_go_when_they_mean_nothing_any_more() {
    everywhere(|db| {
        let (alice, _, grant) = furnish(db);
        let list = db.store.revocations();
        let entry = Revocation::at(NOW, Revoked::Grant(grant.id));
        let (reset, notice) = (reset(5, &alice), notice(6, &alice));
        db.write(move |ports| {
            ports.revoke(&entry)?;
            ports.insert_reset(&reset)?;
            ports.enqueue_notice(&notice)
        });
        let counts = |swept: Swept| (swept.revocations, swept.notices, swept.resets);
        let seconds = Duration::from_secs;
        assert_eq!(counts(sweep(db, NOW.plus(seconds(1800)))), (0, 0, 0));
        assert_eq!(counts(sweep(db, NOW.plus(seconds(1800 + 3601)))), (0, 0, 1));
        assert_eq!(counts(sweep(db, NOW.plus(DAY + seconds(59)))), (0, 0, 0));
        assert_eq!(list.len(), 1);
        assert_eq!(counts(sweep(db, NOW.plus(DAY + seconds(60)))), (1, 0, 0));
        assert!(list.is_empty());
        assert_eq!(counts(sweep(db, NOW.plus(DAY * 2))), (0, 0, 0));
        assert_eq!(counts(sweep(db, NOW.plus(DAY * 2 + seconds(1)))), (0, 1, 0));
    });
}

/// A grant of `seed`, changed, and whether it is still there some time later.
fn survives(
    db: &Fresh,
    seed: u64,
    after: Duration,
    change: impl Fn(&mut Grant),
    token_at: Option<Duration>,
) -> bool {
    let (web, alice) = (client("web"), user(1, "alice", None));
    let mut grant = grant(seed, &web, &alice);
    change(&mut grant);
    let id = grant.id;
    db.write(move |ports| {
        ports.insert_grant(&grant)?;
        let Some(at) = token_at else { return Ok(()) };
        let token = refresh_token(seed + 1000, &grant, 0);
        ports.insert_refresh_token(&token::grant::RefreshRow {
            issued_at: NOW.plus(at),
            ..token
        })
    });
    sweep(db, NOW.plus(after));
    let there = db.read(move |ports| ports.grant(id)).is_some();
    db.write(move |ports| ports.delete_user(alice.id).map(drop));
    let alice = user(1, "alice", None);
    db.write(move |ports| ports.insert_user(&alice).map(drop));
    there
}

#[test]
fn a_grant_goes_when_nothing_of_it_lives() {
    everywhere(|db| {
        furnish(db);
        let untouched = |_: &mut Grant| ();
        let redeemed = |grant: &mut Grant| grant.code_redeemed_at = Some(NOW);
        let revoked = |grant: &mut Grant| (grant.code_redeemed_at, grant.revoked_at) = (Some(NOW), Some(NOW));
        let hours = |n: u64| Duration::from_secs(n * 3600);
        // Never redeemed: an hour longer than its code.
        assert!(survives(db, 10, hours(1), untouched, None));
        assert!(!survives(db, 11, hours(1) + DAY / 1_000, untouched, None));
        // Redeemed without refresh tokens; revoked. As long as the longest access token.
        assert!(survives(db, 12, hours(24), redeemed, None));
        assert!(!survives(db, 13, hours(26), redeemed, None));
        assert!(survives(db, 14, hours(24), revoked, None));
        assert!(!survives(db, 15, hours(26), revoked, Some(Duration::ZERO)));
        // As long as a refresh token may be used, and not beyond the family's age.
        assert!(survives(db, 16, DAY * 30, redeemed, Some(Duration::ZERO)));
        assert!(!survives(db, 17, DAY * 32, redeemed, Some(Duration::ZERO)));
        assert!(survives(db, 18, DAY * 31, redeemed, Some(DAY * 20)));
        assert!(!survives(db, 19, DAY * 182, redeemed, Some(DAY * 179)));
    });
}

#[test]
fn a_large_table_is_looked_through_to_its_end() {
    let db = Fresh::sqlite();
    furnish(&db);
    db.sql(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
         INSERT INTO grants SELECT printf('0%07d', i), client_id, user_id, sid, scope, resources, auth_at, amr, nonce,
           redirect_uri, pkce, randomblob(32), code_expires_at, code_redeemed_at, revoked_at, created_at, claims
         FROM grants, n",
    );
    let swept = |now| sweep(&db, now).grants;
    let later = NOW.plus(DAY * 2);
    let writes = db.store.counts().writes;
    assert_eq!([swept(later), swept(later)], [1201, 0]);
    // Three parts of five hundred, one of browsers and one of everything else, then one of each: others had their turn in
    // between.
    assert_eq!(db.store.counts().writes - writes, 8);
}

/// Most old browsers are in use: those that are not may be anywhere behind them.
#[test]
fn browsers_in_use_are_passed_over_once() {
    let db = Fresh::sqlite();
    let (alice, ..) = furnish(&db);
    db.sql(&format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
         INSERT INTO browsers SELECT printf('0%07d', i), randomblob(32), {at} FROM n",
        at = NOW.as_millis()
    ));
    // The last fifty are those nobody uses any more.
    db.sql(&format!(
        "INSERT INTO sessions (sid, browser_id, user_id, auth_at, amr, created_at, last_seen_at)
         SELECT id, id, '{}', {at}, '[]', {at}, {at} FROM browsers WHERE id <= '00001150'",
        alice.id,
        at = NOW.plus(DAY * 40).as_millis()
    ));
    let writes = db.store.counts().writes;
    let swept = sweep(&db, NOW.plus(DAY * 41));
    assert_eq!(swept.browsers, 50);
    // Three parts of browsers, one of grants, one of everything else.
    assert_eq!(db.store.counts().writes - writes, 5);
}

/// Saved requests of somebody who leaves more behind than there is room for.
#[test]
fn the_oldest_of_too_many_saved_requests_make_room() {
    let db = Fresh::sqlite();
    db.sql(&format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 251200)
         INSERT INTO interactions SELECT printf('%08d', i), '', {} + i FROM n",
        NOW.as_millis() + 1
    ));
    assert_eq!(sweep(&db, NOW).interactions, 1_200);
    assert_eq!(sweep(&db, NOW).interactions, 0);
    assert_eq!(sweep(&db, NOW.plus(DAY)).interactions, 200_000);
    assert_eq!(sweep(&db, NOW.plus(DAY)).interactions, 50_000);
}

#[test]
fn the_feed_of_changes_keeps_its_newest() {
    let db = Fresh::sqlite();
    db.sql(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 11225)
         INSERT INTO changes (kind, id) SELECT 'user', i FROM n",
    );
    let writes = db.store.counts().writes;
    assert_eq!(sweep(&db, NOW).changes, 1_225);
    assert_eq!(db.store.counts().writes - writes, 5, "a few at a time");
    assert_eq!(sweep(&db, NOW).changes, 0);
}

#[test]
fn of_several_nodes_one_sweeps_and_another_when_it_has_died() {
    everywhere(|db| {
        let policy = Policy::default();
        let other = Database::open(&db.url, OpenMode::MustExist).unwrap();
        let sweeps = |store: &Database, node: &str, after: u64| {
            let now = NOW.plus(Duration::from_secs(after));
            store.sweep_as(node, now, &policy).unwrap().is_some()
        };
        assert!(sweeps(&db.store, "a", 0) && !sweeps(&other, "b", 30));
        assert!(sweeps(&db.store, "a", 60) && !sweeps(&other, "b", 90));
        // It died after its last sweep; the other, who looks once a minute, finds the lead free.
        assert!(!sweeps(&other, "b", 149) && sweeps(&other, "b", 150));
        assert!(!sweeps(&db.store, "a", 180), "who comes back is not the leader");
        other.give_up_sweeping("a").unwrap();
        assert!(!sweeps(&db.store, "a", 180), "nobody gives up for another");
        other.give_up_sweeping("b").unwrap();
        assert!(
            sweeps(&db.store, "a", 181),
            "who ends in order keeps nobody waiting"
        );
    });
}
