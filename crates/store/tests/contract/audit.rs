//! The audit trail: chained as it is written, searched as it is filtered.

use std::sync::Arc;
use std::time::Duration;

use admin::Actor;
use admin::audit::{AuditFilter, AuditPage, Order, Verification, query, verify};
use kernel::audit::{AuditRecord, Way};
use kernel::{
    Access, AuditEvent, Ctx, FixedClock, Issuer, Policy, SeededEntropy, Source, StorageFault, work,
};
use store::schema;

use crate::support::{Fresh, NOW, Ports, everywhere, race};

fn ctx() -> Ctx {
    Ctx {
        clock: Arc::new(FixedClock::at(NOW)),
        entropy: Arc::new(SeededEntropy::new(1)),
        issuer: Issuer::new("https://id.example.com"),
        policy: Policy::default(),
    }
}

fn verified(db: &Fresh) -> Verification {
    work::run(&*db.store, Access::Read, |ports: &mut Ports| {
        verify(ports, &ctx(), &Actor::cli())
    })
    .map_err(|fault: admin::AdminFault| fault.to_string())
    .unwrap()
}

/// Where the first thing that does not fit shows.
fn discord(db: &Fresh) -> Option<u64> {
    verified(db).discord.map(|discord| discord.seq)
}

/// So many events of several kinds, people and sources.
fn furnish(db: &Fresh, count: u64) {
    db.write(move |ports| {
        for number in 0..count {
            ports.come_from(Source {
                way: Some([Way::Browser, Way::Client][number as usize % 2]),
                address: Some(
                    [format!("192.0.2.{number}"), format!("2001:db8::{number}")][number as usize % 2].clone(),
                ),
                correlation_id: Some(format!("c-{}", number / 2)),
            });
            // Clocks of nodes are a little apart: numbers and times do not agree everywhere.
            let at = NOW
                .plus(Duration::from_millis(number * 10))
                .minus(Duration::from_millis((number % 3) * 25));
            let name =
                ["user.login", "user.login.failed", "key.rotate", "client_x.update"][number as usize % 4];
            let mut event = AuditEvent::new(at, name)
                .actor(["cli", "alice", "bob"][number as usize % 3])
                .subject(["s1", "s2", "s3", "s4", "s5"][number as usize % 5])
                .session(number / 4)
                .detail("d")
                .before("{}")
                .after(r#"{"a":1}"#);
            if number % 7 == 0 {
                event = event.refused().client("web");
            }
            ports.record(event)?;
        }
        Ok(())
    });
}

#[test]
fn what_is_rolled_back_leaves_no_gap_in_the_chain() {
    everywhere(|db| {
        furnish(db, 3);
        let lost = work::run(&*db.store, Access::Write, |ports: &mut Ports| {
            ports.record(AuditEvent::new(NOW, "user.login"))?;
            ports.record(AuditEvent::new(NOW, "user.login"))?;
            Err::<(), _>(StorageFault::Unavailable("changed my mind".into()))
        });
        assert!(lost.is_err());
        furnish(db, 2);
        let verification = verified(db);
        assert_eq!(verification.discord, None);
        assert_eq!(
            (verification.records, verification.newest, verification.unchained),
            (5, 5, 0)
        );
    });
}

#[test]
fn writers_side_by_side_chain_what_they_write() {
    everywhere(|db| {
        race(db, 20, |ports| {
            ports.record(AuditEvent::new(NOW, "user.login").actor("a"))?;
            ports.record(AuditEvent::new(NOW, "session.end").actor("a"))
        });
        let verification = verified(db);
        assert_eq!((verification.discord, verification.records), (None, 40));
    });
}

#[test]
fn a_source_is_that_of_its_unit_of_work_alone() {
    everywhere(|db| {
        db.write(|ports| {
            ports.come_from(Source {
                address: Some("192.0.2.7".into()),
                ..Source::by(Way::Browser)
            });
            ports.record(AuditEvent::new(NOW, "user.login"))
        });
        // One that forgets to say where it comes from, on whichever thread.
        for _ in 0..8 {
            db.write(|ports| ports.record(AuditEvent::new(NOW, "user.login")));
        }
        let records = db.read(|ports| ports.audit_chain(0, 100));
        assert_eq!(records[0].way.as_deref(), Some("browser"));
        for record in &records[1..] {
            assert_eq!((record.way.as_deref(), &record.address), (Some("server"), &None));
        }
    });
}

#[test]
fn whatever_sql_does_to_a_record_is_found_where_it_was_done() {
    let changes = [
        ("UPDATE audit SET at = at + 1 WHERE seq = 4", 4),
        ("UPDATE audit SET event = 'user.logout' WHERE seq = 4", 4),
        ("UPDATE audit SET actor = NULL WHERE seq = 4", 4),
        ("UPDATE audit SET actor = '' WHERE seq = 4", 4),
        ("UPDATE audit SET subject = 'x' WHERE seq = 4", 4),
        ("UPDATE audit SET client_id = 'x' WHERE seq = 4", 4),
        ("UPDATE audit SET detail = 'x' WHERE seq = 4", 4),
        ("UPDATE audit SET way = 'cli' WHERE seq = 4", 4),
        ("UPDATE audit SET address = '192.0.2.99' WHERE seq = 4", 4),
        ("UPDATE audit SET address_key = NULL WHERE seq = 4", 4),
        ("UPDATE audit SET outcome = 'refused' WHERE seq = 4", 4),
        ("UPDATE audit SET outcome = 'nonsense' WHERE seq = 4", 4),
        ("UPDATE audit SET session = 'x' WHERE seq = 4", 4),
        ("UPDATE audit SET correlation_id = 'x' WHERE seq = 4", 4),
        (r#"UPDATE audit SET "before" = '{ }' WHERE seq = 4"#, 4),
        (r#"UPDATE audit SET "after" = NULL WHERE seq = 4"#, 4),
        ("UPDATE audit SET hash = NULL WHERE seq = 4", 4),
        ("DELETE FROM audit WHERE seq = 4", 5),
        ("DELETE FROM audit WHERE seq < 4", 4),
        // Taken out, and the rest moved up.
        ("DELETE FROM audit WHERE seq = 4; UPDATE audit SET seq = seq - 1 WHERE seq = 5", 4),
        // Two that change places, hashes and all.
        ("UPDATE audit SET seq = 99 WHERE seq = 4; UPDATE audit SET seq = 4 WHERE seq = 5; UPDATE audit SET seq = 5 WHERE seq = 99", 4),
        // One between others.
        ("UPDATE audit SET seq = seq + 100 WHERE seq >= 4; UPDATE audit SET seq = seq - 99 WHERE seq >= 104;
          INSERT INTO audit (seq, at, event, hash) SELECT 4, at, event, hash FROM audit WHERE seq = 3", 4),
        // One at the end.
        ("INSERT INTO audit (seq, at, event, hash) SELECT 8, at, event, hash FROM audit WHERE seq = 7", 8),
        ("INSERT INTO audit (seq, at, event) VALUES (8, 1, 'user.login')", 8),
    ];
    for (sql, seq) in changes {
        everywhere(|db| {
            furnish(db, 7);
            assert_eq!(discord(db), None);
            db.sql(sql);
            assert_eq!(discord(db), Some(seq), "{sql}");
            // It stays found, whatever is recorded behind it.
            furnish(db, 1);
            assert_eq!(discord(db), Some(seq), "{sql}");
        });
    }
}

#[test]
fn records_of_versions_without_a_chain_are_part_of_it() {
    let old = |db: &Fresh| {
        db.sql("DELETE FROM audit");
        for seq in [1, 2, 5] {
            db.sql(&format!(
                "INSERT INTO audit (seq, at, event) VALUES ({seq}, {seq}, 'user.login')"
            ));
        }
        furnish(db, 3);
    };
    everywhere(|db| {
        old(db);
        let verification = verified(db);
        assert_eq!(verification.discord, None);
        assert_eq!(
            (verification.records, verification.unchained, verification.newest),
            (6, 3, 8)
        );
    });
    for sql in [
        "UPDATE audit SET actor = 'x' WHERE seq = 2",
        "DELETE FROM audit WHERE seq = 1",
        "INSERT INTO audit (seq, at, event) VALUES (3, 3, 'user.login')",
    ] {
        everywhere(|db| {
            old(db);
            db.sql(sql);
            assert_eq!(discord(db), Some(6), "{sql}");
        });
    }
}

/// All pages of what is looked for.
fn pages(db: &Fresh, filter: &AuditFilter, order: Order) -> Vec<AuditRecord> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let asked = filter.clone();
        let page = work::run(&*db.store, Access::Read, move |ports: &mut Ports| {
            query(ports, &Actor::cli(), &asked, after, order, 7)
        });
        let page = page
            .map_err(|fault: admin::AdminFault| fault.to_string())
            .unwrap();
        assert!(page.records.len() <= 7);
        all.extend(page.records);
        after = page.next;
        if after.is_none() {
            return all;
        }
    }
}

#[test]
fn every_filter_finds_what_it_describes_in_order_and_page_by_page() {
    let queries = [
        "",
        "since=2027-01-15T08:00:00.200Z",
        "until=2027-01-15T08:00:00.200Z",
        "since=2027-01-15T08:00:00.100Z&until=2027-01-15T08:00:00.200Z",
        "actor=alice",
        "subject=s3",
        "client=web",
        "event=user.login",
        "event=user.*",
        "event=client_x.*",
        "event=*",
        "event=nothing.*",
        "outcome=refused",
        "outcome=done",
        "address=192.0.2.4",
        "address=192.0.2.0%2F27",
        "address=2001:db8::%2F32",
        "session=3",
        "correlation_id=c-5",
        "kid=s3",
        "actor=alice&event=user.*&outcome=done",
        "actor=bob&event=client_x.update",
        "event=user.*&since=2027-01-15T08:00:00.100Z&outcome=refused",
        "client=web&address=192.0.2.0%2F24",
    ];
    everywhere(|db| {
        furnish(db, 60);
        let mut all = db.read(|ports| ports.audit_chain(0, 1000));
        all.sort_by_key(|record| (record.at, record.seq));
        for text in queries {
            let filter = AuditFilter::from_query(text, NOW).unwrap();
            let mut expected: Vec<_> = all.iter().filter(|record| filter.fits(record)).cloned().collect();
            assert_eq!(pages(db, &filter, Order::OldestFirst), expected, "{text}");
            expected.reverse();
            assert_eq!(pages(db, &filter, Order::NewestFirst), expected, "{text}");
            assert_eq!(expected.is_empty(), text == "event=nothing.*", "{text}");
        }
    });
}

/// So many that no index alone has few: somebody did the first half, signing in is the second half, and one is both.
fn crowd(db: &Fresh) {
    let key = if db.url.starts_with("sqlite") {
        "x'00000000000000000000ffff0a000001'"
    } else {
        "'\\x00000000000000000000ffff0a000001'::bytea"
    };
    db.sql(&format!(
        "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 10400)
         INSERT INTO audit (seq, at, event, actor, outcome, address, address_key)
         SELECT x, x, CASE WHEN x > 5200 OR x = 5 THEN 'user.login' ELSE 'user.update' END,
             CASE WHEN x <= 5200 THEN 'alice' ELSE 'bob' END, CASE x WHEN 9 THEN 'refused' ELSE 'done' END, '10.0.0.1', {key}
         FROM n"
    ));
}

#[test]
fn what_is_rare_among_many_is_found_over_pages_that_may_be_empty() {
    everywhere(|db| {
        crowd(db);
        let all = db.read(|ports| ports.audit_chain(0, 20_000));
        assert_eq!(all.len(), 10_400);
        for (text, count) in [
            ("actor=alice&event=user.login", 1),
            ("address=10.0.0.0%2F8&actor=alice&event=user.login", 1),
            ("address=10.0.0.0%2F8&outcome=refused", 1),
            ("address=10.0.0.0%2F8&since=1970-01-01T00:00:10.381Z", 20),
            ("address=10.0.0.0%2F8&until=1970-01-01T00:00:00.021Z", 20),
            ("address=11.0.0.0%2F8", 0),
        ] {
            let filter = AuditFilter::from_query(text, NOW).unwrap();
            let expected: Vec<_> = all.iter().filter(|record| filter.fits(record)).cloned().collect();
            assert_eq!(expected.len(), count, "{text}");
            assert_eq!(pages(db, &filter, Order::OldestFirst), expected, "{text}");
            let newest: Vec<_> = expected.into_iter().rev().collect();
            assert_eq!(pages(db, &filter, Order::NewestFirst), newest, "{text}");
        }
        let filter = AuditFilter::from_query("actor=alice&event=user.login", NOW).unwrap();
        let first = db.read(move |ports| ports.audit_records(&filter, None, Order::NewestFirst, 10));
        assert!(first.records.is_empty() && first.next.is_some(), "{first:?}");
    });
}

#[test]
fn a_page_behind_a_record_that_is_not_there_is_empty() {
    everywhere(|db| {
        furnish(db, 3);
        let none =
            db.read(|ports| ports.audit_records(&AuditFilter::default(), Some(99), Order::NewestFirst, 10));
        assert_eq!(none, AuditPage::default());
    });
}

#[test]
fn the_way_down_keeps_the_records_and_the_way_up_chains_them_anew() {
    everywhere(|db| {
        furnish(db, 5);
        let down = if db.url.starts_with("sqlite") {
            include_str!("../../../../migrations/sqlite/0005_audit_chain/down.sql")
        } else {
            include_str!("../../../../migrations/postgres/0005_audit_chain/down.sql")
        };
        db.sql(down);
        db.sql("DELETE FROM __diesel_schema_migrations WHERE version = '0005'");
        db.sql("INSERT INTO audit (at, event) VALUES (1, 'user.login')");
        schema::up(&db.url).unwrap();
        furnish(db, 1);
        let verification = verified(db);
        assert_eq!(
            (verification.discord, verification.records, verification.unchained),
            (None, 7, 6)
        );
    });
}
