//! What should not come out of the console, and what should not get in.

use admin::clients::{self, NewClient};
use admin::{Actor, Role};
use token::client::ClientMetadata;

use super::{at_the_console, manager, open, registration, send, shown_secret, stored};
use crate::cast::{Anywhere, SECRET};

const EDIT: &str = "/admin/clients/web/edit";
const SAVE: &str = "/admin/clients/web/save";
const TABS: [&str; 7] = [
    "",
    "/settings",
    "/secrets",
    "/activity",
    "/danger",
    "/edit",
    "/delete",
];

#[test]
fn no_page_tells_a_secret_again() {
    let (provider, mut browser) = manager();
    let page = open(&provider, &mut browser, "/admin/clients/web/secrets");
    let fields = [("keep", "1"), ("do", "rotate")];
    let secret = shown_secret(&send(
        &provider,
        &mut browser,
        &page,
        ("/admin/clients/web/secrets", 1),
        &fields,
    ));
    let digests: Vec<String> = stored(&provider, "web")
        .unwrap()
        .secrets
        .iter()
        .map(|own| kernel::digest::base64url(own.digest.as_bytes()))
        .collect();
    let mut auditor = at_the_console(&provider, "bob", Role::Auditor);
    let paths = TABS.map(|tab| format!("/admin/clients/web{tab}"));
    for path in
        paths
            .iter()
            .map(String::as_str)
            .chain(["/admin/clients", "/admin/clients?q=web", "/admin/audit"])
    {
        for reader in [&mut browser, &mut auditor] {
            let page = reader.open(&provider.url(path)).page();
            for told in [secret.as_str(), SECRET]
                .into_iter()
                .chain(digests.iter().map(String::as_str))
            {
                assert!(!page.body.contains(told), "{path}");
            }
            assert_eq!(page.header("cache-control"), "no-store", "{path}");
        }
    }
}

#[test]
fn fields_that_are_not_in_the_form_change_nothing() {
    let (provider, mut browser) = manager();
    let before = stored(&provider, "web").unwrap();
    let form = open(&provider, &mut browser, EDIT);
    let smuggled = [
        ("client_name", "Renamed"),
        ("client_id", "spa"),
        ("enabled", "false"),
        ("client_secret", "evil-secret-evil-secret-evil-secret-evil"),
        ("secrets", "x"),
        ("created_at", "0"),
        ("updated_at", "0"),
        ("jwks_uri", "https://evil.test/keys"),
        ("software_id", "x"),
        ("default_acr_values", "x"),
        ("admin_roles", "owner"),
        ("role", "owner"),
    ];
    let sent = registration(&smuggled);
    let review = send(&provider, &mut browser, &form, (EDIT, 0), &sent);
    assert!(!review.body.contains("evil"), "{}", review.body);
    provider.wait(1);
    let more: Vec<_> = smuggled
        .iter()
        .filter(|(name, _)| *name != "client_name")
        .copied()
        .collect();
    send(&provider, &mut browser, &review, (SAVE, 0), &more);
    let mut after = stored(&provider, "web").unwrap();
    assert_eq!(after.metadata.client_name.as_deref(), Some("Renamed"));
    after.metadata.client_name = before.metadata.client_name.clone();
    after.updated_at = before.updated_at;
    assert_eq!(after, before);
}

#[test]
fn a_manager_of_applications_gives_none_the_scopes_of_an_administrator() {
    let (provider, mut browser) = manager();
    let form = open(&provider, &mut browser, EDIT);
    let sent = registration(&[
        ("scopes", "these"),
        ("scope", "openid"),
        ("scope", "admin:administrators"),
    ]);
    let refused = send(&provider, &mut browser, &form, (EDIT, 0), &sent);
    assert_eq!(refused.status, 403, "{}", refused.body);
    assert_eq!(stored(&provider, "web").unwrap().metadata.scope, None);
}

#[test]
fn markup_in_a_registration_is_text() {
    let (provider, mut browser) = manager();
    const NAME: &str = "</title><script>alert(1)</script>\"><img src=x onerror=alert(2)>";
    provider.administer(|ports, ctx| {
        let new = NewClient {
            client_id: Some("sly".to_owned()),
            metadata: ClientMetadata {
                client_name: Some(NAME.to_owned()),
                redirect_uris: vec!["https://rp.test/cb?x=%22%3E&y='><script>alert(3)</script>".to_owned()],
                client_uri: Some("https://rp.test/'><script>alert(4)</script>".to_owned()),
                logo_uri: Some("https://rp.test/?'onerror='alert(5)".to_owned()),
                contacts: vec!["<script>alert(6)</script>@rp.test".to_owned()],
                ..ClientMetadata::default()
            },
            ..NewClient::default()
        };
        // Whatever of it can be registered at all is shown; the name always can.
        let whole = clients::create(ports, ctx, &Actor::cli(), &Anywhere, new.clone());
        if whole.is_err() {
            let metadata = ClientMetadata {
                client_name: new.metadata.client_name,
                redirect_uris: vec!["https://rp.test/cb?x='onload='alert(3)".to_owned()],
                logo_uri: new.metadata.logo_uri,
                ..ClientMetadata::default()
            };
            let less = NewClient {
                client_id: new.client_id,
                metadata,
                ..NewClient::default()
            };
            clients::create(ports, ctx, &Actor::cli(), &Anywhere, less)?;
        }
        Ok(())
    });
    let paths = TABS.map(|tab| format!("/admin/clients/sly{tab}"));
    for path in paths
        .iter()
        .map(String::as_str)
        .chain(["/admin/clients", "/admin/clients?q=%22%3E%3Cscript%3Ealert(1)"])
    {
        let page = open(&provider, &mut browser, path);
        assert_eq!(page.status, 200, "{path}");
        for live in ["<script>alert", "<img src=x", "'onerror='", "'onload='"] {
            assert!(!page.body.contains(live), "{path}: {live} in {}", page.body);
        }
        let policy = page.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("script-src 'self'"),
            "{path}"
        );
        assert!(
            !page.body.contains("src=\"https://rp.test"),
            "{path}: no picture of strangers"
        );
    }
    let form = open(&provider, &mut browser, "/admin/clients/sly/edit");
    assert!(form.body.contains("&#60;script&#62;alert(1)"), "{}", form.body);
}
