//! The embedded engine: the shared commit, jobs that go wrong, several processes on one file.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use kernel::{Access, StorageFault, work};
use session::{Revocation, Revoked};
use store::{Database, OpenMode};

use crate::support::{Fresh, NOW, Ports, everywhere, furnish, refresh_token, user};

const PATIENCE: Duration = Duration::from_secs(30);

type Answer = Result<u32, StorageFault>;

/// A unit of work that holds the writer until told to go on, so that others gather behind it.
fn hold(db: &Fresh) -> (Sender<()>, Receiver<Answer>) {
    let (go, wait) = channel::<()>();
    let (reply, answer) = channel();
    work::submit(
        &*db.store,
        Access::Write,
        move |ports: &mut Ports| {
            wait.recv_timeout(PATIENCE).unwrap();
            ports.bump("hold", Duration::from_secs(60), NOW)
        },
        move |outcome| reply.send(outcome).unwrap(),
    );
    (go, answer)
}

fn submit(db: &Fresh, work: impl FnOnce(&mut Ports) -> Answer + Send + 'static) -> Receiver<Answer> {
    let (reply, answer) = channel();
    work::submit(&*db.store, Access::Write, work, move |outcome| {
        reply.send(outcome).unwrap()
    });
    answer
}

fn bump(ports: &mut Ports, key: &str) -> Answer {
    ports.bump(key, Duration::from_secs(60), NOW)
}

/// Revokes everything of a client.
fn revoke(ports: &mut Ports, client_id: &str) -> Answer {
    let entry = Revocation::at(NOW, Revoked::Client(client_id.into()));
    ports.revoke(&entry).map(|()| 0)
}

#[test]
fn what_one_of_a_batch_undid_is_not_revoked_and_what_the_others_did_is() {
    let db = Fresh::sqlite();
    let list = db.store.revocations();
    let (go, held) = hold(&db);
    let known = list.clone();
    let (reply, lengths) = channel();
    work::submit(
        &*db.store,
        Access::Write,
        |ports: &mut Ports| revoke(ports, "first"),
        move |_| reply.send(known.len()).unwrap(),
    );
    let undone = submit(&db, |ports| {
        revoke(ports, "undone")?;
        Err(StorageFault::Unavailable("changed my mind".into()))
    });
    let broken = submit(&db, |ports| {
        revoke(ports, "broken")?;
        panic!("a mistake")
    });
    let last = submit(&db, |ports| revoke(ports, "last"));
    assert!(list.is_empty());
    go.send(()).unwrap();
    held.recv_timeout(PATIENCE).unwrap().unwrap();
    // Whoever is answered finds what the whole batch revoked.
    assert_eq!(lengths.recv_timeout(PATIENCE).unwrap(), 2);
    assert!(undone.recv_timeout(PATIENCE).unwrap().is_err());
    assert!(broken.recv_timeout(PATIENCE).unwrap().is_err());
    last.recv_timeout(PATIENCE).unwrap().unwrap();
    assert_eq!(list.len(), 2);
}

#[test]
fn waiting_units_of_work_share_one_commit() {
    let db = Fresh::sqlite();
    let before = db.store.counts();
    let (go, held) = hold(&db);
    let answers: Vec<_> = (0..100).map(|_| submit(&db, |ports| bump(ports, "a"))).collect();
    go.send(()).unwrap();
    held.recv_timeout(PATIENCE).unwrap().unwrap();
    let counts: Vec<u32> = answers
        .iter()
        .map(|answer| answer.recv_timeout(PATIENCE).unwrap().unwrap())
        .collect();
    assert_eq!(counts, (1..=100).collect::<Vec<_>>());
    let after = db.store.counts();
    assert_eq!(
        (after.writes - before.writes, after.commits - before.commits),
        (101, 1)
    );
}

#[test]
fn a_job_that_fails_or_panics_undoes_only_itself() {
    let db = Fresh::sqlite();
    let (go, held) = hold(&db);
    let first = submit(&db, |ports| bump(ports, "a"));
    let failed = submit(&db, |ports| {
        bump(ports, "a")?;
        Err(StorageFault::Unavailable("on purpose".into()))
    });
    let panicked = submit(&db, |ports| {
        bump(ports, "a")?;
        panic!("on purpose")
    });
    let last = submit(&db, |ports| bump(ports, "a"));
    go.send(()).unwrap();
    held.recv_timeout(PATIENCE).unwrap().unwrap();
    assert_eq!(first.recv_timeout(PATIENCE).unwrap().unwrap(), 1);
    let failed = failed.recv_timeout(PATIENCE).unwrap();
    assert!(
        matches!(&failed, Err(StorageFault::Unavailable(text)) if text == "on purpose"),
        "{failed:?}"
    );
    let panicked = panicked.recv_timeout(PATIENCE).unwrap();
    assert!(
        matches!(&panicked, Err(StorageFault::Panicked(text)) if text == "on purpose"),
        "{panicked:?}"
    );
    assert_eq!(last.recv_timeout(PATIENCE).unwrap().unwrap(), 2);
    assert_eq!(db.write(|ports| bump(ports, "a")), 3);
}

#[test]
fn readers_do_not_write_and_survive_a_panic() {
    let db = Fresh::sqlite();
    let refused = work::run(&*db.store, Access::Read, |ports: &mut Ports| bump(ports, "a"));
    assert!(
        matches!(refused, Err(StorageFault::Unavailable(_))),
        "{refused:?}"
    );
    for _ in 0..4 {
        let panicked = work::run(
            &*db.store,
            Access::Read,
            |_: &mut Ports| -> Result<(), StorageFault> { panic!("on purpose") },
        );
        assert!(matches!(panicked, Err(StorageFault::Panicked(_))));
    }
    assert_eq!(db.read(|ports| ports.users(None, 1)), []);
    assert_eq!(db.store.counts().reads, 6);
}

#[test]
fn readers_do_not_wait_for_the_writer() {
    let db = Fresh::sqlite();
    let (go, held) = hold(&db);
    assert_eq!(db.read(|ports| ports.users(None, 1)), []);
    go.send(()).unwrap();
    held.recv_timeout(PATIENCE).unwrap().unwrap();
}

#[test]
fn dropping_finishes_what_was_queued_and_reopening_finds_it() {
    let Fresh { store, url, _place } = Fresh::sqlite();
    let (reply, answers) = channel();
    for n in 0..300 {
        let reply = reply.clone();
        let work = move |ports: &mut Ports| ports.insert_user(&user(n, &format!("u{n}"), None));
        work::submit(&*store, Access::Write, work, move |outcome| {
            reply.send(outcome.map(drop)).unwrap()
        });
    }
    drop(store);
    drop(reply);
    assert_eq!(answers.iter().filter(Result::is_ok).count(), 300);
    let again = Database::open(&url, OpenMode::MustExist).unwrap();
    let users = work::run(&again, Access::Read, |ports: &mut Ports| ports.users(None, 1000)).unwrap();
    assert_eq!(users.len(), 300);
}

#[test]
fn the_last_owner_may_be_a_reply() {
    let Fresh {
        store,
        url: _,
        _place,
    } = Fresh::sqlite();
    let (reply, answer) = channel();
    let (go, wait) = channel::<()>();
    let own = store.clone();
    work::submit(
        &*store,
        Access::Write,
        move |ports: &mut Ports| {
            wait.recv_timeout(PATIENCE).unwrap();
            bump(ports, "a")
        },
        move |outcome: Answer| {
            drop(own);
            reply.send(outcome).unwrap();
        },
    );
    drop(store);
    go.send(()).unwrap();
    assert_eq!(answer.recv_timeout(PATIENCE).unwrap().unwrap(), 1);
}

#[test]
fn fifty_writers_in_two_processes_never_find_it_locked() {
    let db = Fresh::sqlite();
    let other = Arc::new(Database::open(&db.url, OpenMode::MustExist).unwrap());
    let writer = |n: usize| {
        let store = if n.is_multiple_of(2) {
            db.store.clone()
        } else {
            other.clone()
        };
        std::thread::spawn(move || {
            for _ in 0..10 {
                work::run(&*store, Access::Write, |ports: &mut Ports| bump(ports, "a")).unwrap();
            }
        })
    };
    let writers: Vec<_> = (0..50).map(writer).collect();
    writers.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(db.write(|ports| bump(ports, "a")), 501);
}

/// The server of these tests is set to answer before a commit is on its disk; what Signet writes is not answered so.
#[test]
fn postgresql_does_not_answer_before_a_commit_is_on_its_disk() {
    let db = Fresh::postgres();
    db.sql(
        "CREATE FUNCTION durable() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           IF current_setting('synchronous_commit') = 'off' THEN RAISE 'answered too early'; END IF;
           RETURN new;
         END $$;
         CREATE TRIGGER durable BEFORE INSERT ON throttles FOR EACH ROW EXECUTE FUNCTION durable()",
    );
    assert_eq!(db.write(|ports| bump(ports, "durable")), 1);
}

#[test]
fn a_family_of_refresh_tokens_does_not_grow_for_ever() {
    everywhere(|db| {
        let (_, _, grant) = furnish(db);
        let token = |generation: u32| refresh_token(u64::from(generation) + 100, &grant, generation);
        let family: Vec<_> = (0..1_200).map(token).collect();
        let digest = |generation: usize| family[generation].digest.clone();
        let all = family.clone();
        db.write(move |ports| all.iter().try_for_each(|row| ports.insert_refresh_token(row)));
        let knows = |generation: usize| {
            let digest = digest(generation);
            db.read(move |ports| Ok(ports.refresh_token(&digest)?.is_some()))
        };
        let id = grant.id;
        db.write(move |ports| ports.erase_successors(id, 1_000));
        assert!(knows(0), "a thousand are kept");
        db.write(move |ports| ports.erase_successors(id, 1_199));
        assert_eq!([198, 199, 1_199].map(knows), [false, true, true]);
    });
}
