//! A registration as rows for people to read: on its page, and before and after a change.

use token::Client;
use token::client::{ApplicationType, AuthMethod, OfflineAccess, RefreshRotation, SigningAlg};

use crate::console::review::Row;

/// What a client is, in one or two words.
pub(super) fn kind_of(client: &Client) -> &'static str {
    let native = client.metadata.application_type == ApplicationType::Native;
    if client.may_use_grant("authorization_code") {
        return match (client.is_public(), native) {
            (true, true) => "on a device",
            (true, false) => "in the browser",
            (false, _) => "on a server",
        };
    }
    if client.may_use_grant("client_credentials") {
        "service"
    } else {
        "server of an API"
    }
}

/// How a client proves who it is.
pub(super) fn method(method: AuthMethod) -> &'static str {
    match method {
        AuthMethod::ClientSecretBasic => "a secret in a Basic header (client_secret_basic)",
        AuthMethod::ClientSecretPost => "a secret in the form (client_secret_post)",
        AuthMethod::None => "not at all (public client)",
    }
}

/// Everything that can be said in the form, in its order.
pub(super) fn rows(client: &Client) -> Vec<Row> {
    let mut rows = about(client);
    rows.extend(places(client));
    rows.extend(rights(client));
    rows.extend(tokens(client));
    rows
}

fn about(client: &Client) -> Vec<Row> {
    let metadata = &client.metadata;
    vec![
        ("Name", optional(&metadata.client_name)),
        ("Home page", optional(&metadata.client_uri)),
        ("Logo", optional(&metadata.logo_uri)),
        ("Terms of service", optional(&metadata.tos_uri)),
        ("Privacy policy", optional(&metadata.policy_uri)),
        ("Contacts", metadata.contacts.clone()),
    ]
}

fn places(client: &Client) -> Vec<Row> {
    let metadata = &client.metadata;
    vec![
        ("Redirect URIs", metadata.redirect_uris.clone()),
        (
            "Post-logout redirect URIs",
            metadata.post_logout_redirect_uris.clone(),
        ),
        ("Back-channel logout", optional(&metadata.backchannel_logout_uri)),
        ("Web origins beside those", metadata.allowed_cors_origins.clone()),
        (
            "Runs",
            vec![
                match metadata.application_type {
                    ApplicationType::Web => "on the web",
                    ApplicationType::Native => "on a device (native)",
                }
                .to_owned(),
            ],
        ),
    ]
}

fn rights(client: &Client) -> Vec<Row> {
    let (metadata, policy) = (&client.metadata, &client.policy);
    let scope = match metadata.scope.as_deref() {
        None => vec!["all standard scopes, and those of its APIs".to_owned()],
        Some(scope) => scope.split_ascii_whitespace().map(str::to_owned).collect(),
    };
    vec![
        (
            "Proves who it is by",
            said(method(metadata.token_endpoint_auth_method)),
        ),
        ("Grants", metadata.grant_types.clone()),
        ("Scopes", scope),
        ("APIs it may call", policy.resources.clone()),
        ("APIs it is the server of", policy.resource_server_of.clone()),
        (
            "Consent",
            said(if policy.first_party {
                "nobody is asked: it is ours"
            } else {
                "people are asked"
            }),
        ),
        (
            "PKCE",
            said(match (client.is_public(), policy.require_pkce) {
                (true, _) => "required, as of every public client",
                (false, true) => "required",
                (false, false) => "not required",
            }),
        ),
    ]
}

fn tokens(client: &Client) -> Vec<Row> {
    let (metadata, policy) = (&client.metadata, &client.policy);
    let alg = |own: Option<SigningAlg>, usual: SigningAlg| match own {
        Some(own) => said(own.as_str()),
        None => vec![format!("{usual} (usual)")],
    };
    let age = metadata.default_max_age.map(|seconds| format!("{seconds} s"));
    vec![
        (
            "ID tokens are signed with",
            alg(metadata.id_token_signed_response_alg, client.id_token_alg()),
        ),
        (
            "Access tokens are signed with",
            alg(policy.access_token_alg, client.access_token_alg()),
        ),
        ("Claims in ID tokens of", metadata.id_token_claims.clone()),
        (
            "Oldest sign-in it takes",
            vec![age.unwrap_or_else(|| "any".to_owned())],
        ),
        (
            "Refresh tokens",
            said(match client.refresh_rotation() {
                RefreshRotation::On => "rotate with each use",
                RefreshRotation::Off => "stay the same",
            }),
        ),
        (
            "Offline access",
            said(match client.offline_access() {
                OfflineAccess::SurvivesLogout => "goes on after signing out",
                OfflineAccess::EndsWithSession => "ends with the session",
            }),
        ),
    ]
}

fn said(text: &str) -> Vec<String> {
    vec![text.to_owned()]
}

fn optional(text: &Option<String>) -> Vec<String> {
    text.iter().cloned().collect()
}
