use std::time::Duration;

use kernel::secret::ClientSecret;
use kernel::{Plain, Timestamp};
use session::Revoked;
use token::SigningAlg;
use token::client::secrets::{Former, LONGEST_OVERLAP};
use token::client::{AuthMethod, Client, ClientMetadata, SecretId};
use token::keys::{KeyState, StoredKey};

use super::store::Maps;
use super::{Anywhere, ctx};
use crate::clients::{self, MetadataSource, NewClient, default_policy};
use crate::view::{ClientView, KeyView};
use crate::{Actor, AdminFault, keys};

fn web() -> NewClient {
    let redirect_uris = vec!["https://rp.test/cb".to_owned()];
    NewClient {
        client_id: Some("web".into()),
        metadata: ClientMetadata {
            redirect_uris,
            ..ClientMetadata::default()
        },
        policy: default_policy(MetadataSource::Flags),
        secret: None,
    }
}

#[test]
fn a_client_gets_its_secret_once_and_only_its_digest_stays() {
    let (mut store, ctx, cli) = (Maps::default(), ctx(), Actor::cli());
    let made = clients::create(&mut store, &ctx, &cli, &Anywhere, web()).unwrap();
    let secret = made.secret.clone().unwrap();
    let json = serde_json::to_value(ClientView::from(&made)).unwrap();
    assert_eq!(
        (&json["client_id"], &json["client_secret"]),
        (&"web".into(), &secret.expose().into())
    );
    assert_eq!(json["require_pkce"], true);
    let stored = clients::find(&mut store, &Actor::cli(), "web").unwrap();
    assert!(opens(&stored, &secret));
    let json = serde_json::to_value(ClientView::from(&stored)).unwrap();
    assert!(json.get("client_secret").is_none());
    assert_eq!(json["redirect_uris"], serde_json::json!(["https://rp.test/cb"]));
    assert!(matches!(
        clients::create(&mut store, &ctx, &cli, &Anywhere, web()),
        Err(AdminFault::Conflict(_))
    ));
    let nameless = clients::create(
        &mut store,
        &ctx,
        &cli,
        &Anywhere,
        NewClient {
            client_id: None,
            ..web()
        },
    )
    .unwrap();
    assert_eq!(nameless.client.client_id.len(), 19);
}

#[test]
fn public_clients_have_no_secret_and_confidential_ones_always_have() {
    let (mut store, ctx, cli) = (Maps::default(), ctx(), Actor::cli());
    clients::create(&mut store, &ctx, &cli, &Anywhere, web()).unwrap();
    let mut become_a = |method| {
        clients::update(&mut store, &ctx, &cli, &Anywhere, "web", |metadata, _| {
            metadata.token_endpoint_auth_method = method;
        })
        .unwrap()
    };
    let public = become_a(AuthMethod::None);
    assert!(public.client.secrets.is_empty() && public.secret.is_none());
    let confidential = become_a(AuthMethod::ClientSecretPost);
    assert!(!confidential.client.secrets.is_empty() && confidential.secret.is_some());
    let same = become_a(AuthMethod::ClientSecretBasic);
    assert!(same.client.secrets == confidential.client.secrets && same.secret.is_none());
    become_a(AuthMethod::None);
    let fault = clients::rotate_secret(&mut store, &ctx, &cli, "web", None, Former::Void).unwrap_err();
    assert!(matches!(fault, AdminFault::Conflict(_)));
}

#[test]
fn a_rotated_secret_replaces_the_old() {
    let (mut store, ctx, cli) = (Maps::default(), ctx(), Actor::cli());
    let old = clients::create(&mut store, &ctx, &cli, &Anywhere, web())
        .unwrap()
        .secret
        .unwrap();
    let new = clients::rotate_secret(&mut store, &ctx, &cli, "web", None, Former::Void)
        .unwrap()
        .secret
        .unwrap();
    assert_ne!(old.expose(), new.expose());
    assert!(opens(&store.clients["web"], &new) && !opens(&store.clients["web"], &old));
    let brought = Plain::from_presented("0123456789abcdefghijklmnopqrstuv");
    let rotated =
        clients::rotate_secret(&mut store, &ctx, &cli, "web", Some(brought.clone()), Former::Void).unwrap();
    assert!(
        rotated.secret.is_none(),
        "what somebody brought is not shown back"
    );
    assert!(opens(&store.clients["web"], &brought) && !opens(&store.clients["web"], &new));
    for weak in ["short", &"x".repeat(64), "0123456789abcdefghijklmnopqrstuv\n"] {
        let weak = Some(Plain::from_presented(weak));
        let fault = clients::rotate_secret(&mut store, &ctx, &cli, "web", weak, Former::Void).unwrap_err();
        assert!(matches!(fault, AdminFault::Invalid(_)));
    }
}

#[test]
fn an_old_secret_stays_for_a_while_and_either_is_withdrawn() {
    let (mut store, ctx, cli) = (Maps::default(), ctx(), Actor::cli());
    let made = clients::create(&mut store, &ctx, &cli, &Anywhere, web()).unwrap();
    let old = made.secret.unwrap();
    let day = Former::Kept(Duration::from_secs(86_400));
    let rotated = clients::rotate_secret(&mut store, &ctx, &cli, "web", None, day).unwrap();
    let new = rotated.secret.clone().unwrap();
    assert!(opens(&rotated.client, &old) && opens(&rotated.client, &new));
    let json = serde_json::to_value(ClientView::from(&rotated)).unwrap();
    let [newest, former] = &json["client_secrets"].as_array().unwrap()[..] else {
        panic!("{json:#}");
    };
    assert!(newest.get("expires_at").is_none() && newest.get("last_used_at").is_none());
    assert_eq!(former["expires_at"], "2025-11-14T02:13:20Z");
    let id = SecretId::from_text(former["id"].as_str().unwrap());
    let left = clients::withdraw_secret(&mut store, &ctx, &cli, "web", &id).unwrap();
    assert!(!opens(&left, &old) && opens(&left, &new));
    let again = clients::withdraw_secret(&mut store, &ctx, &cli, "web", &id).unwrap_err();
    assert!(matches!(again, AdminFault::NotFound { what: "secret", .. }));
    let last = SecretId::from_text(newest["id"].as_str().unwrap());
    let refused = clients::withdraw_secret(&mut store, &ctx, &cli, "web", &last).unwrap_err();
    assert!(matches!(refused, AdminFault::Conflict(_)));
    let long = Former::Kept(LONGEST_OVERLAP + Duration::from_secs(1));
    let refused = clients::rotate_secret(&mut store, &ctx, &cli, "web", None, long).unwrap_err();
    assert!(matches!(refused, AdminFault::Invalid(_)));
    let events = ["client.create", "client.rotate-secret", "client.withdraw-secret"];
    assert_eq!(store.events(), events);
}

fn opens(client: &Client, secret: &Plain<ClientSecret>) -> bool {
    client.secrets.matching(&secret.digest(), ctx().now()).is_some()
}

#[test]
fn everything_wrong_with_a_client_is_told_at_once() {
    let (mut store, ctx, cli) = (Maps::default(), ctx(), Actor::cli());
    let mut bad = web();
    bad.client_id = Some("a b".into());
    bad.secret = Some(Plain::from_presented("short"));
    bad.metadata.redirect_uris = vec!["http://rp.test/cb".into(), "https://rp.test/*".into()];
    let Err(AdminFault::Invalid(reasons)) = clients::create(&mut store, &ctx, &cli, &Anywhere, bad) else {
        panic!("it was taken");
    };
    assert_eq!(reasons.len(), 4, "{reasons:#?}");
    assert!(store.clients.is_empty() && store.trail.is_empty());
}

#[test]
fn clients_are_switched_listed_and_removed() {
    let (mut store, ctx, cli) = (Maps::default(), ctx(), Actor::cli());
    for id in ["c", "a", "b"] {
        clients::create(
            &mut store,
            &ctx,
            &cli,
            &Anywhere,
            NewClient {
                client_id: Some(id.into()),
                ..web()
            },
        )
        .unwrap();
    }
    let grant = store.grant_of("a");
    assert!(!clients::disable(&mut store, &ctx, &cli, "a").unwrap().enabled);
    assert_eq!(store.grants[&grant].revoked_at, Some(ctx.now()));
    clients::disable(&mut store, &ctx, &cli, "a").unwrap();
    assert!(clients::enable(&mut store, &ctx, &cli, "a").unwrap().enabled);
    assert!(store.grants[&grant].revoked_at.is_some(), "nothing is revived");
    clients::delete(&mut store, &ctx, &cli, "b").unwrap();
    let entries: Vec<_> = store.revoked.iter().map(|entry| entry.what.clone()).collect();
    assert_eq!(entries, ["a", "b"].map(|id| Revoked::Client(id.into())));
    assert!(matches!(
        clients::delete(&mut store, &ctx, &cli, "b"),
        Err(AdminFault::NotFound { what: "client", .. })
    ));
    let ids: Vec<_> = clients::list(&mut store, &Actor::cli())
        .unwrap()
        .into_iter()
        .map(|client| client.client_id)
        .collect();
    assert_eq!(ids, ["a", "c"]);
    assert_eq!(
        store.events().split_off(3),
        ["client.disable", "client.enable", "client.delete"]
    );
}

#[test]
fn a_key_is_safe_once_every_cache_can_have_it() {
    let ctx = ctx();
    let key = |kid: &str, state, activated_at| StoredKey {
        kid: kid.into(),
        alg: SigningAlg::ES256,
        state,
        public_jwk: "{}".into(),
        sealed_private: Some(b"sealed".to_vec()),
        published_at: ctx.now(),
        activated_at,
        leaves_jwks_at: None,
    };
    let first = key("first", KeyState::Active, Some(ctx.now()));
    let spare = key("spare", KeyState::Next, None);
    let mut store = Maps {
        keys: vec![first, spare],
        ..Maps::default()
    };
    let statuses = keys::list(&mut store, &ctx, &Actor::cli()).unwrap();
    let json = serde_json::to_value(statuses.iter().map(KeyView::from).collect::<Vec<_>>()).unwrap();
    assert_eq!(json[0]["safe_at"], json[0]["published_at"]);
    assert_eq!(json[1]["safe_at"], "2025-11-14T02:13:20Z");
    assert_eq!(
        (&json[1]["state"], &json[1]["activated_at"]),
        (&"next".into(), &serde_json::Value::Null)
    );
    let spare = keys::find(&mut store, &ctx, &Actor::cli(), "spare").unwrap();
    assert_eq!(
        spare.safe_at,
        Timestamp::from_secs(1_763_000_000).plus(ctx.policy.min_published)
    );
    assert!(matches!(
        keys::find(&mut store, &ctx, &Actor::cli(), "x"),
        Err(AdminFault::NotFound { what: "key", .. })
    ));
}
