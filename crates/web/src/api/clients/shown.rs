//! A client as the API shows and takes it. Names are those of RFC 7591 and OpenID Connect Registration.

use admin::AdminFault;
use admin::clients::Registered;
use kernel::{Plain, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use token::client::StoredSecret;
use token::client::register::{OperatorDocument, parse_operator_document};
use utoipa::ToSchema;

/// What may be written of a client. What is absent is as usual.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = ClientFields)]
pub(super) struct Writable {
    /// A random one where none is given; it never changes.
    #[serde(skip_serializing)]
    pub(super) client_id: Option<String>,
    /// What people see.
    #[schema(example = "Notes")]
    client_name: Option<String>,
    #[schema(example = json!(["https://notes.example/callback"]))]
    redirect_uris: Vec<String>,
    post_logout_redirect_uris: Vec<String>,
    /// `client_secret_basic`, `client_secret_post` or `none`.
    token_endpoint_auth_method: Option<String>,
    /// Of `authorization_code`, `refresh_token` and `client_credentials`.
    grant_types: Option<Vec<String>>,
    /// Scopes it may ask for, separated by spaces; absent: every standard scope, and those of its APIs.
    scope: Option<String>,
    client_uri: Option<String>,
    logo_uri: Option<String>,
    tos_uri: Option<String>,
    policy_uri: Option<String>,
    contacts: Vec<String>,
    /// `web` or `native`.
    application_type: Option<String>,
    id_token_signed_response_alg: Option<String>,
    default_max_age: Option<u64>,
    require_auth_time: Option<bool>,
    backchannel_logout_uri: Option<String>,
    backchannel_logout_session_required: Option<bool>,
    default_acr_values: Vec<String>,
    allowed_cors_origins: Vec<String>,
    id_token_claims: Vec<String>,
    /// Ours: no consent page.
    first_party: Option<bool>,
    /// A code challenge must be sent (RFC 7636).
    require_pkce: Option<bool>,
    /// APIs it may name as `resource` (RFC 8707).
    resources: Vec<String>,
    access_token_alg: Option<String>,
    /// APIs it is the server of: it may introspect tokens meant for them.
    resource_server_of: Vec<String>,
    /// `survives_logout` or `ends_with_session`.
    offline_access: Option<String>,
    /// `on` or `off`.
    refresh_rotation: Option<String>,
}

impl Writable {
    /// As an operator's document, which judges the values.
    ///
    /// # Errors
    /// `Invalid`.
    pub(super) fn document(&self) -> Result<OperatorDocument, AdminFault> {
        let json =
            serde_json::to_string(self).map_err(|error| AdminFault::Invalid(vec![error.to_string()]))?;
        Ok(parse_operator_document(&json)?)
    }
}

impl From<&token::Client> for Writable {
    fn from(client: &token::Client) -> Self {
        let (own, policy) = (client.metadata.clone(), &client.policy);
        let alg = |alg: token::SigningAlg| alg.as_str().to_owned();
        Self {
            client_id: None,
            client_name: own.client_name,
            redirect_uris: own.redirect_uris,
            post_logout_redirect_uris: own.post_logout_redirect_uris,
            token_endpoint_auth_method: Some(own.token_endpoint_auth_method.as_str().to_owned()),
            grant_types: Some(own.grant_types),
            scope: own.scope,
            client_uri: own.client_uri,
            logo_uri: own.logo_uri,
            tos_uri: own.tos_uri,
            policy_uri: own.policy_uri,
            contacts: own.contacts,
            application_type: word(&own.application_type),
            id_token_signed_response_alg: own.id_token_signed_response_alg.map(alg),
            default_max_age: own.default_max_age,
            require_auth_time: own.require_auth_time,
            backchannel_logout_uri: own.backchannel_logout_uri,
            backchannel_logout_session_required: own.backchannel_logout_session_required,
            default_acr_values: own.default_acr_values,
            allowed_cors_origins: own.allowed_cors_origins,
            id_token_claims: own.id_token_claims,
            first_party: Some(policy.first_party),
            require_pkce: Some(policy.require_pkce),
            resources: policy.resources.clone(),
            access_token_alg: policy.access_token_alg.map(alg),
            resource_server_of: policy.resource_server_of.clone(),
            offline_access: policy.offline_access.as_ref().and_then(word),
            refresh_rotation: policy.refresh_rotation.as_ref().and_then(word),
        }
    }
}

/// The word for one of several.
fn word(value: &impl Serialize) -> Option<String> {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => Some(word),
        _ => None,
    }
}

/// A client.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Client {
    pub(super) client_id: String,
    /// Shown once: in the answer that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    #[serde(flatten)]
    own: Writable,
    /// Whether it may do anything.
    enabled: bool,
    /// What may surprise about what was written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    created_at: String,
    updated_at: String,
}

impl From<&token::Client> for Client {
    fn from(client: &token::Client) -> Self {
        Self {
            client_id: client.client_id.clone(),
            client_secret: None,
            own: client.into(),
            enabled: client.enabled,
            warnings: Vec::new(),
            created_at: client.created_at.to_rfc3339(),
            updated_at: client.updated_at.to_rfc3339(),
        }
    }
}

impl Client {
    /// With the new secret, where one was made.
    pub(super) fn told(registered: &Registered) -> Self {
        Self {
            client_secret: registered
                .secret
                .as_ref()
                .map(|secret| Plain::expose(secret).to_owned()),
            warnings: registered.warnings.clone(),
            ..Self::from(&registered.client)
        }
    }
}

/// A secret of a client, without itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClientSecret)]
pub(super) struct Secret {
    pub(super) id: String,
    created_at: String,
    /// Until when it is good, where another one replaced it.
    expires_at: Option<String>,
    /// To the hour.
    last_used_at: Option<String>,
}

impl From<&StoredSecret> for Secret {
    fn from(secret: &StoredSecret) -> Self {
        Self {
            id: secret.id.to_string(),
            created_at: secret.created_at.to_rfc3339(),
            expires_at: secret.expires_at.map(Timestamp::to_rfc3339),
            last_used_at: secret.last_used_at.map(Timestamp::to_rfc3339),
        }
    }
}
