//! The authorization request once it is known to be well formed (RFC 6749 4.1.1, OpenID Connect Core 3.1.2.1).

use kernel::id::UserId;
use protocol::Scope;
use serde::{Deserialize, Serialize};

use crate::client::ResponseTarget;

/// What the client wants of the person, of the values of `prompt`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// Ask only where something is missing.
    #[default]
    AsNeeded,
    /// Ask nothing; answer with an error instead.
    None,
    /// Authenticate anew.
    Login,
    /// Show the consent page even if remembered.
    Consent,
    /// Both of these.
    LoginAndConsent,
}

impl Prompt {
    /// Whether a fresh authentication is demanded.
    pub fn demands_login(self) -> bool {
        matches!(self, Prompt::Login | Prompt::LoginAndConsent)
    }

    /// Whether consent must be shown.
    pub fn demands_consent(self) -> bool {
        matches!(self, Prompt::Consent | Prompt::LoginAndConsent)
    }
}

/// A checked request: the client exists, the target is its own, every parameter made sense.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// Who asks.
    pub client_id: String,
    /// Where every answer goes, with `state`.
    pub target: ResponseTarget,
    /// What may be granted: asked for, allowed to the client, known here.
    pub scope: Scope,
    /// APIs named by `resource`, or the client's default.
    pub resources: Vec<String>,
    /// To be repeated in the ID token.
    pub nonce: Option<String>,
    /// Whom to ask what.
    pub prompt: Prompt,
    /// How old an authentication may be, in seconds.
    pub max_age: Option<u64>,
    /// Who the client thinks is coming; only prefills.
    pub login_hint: Option<String>,
    /// The person a verified `id_token_hint` names; nobody else will do.
    pub hinted_user: Option<UserId>,
    /// The code challenge as the PKCE machine encodes it.
    pub pkce: Option<String>,
}
