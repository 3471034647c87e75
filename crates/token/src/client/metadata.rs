//! Client metadata as RFC 7591 2 and OpenID Connect Registration 2 name it.
//!
//! Members nobody here knows are kept as they came, so that a document survives a round trip.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How a client proves who it is at the token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// HTTP Basic, values form-encoded (RFC 6749 2.3.1).
    #[default]
    ClientSecretBasic,
    /// `client_id` and `client_secret` in the body (RFC 6749 2.3.1).
    ClientSecretPost,
    /// A public client (RFC 6749 2.1).
    None,
}

impl AuthMethod {
    /// The registered value.
    pub fn as_str(self) -> &'static str {
        match self {
            AuthMethod::ClientSecretBasic => "client_secret_basic",
            AuthMethod::ClientSecretPost => "client_secret_post",
            AuthMethod::None => "none",
        }
    }
}

/// Where a client runs (OpenID Connect Registration 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ApplicationType {
    /// Reached over https.
    #[default]
    Web,
    /// On a device: loopback and custom-scheme redirects (RFC 8252).
    Native,
}

/// A signature algorithm of ours (RFC 7518 3.1, RFC 8037 3.1). Their order is that of discovery and of the JWK Set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SigningAlg {
    /// RSASSA-PKCS1-v1_5 with SHA-256: the one every library knows.
    RS256,
    /// RSASSA-PSS with SHA-256: what FAPI profiles want of RSA.
    PS256,
    /// ECDSA on P-256: small and quick.
    ES256,
    /// ECDSA on P-384.
    ES384,
    /// Ed25519.
    EdDSA,
}

impl SigningAlg {
    /// All of them.
    pub const ALL: [SigningAlg; 5] = [
        SigningAlg::RS256,
        SigningAlg::PS256,
        SigningAlg::ES256,
        SigningAlg::ES384,
        SigningAlg::EdDSA,
    ];

    /// Those a new installation has keys for.
    pub const USUAL: [SigningAlg; 3] = [SigningAlg::RS256, SigningAlg::ES256, SigningAlg::EdDSA];

    /// The registered `alg` value.
    pub fn as_str(self) -> &'static str {
        match self {
            SigningAlg::RS256 => "RS256",
            SigningAlg::PS256 => "PS256",
            SigningAlg::ES256 => "ES256",
            SigningAlg::ES384 => "ES384",
            SigningAlg::EdDSA => "EdDSA",
        }
    }
}

impl std::str::FromStr for SigningAlg {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|alg| alg.as_str() == text)
            .ok_or_else(|| {
                format!(
                    "`{text}` is not a signature algorithm offered here; there are RS256, PS256, ES256, ES384 and EdDSA"
                )
            })
    }
}

impl std::fmt::Display for SigningAlg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Client metadata; field names are the registered ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClientMetadata {
    /// Where responses may go.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub redirect_uris: Vec<String>,
    /// Where a browser may go after signing out (OpenID Connect RP-Initiated Logout 3.1).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub post_logout_redirect_uris: Vec<String>,
    /// How it authenticates.
    pub token_endpoint_auth_method: AuthMethod,
    /// Grants it may use; names as in RFC 7591 2.
    pub grant_types: Vec<String>,
    /// Response types it may use.
    pub response_types: Vec<String>,
    /// What people see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// Its home page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<String>,
    /// Its logo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_uri: Option<String>,
    /// Terms of service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tos_uri: Option<String>,
    /// Privacy policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_uri: Option<String>,
    /// Scopes it may ask for, space-separated. Absent: every standard scope.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Whom to ask about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<String>,
    /// Where it runs.
    pub application_type: ApplicationType,
    /// How its ID tokens are signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_signed_response_alg: Option<SigningAlg>,
    /// `max_age` when a request names none, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_max_age: Option<u64>,
    /// Whether ID tokens always carry `auth_time`; they always do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_auth_time: Option<bool>,
    /// Where to send logout tokens (OpenID Connect Back-Channel Logout 1.0 2.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<String>,
    /// Whether logout tokens must carry `sid`; they always do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_session_required: Option<bool>,
    /// Authentication contexts wished for when a request names none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub default_acr_values: Vec<String>,
    /// Web origins its pages call from, beside those of its redirect URIs. Not registered with IANA; others use the name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed_cors_origins: Vec<String>,
    /// Scopes whose claims go into its ID tokens too, for applications that never ask userinfo. Ours.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub id_token_claims: Vec<String>,
    /// Everything else that was registered.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl Default for ClientMetadata {
    fn default() -> Self {
        Self {
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            token_endpoint_auth_method: AuthMethod::default(),
            grant_types: vec!["authorization_code".to_owned()],
            response_types: vec!["code".to_owned()],
            client_name: None,
            client_uri: None,
            logo_uri: None,
            tos_uri: None,
            policy_uri: None,
            scope: None,
            contacts: Vec::new(),
            application_type: ApplicationType::default(),
            id_token_signed_response_alg: None,
            default_max_age: None,
            require_auth_time: None,
            backchannel_logout_uri: None,
            backchannel_logout_session_required: None,
            default_acr_values: Vec::new(),
            allowed_cors_origins: Vec::new(),
            id_token_claims: Vec::new(),
            other: Map::new(),
        }
    }
}

impl ClientMetadata {
    /// Sets the grant types, and with them the response types: there is one, and it goes with the code grant (RFC 7591 2.1).
    pub fn set_grant_types(&mut self, grant_types: Vec<String>) {
        let with_codes = grant_types.iter().any(|name| name == "authorization_code");
        self.response_types = with_codes.then(|| "code".to_owned()).into_iter().collect();
        self.grant_types = grant_types;
    }
}

/// What Signet adds to the registered metadata: the operator's decisions about a client, never the client's own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClientPolicy {
    /// Ours: no consent page.
    pub first_party: bool,
    /// A code challenge must be sent; public clients always must (RFC 9700 2.1.1).
    pub require_pkce: bool,
    /// APIs it may name as `resource` (RFC 8707); the first is meant when a request names none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// How access tokens for it are signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token_alg: Option<SigningAlg>,
    /// APIs this client is the server of: it may introspect tokens meant for them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resource_server_of: Vec<String>,
    /// What a sign-out does to its offline access; by default it ends that of public clients only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offline_access: Option<OfflineAccess>,
    /// Whether its refresh tokens rotate; by default they do, and those of public clients must.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_rotation: Option<RefreshRotation>,
}

/// What becomes of a client's refresh tokens when the session they came from ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfflineAccess {
    /// They go on: the person allowed access while away.
    SurvivesLogout,
    /// They end with it.
    EndsWithSession,
}

/// Whether each refresh brings another refresh token (RFC 9700 4.14.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefreshRotation {
    /// It does, and a second use of the old one is theft.
    On,
    /// The same token goes on working: for clients that prove who they are and cannot keep track of what they were given
    /// (FAPI 2.0 5.3.2.1).
    Off,
}
