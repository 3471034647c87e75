//! Applications registered with Signet: what they are, what they may do, how they prove who they are.

pub mod authenticate;
pub mod metadata;
pub mod redirect_uri;
pub mod register;
pub mod secrets;

use kernel::Timestamp;
use protocol::Scope;
use protocol::scope::STANDARD;

use crate::resource::Catalogue;

pub use authenticate::{ClientFault, PresentedCredentials, authenticate};
pub use metadata::{
    ApplicationType, AuthMethod, ClientMetadata, ClientPolicy, OfflineAccess, RefreshRotation, SigningAlg,
};
pub use redirect_uri::{PostLogoutTarget, ResponseMode, ResponseTarget};
pub use secrets::{SecretId, Secrets, StoredSecret};

/// A registered client.
#[derive(Debug, Clone, PartialEq)]
pub struct Client {
    /// `client_id`.
    pub client_id: String,
    /// Its secrets; none for public clients.
    pub secrets: Secrets,
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
    /// the refresh_token grant is what allows a client to ask for offline access; its scope list need not repeat it. A
    /// client that registered no scopes may have all standard ones, and those of the APIs it was given.
    pub fn allowed_scope(&self, catalogue: &Catalogue) -> Scope {
        let registered = match self.metadata.scope.as_deref().map(Scope::parse) {
            None => self.scope_by_default(catalogue),
            Some(Ok(registered)) => registered.filter(|token| catalogue.knows(token)),
            Some(Err(_)) => return Scope::default(),
        };
        let offline = Scope::parse("offline_access").unwrap_or_default();
        if self.may_use_grant("refresh_token") {
            registered.union(&offline)
        } else {
            registered.filter(|token| !offline.contains(token))
        }
    }

    fn scope_by_default(&self, catalogue: &Catalogue) -> Scope {
        let standard = Scope::parse(&STANDARD.join(" ")).unwrap_or_default();
        let own = self.policy.resources.iter();
        own.filter_map(|uri| catalogue.resource(uri))
            .fold(standard, |scope, resource| scope.union(&resource.scopes))
    }

    /// Whether it may have tokens for this API: the operator named it, or gave the client one of its scopes.
    pub fn may_reach(&self, identifier: &str, catalogue: &Catalogue) -> bool {
        if self.policy.resources.iter().any(|own| own == identifier) {
            return true;
        }
        let registered = self.metadata.scope.as_deref().map(Scope::parse);
        let (Some(Ok(registered)), Some(resource)) = (registered, catalogue.resource(identifier)) else {
            return false;
        };
        let about_people = |token: &str| catalogue.is_about_people(token);
        resource
            .scopes
            .iter()
            .any(|token| registered.contains(token) && !about_people(token))
    }

    /// The APIs meant when a request names none: those to which the granted scopes belong; else the client's first.
    pub fn default_resources(&self, scope: &Scope, catalogue: &Catalogue) -> Vec<String> {
        let of_scope: Vec<String> = catalogue
            .resources()
            .filter(|resource| self.may_reach(&resource.identifier, catalogue))
            .filter(|resource| {
                let mut own = resource.scopes.iter();
                own.any(|token| scope.contains(token) && !catalogue.is_about_people(token))
            })
            .map(|resource| resource.identifier.clone())
            .collect();
        if of_scope.is_empty() {
            self.policy.resources.first().cloned().into_iter().collect()
        } else {
            of_scope
        }
    }

    /// What a sign-out does to its refresh tokens. A public client cannot prove who it is, so by default its offline access
    /// ends with the session it came from.
    pub fn offline_access(&self) -> OfflineAccess {
        let by_kind = if self.is_public() {
            OfflineAccess::EndsWithSession
        } else {
            OfflineAccess::SurvivesLogout
        };
        self.policy.offline_access.unwrap_or(by_kind)
    }

    /// Whether its refresh tokens rotate. A public client's always do: whoever finds one of its tokens can use it, and a
    /// second use is all that would show it (RFC 9700 2.2.2).
    pub fn refresh_rotation(&self) -> RefreshRotation {
        if self.is_public() {
            return RefreshRotation::On;
        }
        self.policy.refresh_rotation.unwrap_or(RefreshRotation::On)
    }

    /// The web origins (RFC 6454 6.2) its pages may call from: those of its redirect URIs, and those it registered.
    pub fn origins(&self) -> Vec<String> {
        let of_redirects = self.metadata.redirect_uris.iter().filter_map(|uri| {
            let url = url::Url::parse(uri).ok()?;
            matches!(url.scheme(), "http" | "https").then(|| url.origin().ascii_serialization())
        });
        let mut origins: Vec<String> = self.metadata.allowed_cors_origins.clone();
        origins.extend(of_redirects);
        origins.sort();
        origins.dedup();
        origins
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

/// Somebody tokens are signed for: a client, and no more of it than keys are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Which.
    pub client_id: String,
    /// How its ID tokens are signed.
    pub id_token_alg: SigningAlg,
    /// How access tokens given to it are signed.
    pub access_token_alg: SigningAlg,
    /// Whether anybody may call themselves it.
    pub public: bool,
}

impl Recipient {
    /// Whether this algorithm signs for it.
    pub fn uses(&self, alg: SigningAlg) -> bool {
        [self.id_token_alg, self.access_token_alg].contains(&alg)
    }
}

impl From<&Client> for Recipient {
    fn from(client: &Client) -> Self {
        Self {
            client_id: client.client_id.clone(),
            id_token_alg: client.id_token_alg(),
            access_token_alg: client.access_token_alg(),
            public: client.is_public(),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests_support {
    use super::*;

    /// A client with these redirect URIs and nothing else of note.
    pub(crate) fn client(application_type: ApplicationType, redirect_uris: &[&str]) -> Client {
        Client {
            client_id: "web".into(),
            secrets: Secrets::default(),
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
