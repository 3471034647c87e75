//! What a grant wants issued. Grants decide and never mint; `issue` mints and never decides.

use std::time::Duration;

use kernel::Timestamp;
use kernel::id::{GrantId, Sid, TokenId};
use protocol::Scope;
use serde_json::{Map, Value};
use session::Authentication;

use crate::client::SigningAlg;

/// One access token, and an ID token beside it where OpenID Connect wants one.
#[derive(Debug, Clone, PartialEq)]
pub struct IssuePlan {
    /// `sub`: a person's id; the client's own where nobody is behind it (RFC 9068 2.2).
    pub subject: String,
    /// For which client.
    pub client_id: String,
    /// How the access token is signed.
    pub access_token_alg: SigningAlg,
    /// How long the access token lives.
    pub access_ttl: Duration,
    /// The ID token, if there is to be one.
    pub id_token: Option<IdTokenPlan>,
    /// What was granted; no claim when empty.
    pub scope: Scope,
    /// `aud` of the access token: resources, and the issuer where its own endpoints are meant. Never empty.
    pub audience: Vec<String>,
    /// Claims that userinfo gives for this token beside those of its scope (OpenID Connect Core 5.5), by name.
    pub userinfo_claims: Vec<String>,
    /// How the person authenticated, for `auth_time` and `acr` of the access token (RFC 9068 2.2.1).
    pub authentication: Option<Authentication>,
    /// In which session.
    pub sid: Option<Sid>,
    /// Under which grant; revoking it refuses the token.
    pub grant: Option<GrantId>,
    /// `iat` of both tokens.
    pub issued_at: Timestamp,
    /// `jti` of the access token.
    pub token_id: TokenId,
}

/// An ID token (OpenID Connect Core 2). `at_hash` is implied: there always is an access token.
#[derive(Debug, Clone, PartialEq)]
pub struct IdTokenPlan {
    /// How it is signed.
    pub alg: SigningAlg,
    /// The `nonce` of the authorization request, byte for byte.
    pub nonce: Option<String>,
    /// In which session.
    pub sid: Sid,
    /// How the person authenticated.
    pub authentication: Authentication,
    /// Claims about the person; never one of the protocol's own (see [`claims::about`](crate::claims::about)).
    pub person: Map<String, Value>,
}
