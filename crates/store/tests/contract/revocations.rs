//! The revocation list: in the table, in this process's replica before anybody is answered, in everybody else's soon.

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use kernel::id::{GrantId, Sid, TokenId, UserId};
use kernel::{Access, FixedClock, SeededEntropy, StorageFault, Timestamp, work};
use session::{Issued, Revocation, RevocationList, Revoked};
use store::{Database, OpenMode};

use crate::support::{Fresh, NOW, Ports, clock, everywhere, race};

const LAG: Duration = Duration::from_secs(5);

/// Names of a token that was issued at `issued_at`.
fn token(issued_at: Timestamp) -> Issued<'static> {
    let entropy = SeededEntropy::new(1);
    Issued {
        grant: Some(GrantId::generate(&entropy, NOW)),
        session: Some(Sid::generate(&entropy)),
        user: Some(UserId::generate(&entropy)),
        token: TokenId::generate(&entropy, issued_at),
        client_id: "web",
        kid: "k1",
    }
}

fn earlier(seconds: u64) -> Timestamp {
    NOW.minus(Duration::from_secs(seconds))
}

fn revoke(db: &Fresh, at: Timestamp, what: Revoked) {
    db.write(move |ports| ports.revoke(&Revocation::at(at, what)));
}

/// The table's and the replica's judgement, which are the same.
fn refused(db: &Fresh, token: Issued<'static>) -> bool {
    let listed = db.store.revocations().refuses(&token);
    assert_eq!(db.read(move |ports| ports.is_revoked(&token)), listed);
    listed
}

/// Gives the watcher of another process time to look.
fn eventually(list: &RevocationList, what: impl Fn(&RevocationList) -> bool) {
    let (_never, tick) = channel::<()>();
    let known = (0..3000).any(|_| what(list) || tick.recv_timeout(Duration::from_millis(10)).is_ok());
    assert!(known, "the watcher does not look");
}

#[test]
fn each_kind_refuses_its_tokens_at_once_and_no_others() {
    for number in 0..6 {
        everywhere(|db| {
            let token = token(earlier(1));
            let what = token.names().remove(number);
            let (kind, id) = (what.kind(), what.id());
            assert!(!refused(db, token));
            // The same word as the name of another kind of thing.
            let namesake = if kind == "key" { "client" } else { "key" };
            revoke(db, NOW, Revoked::parse(namesake, &id).unwrap());
            assert!(!refused(db, token), "a {namesake} of the same name");
            revoke(db, NOW, what);
            assert!(refused(db, token), "{kind}");
        });
    }
}

#[test]
fn an_entry_is_extended_and_never_shortened() {
    everywhere(|db| {
        let user = token(NOW).user.unwrap();
        revoke(db, earlier(60), Revoked::User(user));
        assert!(refused(db, token(earlier(60))) && !refused(db, token(earlier(59))));
        revoke(db, NOW, Revoked::User(user));
        assert!(refused(db, token(NOW)));
        revoke(db, earlier(30), Revoked::User(user));
        assert!(refused(db, token(NOW)));
        let later = Timestamp::from_millis(NOW.as_millis() + 1);
        assert!(!refused(db, token(later)));
        assert_eq!(db.store.revocations().len(), 1);
    });
}

#[test]
fn one_thing_may_be_revoked_by_many_at_once() {
    everywhere(|db| {
        let client = || Revoked::Client("web".into());
        race(db, 20, move |ports| ports.revoke(&Revocation::at(NOW, client())));
        assert!(refused(db, token(NOW)));
    });
}

#[test]
fn what_is_undone_is_not_in_the_list() {
    everywhere(|db| {
        let undone = work::run(&*db.store, Access::Write, |ports: &mut Ports| {
            ports.revoke(&Revocation::at(NOW, Revoked::Client("web".into())))?;
            Err::<(), _>(StorageFault::Unavailable("changed my mind".into()))
        });
        assert!(undone.is_err());
        assert!(db.store.revocations().is_empty());
        revoke(db, NOW, Revoked::Key("k2".into()));
        assert!(!refused(db, token(NOW)));
        assert_eq!(db.store.revocations().len(), 1);
    });
}

#[test]
fn another_process_learns_of_it_before_and_after_it_began_to_watch() {
    everywhere(|db| {
        let (token, entry) = (token(NOW), Revocation::at(NOW, Revoked::Key("old".into())));
        let (session, user) = (token.session.unwrap(), token.user.unwrap());
        db.write(move |ports| ports.revoke(&entry));
        // Expired by now: of no use to anybody.
        revoke(db, earlier(2 * 86_400), Revoked::Key("older".into()));
        let other = Database::open(&db.url, OpenMode::MustExist).unwrap();
        let list = other.revocations();
        assert!(!list.is_fresh(NOW, LAG));
        other.watch(clock(), Box::new(|_| ())).unwrap();
        assert!(list.is_fresh(NOW, LAG));
        assert_eq!(list.len(), 1);
        revoke(db, NOW, Revoked::Session(session));
        eventually(&list, |list| list.refuses(&token));

        // An entry it knows already, extended.
        let later = Timestamp::from_millis(NOW.as_millis() + 7);
        let extended = Issued {
            token: TokenId::generate(&SeededEntropy::new(4), later),
            session: None,
            ..token
        };
        for at in [NOW, later] {
            revoke(db, at, Revoked::User(user));
        }
        eventually(&list, |list| list.refuses(&extended));
    });
}

#[test]
fn no_entry_is_missed_whatever_the_order_of_commits() {
    everywhere(|db| {
        let other = Database::open(&db.url, OpenMode::MustExist).unwrap();
        other.watch(clock(), Box::new(|_| ())).unwrap();
        let client = |n: usize| Revoked::Client(format!("c{n}"));
        let writers = (0..4).map(|writer| {
            let store = Arc::clone(&db.store);
            thread::spawn(move || {
                for n in 0..50 {
                    let entry = Revocation::at(NOW, client(writer * 50 + n));
                    work::run(&*store, Access::Write, move |ports: &mut Ports| {
                        ports.revoke(&entry)
                    })
                    .unwrap();
                }
            })
        });
        let writers: Vec<_> = writers.collect();
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        eventually(&other.revocations(), |list| list.len() == 200);
    });
}

#[test]
fn the_list_stays_fresh_while_nothing_happens() {
    let db = Fresh::sqlite();
    let clock = Arc::new(FixedClock::at(NOW));
    db.store.watch(clock.clone(), Box::new(|_| ())).unwrap();
    let list = db.store.revocations();
    clock.advance(Duration::from_secs(60));
    let now = NOW.plus(Duration::from_secs(60));
    eventually(&list, |list| list.is_fresh(now, LAG));
}

#[test]
fn an_entry_that_names_nothing_does_not_keep_the_others_out() {
    let db = Fresh::sqlite();
    db.sql(
        "INSERT INTO revocations (kind, id, until, expires_at)
         VALUES ('token', 'nonsense', 0, 9000000000000), ('key', 'k1', 9000000000000, 9000000000000)",
    );
    db.store.watch(clock(), Box::new(|_| ())).unwrap();
    assert_eq!(db.store.revocations().len(), 1);
    assert!(refused(&db, token(NOW)));
}
