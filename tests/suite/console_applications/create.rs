//! Setting up an application by its kind.

use admin::Role;
use admin::blueprint::Blueprint;
use token::client::{ApplicationType, AuthMethod};

use super::{at_the_console, manager, open, send, shown_secret, stored};
use crate::rig::Provider;

const NEW: &str = "/admin/clients/new";

#[test]
fn each_kind_gets_what_is_safe_for_it() {
    let (provider, mut browser) = manager();
    let kinds = open(&provider, &mut browser, NEW);
    for kind in Blueprint::ALL {
        assert!(
            kinds.body.contains(&format!("{NEW}?kind={}\"", kind.as_str())),
            "{kind:?}"
        );
    }
    for (kind, method, grants, application_type) in [
        (
            "web",
            AuthMethod::ClientSecretBasic,
            "authorization_code refresh_token",
            ApplicationType::Web,
        ),
        (
            "spa",
            AuthMethod::None,
            "authorization_code refresh_token",
            ApplicationType::Web,
        ),
        (
            "native",
            AuthMethod::None,
            "authorization_code refresh_token",
            ApplicationType::Native,
        ),
        (
            "proxy",
            AuthMethod::ClientSecretBasic,
            "authorization_code refresh_token",
            ApplicationType::Web,
        ),
        (
            "service",
            AuthMethod::ClientSecretBasic,
            "client_credentials",
            ApplicationType::Web,
        ),
    ] {
        let form = open(&provider, &mut browser, &format!("{NEW}?kind={kind}"));
        let id = format!("new-{kind}");
        let fields = [
            ("client_name", "New"),
            ("client_id", &*id),
            ("redirect_uris", "https://new.test/cb\r\nhttps://new.test/cb2"),
            ("scope", "openid"),
        ];
        let made = send(&provider, &mut browser, &form, (NEW, 0), &fields);
        assert_eq!(made.status, 200, "{kind}: {}", made.body);
        assert!(made.body.contains(&format!(">{id}<")), "{kind}");
        let client = stored(&provider, &id).unwrap();
        assert_eq!(client.metadata.token_endpoint_auth_method, method, "{kind}");
        assert_eq!(client.metadata.grant_types.join(" "), grants, "{kind}");
        assert_eq!(client.metadata.application_type, application_type, "{kind}");
        assert!(client.requires_pkce() && !client.policy.first_party, "{kind}");
        let uris = if kind == "service" { 0 } else { 2 };
        assert_eq!(client.metadata.redirect_uris.len(), uris, "{kind}");
        assert_eq!(
            made.body.contains("id=\"secret\""),
            method != AuthMethod::None,
            "{kind}"
        );
    }
}

#[test]
fn the_secret_is_shown_once_with_settings_and_sending_the_form_again_makes_nothing() {
    let (provider, mut browser) = manager();
    let form = open(&provider, &mut browser, &format!("{NEW}?kind=web&for=grafana"));
    assert!(form.body.contains("/login/generic_oauth"), "{}", form.body);
    let fields = [
        ("client_name", "Grafana"),
        ("redirect_uris", "https://grafana.test/login/generic_oauth"),
        ("scope", "openid"),
        ("scope", "email"),
    ];
    let made = send(&provider, &mut browser, &form, (NEW, 0), &fields);
    let secret = shown_secret(&made);
    assert_eq!((made.status, made.header("cache-control")), (200, "no-store"));
    assert!(!made.url.contains(&secret));
    assert!(
        made.body.contains(&format!("client_secret = {secret}")),
        "{}",
        made.body
    );
    assert!(
        made.body.contains("root_url = https://grafana.test\n"),
        "{}",
        made.body
    );
    assert!(
        made.body.contains("scopes = openid email offline_access\n"),
        "{}",
        made.body
    );
    let clients = provider.rows("clients");
    let again = send(&provider, &mut browser, &form, (NEW, 0), &fields);
    assert_eq!(again.status, 409);
    assert!(again.body.contains("shown already") && !again.body.contains(&secret));
    assert_eq!(provider.rows("clients"), clients);
}

#[test]
fn what_cannot_be_registered_is_told_beside_what_was_typed() {
    let (provider, mut browser) = manager();
    let form = open(&provider, &mut browser, &format!("{NEW}?kind=web"));
    let clients = provider.rows("clients");
    let bad = [
        ("client_name", "Bad & Co"),
        ("redirect_uris", "https://*.rp.test/cb"),
        ("scope", "openid"),
    ];
    let page = send(&provider, &mut browser, &form, (NEW, 0), &bad);
    assert_eq!(page.status, 422);
    assert!(page.body.contains("there are no patterns"), "{}", page.body);
    assert!(page.body.contains("Bad &#38; Co") && page.body.contains("https://*.rp.test/cb"));
    let none = [("client_name", "x"), ("redirect_uris", "https://rp.test/cb")];
    let page = send(&provider, &mut browser, &page, (NEW, 0), &none);
    assert_eq!((page.status, provider.rows("clients")), (422, clients));
}

#[test]
fn who_may_only_look_finds_no_form() {
    let provider = Provider::start();
    let mut auditor = at_the_console(&provider, "bob", Role::Auditor);
    let list = open(&provider, &mut auditor, "/admin/clients?q=web");
    assert!(list.body.contains("/admin/clients/web2") && !list.body.contains(NEW));
    assert!(!list.body.contains("/admin/clients/spa"), "{}", list.body);
    for path in [
        NEW,
        "/admin/clients/new?kind=web",
        "/admin/clients/web/edit",
        "/admin/clients/web/danger",
        "/admin/clients/web/delete",
    ] {
        assert_eq!(open(&provider, &mut auditor, path).status, 403, "{path}");
    }
    let settings = open(&provider, &mut auditor, "/admin/clients/web/settings");
    assert!(
        settings.status == 200 && !settings.body.contains("/edit"),
        "{}",
        settings.body
    );
}
