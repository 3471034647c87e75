//! Which way SQLite takes for each list: along an index, never through a table and never sorting.

#![allow(clippy::unwrap_used, reason = "tests may stop at the first surprise")]

use std::sync::{Arc, Mutex};

use admin::directory::clients::{ClientFilter, Kind, Standing};
use admin::directory::people::{Among, PeopleFilter};
use admin::directory::ports::{GrantQuery, Order, RevocationQuery, SessionQuery};
use admin::directory::{Cursor, Directory as _};
use diesel::connection::InstrumentationEvent;
use diesel::prelude::*;
use diesel::sql_types::Text;
use identity::UserState;
use kernel::id::{Sid, UserId};
use kernel::{SeededEntropy, Timestamp};

use crate::conn::Conn;
use crate::schema;
use crate::tx::Tx;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// Something for every list to find: of an empty set of ids SQLite makes other plans.
const ROWS: &str = "
    INSERT INTO users (id, username, email_verified, profile, roles, attributes, state, created_at, updated_at, name_key)
    VALUES ('0e0e0e0e-0e0e-4e0e-8e0e-0e0e0e0e0e0e', 'zoe', 0, '{}', '[]', '{}', 'locked', 1, 1, 'zoe');
    INSERT INTO groups VALUES ('staff', NULL, '[]', 1);
    INSERT INTO memberships SELECT 'staff', id, name_key FROM users;
    INSERT INTO user_terms SELECT id, 'zoe' FROM users;
    INSERT INTO administrators SELECT 'user', id, 'owner', 1 FROM users;
    INSERT INTO clients (client_id, metadata, policy, enabled, created_at, updated_at) VALUES ('web', '{}', '{}', 1, 1, 1);
    INSERT INTO browsers SELECT id, x'00', 1 FROM users;
    INSERT INTO sessions
    SELECT id, id, id, 3, '[]', 3, 3, NULL, NULL, '::', 'a' FROM users;
    INSERT INTO session_clients SELECT sid, 'web', 3 FROM sessions;";

/// How SQLite goes about every statement of `work`: one line for each step it takes.
fn steps(work: impl FnOnce(&mut Tx)) -> Vec<String> {
    let mut conn = Conn::Sqlite(SqliteConnection::establish(":memory:").unwrap());
    schema::raise(&mut conn).unwrap();
    conn.batch(ROWS).unwrap();
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let heard = asked.clone();
    let Conn::Sqlite(sqlite) = &mut conn else {
        unreachable!()
    };
    sqlite.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            heard.lock().unwrap().push(query.to_string());
        }
    });
    let mut tx = Tx::new(conn);
    work(&mut tx);
    let asked = std::mem::take(&mut *asked.lock().unwrap());
    let Conn::Sqlite(sqlite) = &mut tx.conn else {
        unreachable!()
    };
    let plans = asked.iter().flat_map(|query| {
        let sql = query.split(" -- binds:").next().unwrap();
        let plan = diesel::sql_query(format!("EXPLAIN QUERY PLAN {sql}"));
        plan.load::<Line>(sqlite).unwrap()
    });
    plans.map(|line| line.detail).collect()
}

/// The list is read in the order of `index`, and nothing is gone through or sorted.
fn walks(index: &str, work: impl Fn(&mut Tx, Option<&Cursor>)) {
    let place = Cursor {
        key: "m".into(),
        number: 7,
        id: "m".into(),
    };
    for after in [None, Some(&place)] {
        let steps = steps(|tx| work(tx, after));
        assert!(
            steps.iter().any(|step| step.contains(index)),
            "{index}: {steps:#?}"
        );
        for step in &steps {
            assert!(!step.starts_with("SCAN"), "{step} in {steps:#?}");
            assert!(!step.contains("TEMP B-TREE"), "{step} in {steps:#?}");
        }
    }
}

fn people(filter: PeopleFilter) -> impl Fn(&mut Tx, Option<&Cursor>) {
    move |tx, after| drop(tx.people(&filter, after, 50).unwrap())
}

#[test]
fn people_are_read_in_order() {
    let all = PeopleFilter::default();
    walks("users_by_name ((name_key,id)>(?,?))", people(all.clone()));
    walks(
        "users_locked ((name_key,id)>(?,?))",
        people(PeopleFilter {
            state: Some(UserState::Locked),
            ..all.clone()
        }),
    );
    walks(
        "memberships_by_name (group_name=? AND (",
        people(PeopleFilter {
            group: Some("staff".into()),
            state: Some(UserState::Active),
            ..all.clone()
        }),
    );
    walks(
        "user_terms_by_term ((term,user_id)>(?,?) AND term<?",
        people(PeopleFilter {
            text: Some("zoe z".into()),
            group: Some("staff".into()),
            ..all.clone()
        }),
    );
    let sub = UserId::generate(&SeededEntropy::new(1)).to_string();
    walks(
        "sqlite_autoindex_users_1 (id=?",
        people(PeopleFilter {
            text: Some(sub),
            ..all
        }),
    );
}

#[test]
fn administrators_are_few_and_looked_up_one_by_one() {
    let filter = PeopleFilter {
        among: Among::Administrators,
        ..PeopleFilter::default()
    };
    let steps = steps(|tx| people(filter)(tx, None));
    assert!(
        steps.iter().all(|step| !step.starts_with("SCAN users")),
        "{steps:#?}"
    );
}

#[test]
fn clients_are_read_in_order() {
    for kind in [
        None,
        Some(Kind::Public),
        Some(Kind::Confidential),
        Some(Kind::FirstParty),
    ] {
        for standing in [None, Some(Standing::Enabled), Some(Standing::Disabled)] {
            let filter = ClientFilter {
                text: None,
                standing,
                kind,
            };
            walks("clients_by_name", |tx, after| {
                drop(tx.registered_clients(&filter, after, 50).unwrap());
            });
        }
    }
}

#[test]
fn clients_are_found_by_word() {
    let filter = ClientFilter {
        text: Some("wiki".into()),
        ..ClientFilter::default()
    };
    let steps = steps(|tx| drop(tx.registered_clients(&filter, None, 50).unwrap()));
    let words = "USING COVERING INDEX client_terms_by_term (term>? AND term<?)";
    assert!(steps.iter().any(|step| step.contains(words)), "{steps:#?}");
    assert!(steps.iter().all(|step| !step.starts_with("SCAN")), "{steps:#?}");
}

fn sessions(query: SessionQuery) -> impl Fn(&mut Tx, Option<&Cursor>) {
    move |tx, after| drop(tx.sessions_like(&query, after, 50).unwrap())
}

#[test]
fn sessions_are_read_in_order() {
    let at = Some(Timestamp::from_secs(1));
    let all = SessionQuery {
        begun_from: Some(Timestamp::from_millis(0)),
        begun_before: at,
        seen_from: Some(Timestamp::from_millis(0)),
        seen_before: at,
        ..SessionQuery::default()
    };
    walks(
        "sessions_by_use (last_seen_at>? AND (last_seen_at,sid)<(?,?)",
        sessions(all.clone()),
    );
    walks(
        "sessions_by_age (created_at>? AND (created_at,sid)<(?,?)",
        sessions(SessionQuery {
            order: Order::Begun,
            ..all.clone()
        }),
    );
    walks(
        "sessions_by_user (user_id=? AND created_at>? AND (created_at,sid)<(?,?)",
        sessions(SessionQuery {
            user: Some("0e0e0e0e-0e0e-4e0e-8e0e-0e0e0e0e0e0e".parse().unwrap()),
            client_id: Some("web".into()),
            ..all.clone()
        }),
    );
    walks(
        "sessions_by_address (address_key>? AND (address_key,created_at,sid)<(?,?,?)",
        sessions(SessionQuery {
            addresses: Some(("0".into(), "f".into())),
            client_id: Some("web".into()),
            ..all.clone()
        }),
    );
    walks(
        "session_clients_by_client (client_id=? AND (used_at,sid)<(?,?)",
        sessions(SessionQuery {
            client_id: Some("web".into()),
            ..all
        }),
    );
}

#[test]
fn what_stands_beside_sessions_is_looked_up() {
    let steps = steps(|tx| {
        tx.usernames(&[UserId::generate(&SeededEntropy::new(1))]).unwrap();
        tx.clients_of_sessions(&[Sid::generate(&SeededEntropy::new(1))])
            .unwrap();
    });
    assert!(steps.iter().all(|step| step.starts_with("SEARCH")), "{steps:#?}");
}

#[test]
fn grants_are_read_in_order() {
    let grants = |query: GrantQuery| {
        move |tx: &mut Tx, after: Option<&Cursor>| drop(tx.grants_like(&query, after, 50).unwrap())
    };
    let (user, client_id) = (
        Some(UserId::generate(&SeededEntropy::new(1))),
        Some("web".to_owned()),
    );
    let all = GrantQuery::default();
    walks("sqlite_autoindex_grants_1 (id<?", grants(all.clone()));
    let of_user = GrantQuery {
        user,
        client_id: client_id.clone(),
        ..all.clone()
    };
    walks("grants_by_user (user_id=? AND id<?", grants(of_user));
    walks(
        "grants_by_client (client_id=? AND id<?",
        grants(GrantQuery { client_id, ..all }),
    );
}

#[test]
fn revocations_are_read_in_order() {
    let list = |query: RevocationQuery| {
        move |tx: &mut Tx, after: Option<&Cursor>| {
            drop(
                tx.revocations_like(&query, Timestamp::from_secs(1), after, 50)
                    .unwrap(),
            );
        }
    };
    walks(
        "USING INTEGER PRIMARY KEY (rowid<?",
        list(RevocationQuery::default()),
    );
    walks(
        "revocations_by_kind (kind=? AND (seq,id)",
        list(RevocationQuery {
            kind: Some("session"),
            id: None,
        }),
    );
}
