use std::time::Duration;

use identity::User;
use kernel::Ctx;
use serde_json::json;
use session::Revoked;
use token::SigningAlg;
use token::client::ClientMetadata;

use super::store::Maps;
use super::{Anywhere, ctx};
use crate::clients::{self, NewClient};
use crate::grants::{self, GrantFilter};
use crate::resources::{self, Choice, NewResource, ResourceChange};
use crate::scopes::{self, NewScope, ScopeChange};
use crate::sessions::{self, Whose};
use crate::users::{self, NewUser};
use crate::view::{GrantView, ResourceView, ScopeView, SessionView};
use crate::{Actor, AdminFault};

fn notes() -> NewResource {
    NewResource {
        identifier: "https://api.test".into(),
        name: Some("Notes".into()),
        scopes: vec!["notes:read notes:write".into(), "notes:read".into()],
        access_ttl: Some(Duration::from_secs(300)),
        ..NewResource::default()
    }
}

fn employee() -> NewScope {
    NewScope {
        name: "employee".into(),
        description: Some("Your employee number".into()),
        claims: [("employee_number".to_owned(), "employeeNumber".to_owned())].into(),
    }
}

fn person(store: &mut Maps, ctx: &Ctx, username: &str) -> User {
    let new = NewUser {
        username: username.into(),
        ..NewUser::default()
    };
    users::create(store, ctx, &Actor::cli(), new).unwrap()
}

fn client(store: &mut Maps, ctx: &Ctx, client_id: &str, logout: &str) {
    let new = NewClient {
        client_id: Some(client_id.into()),
        metadata: ClientMetadata {
            redirect_uris: vec!["https://rp.test/cb".into()],
            grant_types: vec!["authorization_code".into(), "refresh_token".into()],
            backchannel_logout_uri: Some(logout.into()),
            ..ClientMetadata::default()
        },
        ..NewClient::default()
    };
    clients::create(store, ctx, &Actor::cli(), &Anywhere, new).unwrap();
}

#[test]
fn an_api_is_registered_changed_and_removed() {
    let (mut store, ctx, cli) = (Maps::default(), ctx(), Actor::cli());
    let made = resources::create(&mut store, &ctx, &cli, notes()).unwrap();
    let json = serde_json::to_value(ResourceView::from(&made)).unwrap();
    assert_eq!(json["scopes"], json!(["notes:read", "notes:write"]));
    assert_eq!(
        (&json["access_ttl"], &json["access_token_alg"]),
        (&json!(300), &json!(null))
    );
    let twice = resources::create(&mut store, &ctx, &cli, notes()).unwrap_err();
    assert!(matches!(twice, AdminFault::Conflict(_)), "{twice}");

    let wish = ResourceChange {
        name: Some(String::new()),
        access_ttl: Some(Choice::Default),
        access_token_alg: Some(Choice::Own(SigningAlg::EdDSA)),
        ..ResourceChange::default()
    };
    let changed = resources::update(&mut store, &ctx, &cli, "https://api.test", wish).unwrap();
    assert_eq!((changed.name, changed.access_ttl), (None, None));
    assert_eq!(changed.access_token_alg, Some(SigningAlg::EdDSA));
    assert_eq!(changed.scopes, made.scopes);

    resources::delete(&mut store, &ctx, &cli, "https://api.test").unwrap();
    let gone = resources::find(&mut store, &Actor::cli(), "https://api.test").unwrap_err();
    assert!(
        matches!(gone, AdminFault::NotFound { what: "resource", .. }),
        "{gone}"
    );
    assert_eq!(
        store.events(),
        ["resource.create", "resource.update", "resource.delete"]
    );
}

#[test]
fn everything_wrong_with_an_api_is_told_at_once() {
    let bad = NewResource {
        identifier: "https://id.test/".into(),
        name: Some(" ".into()),
        scopes: vec!["email".into()],
        access_ttl: Some(Duration::from_secs(25 * 3600)),
        ..NewResource::default()
    };
    let Err(AdminFault::Invalid(reasons)) =
        resources::create(&mut Maps::default(), &ctx(), &Actor::cli(), bad)
    else {
        panic!("it was taken");
    };
    assert_eq!(reasons.len(), 4, "{reasons:#?}");
}

#[test]
fn a_scope_is_about_people_or_about_an_api() {
    let (mut store, ctx, cli) = (Maps::default(), ctx(), Actor::cli());
    let made = scopes::create(&mut store, &ctx, &cli, employee()).unwrap();
    let json = serde_json::to_value(ScopeView::from(&made)).unwrap();
    assert_eq!(json["claims"], json!({ "employee_number": "employeeNumber" }));
    let api = NewResource {
        scopes: vec!["employee".into()],
        ..notes()
    };
    let fault = resources::create(&mut store, &ctx, &cli, api).unwrap_err();
    assert!(matches!(fault, AdminFault::Conflict(_)), "{fault}");
    resources::create(&mut store, &ctx, &cli, notes()).unwrap();
    let scope = NewScope {
        name: "notes:read".into(),
        ..employee()
    };
    let fault = scopes::create(&mut store, &ctx, &cli, scope).unwrap_err();
    assert!(matches!(fault, AdminFault::Conflict(_)), "{fault}");
    assert_eq!(resources::list(&mut store, &Actor::cli()).unwrap().len(), 1);
}

#[test]
fn a_claim_means_one_thing() {
    let (mut store, ctx, cli) = (Maps::default(), ctx(), Actor::cli());
    scopes::create(&mut store, &ctx, &cli, employee()).unwrap();
    let named = |name: &str, attribute: &str| NewScope {
        name: name.into(),
        claims: [("employee_number".to_owned(), attribute.to_owned())].into(),
        ..NewScope::default()
    };
    let fault = scopes::create(&mut store, &ctx, &cli, named("staff", "badge")).unwrap_err();
    assert!(matches!(fault, AdminFault::Conflict(_)), "{fault}");
    scopes::create(&mut store, &ctx, &cli, named("profile", "employeeNumber")).unwrap();
    let wish = ScopeChange {
        description: Some(String::new()),
        claims: Some([("badge".to_owned(), "badge".to_owned())].into()),
    };
    let changed = scopes::update(&mut store, &ctx, &cli, "employee", wish).unwrap();
    assert_eq!((changed.description, changed.claims.len()), (None, 1));
    scopes::delete(&mut store, &ctx, &cli, "employee").unwrap();
    assert_eq!(scopes::list(&mut store, &Actor::cli()).unwrap().len(), 1);
    let gone = scopes::delete(&mut store, &ctx, &cli, "employee").unwrap_err();
    assert!(matches!(gone, AdminFault::NotFound { what: "scope", .. }));
}

#[test]
fn a_revoked_session_is_over_and_its_clients_hear_of_it() {
    let (mut store, ctx, cli) = (Maps::default(), ctx(), Actor::cli());
    let alice = person(&mut store, &ctx, "alice");
    client(&mut store, &ctx, "web", "https://rp.test/out");
    client(&mut store, &ctx, "other", "https://other.test/out");
    let sid = store.sign_in(&ctx, &alice);
    let offline = store.grant_in(sid, "web");
    let shown = sessions::list(&mut store, &ctx, &Actor::cli(), Whose::Everybodys).unwrap();
    let json = serde_json::to_value(SessionView::from(&shown[0])).unwrap();
    assert_eq!(
        (&json["username"], &json["clients"]),
        (&json!("alice"), &json!(["web"]))
    );
    assert_eq!(json["auth_time"], "2025-11-13T02:13:20Z");
    assert!(json.get("ended_at").is_none());

    let ended = sessions::revoke(&mut store, &ctx, &cli, &sid.to_string()).unwrap();
    assert_eq!(ended.session.ended_at, Some(ctx.now()));
    sessions::revoke(&mut store, &ctx, &cli, &sid.to_string()).unwrap();
    assert_eq!(store.events().split_off(3), ["session.end", "session.revoke"]);
    assert_eq!(store.notices.len(), 1);
    assert_eq!(store.notices[0].uri, "https://rp.test/out");
    assert_eq!(store.revoked[0].what, Revoked::Session(sid));
    assert!(
        store.grants[&offline].revoked_at.is_none(),
        "a confidential client's offline access goes on"
    );
    for unknown in ["nonsense", "00000000-0000-4000-8000-000000000000"] {
        let fault = sessions::find(&mut store, &Actor::cli(), unknown).unwrap_err();
        assert!(matches!(fault, AdminFault::NotFound { what: "session", .. }));
    }
}

#[test]
fn one_person_or_everybody_is_signed_out() {
    let (mut store, ctx, cli) = (Maps::default(), ctx(), Actor::cli());
    let (alice, bob) = (person(&mut store, &ctx, "alice"), person(&mut store, &ctx, "bob"));
    for user in [&alice, &alice, &bob, &bob] {
        store.sign_in(&ctx, user);
    }
    let hers = sessions::revoke_all(&mut store, &ctx, &cli, Whose::Of("alice")).unwrap();
    assert_eq!(hers.len(), 2);
    assert!(
        sessions::list(&mut store, &ctx, &Actor::cli(), Whose::Of("alice"))
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        sessions::list(&mut store, &ctx, &Actor::cli(), Whose::Everybodys)
            .unwrap()
            .len(),
        2
    );
    let all = sessions::revoke_all(&mut store, &ctx, &cli, Whose::Everybodys).unwrap();
    assert!(
        all.iter()
            .all(|status| status.username == "bob" && status.session.ended_at.is_some())
    );
    let nobody = sessions::revoke_all(&mut store, &ctx, &cli, Whose::Of("carol")).unwrap_err();
    assert!(matches!(nobody, AdminFault::NotFound { what: "user", .. }));
}

#[test]
fn a_grant_is_taken_back() {
    let (mut store, ctx, cli) = (Maps::default(), ctx(), Actor::cli());
    let (alice, bob) = (person(&mut store, &ctx, "alice"), person(&mut store, &ctx, "bob"));
    client(&mut store, &ctx, "web", "https://rp.test/out");
    let (first, second) = (store.sign_in(&ctx, &alice), store.sign_in(&ctx, &bob));
    let (hers, his) = (store.grant_in(first, "web"), store.grant_in(second, "web"));
    let all = grants::list(&mut store, &Actor::cli(), &GrantFilter::default()).unwrap();
    assert_eq!(all.len(), 2);
    let of_alice = GrantFilter {
        user: Some("alice".into()),
        client_id: Some("web".into()),
    };
    let json = serde_json::to_value(GrantView::from(
        &grants::list(&mut store, &Actor::cli(), &of_alice).unwrap()[0],
    ))
    .unwrap();
    assert_eq!(
        (&json["id"], &json["scope"]),
        (&json!(hers.to_string()), &json!("openid email offline_access"))
    );

    let taken = grants::revoke(&mut store, &ctx, &cli, &hers.to_string()).unwrap();
    assert_eq!(
        (taken.username.as_str(), taken.grant.revoked_at),
        ("alice", Some(ctx.now()))
    );
    grants::revoke(&mut store, &ctx, &cli, &hers.to_string()).unwrap();
    assert_eq!(store.revoked.len(), 1, "twice changes nothing");
    assert_eq!(store.events().split_off(3), ["grant.revoke"]);
    assert!(store.grants[&his].revoked_at.is_none());
    assert!(
        grants::list(&mut store, &Actor::cli(), &of_alice)
            .unwrap()
            .is_empty()
    );
    let no_client = GrantFilter {
        client_id: Some("none".into()),
        ..GrantFilter::default()
    };
    let fault = grants::list(&mut store, &Actor::cli(), &no_client).unwrap_err();
    assert!(matches!(fault, AdminFault::NotFound { what: "client", .. }));
}
