//! The use-cases over lists and searches, on a real database: who may look, who finds what, and how many sessions are ended.

use std::sync::Arc;
use std::time::Duration;

use admin::directory::clients::{ClientFilter, clients};
use admin::directory::ending::{Agreed, BATCH, Count, Progress, Reach, What, end, preview};
use admin::directory::grants::grants;
use admin::directory::people::{PeopleFilter, people};
use admin::directory::revocations::{RevocationFilter, revocations, status};
use admin::directory::sessions::{SessionFilter, sessions};
use admin::directory::{Hit, anything};
use admin::grants::GrantFilter;
use admin::{Actor, AdminFault, Administrator, Permission, Permissions, Role};
use kernel::id::{Sid, UserId};
use kernel::{Access, Ctx, FixedClock, Issuer, Policy, SeededEntropy, Timestamp, work};
use session::{RevocationList, Session};
use token::Grant;

use crate::support::{Fresh, NOW, Ports, browser, client, everywhere, grant, session, user};

fn ctx(now: Timestamp) -> Ctx {
    Ctx {
        clock: Arc::new(FixedClock::at(now)),
        entropy: Arc::new(SeededEntropy::new(5)),
        issuer: Issuer::new("https://id.example"),
        policy: Policy::default(),
    }
}

fn actor(role: Role) -> Actor {
    Actor::person(user(7, "someone", None).id, [role])
}

/// An answer of a use-case, refusals included.
fn ask<T: Send + 'static>(
    db: &Fresh,
    work: impl FnOnce(&mut Ports) -> Result<T, AdminFault> + Send + 'static,
) -> Result<T, AdminFault> {
    work::run(&*db.store, Access::Write, work)
}

/// Alice with three sessions that opened `web`, Olga the owner with one; a grant of Alice's to `web`.
fn furnish(db: &Fresh) -> (UserId, Vec<Sid>, Grant) {
    let (alice, olga, web) = (user(1, "alice", None), user(2, "olga", None), client("web"));
    let given = Grant {
        created_at: NOW,
        ..grant(30, &web, &alice)
    };
    let opened: Vec<_> = [(&alice, 10), (&alice, 20), (&alice, 30), (&olga, 40)]
        .into_iter()
        .map(|(user, seed)| {
            let at = browser(seed);
            let begun = NOW.plus(Duration::from_secs(seed));
            let new = Session {
                created_at: begun,
                last_seen_at: begun,
                ..session(seed + 2, &at, user)
            };
            (at, new)
        })
        .collect();
    let (id, sids, kept) = (
        alice.id,
        opened.iter().map(|(_, session)| session.sid).collect(),
        given.clone(),
    );
    db.write(move |ports| {
        for user in [&alice, &olga] {
            ports.insert_user(user)?;
        }
        ports.set_admin_roles(&Administrator::Person(olga.id), &[Role::Owner], NOW)?;
        ports.insert_client(&web)?;
        ports.insert_grant(&given)?;
        for (at, new) in opened {
            ports.save_browser(&at)?;
            ports.save_session(&new)?;
            if new.user == alice.id {
                ports.note_client_of_session(new.sid, "web", NOW)?;
            }
        }
        Ok(())
    });
    (id, sids, kept)
}

/// A minute later: everything is live, and nothing begins any more.
const SOON: Timestamp = Timestamp::from_secs(NOW.as_secs() + 60);

fn live(db: &Fresh) -> usize {
    let ctx = ctx(SOON);
    let page = ask(db, move |tx| {
        sessions(tx, &ctx, &Actor::cli(), &SessionFilter::default(), None, 50)
    });
    page.unwrap().items.len()
}

fn everything() -> What {
    What::Matching(SessionFilter::default())
}

#[test]
fn nobody_lists_what_they_may_not_see() {
    let db = Fresh::sqlite();
    furnish(&db);
    for permission in Permission::ALL {
        let bearer = || Actor::bearer("api", Permissions::all().within_scope([permission.scope()]));
        let (ctx, who) = (ctx(SOON), bearer());
        let lists = ask(&db, move |tx| {
            let (ctx, who) = (&ctx, &who);
            let list = RevocationList::default();
            Ok([
                people(tx, ctx, who, &PeopleFilter::default(), None, 9).err(),
                clients(tx, ctx, who, &ClientFilter::default(), None, 9).err(),
                sessions(tx, ctx, who, &SessionFilter::default(), None, 9).err(),
                grants(tx, ctx, who, &GrantFilter::default(), None, 9).err(),
                revocations(tx, ctx, who, &RevocationFilter::default(), None, 9).err(),
                status(&list, ctx, who).err(),
                preview(tx, ctx, who, &everything()).err(),
            ])
        });
        let refused = lists.unwrap().map(|fault| match fault {
            None => false,
            Some(AdminFault::Forbidden(_)) => true,
            Some(other) => panic!("{other}"),
        });
        let (people, clients) = (
            permission == Permission::ViewPeople,
            permission == Permission::ViewApplications,
        );
        let sessions = permission == Permission::ViewSessions;
        let seen = [people, clients, sessions, sessions, sessions, sessions, false];
        assert_eq!(refused, seen.map(|seen| !seen), "{permission}");
    }
}

#[test]
fn one_search_finds_everything_and_shows_each_what_they_may_see() {
    everywhere(|db| {
        let (alice, sids, grant) = furnish(db);
        let search = |actor: Actor, text: &str| {
            let (ctx, text) = (ctx(SOON), text.to_owned());
            ask(db, move |tx| anything(tx, &ctx, &actor, &text)).unwrap()
        };
        let owner = || actor(Role::Owner);
        for text in ["ali", &alice.to_string()] {
            let found = search(owner(), text);
            assert!(
                matches!(&found[..], [Hit::Person(user)] if user.username == "alice"),
                "{found:?}"
            );
        }
        let found = search(owner(), "web");
        assert!(matches!(&found[..], [Hit::Client(client)] if client.client_id == "web"));
        let found = search(owner(), &sids[0].to_string());
        assert!(matches!(&found[..], [Hit::Session(status)]
            if status.username == "alice" && status.clients == ["web"]));
        assert_eq!(search(owner(), &grant.id.to_string()), [Hit::Grant(grant.id)]);
        assert_eq!(search(owner(), "f7k29qxm"), [Hit::Request("F7K2-9QXM".into())]);
        for nothing in ["", "  ", "zzz", "\0"] {
            assert_eq!(search(owner(), nothing), [], "{nothing:?}");
        }
        // A key operator sees sessions, but nobody's name; a client manager neither people nor sessions.
        assert_eq!(search(actor(Role::KeyOperator), "ali"), []);
        let found = search(actor(Role::KeyOperator), &sids[0].to_string());
        assert!(matches!(&found[..], [Hit::Session(status)] if status.username == alice.to_string()));
        for hidden in [
            "ali",
            &sids[0].to_string(),
            &alice.to_string(),
            &grant.id.to_string(),
        ] {
            assert_eq!(search(actor(Role::ClientManager), hidden), [], "{hidden}");
        }
    });
}

#[test]
fn what_is_seen_and_agreed_to_is_ended_and_no_more() {
    everywhere(|db| {
        furnish(db);
        let look = ask(db, |tx| {
            preview(tx, &ctx(SOON), &actor(Role::Support), &everything())
        })
        .unwrap();
        assert_eq!(
            (look.sessions, look.people, look.clients, look.spared),
            (3, 1, 1, 1)
        );
        assert_eq!((look.count, look.as_of), (Count::Whole, SOON));
        let agreed = Agreed {
            what: everything(),
            as_of: look.as_of,
            sessions: 2,
        };
        let few = agreed.clone();
        let refused = ask(db, move |tx| {
            end(tx, &ctx(SOON), &actor(Role::Support), &few, Progress::default())
        });
        assert!(matches!(refused, Err(AdminFault::Conflict(_))), "{refused:?}");
        assert_eq!(live(db), 4);
        let agreed = Agreed {
            sessions: 3,
            ..agreed
        };
        let mut progress = Progress::default();
        while !progress.is_done() {
            let (agreed, so_far) = (agreed.clone(), progress.clone());
            progress = ask(db, move |tx| {
                end(tx, &ctx(SOON), &actor(Role::Support), &agreed, so_far)
            })
            .unwrap();
        }
        assert_eq!((progress.ended, progress.spared), (3, 1));
        assert_eq!(live(db), 1, "the owner's");
        let auditor = ask(db, move |tx| {
            end(
                tx,
                &ctx(SOON),
                &actor(Role::Auditor),
                &agreed,
                Progress::default(),
            )
        });
        assert!(matches!(auditor, Err(AdminFault::Forbidden(_))));
    });
}

#[test]
fn a_session_begun_after_the_look_goes_on() {
    everywhere(|db| {
        let (_, sids, _) = furnish(db);
        // Between the second of Alice's sessions and the third.
        let agreed = Agreed {
            what: everything(),
            as_of: NOW.plus(Duration::from_secs(25)),
            sessions: 2,
        };
        let mut progress = Progress::default();
        while !progress.is_done() {
            let (agreed, so_far) = (agreed.clone(), progress.clone());
            progress = ask(db, move |tx| end(tx, &ctx(SOON), &Actor::cli(), &agreed, so_far)).unwrap();
        }
        assert_eq!(progress.ended, 2);
        let ended = db.read(move |ports| {
            let all = sids.into_iter().map(|sid| ports.session(sid));
            all.map(|session| session.map(|session| session.unwrap().ended_at.is_some()))
                .collect::<Result<Vec<_>, _>>()
        });
        assert_eq!(ended, [true, true, false, false]);
    });
}

#[test]
fn everything_before_a_moment_ends_with_or_without_offline_access() {
    everywhere(|db| {
        let (_, _, grant) = furnish(db);
        for (reach, taken_back) in [(Reach::Sessions, 0), (Reach::OfflineAccess, 1)] {
            let agreed = Agreed {
                what: What::Before(SOON, reach),
                as_of: SOON,
                sessions: 4,
            };
            let mut progress = Progress::default();
            while !progress.is_done() {
                let (agreed, so_far) = (agreed.clone(), progress.clone());
                progress = ask(db, move |tx| end(tx, &ctx(SOON), &Actor::cli(), &agreed, so_far)).unwrap();
            }
            assert_eq!(progress.grants, taken_back);
            let id = grant.id;
            let stored = db.read(move |ports| ports.grant(id)).unwrap();
            assert_eq!(stored.revoked_at.is_some(), taken_back == 1);
        }
        assert_eq!(live(db), 0);
    });
}

/// Alice with so many sessions; the first of them.
fn crowd(db: &Fresh, many: u64) -> Sid {
    db.write(move |ports| {
        let alice = user(1, "alice", None);
        ports.insert_user(&alice)?;
        let at = browser(10);
        ports.save_browser(&at)?;
        for seed in 0..many {
            ports.save_session(&session(1000 + seed, &at, &alice))?;
        }
        Ok(session(1000, &at, &alice).sid)
    })
}

/// Whoever asks is asked after before each batch, as at the console: their own session must not be gone by then.
#[test]
fn the_session_of_whoever_asks_ends_last_and_not_before_the_rest() {
    let db = Fresh::sqlite();
    let many = u64::from(BATCH) + 7;
    let own = crowd(&db, many);
    let agreed = Agreed {
        what: What::Before(SOON, Reach::OfflineAccess),
        as_of: SOON,
        sessions: many,
    };
    let has_ended = || db.read(move |ports| Ok(ports.session(own)?.unwrap().ended_at.is_some()));
    let mut progress = Progress::default();
    while !progress.is_done() {
        assert!(!has_ended(), "nobody is left to end the rest");
        let (agreed, so_far) = (agreed.clone(), progress.clone());
        let asking = actor(Role::Owner).within(own);
        progress = ask(&db, move |tx| end(tx, &ctx(SOON), &asking, &agreed, so_far)).unwrap();
    }
    assert!(has_ended());
    assert_eq!((progress.ended, live(&db)), (many, 0));
}

#[test]
fn many_sessions_end_batch_by_batch() {
    let db = Fresh::sqlite();
    let many = u64::from(BATCH) + 7;
    crowd(&db, many);
    let agreed = Agreed {
        what: What::Matching(SessionFilter {
            user: Some("alice".into()),
            ..SessionFilter::default()
        }),
        as_of: SOON,
        sessions: many,
    };
    let (mut progress, mut batches) = (Progress::default(), Vec::new());
    while !progress.is_done() {
        let (agreed, so_far) = (agreed.clone(), progress.clone());
        progress = ask(&db, move |tx| end(tx, &ctx(SOON), &Actor::cli(), &agreed, so_far)).unwrap();
        batches.push(progress.ended);
    }
    assert_eq!(batches, [u64::from(BATCH), many, many]);
}
