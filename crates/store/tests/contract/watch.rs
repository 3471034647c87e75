//! Caches hear of what other processes write.

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use identity::Group;
use kernel::{Change, StorageFault};
use store::{Database, OpenMode};
use token::SigningAlg;
use token::keys::{KeyState, StoredKey};

use crate::support::{Fresh, NOW, Ports, client, clock, everywhere, user};

const PATIENCE: Duration = Duration::from_secs(30);

/// A second process with the database open, and what it hears.
fn listen(db: &Fresh) -> (Database, Receiver<Change>) {
    let other = Database::open(&db.url, OpenMode::MustExist).unwrap();
    let (tell, news) = channel();
    other
        .watch(
            clock(),
            Box::new(move |changes| changes.iter().for_each(|change| drop(tell.send(change.clone())))),
        )
        .unwrap();
    (other, news)
}

#[test]
fn changes_arrive_in_their_order_and_only_real_ones() {
    everywhere(|db| {
        db.write(|ports| ports.insert_client(&client("before")));
        let (_other, news) = listen(db);
        let alice = user(1, "alice", None);
        let (id, sub) = (alice.id, alice.id.to_string());
        db.write(|ports| ports.update_client(&client("nobody")));
        db.write(move |ports| {
            ports.insert_client(&client("web"))?;
            ports.insert_user(&alice)?;
            let staff = Group {
                name: "staff".into(),
                description: None,
                roles: vec!["r".into()],
                created_at: NOW,
            };
            ports.insert_group(&staff)
        });
        db.write(move |ports| ports.add_member("staff", id));
        db.write(|ports| ports.delete_group("staff"));
        db.write(|ports| {
            let kid = "k".to_owned();
            let (alg, state) = (SigningAlg::ES256, KeyState::Next);
            ports.insert_key(&StoredKey {
                kid,
                alg,
                state,
                public_jwk: "{}".into(),
                sealed_private: None,
                published_at: NOW,
                activated_at: None,
                leaves_jwks_at: None,
            })
        });
        db.write(|ports| ports.delete_client("web"));
        let user = || Change::User(sub.clone());
        let web = || Change::Client("web".into());
        for expected in [web(), user(), user(), user(), Change::Keys, web()] {
            assert_eq!(news.recv_timeout(PATIENCE).unwrap(), expected);
        }
        assert!(news.try_recv().is_err());
    });
}

#[test]
fn a_process_hears_of_its_own_changes_and_has_one_listener() {
    let db = Fresh::sqlite();
    let (tell, news) = channel();
    db.store
        .watch(
            clock(),
            Box::new(move |changes| tell.send(changes.to_vec()).unwrap()),
        )
        .unwrap();
    assert!(db.store.watch(clock(), Box::new(|_| ())).is_err());
    db.write(|ports| ports.insert_client(&client("web")));
    assert_eq!(
        news.recv_timeout(PATIENCE).unwrap(),
        [Change::Client("web".into())]
    );
}

#[test]
fn who_heeds_a_process_knows_what_it_commits_before_it_says_so() {
    everywhere(|db| {
        let (tell, news) = channel();
        let heed = move |changes: &[Change]| tell.send(changes.to_vec()).unwrap();
        db.store.heed(Box::new(heed)).unwrap();
        assert!(db.store.heed(Box::new(|_| ())).is_err(), "there is one");
        db.write(|ports| ports.insert_client(&client("web")));
        assert_eq!(news.try_recv().unwrap(), [Change::Client("web".into())]);
        let undone = kernel::work::run(&*db.store, kernel::Access::Write, |ports: &mut Ports| {
            ports.insert_client(&client("other"))?;
            Err::<(), _>(StorageFault::Unavailable("undone".into()))
        });
        assert!(undone.is_err());
        assert!(news.try_recv().is_err(), "nothing came of it");
    });
}

#[test]
fn whoever_missed_something_forgets_everything() {
    let db = Fresh::sqlite();
    let (_other, news) = listen(&db);
    // One commit that makes five changes and trims three of them.
    db.sql(
        "BEGIN;
         INSERT INTO changes (kind, id) VALUES ('user', 'a'), ('user', 'b'), ('user', 'c'), ('user', 'd'), ('user', 'e');
         DELETE FROM changes WHERE id < 'd';
         COMMIT;",
    );
    assert_eq!(news.recv_timeout(PATIENCE).unwrap(), Change::Everything);
    db.write(|ports| ports.insert_client(&client("web")));
    assert_eq!(news.recv_timeout(PATIENCE).unwrap(), Change::Client("web".into()));
}

#[test]
fn a_flood_is_told_as_everything() {
    let db = Fresh::sqlite();
    let (_other, news) = listen(&db);
    db.sql(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
         INSERT INTO changes (kind, id) SELECT 'user', i FROM n",
    );
    assert_eq!(news.recv_timeout(PATIENCE).unwrap(), Change::Everything);
    db.write(|ports| ports.insert_client(&client("web")));
    assert_eq!(news.recv_timeout(PATIENCE).unwrap(), Change::Client("web".into()));
}
