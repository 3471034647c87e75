//! A node that no longer hears what others change: what it remembers is believed for five seconds, then storage is asked, and
//! where storage is away, too, nothing is decided.

use std::time::Duration;

use admin::users::{self, UserChange};
use admin::{Actor, clients};
use identity::Profile;
use serde_json::json;

use crate::actors::Attacker;
use crate::actors::attacker::Answer;
use crate::actors::browser::http;
use crate::apis::{self, NOTES};
use crate::rig::Provider;

/// `revocation.max_lag`, and a second more.
const BEYOND: u64 = 6;
const CLERK: fn() -> Actor = Actor::cli;

/// With everything remembered that the stories ask for, and a token for userinfo.
fn deaf() -> (Provider, String) {
    let provider = Provider::deaf();
    assert_eq!(
        provider.state().ctx.policy.revocation_max_lag,
        Duration::from_secs(5)
    );
    apis::furnish(&provider);
    let attacker = Attacker(&provider);
    let code = attacker.code("web", &[("scope", Some("openid profile"))]);
    let token = attacker.redeem("web", &code).granted().to_owned();
    let warm = provider.least_work(|| {
        service(&provider).granted();
        assert_eq!(attacker.userinfo(&token).status, 200);
        assert_eq!(attacker.introspect("web", &token).json["active"], true);
    });
    assert_eq!(warm, (0, 0));
    (provider, token)
}

fn service(provider: &Provider) -> Answer {
    let form = [("grant_type", "client_credentials"), ("scope", "notes.read")];
    Attacker(provider).token("svc", &form)
}

#[test]
fn a_client_that_was_disabled_elsewhere_gets_nothing_beyond_the_bound() {
    let (provider, _) = deaf();
    provider.administer_elsewhere(|ports, ctx| clients::disable(ports, ctx, &CLERK(), "svc").map(drop));
    service(&provider).granted();
    provider.wait(BEYOND);
    service(&provider).refused("invalid_client");
}

/// News comes, but the keys it tells of could not be loaded.
#[test]
fn who_has_old_keys_in_use_believes_nothing_that_is_remembered() {
    let (provider, _) = deaf();
    provider.administer_elsewhere(|ports, ctx| clients::disable(ports, ctx, &CLERK(), "svc").map(drop));
    service(&provider).granted();
    provider.fall_behind();
    service(&provider).refused("invalid_client");
}

#[test]
fn what_is_told_of_a_person_is_not_older_than_the_bound() {
    let (provider, token) = deaf();
    provider.administer_elsewhere(|ports, ctx| {
        let profile = Profile {
            name: Some("Alice Newname".into()),
            ..Profile::default()
        };
        let change = UserChange {
            profile,
            ..UserChange::default()
        };
        users::update(ports, ctx, &CLERK(), "alice", change).map(drop)
    });
    provider.wait(BEYOND);
    assert_eq!(
        Attacker(&provider).userinfo(&token).json["name"],
        json!("Alice Newname")
    );
}

#[test]
fn an_api_that_was_removed_elsewhere_is_not_named_in_tokens_beyond_the_bound() {
    let (provider, _) = deaf();
    provider
        .administer_elsewhere(|ports, ctx| admin::resources::delete(ports, ctx, &CLERK(), NOTES).map(drop));
    provider.wait(BEYOND);
    service(&provider).refused("invalid_scope");
}

#[test]
fn a_key_that_was_revoked_elsewhere_signs_nothing_beyond_the_bound() {
    let (provider, _) = deaf();
    provider.tamper("UPDATE keys SET state = 'revoked', sealed_private = NULL WHERE state = 'active'");
    provider.wait(BEYOND);
    let refused = service(&provider);
    assert_eq!(
        (refused.status, refused.text("error")),
        (503, "temporarily_unavailable")
    );
}

#[test]
fn without_storage_nothing_is_decided_beyond_the_bound_and_what_is_public_goes_on() {
    let (provider, token) = deaf();
    let attacker = Attacker(&provider);
    provider.storage.take_away();
    service(&provider).granted();
    assert_eq!(attacker.userinfo(&token).status, 200);
    provider.wait(BEYOND);
    for refused in [
        service(&provider),
        attacker.userinfo(&token),
        attacker.introspect("web", &token),
        attacker.redeem("web", "a-code"),
    ] {
        assert_eq!(refused.status, 503, "{refused:?}");
        assert!(refused.headers.contains_key("retry-after"), "{refused:?}");
    }
    let authorize = attacker.authorize("web", &[]);
    assert_eq!(authorize.status, 503, "{authorize:?}");
    for path in ["/.well-known/openid-configuration", "/jwks"] {
        assert_eq!(
            http().get(provider.url(path)).send().unwrap().status(),
            200,
            "{path}"
        );
    }
    provider.storage.bring_back();
    service(&provider).granted();
}
