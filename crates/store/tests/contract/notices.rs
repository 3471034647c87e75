//! Logout notices: leased by one at a time, until they are delivered.

use std::time::Duration;

use identity::User;
use kernel::id::{NoticeId, Sid};
use kernel::{SeededEntropy, Timestamp};
use token::LogoutNotice;

use crate::support::{Fresh, NOW, everywhere, furnish, race};

pub fn notice(seed: u64, user: &User) -> LogoutNotice {
    let entropy = SeededEntropy::new(seed);
    LogoutNotice {
        id: NoticeId::generate(&entropy),
        client_id: "web".into(),
        uri: "https://rp.example/logout".into(),
        user: user.id,
        sid: Sid::generate(&entropy),
        created_at: NOW,
        attempts: 0,
        due_at: NOW,
    }
}

fn at(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

fn lease(db: &Fresh, now: Timestamp, limit: u32) -> Vec<LogoutNotice> {
    db.write(move |ports| ports.lease_notices(now, now.plus(Duration::from_secs(30)), limit, &[]))
}

#[test]
fn every_notice_is_leased_by_one_of_twenty() {
    everywhere(|db| {
        let (alice, ..) = furnish(db);
        let notices: Vec<_> = (0..50).map(|seed| notice(seed, &alice)).collect();
        let mut expected: Vec<_> = notices.iter().map(|notice| notice.id).collect();
        db.write(move |ports| notices.iter().try_for_each(|notice| ports.enqueue_notice(notice)));
        let leased = race(db, 20, |ports| ports.lease_notices(NOW, at(30), 4, &[]));
        let mut leased: Vec<_> = leased.into_iter().flatten().collect();
        // Who finds the first ones in others' hands may come back with fewer, so a few may be left.
        leased.extend(lease(db, NOW, 50));
        assert!(
            leased
                .iter()
                .all(|notice| (notice.attempts, notice.due_at) == (1, at(30)))
        );
        let mut ids: Vec<_> = leased.iter().map(|notice| notice.id).collect();
        ids.sort();
        expected.sort();
        assert_eq!(ids, expected);
        assert_eq!(lease(db, NOW, 50), []);
    });
}

#[test]
fn a_notice_comes_again_until_it_is_finished() {
    everywhere(|db| {
        let (alice, ..) = furnish(db);
        let (mut early, mut late) = (notice(1, &alice), notice(2, &alice));
        late.due_at = at(10);
        let (id, stored) = (early.id, [late.clone(), early.clone()]);
        db.write(move |ports| stored.iter().try_for_each(|notice| ports.enqueue_notice(notice)));
        (early.attempts, early.due_at) = (1, at(30));
        assert_eq!(lease(db, NOW, 9), [early.clone()]);
        assert_eq!(lease(db, at(9), 9), []);
        // The node that leased it has died.
        (early.attempts, early.due_at) = (2, at(60));
        (late.attempts, late.due_at) = (1, at(60));
        assert_eq!(lease(db, at(30), 9), [late.clone(), early.clone()]);
        db.write(move |ports| ports.postpone_notice(id, at(300)));
        (late.attempts, late.due_at) = (2, at(90));
        assert_eq!(lease(db, at(60), 9), [late]);
        db.write(move |ports| ports.finish_notice(id));
        assert!(lease(db, at(300), 9).iter().all(|notice| notice.id != id));
        db.write(|ports| ports.delete_client("web"));
        assert_eq!(lease(db, at(3000), 9), []);
    });
}
