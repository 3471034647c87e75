//! Applications registered with Signet: what they are, what they may do, how they prove who they are.

pub mod authenticate;
pub mod metadata;
pub mod redirect_uri;
pub mod register;

use kernel::secret::ClientSecret;
use kernel::{Digest, Timestamp};
use protocol::Scope;
use protocol::scope::STANDARD;

pub use authenticate::{ClientFault, PresentedCredentials, authenticate};
pub use metadata::{ApplicationType, AuthMethod, ClientMetadata, ClientPolicy, SigningAlg};
pub use redirect_uri::{PostLogoutTarget, ResponseTarget};

/// A registered client.
#[derive(Debug, Clone, PartialEq)]
pub struct Client {
    /// `client_id`.
    pub client_id: String,
    /// Digest of its secret; none for public clients.
    pub secret: Option<Digest<ClientSecret>>,
    /// What it registered.
    pub metadata: ClientMetadata,
    /// What the operator decided.
    pub policy: ClientPolicy,
    /// Whether it may do anything at all.
    pub enabled: bool,
    /// When made.
    pub created_at: Timestamp,
    /// When last changed.
    pub updated_at: Timestamp,
}

impl Client {
    /// What people see: its name, else its id.
    pub fn display_name(&self) -> &str {
        self.metadata.client_name.as_deref().unwrap_or(&self.client_id)
    }

    /// A client that cannot keep a secret (RFC 6749 2.1).
    pub fn is_public(&self) -> bool {
        self.metadata.token_endpoint_auth_method == AuthMethod::None
    }

    /// Whether it registered the grant type.
    pub fn may_use_grant(&self, grant_type: &str) -> bool {
        self.metadata.grant_types.iter().any(|own| own == grant_type)
    }

    /// Whether a code challenge must come with its authorization requests.
    pub fn requires_pkce(&self) -> bool {
        self.is_public() || self.policy.require_pkce
    }

    /// The scopes it may be given. Scopes nobody here defines are kept in its metadata and ignored. Having registered
    /// the refresh_token grant is what allows a client to ask for offline access; its scope list need not repeat it.
    pub fn allowed_scope(&self) -> Scope {
        let standard = Scope::parse(&STANDARD.join(" ")).unwrap_or_default();
        let registered = match self.metadata.scope.as_deref().map(Scope::parse) {
            None => standard,
            Some(Ok(registered)) => registered.filter(|token| standard.contains(token)),
            Some(Err(_)) => return Scope::default(),
        };
        let offline = Scope::parse("offline_access").unwrap_or_default();
        if self.may_use_grant("refresh_token") {
            registered.union(&offline)
        } else {
            registered.filter(|token| !offline.contains(token))
        }
    }

    /// How its ID tokens are signed; RS256 unless it registered otherwise (OpenID Connect Registration 2).
    pub fn id_token_alg(&self) -> SigningAlg {
        self.metadata
            .id_token_signed_response_alg
            .unwrap_or(SigningAlg::RS256)
    }

    /// How access tokens given to it are signed.
    pub fn access_token_alg(&self) -> SigningAlg {
        self.policy.access_token_alg.unwrap_or(SigningAlg::ES256)
    }
}

#[cfg(test)]
pub(crate) mod tests_support {
    use super::*;

    /// A client with these redirect URIs and nothing else of note.
    pub(crate) fn client(application_type: ApplicationType, redirect_uris: &[&str]) -> Client {
        Client {
            client_id: "web".into(),
            secret: None,
            metadata: ClientMetadata {
                application_type,
                redirect_uris: redirect_uris.iter().map(|uri| (*uri).to_owned()).collect(),
                ..ClientMetadata::default()
            },
            policy: ClientPolicy::default(),
            enabled: true,
            created_at: Timestamp::from_secs(0),
            updated_at: Timestamp::from_secs(0),
        }
    }
}
