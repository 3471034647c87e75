//! Rules about one client.

use std::time::Duration;

use kernel::Ctx;
use token::client::{ApplicationType, AuthMethod, Client, OfflineAccess, RefreshRotation};

use super::Severity::{Note, Warning};
use super::{Finding, Objection, Rule, judge, rule, subject, uris};

/// A secret that old has been seen by many.
const OLD: Duration = Duration::from_secs(366 * 24 * 3600);

/// What a rule about a client may ask.
pub(super) struct Seen<'a> {
    pub(super) client: &'a Client,
    pub(super) ctx: &'a Ctx,
}

impl Seen<'_> {
    /// Whether codes go to it.
    pub(super) fn gets_codes(&self) -> bool {
        self.client.may_use_grant("authorization_code")
    }

    fn refreshes(&self) -> bool {
        self.gets_codes() && self.client.may_use_grant("refresh_token")
    }

    /// A command that changes it.
    pub(super) fn update(&self, flags: &str) -> String {
        format!("signet client update {} {flags}", self.client.client_id)
    }
}

/// The table.
fn rules<'a>() -> [Rule<Seen<'a>>; 16] {
    [
        rule("no-pkce", Warning, "RFC 9700 2.1.1", no_pkce),
        rule("http-redirect", Warning, "RFC 9700 2.6", uris::http_redirect),
        rule("localhost-name", Note, "RFC 8252 8.3", uris::localhost_name),
        rule(
            "forwarding-redirect",
            Warning,
            "RFC 9700 4.11.1",
            uris::forwarding_redirect,
        ),
        rule("first-party-app", Note, "RFC 8252 8.6", first_party_app),
        rule(
            "first-party-elsewhere",
            Note,
            "RFC 6749 10.2",
            uris::first_party_elsewhere,
        ),
        rule("secret-in-app", Warning, "RFC 8252 8.5", secret_in_app),
        rule("secret-in-body", Note, "RFC 6749 2.3.1", secret_in_body),
        rule("old-secret", Warning, "RFC 6819 5.2.3.6", old_secret),
        rule("offline-public", Warning, "RFC 9700 2.2.2", offline_public),
        rule("no-rotation", Note, "RFC 9700 4.14.2", no_rotation),
        rule("unused-refresh", Warning, "RFC 6749 4.4.3", unused_refresh),
        rule("unused-redirects", Warning, "RFC 7591 2", unused_redirects),
        rule("every-scope", Note, "RFC 9700 2.3", every_scope),
        rule(
            "no-backchannel-logout",
            Note,
            "OpenID Connect Back-Channel Logout 2.2",
            no_backchannel_logout,
        ),
        rule(
            "no-post-logout",
            Note,
            "OpenID Connect RP-Initiated Logout 3.1",
            no_post_logout,
        ),
    ]
}

/// Looks at a client.
pub(super) fn look(client: &Client, ctx: &Ctx) -> Vec<Finding> {
    judge(&rules(), &subject(client), &Seen { client, ctx })
}

fn no_pkce(seen: &Seen<'_>) -> Option<Objection> {
    (seen.gets_codes() && !seen.client.requires_pkce()).then(|| {
        (
            "may send an authorization request without a code challenge, so an injected code is not noticed"
                .to_owned(),
            format!("once it sends one: {}", seen.update("--require-pkce")),
        )
    })
}

/// Nobody can vouch for an app that any other on the device can imitate, so its flag counts for nothing there.
fn first_party_app(seen: &Seen<'_>) -> Option<Objection> {
    let native = seen.client.metadata.application_type == ApplicationType::Native;
    let mut redirects = seen.client.metadata.redirect_uris.iter();
    let uri = redirects.find(|uri| !uri.starts_with("https://"))?;
    (seen.client.policy.first_party && seen.client.is_public() && native).then(|| {
        (
            format!("people are asked each time although it is first-party: any app on the device can answer at {uri}"),
            "use https links that the app claims, if asking is a burden".to_owned(),
        )
    })
}

fn secret_in_app(seen: &Seen<'_>) -> Option<Objection> {
    let native = seen.client.metadata.application_type == ApplicationType::Native;
    (native && !seen.client.is_public()).then(|| {
        (
            "an app on a device cannot keep a secret: every copy holds the same one".to_owned(),
            seen.update("--public"),
        )
    })
}

fn secret_in_body(seen: &Seen<'_>) -> Option<Objection> {
    let method = seen.client.metadata.token_endpoint_auth_method;
    (method == AuthMethod::ClientSecretPost).then(|| {
        (
            "sends its secret in the body, which logs of other programs keep more easily than the header"
                .to_owned(),
            format!(
                "if its library can: {}",
                seen.update("--auth-method client_secret_basic")
            ),
        )
    })
}

/// When a secret was made is not kept. It is not younger than the client's last change.
fn old_secret(seen: &Seen<'_>) -> Option<Objection> {
    let age = seen.ctx.now().since(seen.client.updated_at);
    (!seen.client.is_public() && age > OLD).then(|| {
        let days = age.as_secs() / (24 * 3600);
        (
            format!("its secret is at least {days} days old"),
            format!("signet client rotate-secret {}", seen.client.client_id),
        )
    })
}

fn offline_public(seen: &Seen<'_>) -> Option<Objection> {
    let survives = seen.client.offline_access() == OfflineAccess::SurvivesLogout;
    (seen.client.is_public() && seen.refreshes() && survives).then(|| {
        (
            "a public client whose refresh tokens outlive the session: whoever finds one needs nothing else"
                .to_owned(),
            seen.update("--offline-access ends_with_session"),
        )
    })
}

fn no_rotation(seen: &Seen<'_>) -> Option<Objection> {
    let rotates = seen.client.refresh_rotation() == RefreshRotation::On;
    (seen.refreshes() && !rotates).then(|| {
        (
            "its refresh tokens do not rotate, so that a stolen one is never noticed; only its secret protects them".to_owned(),
            format!("if it keeps what it is given: {}", seen.update("--refresh-rotation on")),
        )
    })
}

fn unused_refresh(seen: &Seen<'_>) -> Option<Objection> {
    (seen.client.may_use_grant("refresh_token") && !seen.gets_codes()).then(|| {
        (
            "registered refresh_token, but no grant that brings a refresh token".to_owned(),
            format!("without refresh_token: {}", seen.update("--grant ...")),
        )
    })
}

fn unused_redirects(seen: &Seen<'_>) -> Option<Objection> {
    (!seen.client.metadata.redirect_uris.is_empty() && !seen.gets_codes()).then(|| {
        (
            "registered redirect URIs, but not the grant that uses them".to_owned(),
            "remove them, or add the grant authorization_code".to_owned(),
        )
    })
}

fn every_scope(seen: &Seen<'_>) -> Option<Objection> {
    (seen.gets_codes() && seen.client.metadata.scope.is_none()).then(|| {
        (
            "registered no scopes, and may therefore ask for every standard one".to_owned(),
            format!("name those it needs: {}", seen.update("--scope 'openid ...'")),
        )
    })
}

fn no_backchannel_logout(seen: &Seen<'_>) -> Option<Objection> {
    let told = seen.client.metadata.backchannel_logout_uri.is_some();
    (seen.gets_codes() && !seen.client.is_public() && !told).then(|| {
        (
            "is not told when somebody signs out elsewhere, and keeps its own session".to_owned(),
            format!(
                "if it can be told: {}",
                seen.update("--backchannel-logout-uri URL")
            ),
        )
    })
}

fn no_post_logout(seen: &Seen<'_>) -> Option<Objection> {
    (seen.gets_codes() && seen.client.metadata.post_logout_redirect_uris.is_empty()).then(|| {
        (
            "people who sign out there end on a page of this provider".to_owned(),
            seen.update("--post-logout-redirect-uri URL"),
        )
    })
}
