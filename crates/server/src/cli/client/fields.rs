//! What the command line can say about a client: flags, an RFC 7591 document, and flags over the document.

use std::path::{Path, PathBuf};

use admin::AdminFault;
use clap::{Args, ValueEnum};
use serde_json::Value;
use token::SigningAlg;
use token::client::register::{OperatorDocument, parse_operator_document};
use token::client::{
    ApplicationType, AuthMethod, ClientMetadata, ClientPolicy, OfflineAccess, RefreshRotation,
};

use crate::cli::document;
use crate::exit::Failure;

/// How a client authenticates, as the flag names it.
#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum AuthMethodFlag {
    ClientSecretBasic,
    ClientSecretPost,
    None,
}

impl From<AuthMethodFlag> for AuthMethod {
    fn from(flag: AuthMethodFlag) -> Self {
        match flag {
            AuthMethodFlag::ClientSecretBasic => AuthMethod::ClientSecretBasic,
            AuthMethodFlag::ClientSecretPost => AuthMethod::ClientSecretPost,
            AuthMethodFlag::None => AuthMethod::None,
        }
    }
}

/// What a sign-out does to refresh tokens, as the flag names it.
#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum OfflineAccessFlag {
    SurvivesLogout,
    EndsWithSession,
}

impl From<OfflineAccessFlag> for OfflineAccess {
    fn from(flag: OfflineAccessFlag) -> Self {
        match flag {
            OfflineAccessFlag::SurvivesLogout => OfflineAccess::SurvivesLogout,
            OfflineAccessFlag::EndsWithSession => OfflineAccess::EndsWithSession,
        }
    }
}

/// Whether refresh tokens rotate, as the flag names it.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum RefreshRotationFlag {
    On,
    Off,
}

impl From<RefreshRotationFlag> for RefreshRotation {
    fn from(flag: RefreshRotationFlag) -> Self {
        match flag {
            RefreshRotationFlag::On => RefreshRotation::On,
            RefreshRotationFlag::Off => RefreshRotation::Off,
        }
    }
}

/// A flag that is repeated says the whole list. An empty value removes what there was.
#[derive(Debug, Default, Args)]
pub(crate) struct ClientFields {
    /// What people see
    #[arg(long)]
    name: Option<String>,
    /// Where answers may go; may be repeated
    #[arg(long = "redirect-uri", value_name = "URI")]
    redirect_uris: Vec<String>,
    /// Where a browser may go after signing out; may be repeated
    #[arg(long = "post-logout-redirect-uri", value_name = "URI")]
    post_logout_redirect_uris: Vec<String>,
    /// Where to tell it that somebody signed out (back-channel logout)
    #[arg(long, value_name = "URL")]
    backchannel_logout_uri: Option<String>,
    /// Grant type it may use; may be repeated [default: authorization_code; none for the server of an API alone]
    #[arg(long = "grant", value_name = "GRANT_TYPE")]
    grant_types: Vec<String>,
    /// How it authenticates [default: client_secret_basic]
    #[arg(long, value_enum, value_name = "METHOD")]
    auth_method: Option<AuthMethodFlag>,
    /// A public client: it cannot keep a secret, and has none
    #[arg(long, conflicts_with = "auth_method")]
    public: bool,
    /// It runs on a device: redirects to loopback addresses and schemes of its own
    #[arg(long)]
    native: bool,
    /// Scopes it may ask for, separated by spaces [default: all standard scopes, and those of its APIs]
    #[arg(long)]
    scope: Option<String>,
    /// Scope whose claims go into its ID tokens too; may be repeated
    #[arg(long = "id-token-claim", value_name = "SCOPE")]
    id_token_claims: Vec<String>,
    /// Web origin its pages call from, beside those of its redirect URIs; may be repeated
    #[arg(long = "cors-origin", value_name = "ORIGIN")]
    allowed_cors_origins: Vec<String>,
    /// It is ours: nobody is asked for consent
    #[arg(long)]
    first_party: bool,
    /// It is not ours: people are asked for consent
    #[arg(long, conflicts_with = "first_party")]
    no_first_party: bool,
    /// Demand PKCE [default for clients made by flags]
    #[arg(long)]
    require_pkce: bool,
    /// Do not demand PKCE of a confidential client [default for clients made by a document]
    #[arg(long, conflicts_with = "require_pkce")]
    no_require_pkce: bool,
    /// How its ID tokens are signed [default: RS256]
    #[arg(long, value_name = "ALG")]
    id_token_alg: Option<SigningAlg>,
    /// How access tokens for it are signed [default: ES256]
    #[arg(long, value_name = "ALG")]
    access_token_alg: Option<SigningAlg>,
    /// API it may name; may be repeated, the first is meant when it names none
    #[arg(long = "resource", value_name = "URI")]
    resources: Vec<String>,
    /// API it is the server of: it may introspect tokens for it; may be repeated
    #[arg(long = "resource-server-of", value_name = "URI")]
    resource_server_of: Vec<String>,
    /// What a sign-out does to its refresh tokens [default: ends those of public clients]
    #[arg(long, value_enum, value_name = "WHAT")]
    offline_access: Option<OfflineAccessFlag>,
    /// Whether each refresh brings another refresh token; off for confidential clients only [default: on]
    #[arg(long, value_enum, value_name = "ON|OFF")]
    refresh_rotation: Option<RefreshRotationFlag>,
    /// Its public keys, a JWK set in a file
    #[arg(long, value_name = "FILE")]
    jwks: Option<PathBuf>,
    /// Where its public keys are
    #[arg(long, value_name = "URL", conflicts_with = "jwks")]
    jwks_uri: Option<String>,
    /// RFC 7591 client metadata in JSON; - for standard input. May hold what the flags about policy say, too
    #[arg(long, value_name = "FILE")]
    metadata: Option<String>,
}

/// Everything said, with all files read.
pub(crate) struct ClientWords {
    /// The document, if one was named.
    pub(crate) document: Option<OperatorDocument>,
    jwks: Option<Value>,
    flags: ClientFields,
}

impl ClientFields {
    /// Reads the documents flags name.
    ///
    /// # Errors
    /// When one cannot be read, or is not what it should be.
    pub(crate) fn read(self) -> Result<ClientWords, Failure> {
        let document = self.metadata.as_deref().map(read_document).transpose()?;
        let jwks = self.jwks.as_deref().map(read_keys).transpose()?;
        Ok(ClientWords {
            document,
            jwks,
            flags: self,
        })
    }
}

fn read_document(name: &str) -> Result<OperatorDocument, Failure> {
    let parsed = parse_operator_document(&document::read(name)?);
    Ok(parsed.map_err(AdminFault::from)?)
}

fn read_keys(path: &Path) -> Result<Value, Failure> {
    let parsed = serde_json::from_str(&document::read_file(path)?);
    let refuse = |error: serde_json::Error| AdminFault::Invalid(vec![format!("jwks: is not JSON: {error}")]);
    Ok(parsed.map_err(refuse)?)
}

impl ClientWords {
    /// A client that begins with the server of an API and nothing else needs no grant.
    pub(crate) fn apply_to_new(self, metadata: &mut ClientMetadata, policy: &mut ClientPolicy) {
        let flags = &self.flags;
        let said =
            self.document.is_some() || !flags.grant_types.is_empty() || !flags.redirect_uris.is_empty();
        if !said && !flags.resource_server_of.is_empty() {
            metadata.set_grant_types(Vec::new());
        }
        self.apply(metadata, policy);
    }

    /// Puts the document in the place of what there is, and what flags say over it.
    pub(crate) fn apply(self, metadata: &mut ClientMetadata, policy: &mut ClientPolicy) {
        if let Some(document) = self.document {
            *metadata = document.registration.metadata;
            document.policy.apply(policy);
        }
        let flags = self.flags;
        lists(metadata, policy, &flags);
        text(&mut metadata.client_name, flags.name);
        text(&mut metadata.scope, flags.scope);
        text(&mut metadata.backchannel_logout_uri, flags.backchannel_logout_uri);
        if !flags.grant_types.is_empty() {
            metadata.set_grant_types(without_empty(flags.grant_types));
        }
        metadata.id_token_signed_response_alg = flags.id_token_alg.or(metadata.id_token_signed_response_alg);
        policy.access_token_alg = flags.access_token_alg.or(policy.access_token_alg);
        policy.offline_access = flags.offline_access.map(Into::into).or(policy.offline_access);
        policy.refresh_rotation = flags.refresh_rotation.map(Into::into).or(policy.refresh_rotation);
        if let Some(method) = flags.auth_method {
            metadata.token_endpoint_auth_method = method.into();
        }
        if flags.public {
            metadata.token_endpoint_auth_method = AuthMethod::None;
        }
        if flags.native {
            metadata.application_type = ApplicationType::Native;
        }
        policy.first_party = (policy.first_party || flags.first_party) && !flags.no_first_party;
        policy.require_pkce = (policy.require_pkce || flags.require_pkce) && !flags.no_require_pkce;
        // One or the other (RFC 7591 2): what is said now replaces both.
        let keys = self.jwks.map(|set| ("jwks", set));
        let keys = keys.or(flags.jwks_uri.map(|uri| ("jwks_uri", Value::String(uri))));
        if let Some((name, value)) = keys {
            metadata.other.remove("jwks");
            metadata.other.remove("jwks_uri");
            if value.as_str() != Some("") {
                metadata.other.insert(name.to_owned(), value);
            }
        }
    }
}

fn lists(metadata: &mut ClientMetadata, policy: &mut ClientPolicy, flags: &ClientFields) {
    let lists = [
        (&mut metadata.redirect_uris, &flags.redirect_uris),
        (
            &mut metadata.post_logout_redirect_uris,
            &flags.post_logout_redirect_uris,
        ),
        (&mut metadata.id_token_claims, &flags.id_token_claims),
        (&mut metadata.allowed_cors_origins, &flags.allowed_cors_origins),
        (&mut policy.resources, &flags.resources),
        (&mut policy.resource_server_of, &flags.resource_server_of),
    ];
    for (list, said) in lists {
        if !said.is_empty() {
            *list = without_empty(said.clone());
        }
    }
}

fn text(field: &mut Option<String>, said: Option<String>) {
    if let Some(said) = said {
        *field = Some(said).filter(|text| !text.is_empty());
    }
}

fn without_empty(mut list: Vec<String>) -> Vec<String> {
    list.retain(|text| !text.is_empty());
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(flags: ClientFields) -> ClientWords {
        ClientWords {
            document: None,
            jwks: None,
            flags,
        }
    }

    #[test]
    fn flags_win_over_what_there_is() {
        let mut metadata = ClientMetadata {
            client_name: Some("Old".into()),
            scope: Some("openid".into()),
            backchannel_logout_uri: Some("https://rp.test/out".into()),
            allowed_cors_origins: vec!["https://a.test".into(), "https://b.test".into()],
            ..Default::default()
        };
        metadata
            .other
            .insert("jwks_uri".into(), "https://rp.test/keys".into());
        let mut policy = ClientPolicy {
            require_pkce: true,
            resources: vec!["urn:a".into()],
            ..Default::default()
        };
        let mut words = said(ClientFields {
            name: Some("New".into()),
            no_require_pkce: true,
            public: true,
            backchannel_logout_uri: Some(String::new()),
            allowed_cors_origins: vec!["https://c.test".into()],
            resources: vec![String::new()],
            offline_access: Some(OfflineAccessFlag::EndsWithSession),
            refresh_rotation: Some(RefreshRotationFlag::Off),
            ..Default::default()
        });
        words.jwks = Some(serde_json::json!({ "keys": [] }));
        words.apply(&mut metadata, &mut policy);
        assert_eq!(metadata.client_name.as_deref(), Some("New"));
        assert_eq!(metadata.scope.as_deref(), Some("openid"));
        assert_eq!(metadata.backchannel_logout_uri, None);
        assert_eq!(metadata.allowed_cors_origins, ["https://c.test"]);
        assert_eq!(metadata.grant_types, ["authorization_code"]);
        assert_eq!(metadata.token_endpoint_auth_method, AuthMethod::None);
        assert_eq!(metadata.other.keys().collect::<Vec<_>>(), ["jwks"]);
        assert!(!policy.require_pkce && policy.resources.is_empty());
        assert_eq!(policy.offline_access, Some(OfflineAccess::EndsWithSession));
        assert_eq!(policy.refresh_rotation, Some(RefreshRotation::Off));
    }

    #[test]
    fn what_a_client_is_for_says_which_grants_it_needs() {
        let grants = |flags: ClientFields| {
            let (mut metadata, mut policy) = (ClientMetadata::default(), ClientPolicy::default());
            said(flags).apply_to_new(&mut metadata, &mut policy);
            (metadata.grant_types, metadata.response_types)
        };
        let service = grants(ClientFields {
            grant_types: vec!["client_credentials".into()],
            ..Default::default()
        });
        assert_eq!(service, (vec!["client_credentials".into()], vec![]));
        let server = grants(ClientFields {
            resource_server_of: vec!["urn:a".into()],
            ..Default::default()
        });
        assert_eq!(server, (vec![], vec![]));
        let both = grants(ClientFields {
            resource_server_of: vec!["urn:a".into()],
            redirect_uris: vec!["https://rp.test/cb".into()],
            ..Default::default()
        });
        assert_eq!(both, (vec!["authorization_code".into()], vec!["code".into()]));
    }
}
