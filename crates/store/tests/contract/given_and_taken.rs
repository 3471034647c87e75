//! Lists of grants and of revocations.

use admin::directory::ports::{Ended, GrantQuery, RevocationQuery};
use kernel::id::UserId;
use session::{Revocation, Revoked};

use crate::directory::all;
use crate::support::{NOW, client, everywhere, grant, user};

#[test]
fn grants_come_newest_first() {
    everywhere(|db| {
        let (alice, bob) = (user(1, "alice", None), user(2, "bob", None));
        let (web, tv) = (client("web"), client("tv"));
        let made: Vec<_> = [(&web, &alice), (&tv, &alice), (&web, &bob), (&web, &alice)]
            .into_iter()
            .zip(50..)
            .map(|((client, user), seed)| grant(seed, client, user))
            .collect();
        let (alices, webs, gone) = (alice.id, made[0].id, made[2].id);
        let mut expected: Vec<_> = made.iter().map(|grant| grant.id).collect();
        expected.sort();
        expected.reverse();
        db.write(move |ports| {
            for user in [&alice, &bob] {
                ports.insert_user(user)?;
            }
            for client in [&web, &tv] {
                ports.insert_client(client)?;
            }
            for grant in &made {
                ports.insert_grant(grant)?;
            }
            ports.revoke_grant(gone, NOW)
        });
        let list = |query: GrantQuery| -> Vec<_> {
            let found = all(db, move |ports, after| ports.grants_like(&query, after, 2));
            found.into_iter().map(|grant| grant.id).collect()
        };
        let any = GrantQuery {
            ended: Ended::Included,
            ..GrantQuery::default()
        };
        assert_eq!(list(any.clone()), expected);
        expected.retain(|id| *id != gone);
        assert_eq!(list(GrantQuery::default()), expected);
        let of_web = GrantQuery {
            client_id: Some("web".into()),
            ..GrantQuery::default()
        };
        assert_eq!(list(of_web.clone()).len(), 2);
        let both = GrantQuery {
            user: Some(alices),
            ..of_web
        };
        assert!(list(both.clone()).contains(&webs) && list(both).len() == 2);
        let none = GrantQuery {
            made_before: Some(NOW),
            ..any
        };
        assert_eq!(list(none), []);
    });
}

#[test]
fn the_revocation_list_shows_what_still_refuses_something() {
    everywhere(|db| {
        let people: Vec<UserId> = (1..5).map(|seed| user(seed, "x", None).id).collect();
        let kept = people.clone();
        db.write(move |ports| {
            for user in people {
                ports.revoke(&Revocation::at(NOW, Revoked::User(user)))?;
                ports.revoke(&Revocation::at(NOW, Revoked::Client(user.to_string())))?;
            }
            ports.revoke(&Revocation {
                expires_at: NOW,
                ..Revocation::at(NOW, Revoked::Key("old".into()))
            })
        });
        let list = |query: RevocationQuery| -> Vec<Revoked> {
            let found = all(db, move |ports, after| {
                ports.revocations_like(&query, NOW, after, 2)
            });
            found.into_iter().map(|entry| entry.what).collect()
        };
        assert_eq!(list(RevocationQuery::default()).len(), 8);
        let of_kind = |kind| RevocationQuery {
            kind: Some(kind),
            id: None,
        };
        let mut users: Vec<_> = kept.iter().copied().map(Revoked::User).collect();
        users.reverse();
        let mut listed = list(of_kind("user"));
        // On PostgreSQL entries of one transaction share their number.
        if !db.url.starts_with("sqlite") {
            listed.sort_by_key(|what| users.iter().position(|user| user == what));
        }
        assert_eq!(listed, users);
        assert_eq!(list(of_kind("key")), []);
        let named = RevocationQuery {
            kind: Some("client"),
            id: Some(kept[0].to_string()),
        };
        assert_eq!(list(named), [Revoked::Client(kept[0].to_string())]);
    });
}
