//! Kept answers: found under their key while they are young, never replaced while they are, bounded in number.

use std::time::Duration;

use admin::answers::{KEPT, KeptAnswer, MOST};
use identity::ports::Insert;
use kernel::{Policy, Timestamp};

use crate::support::{NOW, everywhere};

fn answer(number: u32, at: Timestamp) -> KeptAnswer {
    let mut key = [0; 32];
    key[..4].copy_from_slice(&number.to_be_bytes());
    KeptAnswer {
        key,
        asked: [7; 32],
        sealed: vec![1, 2, 3],
        at,
    }
}

#[test]
fn an_answer_is_kept_once_and_for_a_day() {
    everywhere(|db| {
        let (first, yesterday) = (answer(1, NOW), NOW.minus(KEPT));
        let mut second = first.clone();
        second.sealed = vec![4];
        let (one, two) = (first.clone(), second.clone());
        assert_eq!(
            db.write(move |ports| ports.keep_answer(&one, yesterday)),
            Insert::Done
        );
        assert_eq!(
            db.write(move |ports| ports.keep_answer(&two, yesterday)),
            Insert::Taken
        );
        let key = first.key;
        let found = move |since| db.read(move |ports| ports.kept_answer(&key, since));
        assert_eq!(found(yesterday), Some(first));
        assert_eq!(found(NOW), None);
        assert_eq!(
            db.write(move |ports| ports.keep_answer(&second, NOW)),
            Insert::Done
        );
        assert_eq!(found(yesterday).unwrap().sealed, [4]);
    });
}

#[test]
fn what_is_old_or_too_many_is_swept() {
    everywhere(|db| {
        db.write(|ports| {
            for number in 0..MOST + 5 {
                let at = NOW.plus(Duration::from_millis(u64::from(number)));
                ports.keep_answer(&answer(number, at), NOW.minus(KEPT))?;
            }
            Ok(())
        });
        let sweep = |now: Timestamp| db.store.sweep(now, &Policy::default()).unwrap().answers;
        assert_eq!(sweep(NOW), 5);
        let oldest = answer(5, NOW).key;
        assert!(
            db.read(move |ports| ports.kept_answer(&oldest, NOW.minus(KEPT)))
                .is_some()
        );
        assert_eq!(sweep(NOW), 0);
        assert_eq!(sweep(NOW.plus(KEPT + Duration::from_secs(60))), u64::from(MOST));
    });
}
