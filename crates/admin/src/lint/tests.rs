use std::sync::Arc;
use std::time::Duration;

use kernel::{Ctx, FixedClock, Issuer};
use token::client::{ApplicationType, AuthMethod, Client, ClientMetadata, OfflineAccess, RefreshRotation};
use token::keys::KeyPlan;

use super::{Finding, Severity, client, look};
use crate::Actor;
use crate::clients::{self, MetadataSource, NewClient, default_policy};
use crate::tests::store::Maps;
use crate::tests::{Anywhere, ctx};

const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

/// A client without a fault.
fn good() -> NewClient {
    let text = |text: &str| Some(text.to_owned());
    let mut metadata = ClientMetadata {
        redirect_uris: vec!["https://rp.test/cb".to_owned()],
        post_logout_redirect_uris: vec!["https://rp.test/".to_owned()],
        scope: text("openid profile"),
        backchannel_logout_uri: text("https://rp.test/logout"),
        ..ClientMetadata::default()
    };
    metadata.set_grant_types(vec!["authorization_code".to_owned(), "refresh_token".to_owned()]);
    NewClient {
        client_id: text("web"),
        metadata,
        policy: default_policy(MetadataSource::Flags),
        secret: None,
    }
}

fn made() -> Client {
    clients::create(&mut Maps::default(), &ctx(), &Actor::cli(), &Anywhere, good())
        .unwrap()
        .client
}

/// The rules that a client breaks after a change.
fn broken(change: impl FnOnce(&mut Client)) -> Vec<&'static str> {
    let mut it = made();
    change(&mut it);
    client::look(&it, &ctx())
        .iter()
        .map(|finding| finding.rule)
        .collect()
}

fn public(client: &mut Client) {
    client.metadata.token_endpoint_auth_method = AuthMethod::None;
}

fn native(client: &mut Client) {
    client.metadata.application_type = ApplicationType::Native;
}

fn redirect_to(client: &mut Client, uri: &str) {
    client.metadata.redirect_uris = vec![uri.to_owned()];
}

#[test]
fn a_good_client_has_no_findings() {
    assert_eq!(broken(|_| {}), [""; 0]);
}

#[test]
fn every_rule_of_a_client_finds_what_it_is_for() {
    type Change = fn(&mut Client);
    let rows: [(&str, Change); 14] = [
        ("no-pkce", |it| it.policy.require_pkce = false),
        ("http-redirect", |it| redirect_to(it, "http://localhost:3000/cb")),
        ("forwarding-redirect", |it| {
            redirect_to(it, "https://rp.test/cb?to=https://x.test/")
        }),
        ("old-secret", |it| it.updated_at = it.updated_at.minus(2 * YEAR)),
        ("no-rotation", |it| {
            it.policy.refresh_rotation = Some(RefreshRotation::Off)
        }),
        ("secret-in-body", |it| {
            it.metadata.token_endpoint_auth_method = AuthMethod::ClientSecretPost;
        }),
        ("secret-in-app", native),
        ("every-scope", |it| it.metadata.scope = None),
        ("no-backchannel-logout", |it| {
            it.metadata.backchannel_logout_uri = None
        }),
        ("no-post-logout", |it| {
            it.metadata.post_logout_redirect_uris.clear()
        }),
        ("offline-public", |it| {
            public(it);
            it.policy.offline_access = Some(OfflineAccess::SurvivesLogout);
        }),
        ("first-party-app", |it| {
            public(it);
            native(it);
            it.policy.first_party = true;
            redirect_to(it, "http://127.0.0.1/cb");
        }),
        ("localhost-name", |it| {
            public(it);
            native(it);
            redirect_to(it, "http://localhost/cb");
        }),
        ("unused-redirects", |it| {
            it.metadata.set_grant_types(vec!["client_credentials".to_owned()]);
        }),
    ];
    for (rule, change) in rows {
        assert_eq!(broken(change), [rule], "{rule}");
    }
    let nothing_to_refresh = broken(|it| it.metadata.set_grant_types(vec!["refresh_token".to_owned()]));
    assert_eq!(nothing_to_refresh, ["unused-refresh", "unused-redirects"]);
}

#[test]
fn a_first_party_client_at_home_is_no_finding() {
    let at = |issuer: &str, uri: &str| {
        let ctx = Ctx {
            issuer: Issuer::new(issuer),
            ..ctx()
        };
        let mut it = made();
        it.policy.first_party = true;
        redirect_to(&mut it, uri);
        let findings = client::look(&it, &ctx);
        findings
            .iter()
            .any(|finding| finding.rule == "first-party-elsewhere")
    };
    assert!(!at("https://id.example.com", "https://notes.example.com/cb"));
    assert!(!at("https://id.example.com", "https://example.com/cb"));
    assert!(!at("https://example.com", "https://notes.example.com/cb"));
    assert!(at("https://id.example.com", "https://notes.example.org/cb"));
    assert!(at("https://id.example.com", "https://badexample.com/cb"));
}

fn all(store: &mut Maps, ctx: &Ctx, plan: &KeyPlan) -> Vec<Finding> {
    look(store, ctx, &Actor::cli(), &Anywhere, plan).unwrap()
}

#[test]
fn the_defaults_are_good_and_their_stretching_is_told() {
    let mut store = Maps::default();
    assert_eq!(all(&mut store, &ctx(), &KeyPlan::default()), []);
    let mut stretched = ctx();
    stretched.issuer = Issuer::new("http://localhost:8080");
    let policy = &mut stretched.policy;
    (policy.access_ttl, policy.refresh_idle, policy.refresh_max) = (YEAR, YEAR, 2 * YEAR);
    (policy.refresh_grace, policy.min_published) = (YEAR, Duration::ZERO);
    let plan = KeyPlan {
        rotate_every: 2 * YEAR,
        ..KeyPlan::default()
    };
    let findings = all(&mut store, &stretched, &plan);
    let rules: Vec<_> = findings.iter().map(|finding| finding.rule).collect();
    let expected = [
        "long-access-token",
        "long-idle-refresh",
        "long-refresh-grace",
        "hasty-keys",
        "rare-rotation",
        "issuer-without-tls",
        "endless-refresh",
    ];
    assert_eq!(rules, expected);
}

#[test]
fn what_registration_would_refuse_today_is_an_error_and_comes_first() {
    use token::Clients as _;
    let (mut store, cli) = (Maps::default(), Actor::cli());
    clients::create(&mut store, &ctx(), &cli, &Anywhere, good()).unwrap();
    let mut it = clients::find(&mut store, &Actor::cli(), "web").unwrap();
    it.policy.require_pkce = false;
    redirect_to(&mut it, "https://*.rp.test/cb");
    store.update_client(&it).unwrap();
    let findings = all(&mut store, &ctx(), &KeyPlan::default());
    assert_eq!(
        (findings[0].severity, findings[0].rule),
        (Severity::Error, "refused-today")
    );
    assert_eq!(findings[1].rule, "no-pkce");
    clients::disable(&mut store, &ctx(), &cli, "web").unwrap();
    assert_eq!(all(&mut store, &ctx(), &KeyPlan::default()), []);
    // Years later nothing was touched, and the secret is old.
    clients::enable(&mut store, &ctx(), &cli, "web").unwrap();
    let later = Ctx {
        clock: Arc::new(FixedClock::at(ctx().now().plus(2 * YEAR))),
        ..ctx()
    };
    let findings = all(&mut store, &later, &KeyPlan::default());
    assert!(findings.iter().any(|finding| finding.rule == "old-secret"));
}
