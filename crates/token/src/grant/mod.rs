//! What one authorization gave one client, and how its codes and refresh tokens turn into new tokens.

pub mod case;
pub mod client_credentials;
pub mod code;
pub mod outcome;
mod plan;
pub(crate) mod presented;
pub mod refresh;

use kernel::id::{GrantId, Sid, UserId};
use kernel::secret::{AuthorizationCode, RefreshToken};
use kernel::{Digest, Timestamp};
use protocol::Scope;
use session::Authentication;

use crate::authorize::ClaimsRequest;

pub use case::{Case, GrantPorts};

/// The root of a code, its refresh tokens and its access tokens.
#[derive(Debug, Clone, PartialEq)]
pub struct Grant {
    /// Its id; access tokens carry it.
    pub id: GrantId,
    /// To whom.
    pub client_id: String,
    /// From whom.
    pub user: UserId,
    /// In which session.
    pub sid: Sid,
    /// What.
    pub scope: Scope,
    /// For which APIs; empty means Signet itself only.
    pub resources: Vec<String>,
    /// How the person had authenticated.
    pub authentication: Authentication,
    /// To be repeated in the ID token (OpenID Connect Core 3.1.2.1).
    pub nonce: Option<String>,
    /// Claims asked for by name.
    pub claims: ClaimsRequest,
    /// The redirect URI of the request, byte for byte.
    pub redirect_uri: String,
    /// The code challenge as the PKCE machine encodes it; none when none was sent.
    pub pkce: Option<String>,
    /// Digest of the code.
    pub code: Digest<AuthorizationCode>,
    /// After this the code is dead.
    pub code_expires_at: Timestamp,
    /// When the code was used up.
    pub code_redeemed_at: Option<Timestamp>,
    /// When the grant was taken back.
    pub revoked_at: Option<Timestamp>,
    /// When given.
    pub created_at: Timestamp,
}

/// A refresh token at rest.
#[derive(Debug, Clone, PartialEq)]
pub struct RefreshRow {
    /// Of the token.
    pub digest: Digest<RefreshToken>,
    /// Whose.
    pub grant: GrantId,
    /// Counts rotations: 0 for the first.
    pub generation: u32,
    /// When issued; of a token that does not rotate, when last used.
    pub issued_at: Timestamp,
    /// How it was used, once it was.
    pub spent: Option<Spent>,
}

/// That a refresh token was used, and what a retry may still get.
#[derive(Debug, Clone, PartialEq)]
pub struct Spent {
    /// When.
    pub at: Timestamp,
    /// The successor sealed under a key derived from the spent token; erased when grace ends.
    pub sealed_successor: Option<Vec<u8>>,
}

/// What a person allowed a client, remembered.
#[derive(Debug, Clone, PartialEq)]
pub struct Consent {
    /// Who allowed.
    pub user: UserId,
    /// Whom.
    pub client_id: String,
    /// Which scopes.
    pub scope: Scope,
    /// Which APIs.
    pub resources: Vec<String>,
    /// When last said.
    pub at: Timestamp,
}
