//! Records of refused requests, and numbers by the hour.

use std::time::Duration;

use admin::flows::{self, Glance};
use admin::statistics::{Measure, Sample, hour_of};
use kernel::{Policy, Timestamp};
use token::flow::{Flow, Refused, Shown};

use crate::support::{Fresh, NOW, browser, client, everywhere, session, user};

const SECOND: Duration = Duration::from_secs(1);

fn flow(number: u32, client_id: Option<&str>, uri: Option<&str>) -> Flow {
    let mut refused = Refused::plain(
        if uri.is_some() {
            "mismatch"
        } else {
            "access_denied"
        },
        "why",
    );
    refused.client_id = client_id.map(str::to_owned);
    refused.foreign_uri = uri.map(str::to_owned);
    refused.parameters = vec![token::flow::Parameter {
        name: "code".to_owned(),
        value: Shown::Redacted(43),
    }];
    Flow {
        id: format!("{number:04}-0000"),
        at: NOW.plus(SECOND * number),
        endpoint: "/authorize".to_owned(),
        status: 400,
        refused,
    }
}

fn keep(db: &Fresh, flows: Vec<Flow>) {
    db.write(move |ports| ports.record_flows(&flows));
}

fn ids(list: Vec<Glance>) -> Vec<String> {
    list.into_iter().map(|glance| glance.id).collect()
}

#[test]
fn a_record_is_found_by_its_id_for_a_while() {
    everywhere(|db| {
        let kept = flow(1, Some("web"), Some("https://rp.test/cb/"));
        keep(db, vec![kept.clone(), kept.clone()]);
        let found = |since| db.read(move |ports| ports.flow("0001-0000", since));
        assert_eq!(found(NOW), Some(kept.clone()));
        assert_eq!(found(kept.at), None);
        assert_eq!(db.read(|ports| ports.flow("0002-0000", NOW)), None);
    });
}

#[test]
fn failures_are_listed_by_age_and_counted_by_kind() {
    everywhere(|db| {
        let uri = Some("https://rp.test/cb/");
        let kept = [
            (1, Some("web"), uri),
            (2, Some("web"), uri),
            (3, Some("web"), None),
            (4, Some("spa"), None),
            (5, None, None),
            (6, Some("call-0800-evil"), None),
        ];
        db.write(|ports| {
            for client_id in ["web", "spa", "quiet"] {
                ports.insert_client(&client(client_id))?;
            }
            Ok(())
        });
        keep(
            db,
            kept.map(|(number, client, uri)| flow(number, client, uri))
                .to_vec(),
        );
        let all = db.read(|ports| ports.recent_flows(None, NOW, 3));
        assert_eq!(ids(all), ["0006-0000", "0005-0000", "0004-0000"]);
        let web = db.read(|ports| ports.recent_flows(Some("web"), NOW, 9));
        assert_eq!(ids(web), ["0003-0000", "0002-0000", "0001-0000"]);
        let failures = db.read(|ports| ports.failures_of_client("web", NOW, 9));
        let told: Vec<_> = failures
            .iter()
            .map(|it| (&*it.error, it.foreign_uri.as_deref(), it.count, it.last))
            .collect();
        let at = |number| NOW.plus(SECOND * number);
        assert_eq!(
            told,
            [("mismatch", uri, 2, at(2)), ("access_denied", None, 1, at(3))]
        );
        // Whoever is not registered has no failures, however often a request names them.
        let by_client = db.read(|ports| ports.failures_by_client(NOW, 9));
        assert_eq!(by_client, [("web".to_owned(), 3), ("spa".to_owned(), 1)]);
    });
}

#[test]
fn records_go_after_a_day_and_beyond_their_number() {
    everywhere(|db| {
        keep(db, vec![flow(1, None, None), flow(2, None, None)]);
        let sweep = |now: Timestamp| db.store.sweep(now, &Policy::default()).unwrap().flows;
        let day = NOW.plus(flows::KEPT);
        assert_eq!(
            [sweep(day), sweep(day.plus(SECOND)), sweep(day.plus(SECOND))],
            [0, 1, 0]
        );
        assert_eq!(sweep(day.plus(SECOND * 2)), 1);
        keep(
            db,
            (1..=flows::MOST + 700)
                .map(|number| flow(number, None, None))
                .collect(),
        );
        assert_eq!(sweep(NOW), 699);
        let newest = format!("{:04}-0000", flows::MOST + 700);
        let left = db.read(|ports| ports.recent_flows(None, NOW, 1));
        assert_eq!(ids(left), [newest]);
    });
}

fn sample(measure: Measure, label: &str, value: u64) -> Sample {
    Sample {
        measure,
        label: label.to_owned(),
        value,
    }
}

#[test]
fn numbers_of_an_hour_add_up_and_those_taken_once_stay() {
    everywhere(|db| {
        let hour = hour_of(NOW);
        for _ in 0..2 {
            db.write(move |ports| {
                let logins = [
                    sample(Measure::Logins, "success", 3),
                    sample(Measure::Logins, "refused", 1),
                ];
                ports.add_samples(hour, &logins)
            });
        }
        for count in [7, 8] {
            db.write(move |ports| ports.keep_sample(hour, &sample(Measure::Sessions, "", count)));
        }
        db.sql(&format!(
            "INSERT INTO statistics VALUES ({}, 'of a newer program', '', 1)",
            hour.as_millis()
        ));
        let kept = db.read(move |ports| ports.samples(hour));
        let expected = [
            (hour, sample(Measure::Logins, "refused", 2)),
            (hour, sample(Measure::Logins, "success", 6)),
            (hour, sample(Measure::Sessions, "", 7)),
        ];
        assert_eq!(kept, expected);
        let later = hour.plus(SECOND);
        assert_eq!(db.read(move |ports| ports.samples(later)), []);
        let policy = Policy::default();
        let over = hour.plus(admin::statistics::KEPT);
        assert_eq!(db.store.sweep(over, &policy).unwrap().statistics, 0);
        assert_eq!(db.store.sweep(over.plus(SECOND), &policy).unwrap().statistics, 4);
    });
}

#[test]
fn sessions_that_live_are_counted() {
    everywhere(|db| {
        let alice = user(9, "alice", None);
        let browser = browser(1);
        let mut sessions: Vec<_> = (2..6).map(|seed| session(seed, &browser, &alice)).collect();
        sessions[1].ended_at = Some(NOW);
        sessions[2].last_seen_at = NOW.minus(SECOND * 60);
        sessions[3].created_at = NOW.minus(SECOND * 600);
        db.write(move |ports| {
            ports.insert_user(&alice)?;
            ports.save_browser(&browser)?;
            sessions
                .iter()
                .try_for_each(|session| ports.save_session(session))
        });
        let count = |seen: u32, begun: u32| {
            let (seen, begun) = (NOW.minus(SECOND * seen), NOW.minus(SECOND * begun));
            db.read(move |ports| ports.count_sessions(seen, begun))
        };
        assert_eq!([count(30, 300), count(90, 300), count(90, 900)], [1, 2, 3]);
    });
}
