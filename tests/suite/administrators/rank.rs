//! Roles count at once, and nobody rises or reaches above them.

use admin::clients::{self, NewClient};
use admin::sessions::{self, Whose};
use admin::users::{self, UserChange};
use admin::{Actor, AdminFault, Administrator, Role, administrators, groups};
use token::client::ClientMetadata;

use super::{KEYS, acting, enter, give, hire, id, refused};
use crate::actors::Browser;
use crate::cast::Anywhere;
use crate::rig::Provider;

/// Everything the way of the console leads to.
const PAGES: [&str; 8] = [
    "/admin",
    "/admin/keys",
    "/admin/sessions",
    "/admin/revocations",
    "/admin/users",
    "/admin/clients",
    "/admin/audit",
    "/admin/administrators",
];

#[test]
fn who_is_demoted_is_out_with_the_next_request() {
    let provider = Provider::start();
    give(&provider, "bob", &[Role::Owner]);
    give(&provider, "alice", &[Role::KeyOperator]);
    let mut browser = Browser::new(&provider);
    let keys = enter(&provider, &mut browser, "alice", KEYS);
    assert_eq!((keys.status, keys.url.as_str()), (200, &*provider.url(KEYS)));
    give(&provider, "alice", &[Role::Support]);
    let narrowed = browser.open(&provider.url(KEYS)).page();
    assert_eq!(narrowed.status, 403, "{}", narrowed.body);
    give(&provider, "alice", &[]);
    let out = browser.open(&provider.url(KEYS)).page();
    assert_eq!(out.status, 403, "{}", out.body);
    assert!(out.body.contains("for administrators"), "{}", out.body);
    // And back, in the same session.
    give(&provider, "alice", &[Role::Auditor]);
    assert_eq!(browser.open(&provider.url(KEYS)).page().status, 200);
    let alice = id(&provider, "alice");
    provider
        .administer(move |ports, ctx| users::lock(ports, ctx, &Actor::cli(), &alice.to_string()).map(drop));
    let door = browser.open(&provider.url(KEYS)).page();
    assert!(door.title().starts_with("Sign in"), "{}", door.title());
}

/// ATTACKS 221 where there are no tenants: a person without roles finds every page closed, whatever the claims say.
#[test]
fn who_holds_no_role_sees_no_page_of_the_console() {
    let provider = Provider::start();
    let change = UserChange {
        roles: Some(vec!["owner".to_owned(), "admin".to_owned()]),
        groups: Some(vec!["owner".to_owned()]),
        attributes: Some([("roles".to_owned(), "owner".into())].into_iter().collect()),
        ..UserChange::default()
    };
    provider.administer(|ports, ctx| users::update(ports, ctx, &Actor::cli(), "alice", change).map(drop));
    let mut browser = Browser::new(&provider);
    let first = enter(&provider, &mut browser, "alice", "/admin/keys");
    assert_eq!(first.status, 403, "{}", first.body);
    for path in PAGES {
        let page = browser.open(&provider.url(path)).page();
        assert!(
            matches!(page.status, 403 | 404),
            "{path}: {} {}",
            page.status,
            page.body
        );
    }
}

/// ATTACKS 223.
#[test]
fn support_neither_rises_nor_touches_an_owner() {
    let provider = Provider::start();
    hire(&provider, "olga", &[Role::Owner]);
    hire(&provider, "helga", &[Role::Support]);
    let (helga, olga) = (id(&provider, "helga"), id(&provider, "olga"));
    let actor = acting(&provider, "helga");
    let owner = provider.administer(|ports, _| users::find(ports, &Actor::cli(), "olga"));
    let events = provider.audit().len();
    for who in [helga, olga] {
        let actor = actor.clone();
        refused(&provider, move |ports, ctx| {
            administrators::set_roles(ports, ctx, &actor, &Administrator::Person(who), &[Role::Owner])
        });
    }
    type Act = fn(&mut dyn admin::Ports, &kernel::Ctx, &Actor) -> Result<(), AdminFault>;
    let acts: [Act; 7] = [
        |ports, ctx, actor| users::lock(ports, ctx, actor, "olga").map(drop),
        |ports, ctx, actor| users::unlock(ports, ctx, actor, "olga").map(drop),
        |ports, ctx, actor| users::delete(ports, ctx, actor, "olga").map(drop),
        |ports, ctx, actor| users::update(ports, ctx, actor, "olga", UserChange::default()).map(drop),
        |ports, ctx, actor| groups::add(ports, ctx, actor, "staff", "olga").map(drop),
        |ports, ctx, actor| sessions::revoke_all(ports, ctx, actor, Whose::Of("olga")).map(drop),
        |ports, ctx, actor| administrators::recover(ports, ctx, actor, "helga").map(drop),
    ];
    for (at, act) in acts.into_iter().enumerate() {
        let actor = actor.clone();
        let why = refused(&provider, move |ports, ctx| act(ports, ctx, &actor));
        assert!(matches!(why, AdminFault::Forbidden(_)), "{at}: {why}");
    }
    let after = provider.administer(|ports, _| users::find(ports, &Actor::cli(), "olga"));
    assert_eq!(owner, after);
    assert_eq!(provider.audit().len(), events, "a refusal changed something");
    // What support is for goes on.
    provider.administer(move |ports, ctx| users::lock(ports, ctx, &actor, "alice").map(drop));
}

/// ATTACKS 223: a service account and a scope are ways up as well.
#[test]
fn a_client_manager_does_not_rise_by_a_client() {
    let provider = Provider::start();
    hire(&provider, "carl", &[Role::ClientManager]);
    let actor = acting(&provider, "carl");
    provider.administer(|ports, ctx| {
        let who = Administrator::Client("web".to_owned());
        administrators::set_roles(ports, ctx, &Actor::cli(), &who, &[Role::KeyOperator]).map(drop)
    });
    let own = actor.clone();
    refused(&provider, move |ports, ctx| {
        let who = Administrator::Client("web2".to_owned());
        administrators::set_roles(ports, ctx, &own, &who, &[Role::Owner])
    });
    let own = actor.clone();
    let why = refused(&provider, move |ports, ctx| {
        clients::disable(ports, ctx, &own, "web")
    });
    assert!(why.to_string().contains("the client may"), "{why}");
    let own = actor.clone();
    refused(&provider, move |ports, ctx| {
        clients::update(ports, ctx, &own, &Anywhere, "web2", |metadata, _| {
            metadata.scope = Some("openid admin:administrators".to_owned());
        })
    });
    let own = actor.clone();
    refused(&provider, move |ports, ctx| {
        let new = NewClient {
            metadata: ClientMetadata {
                redirect_uris: vec!["https://evil.example/cb".to_owned()],
                scope: Some("openid admin:keys".to_owned()),
                ..ClientMetadata::default()
            },
            ..NewClient::default()
        };
        clients::create(ports, ctx, &own, &Anywhere, new)
    });
    let own = actor.clone();
    let console = refused(&provider, move |ports, ctx| {
        clients::update(
            ports,
            ctx,
            &own,
            &Anywhere,
            admin::console::CLIENT_ID,
            |metadata, _| {
                metadata.redirect_uris = vec!["https://evil.example/cb".to_owned()];
            },
        )
    });
    assert!(matches!(console, AdminFault::Conflict(_)), "{console}");
    provider.administer(move |ports, ctx| clients::disable(ports, ctx, &actor, "web2").map(drop));
}

/// ATTACKS 226: what a person may post about themselves never makes them more.
#[test]
fn nobody_makes_themselves_an_administrator_at_their_account() {
    let provider = Provider::start();
    let mut browser = Browser::new(&provider);
    let page = browser
        .sign_in_as(&provider.url("/account/password"), "alice")
        .page();
    let more = [
        ("password", crate::cast::PASSWORD),
        ("new_password", "another long pass phrase"),
        ("is_admin", "true"),
        ("roles", "owner"),
        ("email_verified", "true"),
        ("sub", "x"),
        ("username", "root"),
    ];
    let before = id(&provider, "alice");
    browser.submit(&page, &more).page();
    assert_eq!(id(&provider, "alice"), before);
    let all = provider.administer(|ports, _| administrators::list(ports, &Actor::cli()));
    assert!(all.is_empty(), "{all:?}");
    let alice = provider.administer(|ports, _| users::find(ports, &Actor::cli(), "alice"));
    assert!(alice.roles.is_empty());
}
