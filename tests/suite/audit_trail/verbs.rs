//! Every act of an administrator leaves one record, with who, how, from where, and what it changed.

use admin::clients::{self, NewClient};
use admin::groups::{self, NewGroup};
use admin::keys::{Insistence, rotation, schedule, withdrawal};
use admin::resources::{self, NewResource, ResourceChange};
use admin::scopes::{self, NewScope, ScopeChange};
use admin::users::{self, NewUser, UserChange};
use admin::{Actor, AdminFault, Administrator, Ports, Role, administrators};
use kernel::Ctx;
use kernel::id::UserId;
use serde_json::Value;
use token::SigningAlg::EdDSA;
use token::client::secrets::Former;

use super::records;
use crate::cast::Anywhere;
use crate::rig::Provider;

/// Somebody at the console, at a machine of their own.
const OWNER: &str = "6ba7b810-9dad-41d1-80b4-00c04fd430c8";
const ADDRESS: &str = "192.0.2.9";
const API: &str = "https://api.test";

fn owner() -> Actor {
    let id: UserId = OWNER.parse().unwrap();
    Actor::person(id, [Role::Owner]).at(Some(ADDRESS.to_owned()))
}

type Act = fn(&mut dyn Ports, &Ctx) -> Result<(), AdminFault>;

/// What is done, the event it leaves, and a piece of what was before and of what is after, where there is something.
type Row = (&'static str, Option<&'static str>, Option<&'static str>, Act);

fn people() -> Vec<Row> {
    vec![
        ("user.create", None, Some(r#""username":"*""#), |ports, ctx| {
            let new = NewUser {
                username: "carol".into(),
                roles: vec!["reader".into()],
                ..NewUser::default()
            };
            users::create(ports, ctx, &owner(), new).map(drop)
        }),
        (
            "user.update",
            Some(r#"{"roles":["reader"]}"#),
            Some(r#"{"email":"*","roles":["writer"]}"#),
            |ports, ctx| {
                let change = UserChange {
                    roles: Some(vec!["writer".into()]),
                    email: Some("carol@example.org".into()),
                    ..UserChange::default()
                };
                users::update(ports, ctx, &owner(), "carol", change).map(drop)
            },
        ),
        (
            "user.lock",
            Some(r#"{"state":"active"}"#),
            Some(r#"{"state":"locked"}"#),
            |ports, ctx| users::lock(ports, ctx, &owner(), "carol").map(drop),
        ),
        (
            "user.unlock",
            Some(r#"{"state":"locked"}"#),
            Some(r#"{"state":"active"}"#),
            |ports, ctx| users::unlock(ports, ctx, &owner(), "carol").map(drop),
        ),
        (
            "group.create",
            None,
            Some(r#""roles":["reader"]"#),
            |ports, ctx| {
                let new = NewGroup {
                    name: "chess".into(),
                    roles: vec!["reader".into()],
                    ..NewGroup::default()
                };
                groups::create(ports, ctx, &owner(), new).map(drop)
            },
        ),
        ("group.add", None, Some(r#"{"group":"chess"}"#), |ports, ctx| {
            groups::add(ports, ctx, &owner(), "chess", "carol").map(drop)
        }),
        (
            "group.remove",
            Some(r#"{"group":"chess"}"#),
            None,
            |ports, ctx| groups::remove(ports, ctx, &owner(), "chess", "carol").map(drop),
        ),
        ("group.delete", Some(r#""name":"chess""#), None, |ports, ctx| {
            groups::delete(ports, ctx, &owner(), "chess")
        }),
        (
            "admin.roles.set",
            Some(r#"{"roles":[]}"#),
            Some(r#"{"roles":["auditor"]}"#),
            |ports, ctx| {
                let carol = users::find(ports, &owner(), "carol")?;
                administrators::set_roles(
                    ports,
                    ctx,
                    &owner(),
                    &Administrator::Person(carol.id),
                    &[Role::Auditor],
                )
                .map(drop)
            },
        ),
        (
            "admin.roles.set",
            Some(r#"{"roles":["auditor"]}"#),
            Some(r#"{"roles":[]}"#),
            |ports, ctx| {
                let carol = users::find(ports, &owner(), "carol")?;
                administrators::set_roles(ports, ctx, &owner(), &Administrator::Person(carol.id), &[])
                    .map(drop)
            },
        ),
        (
            "user.delete",
            Some(r#""roles":["writer"]"#),
            None,
            |ports, ctx| users::delete(ports, ctx, &owner(), "carol").map(drop),
        ),
    ]
}

fn applications() -> Vec<Row> {
    vec![
        (
            "client.create",
            None,
            Some(r#""client_id":"app""#),
            |ports, ctx| {
                let mut new = NewClient {
                    client_id: Some("app".into()),
                    ..NewClient::default()
                };
                new.metadata.redirect_uris = vec!["https://rp.test/cb".into()];
                clients::create(ports, ctx, &owner(), &Anywhere, new).map(drop)
            },
        ),
        (
            "client.update",
            Some(r#"{"redirect_uris":["https://rp.test/cb"]}"#),
            Some(r#"{"redirect_uris":["https://rp.test/other"]}"#),
            |ports, ctx| {
                clients::update(ports, ctx, &owner(), &Anywhere, "app", |metadata, _| {
                    metadata.redirect_uris = vec!["https://rp.test/other".into()];
                })
                .map(drop)
            },
        ),
        (
            "client.rotate-secret",
            Some("{\"client_secrets\":["),
            Some("{\"client_secrets\":["),
            |ports, ctx| clients::rotate_secret(ports, ctx, &owner(), "app", None, Former::Void).map(drop),
        ),
        (
            "client.disable",
            Some(r#"{"enabled":true}"#),
            Some(r#"{"enabled":false}"#),
            |ports, ctx| clients::disable(ports, ctx, &owner(), "app").map(drop),
        ),
        (
            "client.enable",
            Some(r#"{"enabled":false}"#),
            Some(r#"{"enabled":true}"#),
            |ports, ctx| clients::enable(ports, ctx, &owner(), "app").map(drop),
        ),
        (
            "client.delete",
            Some(r#""client_id":"app""#),
            None,
            |ports, ctx| clients::delete(ports, ctx, &owner(), "app").map(drop),
        ),
        (
            "resource.create",
            None,
            Some(r#""scopes":["notes"]"#),
            |ports, ctx| {
                let new = NewResource {
                    identifier: API.into(),
                    scopes: vec!["notes".into()],
                    ..NewResource::default()
                };
                resources::create(ports, ctx, &owner(), new).map(drop)
            },
        ),
        (
            "resource.update",
            Some("{}"),
            Some(r#"{"name":"Notes"}"#),
            |ports, ctx| {
                let change = ResourceChange {
                    name: Some("Notes".into()),
                    ..ResourceChange::default()
                };
                resources::update(ports, ctx, &owner(), API, change).map(drop)
            },
        ),
        (
            "resource.delete",
            Some(r#""name":"Notes""#),
            None,
            |ports, ctx| resources::delete(ports, ctx, &owner(), API).map(drop),
        ),
        (
            "scope.create",
            None,
            Some(r#""claims":{"number":"number"}"#),
            |ports, ctx| {
                let new = NewScope {
                    name: "employee".into(),
                    claims: [("number".to_owned(), "number".to_owned())].into(),
                    ..NewScope::default()
                };
                scopes::create(ports, ctx, &owner(), new).map(drop)
            },
        ),
        (
            "scope.update",
            Some("{}"),
            Some(r#"{"description":"x"}"#),
            |ports, ctx| {
                let change = ScopeChange {
                    description: Some("x".into()),
                    ..ScopeChange::default()
                };
                scopes::update(ports, ctx, &owner(), "employee", change).map(drop)
            },
        ),
        (
            "scope.delete",
            Some(r#""name":"employee""#),
            None,
            |ports, ctx| scopes::delete(ports, ctx, &owner(), "employee").map(drop),
        ),
        (
            "key.schedule.pause",
            Some(r#"{"schedule":"running"}"#),
            Some(r#"{"schedule":"paused"}"#),
            |ports, ctx| schedule::pause(ports, ctx, &owner(), Some("holidays")),
        ),
        (
            "key.schedule.resume",
            Some(r#"{"schedule":"paused"}"#),
            Some(r#"{"schedule":"running"}"#),
            |ports, ctx| schedule::resume(ports, ctx, &owner()),
        ),
    ]
}

/// The one record that came, which says what the row says.
#[track_caller]
fn assert_one(provider: &Provider, known: usize, event: &str, before: Option<&str>, after: Option<&str>) {
    let came = records(provider).split_off(known);
    let [record] = &came[..] else {
        panic!("{event}: {came:#?}");
    };
    assert_eq!(record.event, event);
    assert_eq!(record.actor.as_deref(), Some(OWNER), "{event}");
    assert_eq!(record.way.as_deref(), Some("console"), "{event}");
    assert_eq!(record.address.as_deref(), Some(ADDRESS), "{event}");
    assert_eq!(record.outcome.as_deref(), Some("done"), "{event}");
    assert!(record.subject.is_some() || record.client_id.is_some() || event.starts_with("key.schedule"));
    for (told, wanted) in [(&record.before, before), (&record.after, after)] {
        assert_eq!(told.is_some(), wanted.is_some(), "{event}: {told:?}");
        if let (Some(told), Some(wanted)) = (told, wanted) {
            serde_json::from_str::<Value>(told).unwrap();
            assert!(told.contains(wanted), "{event}: {told}");
        }
    }
}

#[test]
fn every_act_leaves_one_record_of_what_it_changed() {
    let provider = Provider::start();
    for (event, before, after, act) in people().into_iter().chain(applications()) {
        let known = records(&provider).len();
        provider.administer(act);
        assert_one(&provider, known, event, before, after);
    }
    assert_eq!(super::verified(&provider).discord, None);
}

#[test]
fn steps_of_keys_tell_where_each_key_stood_and_stands() {
    let provider = Provider::start();
    let kid = |state: &str| {
        let state = state.to_owned();
        provider.administer(move |ports, _| {
            let keys = ports.keys()?;
            let mut own = keys
                .into_iter()
                .filter(|key| key.alg == EdDSA && key.state.as_str() == state);
            Ok(own.next().unwrap().kid)
        })
    };
    let (active, next) = (kid("active"), kid("next"));
    let (known, fresh) = (records(&provider).len(), provider.fresh(&[EdDSA]));
    provider.administer(move |ports, ctx| {
        let because = Insistence::Because("drill".into());
        rotation::rotate(ports, ctx, &owner(), Some(EdDSA), &because, fresh)
    });
    let before = [format!(r#""{active}":"active""#), format!(r#""{next}":"next""#)];
    let after = [
        format!(r#""{active}":"retiring""#),
        format!(r#""{next}":"active""#),
    ];
    for (before, after) in before.iter().zip(&after) {
        assert_one(&provider, known, "key.rotate", Some(before), Some(after));
    }

    let (known, fresh, leaked) = (records(&provider).len(), provider.fresh(&[EdDSA]), next.clone());
    provider.administer(move |ports, ctx| {
        let radius = withdrawal::blast_radius(ports, ctx, &owner(), &leaked)?;
        withdrawal::revoke(ports, ctx, &owner(), &radius, Some("leaked"), fresh)
    });
    let (before, after) = (format!(r#""{next}":"active""#), format!(r#""{next}":"revoked""#));
    assert_one(&provider, known, "key.revoke", Some(&before), Some(&after));
}

#[test]
fn what_was_not_done_leaves_nothing() {
    let provider = Provider::start();
    let known = records(&provider).len();
    provider.undone(|ports, ctx| users::lock(ports, ctx, &owner(), "alice").map(drop));
    assert_eq!(records(&provider).len(), known);
    assert_eq!(super::verified(&provider).discord, None);
}
