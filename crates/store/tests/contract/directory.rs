//! Lists and searches: the right rows, each once, in order, page by page.

use std::time::Duration;

use admin::directory::clients::{ClientFilter, Kind, Standing};
use admin::directory::people::{Among, PeopleFilter};
use admin::directory::ports::{Ended, Order, SessionQuery};
use admin::directory::{Cursor, Page, address};
use admin::{Administrator, Role};
use identity::{Group, UserState};
use kernel::id::UserId;
use kernel::{Access, StorageFault, Timestamp, work};
use session::{Device, Session};
use store::schema;
use token::client::AuthMethod;

use crate::support::{Fresh, NOW, Ports, browser, client, everywhere, session, user};

/// Every item of a list that is read in pages of two, whatever a page looks like.
pub fn all<T: Send + 'static>(
    db: &Fresh,
    read: impl Fn(&mut Ports, Option<&Cursor>) -> Result<Page<T>, StorageFault> + Clone + Send + 'static,
) -> Vec<T> {
    let (mut items, mut after) = (Vec::new(), None);
    loop {
        let (read, from) = (read.clone(), after.take());
        let page = db.read(move |ports| read(ports, from.as_ref()));
        assert!(page.items.len() <= 2);
        items.extend(page.items);
        after = page.next;
        if after.is_none() {
            return items;
        }
    }
}

fn people(db: &Fresh, filter: PeopleFilter) -> Vec<String> {
    let found = all(db, move |ports, after| ports.people(&filter, after, 2));
    found.into_iter().map(|user| user.username).collect()
}

fn by_text(db: &Fresh, text: &str) -> Vec<String> {
    people(
        db,
        PeopleFilter {
            text: Some(text.into()),
            ..PeopleFilter::default()
        },
    )
}

/// Alice, Bob, Carol, Dan and Émile; Bob and Dan are in `staff`, Dan is locked, Carol is an auditor.
fn furnish_people(db: &Fresh) -> Vec<UserId> {
    let names = ["carol", "Alice", "Émile", "dan", "bob"];
    let people: Vec<_> = (1..)
        .zip(names)
        .map(|(seed, name)| user(seed, name, None))
        .collect();
    let ids = people.iter().map(|user| user.id).collect();
    db.write(move |ports| {
        for mut user in people {
            user.email = Some(format!("{}@example.org", user.username));
            user.profile.name = Some(format!("{} van al-Example", user.username));
            if user.username == "dan" {
                user.state = UserState::Locked;
            }
            ports.insert_user(&user)?;
            let group = Group {
                name: "staff".into(),
                description: None,
                roles: Vec::new(),
                created_at: NOW,
            };
            if ["bob", "dan"].contains(&&*user.username) {
                ports.insert_group(&group)?;
                ports.add_member("staff", user.id)?;
            }
            if user.username == "carol" {
                ports.set_admin_roles(&Administrator::Person(user.id), &[Role::Auditor], NOW)?;
            }
        }
        Ok(())
    });
    ids
}

#[test]
fn people_come_by_name_whatever_its_case() {
    everywhere(|db| {
        furnish_people(db);
        let none = PeopleFilter::default();
        assert_eq!(
            people(db, none.clone()),
            ["Alice", "bob", "carol", "dan", "Émile"]
        );
        let staff = PeopleFilter {
            group: Some("staff".into()),
            ..none.clone()
        };
        assert_eq!(people(db, staff.clone()), ["bob", "dan"]);
        let locked = PeopleFilter {
            state: Some(UserState::Locked),
            ..none.clone()
        };
        assert_eq!(people(db, locked), ["dan"]);
        let active = PeopleFilter {
            state: Some(UserState::Active),
            ..staff
        };
        assert_eq!(people(db, active), ["bob"]);
        let administrators = PeopleFilter {
            among: Among::Administrators,
            ..none
        };
        assert_eq!(people(db, administrators.clone()), ["carol"]);
        let text = Some("dan".into());
        assert_eq!(
            people(
                db,
                PeopleFilter {
                    text,
                    ..administrators
                }
            ),
            [""; 0]
        );
    });
}

#[test]
fn a_search_lists_each_person_once() {
    everywhere(|db| {
        let ids = furnish_people(db);
        // "alice", "alice@example.org", and "al-example" of everybody.
        let mut found = by_text(db, "AL");
        found.sort();
        assert_eq!(found, ["Alice", "bob", "carol", "dan", "Émile"]);
        assert_eq!(by_text(db, "ali"), ["Alice"]);
        assert_eq!(by_text(db, "bob@exam"), ["bob"]);
        assert_eq!(by_text(db, "E\u{301}m"), ["Émile"], "decomposed");
        assert_eq!(by_text(db, "example dan"), ["dan"]);
        assert_eq!(by_text(db, &ids[3].to_string()), ["dan"]);
        assert_eq!(by_text(db, "zoe"), [""; 0]);
        assert_eq!(by_text(db, "\0bob"), ["bob"]);
        assert_eq!(by_text(db, "  "), people(db, PeopleFilter::default()));
        for hostile in ["%", "_", "'", "\\", "\u{10FFFF}", "al%"] {
            assert_eq!(by_text(db, hostile), [""; 0], "{hostile:?}");
        }
    });
}

#[test]
fn who_is_renamed_is_found_under_the_new_name_alone() {
    everywhere(|db| {
        let bob = furnish_people(db)[4];
        db.write(move |ports| {
            let mut user = ports.user(bob)?.unwrap();
            user.username = "Zed".into();
            user.email = None;
            user.profile.name = None;
            ports.update_user(&user)
        });
        assert_eq!(by_text(db, "bob"), [""; 0]);
        assert_eq!(by_text(db, "zed"), ["Zed"]);
        let staff = PeopleFilter {
            group: Some("staff".into()),
            ..PeopleFilter::default()
        };
        assert_eq!(people(db, staff), ["dan", "Zed"]);
        db.write(move |ports| ports.delete_user(bob));
        assert_eq!(by_text(db, "zed"), [""; 0]);
    });
}

fn clients(db: &Fresh, filter: ClientFilter) -> Vec<String> {
    let found = all(db, move |ports, after| {
        ports.registered_clients(&filter, after, 2)
    });
    found.into_iter().map(|client| client.client_id).collect()
}

#[test]
fn clients_come_by_name_and_are_found_by_id_name_and_host() {
    everywhere(|db| {
        db.write(|ports| {
            for (id, name) in [
                ("c1", "Zebra Wiki"),
                ("c2", "apple"),
                ("c3", "Mango wiki"),
                ("bare", ""),
            ] {
                let mut new = client(id);
                new.metadata.client_name = Some(name.to_owned()).filter(|name| !name.is_empty());
                new.metadata.redirect_uris = vec![format!("https://{id}.apps.example/cb")];
                new.policy.first_party = id == "c1";
                new.enabled = id != "c2";
                if id == "c3" {
                    new.metadata.token_endpoint_auth_method = AuthMethod::None;
                }
                ports.insert_client(&new)?;
            }
            Ok(())
        });
        let none = ClientFilter::default();
        let text = |text: &str| ClientFilter {
            text: Some(text.into()),
            ..ClientFilter::default()
        };
        assert_eq!(clients(db, none.clone()), ["c2", "bare", "c3", "c1"]);
        assert_eq!(clients(db, text("wiki")), ["c3", "c1"]);
        assert_eq!(clients(db, text("apps.ex")), ["c2", "bare", "c3", "c1"]);
        assert_eq!(clients(db, text("C1.apps")), ["c1"]);
        assert_eq!(clients(db, text("wiki mango")), ["c3"]);
        let kinds = [Kind::Public, Kind::Confidential, Kind::FirstParty].map(|kind| {
            let kind = Some(kind);
            clients(db, ClientFilter { kind, ..none.clone() })
        });
        assert_eq!(
            kinds,
            [vec!["c3"], vec!["c2", "bare", "c1"], vec!["c1"]]
                .map(|ids| ids.into_iter().map(str::to_owned).collect::<Vec<_>>())
        );
        let standing = Some(Standing::Disabled);
        assert_eq!(clients(db, ClientFilter { standing, ..none }), ["c2"]);
        db.write(|ports| {
            let mut renamed = ports.client("c2")?.unwrap();
            renamed.metadata.client_name = Some("Pear".into());
            ports.update_client(&renamed)
        });
        assert_eq!(clients(db, text("apple")), [""; 0]);
        assert_eq!(clients(db, text("pea")), ["c2"]);
    });
}

/// Ten sessions, of two people in turn, a minute apart and each used an hour later, from addresses that count up; the third
/// was ended, the fourth and the fifth opened `web`.
fn furnish_sessions(db: &Fresh) -> [UserId; 2] {
    let (alice, bob) = (user(1, "alice", None), user(2, "bob", None));
    let ids = [alice.id, bob.id];
    db.write(move |ports| {
        ports.insert_user(&alice)?;
        ports.insert_user(&bob)?;
        ports.insert_client(&client("web"))?;
        for number in 0..10 {
            let at = browser(100 + 10 * number);
            ports.save_browser(&at)?;
            let who = if number % 2 == 0 { &alice } else { &bob };
            let begun = minutes(number);
            let new = Session {
                device: Device {
                    user_agent: None,
                    address: Some(format!("192.0.2.{number}")),
                },
                created_at: begun,
                last_seen_at: begun.plus(Duration::from_secs(3600)),
                ended_at: (number == 3).then_some(begun),
                ..session(1000 + number, &at, who)
            };
            ports.save_session(&new)?;
            if [4, 5].contains(&number) {
                ports.note_client_of_session(new.sid, "web", begun)?;
            }
        }
        Ok(())
    });
    ids
}

fn minutes(number: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(60 * number))
}

/// The numbers of the sessions in a list.
fn sessions(db: &Fresh, query: SessionQuery) -> Vec<u64> {
    let found = all(db, move |ports, after| ports.sessions_like(&query, after, 2));
    let number = |session: Session| session.created_at.since(NOW).as_secs() / 60;
    found.into_iter().map(number).collect()
}

#[test]
fn sessions_come_latest_first_and_by_what_is_asked() {
    everywhere(|db| {
        let [alice, bob] = furnish_sessions(db);
        let (open, any) = (
            SessionQuery::default(),
            SessionQuery {
                ended: Ended::Included,
                ..SessionQuery::default()
            },
        );
        assert_eq!(sessions(db, any.clone()), [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
        assert_eq!(sessions(db, open.clone()), [9, 8, 7, 6, 5, 4, 2, 1, 0]);
        let of = |user| SessionQuery {
            user: Some(user),
            ..SessionQuery::default()
        };
        assert_eq!(sessions(db, of(alice)), [8, 6, 4, 2, 0]);
        assert_eq!(sessions(db, of(bob)), [9, 7, 5, 1]);
        let web = SessionQuery {
            client_id: Some("web".into()),
            ..open.clone()
        };
        assert_eq!(sessions(db, web.clone()), [5, 4]);
        let of_both = SessionQuery {
            user: Some(bob),
            ..web
        };
        assert_eq!(sessions(db, of_both), [5]);
        for order in [Order::Begun, Order::LastUsed] {
            let begun = SessionQuery {
                begun_from: Some(minutes(2)),
                begun_before: Some(minutes(7)),
                order,
                ..open.clone()
            };
            assert_eq!(sessions(db, begun), [6, 5, 4, 2]);
        }
        let hour = Duration::from_secs(3600);
        let seen = SessionQuery {
            seen_from: Some(minutes(2).plus(hour)),
            seen_before: Some(minutes(6).plus(hour)),
            ..any.clone()
        };
        assert_eq!(sessions(db, seen), [5, 4, 3, 2]);
        let network = |text: &str| SessionQuery {
            addresses: Some(text.parse::<address::AddressRange>().unwrap().keys()),
            ended: Ended::Included,
            ..SessionQuery::default()
        };
        assert_eq!(sessions(db, network("192.0.2.4")), [4]);
        assert_eq!(sessions(db, network("192.0.2.4/30")), [7, 6, 5, 4]);
        assert_eq!(sessions(db, network("2001:db8::/32")), [0; 0]);
    });
}

#[test]
fn the_company_of_sessions_comes_at_once() {
    everywhere(|db| {
        let [alice, bob] = furnish_sessions(db);
        let stranger = user(77, "nobody", None).id;
        let mut names = db.read(move |ports| ports.usernames(&[alice, stranger, bob]));
        names.sort_by(|a, b| a.1.cmp(&b.1));
        assert_eq!(names, [(alice, "alice".to_owned()), (bob, "bob".to_owned())]);
        let with_web: Vec<_> = [1004, 1005, 1006]
            .map(|seed| session(seed, &browser(1), &user(1, "x", None)).sid)
            .into();
        let found = db.read(move |ports| ports.clients_of_sessions(&with_web));
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|(_, client)| client == "web"));
    });
}

#[test]
fn a_made_up_place_is_a_place_in_the_same_list() {
    everywhere(|db| {
        furnish_people(db);
        furnish_sessions_of_nobody_else(db);
        for place in [
            r#"["",-9223372036854775808,""]"#,
            r#"["%'",0,"x"]"#,
            r#"["zzzz",9223372036854775807,"~"]"#,
        ] {
            let after = Cursor::parse(place).unwrap();
            let read = work::run(&*db.store, Access::Read, move |ports: &mut Ports| {
                let staff = PeopleFilter {
                    group: Some("staff".into()),
                    ..PeopleFilter::default()
                };
                let found = ports.people(&staff, Some(&after), 10)?;
                assert!(found.items.iter().all(|user| user.groups == ["staff"]));
                let mine = SessionQuery {
                    begun_before: Some(minutes(0)),
                    ..SessionQuery::default()
                };
                assert_eq!(ports.sessions_like(&mine, Some(&after), 10)?.items, []);
                Ok::<_, StorageFault>(())
            });
            read.unwrap();
        }
    });
}

/// Sessions, all begun at [`NOW`] or later.
fn furnish_sessions_of_nobody_else(db: &Fresh) {
    db.write(|ports| {
        let zoe = user(90, "zoe", None);
        ports.insert_user(&zoe)?;
        let at = browser(91);
        ports.save_browser(&at)?;
        ports.save_session(&session(93, &at, &zoe))
    });
}

const WITHOUT: [&str; 2] = [
    concat!(
        include_str!("../../../../migrations/sqlite/0012_client_algorithms/down.sql"),
        include_str!("../../../../migrations/sqlite/0007_directory/down.sql")
    ),
    concat!(
        include_str!("../../../../migrations/postgres/0012_client_algorithms/down.sql"),
        include_str!("../../../../migrations/postgres/0007_directory/down.sql")
    ),
];

#[test]
fn rows_from_before_there_were_lists_are_found_as_well() {
    everywhere(|db| {
        furnish_people(db);
        db.write(|ports| {
            let mut wiki = client("wiki");
            wiki.metadata.client_name = Some("Ａrchive".into());
            wiki.policy.first_party = true;
            ports.insert_client(&wiki)?;
            let at = browser(91);
            ports.save_browser(&at)?;
            let alice = ports.people(&PeopleFilter::default(), None, 1)?.items.remove(0);
            ports.save_session(&session(93, &at, &alice))
        });
        let sqlite = db.url.starts_with("sqlite");
        db.sql(WITHOUT[usize::from(!sqlite)]);
        db.sql("DELETE FROM __diesel_schema_migrations WHERE version IN ('0007', '0012')");
        let steps = ["0007_directory", "0012_client_algorithms"];
        assert_eq!(schema::up(&db.url).unwrap(), steps);
        assert_eq!(
            people(db, PeopleFilter::default()),
            ["Alice", "bob", "carol", "dan", "Émile"]
        );
        assert_eq!(by_text(db, "émile@"), ["Émile"]);
        let staff = PeopleFilter {
            group: Some("staff".into()),
            ..PeopleFilter::default()
        };
        assert_eq!(people(db, staff), ["bob", "dan"]);
        let archive = ClientFilter {
            text: Some("archive".into()),
            kind: Some(Kind::FirstParty),
            ..ClientFilter::default()
        };
        assert_eq!(clients(db, archive), ["wiki"]);
        let here = SessionQuery {
            addresses: Some("192.0.2.7".parse::<address::AddressRange>().unwrap().keys()),
            ..SessionQuery::default()
        };
        assert_eq!(sessions(db, here), [0]);
    });
}
