//! The authorization request once it is known to be well formed (RFC 6749 4.1.1, OpenID Connect Core 3.1.2.1).

use protocol::Scope;
use serde::{Deserialize, Serialize};

use super::account::{Choice, Meant};
use super::checks::PageFault;
use super::claims_request::ClaimsRequest;
use super::prompt::Prompt;
use crate::client::{Client, ResponseTarget};

/// A checked request: the client exists, the target is its own, every parameter made sense.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// Who asks.
    pub client_id: String,
    /// Where every answer goes, with `state`.
    pub target: ResponseTarget,
    /// What may be granted: asked for, allowed to the client, known here.
    pub scope: Scope,
    /// Scopes that were not asked for, but give claims that were asked for by name. The person is asked about them too.
    #[serde(default)]
    pub implied_scope: Scope,
    /// APIs named by `resource`, or the client's default.
    pub resources: Vec<String>,
    /// To be repeated in the ID token.
    pub nonce: Option<String>,
    /// Claims asked for by name. Only claims about the person that a scope allowed to the client gives; others are gone.
    #[serde(default)]
    pub claims: ClaimsRequest,
    /// Authentication context classes in order of preference (OpenID Connect Core 3.1.2.1); a wish, never a demand.
    #[serde(default)]
    pub acr_values: Vec<String>,
    /// Languages for the pages, in order of preference (RFC 5646 tags).
    #[serde(default)]
    pub ui_locales: Vec<String>,
    /// What to ask the person.
    pub prompt: Prompt,
    /// How old an authentication may be, in seconds.
    pub max_age: Option<u64>,
    /// Who the client thinks is coming. Prefills, and settles which of several accounts here is meant.
    pub login_hint: Option<String>,
    /// Whom the client will take.
    #[serde(default)]
    pub meant: Meant,
    /// Which account the person chose for this request. No part of what the client sent.
    #[serde(default)]
    pub choice: Choice,
    /// The code challenge as the PKCE machine encodes it.
    pub pkce: Option<String>,
}

impl AuthorizationRequest {
    /// What the person has to allow: the scopes asked for, and those behind claims asked for by name.
    pub fn to_be_allowed(&self) -> Scope {
        self.scope.union(&self.implied_scope)
    }

    /// The same request, with another choice of account.
    pub fn with_choice(mut self, choice: Choice) -> Self {
        self.choice = choice;
        self
    }
}

impl AuthorizationRequest {
    /// Whether a saved request would still be accepted: the client may have lost an address, or been told to use PKCE,
    /// since it was made. What lies on its way must not outlive that.
    ///
    /// # Errors
    /// [`PageFault::ForeignRedirectUri`]: nothing of it may be answered to where it once could.
    pub fn still_stands(&self, client: &Client) -> Result<(), PageFault> {
        let own = ResponseTarget::prove(client, self.target.redirect_uri(), None).is_some();
        if own && (self.pkce.is_some() || !client.requires_pkce()) {
            return Ok(());
        }
        Err(PageFault::ForeignRedirectUri {
            client: client.display_name().to_owned(),
            home: client.metadata.client_uri.clone(),
            presented: self.target.redirect_uri().to_owned(),
        })
    }
}
