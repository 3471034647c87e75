//! Time by the database, where it has a clock of its own.

use std::sync::Arc;
use std::time::Duration;

use kernel::{Clock as _, FixedClock, SystemClock};
use store::{Database, OpenFault, OpenMode};

use crate::support::{Fresh, everywhere};

const HOUR: Duration = Duration::from_secs(3600);

/// A machine's clock that is ahead by so much.
fn ahead(by: Duration) -> Arc<FixedClock> {
    Arc::new(FixedClock::at(SystemClock.now().plus(by)))
}

fn is_file(db: &Fresh) -> bool {
    db.url.starts_with("sqlite://")
}

#[test]
fn a_server_tells_the_time_and_a_file_does_not() {
    everywhere(|db| {
        let machine = ahead(HOUR);
        let clock = db.store.clock(machine.clone()).unwrap();
        if is_file(db) {
            assert_eq!((clock.now(), clock.machine_behind()), (machine.now(), None));
            return;
        }
        let off = clock.now().as_millis() - SystemClock.now().as_millis();
        assert!(off.abs() < 5_000, "{off}");
        let behind = clock.machine_behind().unwrap();
        assert!((behind + 3_600_000).abs() < 5_000, "{behind}");
        assert!(db.store.clock(machine).is_err(), "once per database");
    });
}

#[test]
fn who_watches_goes_on_asking() {
    everywhere(|db| {
        let machine = ahead(Duration::ZERO);
        let store = Database::open(&db.url, OpenMode::MustExist).unwrap();
        let clock = store.clock(machine.clone()).unwrap();
        machine.advance(HOUR);
        store.watch(clock.clone(), Box::new(|_| {})).unwrap();
        let noticed = || clock.machine_behind().is_some_and(|behind| behind < -3_590_000);
        // Beside a file there is nothing to wait for.
        let patience = if is_file(db) { 1 } else { 3000 };
        let found = (0..patience).any(|_| {
            std::thread::park_timeout(Duration::from_millis(10));
            noticed()
        });
        assert_eq!(found, !is_file(db));
    });
}

#[test]
fn nobody_starts_a_day_away_from_the_database() {
    everywhere(|db| {
        let clock = db.store.clock(ahead(25 * HOUR));
        match clock.map(|clock| clock.now()) {
            Ok(_) => assert!(is_file(db)),
            Err(fault) => {
                assert!(!is_file(db));
                assert!(matches!(fault, OpenFault::Clock { seconds } if seconds < -24 * 3600));
                let said = fault.to_string();
                assert!(
                    said.contains("25 hours apart") || said.contains("24 hours apart"),
                    "{said}"
                );
            }
        }
    });
}
