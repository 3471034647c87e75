//! Counters with windows.

use std::time::Duration;

use identity::Throttle;

use crate::support::{NOW, everywhere, race};

const WINDOW: Duration = Duration::from_secs(900);

#[test]
fn a_counter_counts_within_its_window_and_begins_anew_after() {
    everywhere(|db| {
        let bump = |key: &'static str, at| db.write(move |ports| ports.bump(key, WINDOW, at));
        let late = NOW.plus(Duration::from_secs(899));
        assert_eq!(
            (bump("a", NOW), bump("a", NOW), bump("b", NOW), bump("a", late)),
            (1, 2, 1, 3)
        );
        // The first count opened the window: later ones do not lengthen it.
        let over = NOW.plus(WINDOW);
        assert_eq!(
            (bump("a", over), bump("a", over.plus(Duration::from_secs(899)))),
            (1, 2)
        );
    });
}

#[test]
fn counts_are_taken_back_and_forgotten() {
    everywhere(|db| {
        let last = db.write(|ports| {
            ports.bump("a", WINDOW, NOW)?;
            ports.forgive("a")?;
            ports.forgive("a")?;
            ports.forgive("unknown")?;
            ports.bump("a", WINDOW, NOW)?;
            ports.bump("a", WINDOW, NOW)
        });
        assert_eq!(last, 2);
        assert_eq!(
            db.write(|ports| {
                Throttle::reset(ports, "a")?;
                ports.bump("a", WINDOW, NOW)
            }),
            1
        );
    });
}

#[test]
fn no_count_is_lost_or_given_twice() {
    everywhere(|db| {
        let mut counts = race(db, 20, |ports| ports.bump("a", WINDOW, NOW));
        counts.sort_unstable();
        assert_eq!(counts, (1..=20).collect::<Vec<_>>());
    });
}
