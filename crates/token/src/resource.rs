//! APIs (RFC 8707: resources) and the scopes an operator defines: which scopes there are, whose they are, what they give.

pub mod validate;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use kernel::Timestamp;
use protocol::Scope;
use protocol::scope::STANDARD;

use crate::client::SigningAlg;

/// An API that accepts access tokens from here.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiResource {
    /// The absolute URI that names it, in `resource` parameters and as `aud` (RFC 8707 2).
    pub identifier: String,
    /// What people see.
    pub name: Option<String>,
    /// The scopes that mean something to it.
    pub scopes: Scope,
    /// How tokens for it are signed; else the client's choice counts.
    pub access_token_alg: Option<SigningAlg>,
    /// How long tokens for it live; else the server's setting counts. At most
    /// [`LONGEST_ACCESS_TTL`](session::revocation::LONGEST_ACCESS_TTL).
    pub access_ttl: Option<Duration>,
    /// When made.
    pub created_at: Timestamp,
    /// When last changed.
    pub updated_at: Timestamp,
}

/// A scope that gives claims about a person, beside the standard ones. Named like a standard scope, it adds to it.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimScope {
    /// The scope token.
    pub name: String,
    /// What the consent page says about it.
    pub description: Option<String>,
    /// Claim name -> name of the person's attribute whose value it takes.
    pub claims: BTreeMap<String, String>,
    /// When made.
    pub created_at: Timestamp,
    /// When last changed.
    pub updated_at: Timestamp,
}

/// All resources and scopes an operator defined; small, read as a whole, replaced as a whole.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Catalogue {
    resources: BTreeMap<String, ApiResource>,
    scopes: BTreeMap<String, ClaimScope>,
}

impl Catalogue {
    /// From what is stored.
    pub fn new(
        resources: impl IntoIterator<Item = ApiResource>,
        scopes: impl IntoIterator<Item = ClaimScope>,
    ) -> Self {
        Self {
            resources: resources
                .into_iter()
                .map(|it| (it.identifier.clone(), it))
                .collect(),
            scopes: scopes.into_iter().map(|it| (it.name.clone(), it)).collect(),
        }
    }

    /// The resource of that identifier, compared byte for byte.
    pub fn resource(&self, identifier: &str) -> Option<&ApiResource> {
        self.resources.get(identifier)
    }

    /// All resources, by identifier.
    pub fn resources(&self) -> impl Iterator<Item = &ApiResource> {
        self.resources.values()
    }

    /// The resources to which this scope means something.
    pub fn owners<'a>(&'a self, token: &'a str) -> impl Iterator<Item = &'a ApiResource> {
        self.resources
            .values()
            .filter(move |resource| resource.scopes.contains(token))
    }

    /// The scope an operator defined under that name.
    pub fn claim_scope(&self, token: &str) -> Option<&ClaimScope> {
        self.scopes.get(token)
    }

    /// All scopes an operator defined, by name.
    pub fn claim_scopes(&self) -> impl Iterator<Item = &ClaimScope> {
        self.scopes.values()
    }

    /// Whether the scope is about people: standard, or defined by an operator. Everything else belongs to APIs.
    pub fn is_about_people(&self, token: &str) -> bool {
        STANDARD.contains(&token) || self.scopes.contains_key(token)
    }

    /// `scope` without what means something only to other APIs than `resources`. Scopes nobody defines are left out too.
    pub fn within(&self, scope: &Scope, resources: &[String]) -> Scope {
        scope.filter(|token| {
            self.is_about_people(token)
                || self
                    .owners(token)
                    .any(|owner| resources.contains(&owner.identifier))
        })
    }

    /// Whether anybody here gives this scope a meaning.
    pub fn knows(&self, token: &str) -> bool {
        self.is_about_people(token) || self.owners(token).next().is_some()
    }
}

/// The catalogue as last read, shared by all workers.
#[derive(Debug, Default)]
pub struct SharedCatalogue(RwLock<Edition>);

/// A catalogue, and how often it was replaced before.
#[derive(Debug, Clone, Default)]
pub struct Edition {
    /// The catalogue.
    pub catalogue: Arc<Catalogue>,
    number: u64,
}

impl SharedCatalogue {
    /// The present catalogue.
    pub fn get(&self) -> Arc<Catalogue> {
        self.edition().catalogue
    }

    /// The present catalogue, for whoever reads a newer one.
    pub fn edition(&self) -> Edition {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on this one.
    pub fn replace(&self, catalogue: Catalogue) {
        let mut edition = self.0.write().unwrap_or_else(PoisonError::into_inner);
        edition.catalogue = Arc::new(catalogue);
        edition.number += 1;
    }

    /// From now on this one, unless somebody replaced `known` meanwhile: theirs may be newer.
    pub fn replace_known(&self, known: &Edition, catalogue: Catalogue) {
        let mut edition = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if edition.number == known.number {
            edition.catalogue = Arc::new(catalogue);
            edition.number += 1;
        }
    }
}
