//! People, the names they sign in with, and groups.

use identity::ports::{Found, Insert};
use identity::{Group, LoginKey, PasswordHash, UserState};
use kernel::Timestamp;

use crate::support::{NOW, browser, everywhere, furnish, race, refresh_token, session, user};

fn group(name: &str, roles: &[&str]) -> Group {
    let roles = roles.iter().map(|role| (*role).to_owned()).collect();
    Group {
        name: name.into(),
        description: Some("People".into()),
        roles,
        created_at: NOW,
    }
}

#[test]
fn a_person_comes_back_as_stored_and_is_found_by_either_name() {
    everywhere(|db| {
        let mut alice = user(1, "Alice", Some("alice@example.org"));
        alice.password = Some(PasswordHash::new("$argon2id$..."));
        alice.state = UserState::Locked;
        let stored = alice.clone();
        assert_eq!(db.write(move |ports| ports.insert_user(&stored)), Insert::Done);
        let id = alice.id;
        assert_eq!(db.read(move |ports| ports.user(id)), Some(alice.clone()));
        for name in ["ALICE", "Alice@Example.org"] {
            assert_eq!(
                db.read(move |ports| ports.user_by_login(&LoginKey::of(name))),
                Some(alice.clone()),
                "{name}"
            );
        }
        assert_eq!(db.read(|ports| ports.user_by_login(&LoginKey::of("bob"))), None);
    });
}

#[test]
fn nobody_takes_anothers_name_or_address_as_either() {
    everywhere(|db| {
        furnish(db);
        for (seed, name, email) in [
            (10, "ALICE", None),
            (11, "alice@example.org", None),
            (12, "bob", Some("Alice@example.org")),
            (13, "bob", Some("alice")),
            (1, "carol", None),
        ] {
            let other = user(seed, name, email);
            assert_eq!(
                db.write(move |ports| ports.insert_user(&other)),
                Insert::Taken,
                "{name} {email:?}"
            );
        }
        // What was refused has left no name behind.
        let bob = user(14, "bob", Some("bob@example.org"));
        assert_eq!(db.write(move |ports| ports.insert_user(&bob)), Insert::Done);
    });
}

#[test]
fn ones_own_address_may_be_ones_name() {
    everywhere(|db| {
        let carol = user(3, "carol@example.org", Some("Carol@example.org"));
        assert_eq!(db.write(move |ports| ports.insert_user(&carol)), Insert::Done);
    });
}

#[test]
fn of_twenty_people_with_one_name_one_gets_it() {
    everywhere(|db| {
        let seeds = std::sync::atomic::AtomicU64::new(100);
        let answers = race(db, 20, move |ports| {
            let seed = seeds.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            ports.insert_user(&user(seed, "dave", Some(&format!("d{seed}@example.org"))))
        });
        assert_eq!(
            answers.iter().filter(|answer| **answer == Insert::Done).count(),
            1
        );
        assert_eq!(db.read(|ports| ports.users(None, 100)).len(), 1);
    });
}

#[test]
fn an_update_moves_names_or_changes_nothing() {
    everywhere(|db| {
        let (alice, ..) = furnish(db);
        let bob = user(20, "bob", Some("bob@example.org"));
        let stored = bob.clone();
        db.write(move |ports| ports.insert_user(&stored));

        let mut thief = bob.clone();
        (thief.username, thief.email) = ("robert".into(), Some("alice@example.org".into()));
        assert_eq!(db.write(move |ports| ports.update_user(&thief)), Insert::Taken);
        let id = bob.id;
        assert_eq!(db.read(move |ports| ports.user(id)), Some(bob.clone()));
        assert_eq!(
            db.read(|ports| ports.user_by_login(&LoginKey::of("robert"))),
            None
        );

        let mut renamed = bob.clone();
        (renamed.username, renamed.email) = ("robert".into(), None);
        renamed.updated_at = Timestamp::from_secs(1_900_000_000);
        let stored = renamed.clone();
        assert_eq!(db.write(move |ports| ports.update_user(&stored)), Insert::Done);
        assert_eq!(
            db.read(|ports| ports.user_by_login(&LoginKey::of("robert"))),
            Some(renamed)
        );
        assert_eq!(db.read(|ports| ports.user_by_login(&LoginKey::of("bob"))), None);
        // The names given up are free.
        let mut alice = alice;
        alice.username = "bob".into();
        assert_eq!(db.write(move |ports| ports.update_user(&alice)), Insert::Done);
    });
}

#[test]
fn deleting_a_person_takes_everything_of_theirs() {
    everywhere(|db| {
        let (alice, _, grant) = furnish(db);
        let browser = browser(30);
        let (session, token) = (session(31, &browser, &alice), refresh_token(32, &grant, 0));
        let (sid, digest, id) = (session.sid, token.digest.clone(), alice.id);
        db.write(move |ports| {
            ports.save_browser(&browser)?;
            ports.save_session(&session)?;
            ports.insert_refresh_token(&token)?;
            ports.insert_group(&group("staff", &[]))?;
            ports.add_member("staff", id)
        });
        assert_eq!(db.write(move |ports| ports.delete_user(id)), Found::Yes);
        assert_eq!(db.write(move |ports| ports.delete_user(id)), Found::No);
        assert_eq!(db.read(move |ports| ports.session(sid)), None);
        assert_eq!(db.read(move |ports| ports.grant(grant.id)), None);
        assert_eq!(db.read(move |ports| ports.refresh_token(&digest)), None);
        assert_eq!(db.read(|ports| ports.members("staff", None, 10)), []);
        let again = user(33, "alice", Some("alice@example.org"));
        assert_eq!(db.write(move |ports| ports.insert_user(&again)), Insert::Done);
    });
}

#[test]
fn groups_bring_roles_as_long_as_one_is_in_them() {
    everywhere(|db| {
        let (alice, ..) = furnish(db);
        let id = alice.id;
        let answers = db.write(move |ports| {
            let first = ports.insert_group(&group("staff", &["writer", "reader"]))?;
            let second = ports.insert_group(&group("staff", &[]))?;
            ports.insert_group(&group("Émigrés", &["writer"]))?;
            ports.add_member("staff", id)?;
            ports.add_member("staff", id)?;
            ports.add_member("Émigrés", id)?;
            Ok((first, second))
        });
        assert_eq!(answers, (Insert::Done, Insert::Taken));
        let found = db.read(move |ports| ports.user(id)).unwrap();
        assert_eq!(found.groups, ["staff", "Émigrés"]);
        assert_eq!(found.group_roles, ["reader", "writer"]);
        assert_eq!(db.read(|ports| ports.users(None, 10)), [found]);
        assert_eq!(db.read(|ports| ports.members("staff", None, 10)), [id]);
        assert_eq!(db.read(|ports| ports.groups()).len(), 2);

        assert_eq!(
            db.write(move |ports| ports.remove_member("Émigrés", id)),
            Found::Yes
        );
        assert_eq!(
            db.write(move |ports| ports.remove_member("Émigrés", id)),
            Found::No
        );
        assert_eq!(db.write(|ports| ports.delete_group("staff")), Found::Yes);
        assert_eq!(db.write(|ports| ports.delete_group("staff")), Found::No);
        assert_eq!(
            db.read(move |ports| ports.user(id)).unwrap().groups,
            Vec::<String>::new()
        );
    });
}

#[test]
fn pages_follow_one_another() {
    everywhere(|db| {
        db.write(|ports| {
            (0..7).try_for_each(|n| ports.insert_user(&user(50 + n, &format!("u{n}"), None)).map(drop))
        });
        let all = db.read(|ports| ports.users(None, 100));
        assert!(all.is_sorted_by_key(|user| user.id.to_string()));
        let after = all[2].id;
        let page = db.read(move |ports| ports.users(Some(after), 3));
        assert_eq!(page, all[3..6]);
    });
}

/// PostgreSQL takes no text with a zero in it: who asks for one is told that there is nothing, as on SQLite.
#[test]
fn nothing_is_found_under_a_name_with_a_zero() {
    everywhere(|db| {
        furnish(db);
        for name in ["\0", "alice\0"] {
            let key = LoginKey::of(name);
            assert_eq!(db.read(move |ports| ports.user_by_login(&key)), None);
            assert_eq!(db.read(move |ports| ports.group(name)), None);
            assert_eq!(db.read(move |ports| ports.client(name)), None);
        }
    });
}
