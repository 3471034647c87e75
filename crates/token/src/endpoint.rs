//! The token endpoint (RFC 6749 3.2) in five phases: authenticate the client ([`authenticate`](crate::client::authenticate)),
//! choose the grant, run it, mint, respond.
//!
//! A grant that needs storage runs inside one unit of work; minting comes after its commit, because signing must not hold
//! up writers.

use kernel::{Ctx, StorageFault};
use protocol::{ErrorCode, OAuthError, Params, TokenResponse};

use crate::client::Client;
use crate::grant::outcome::{Granted, Outcome};
use crate::grant::{Case, GrantPorts, client_credentials, code, refresh};
use crate::issue;
use crate::keys::ring::KeyRing;

/// The grants there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantType {
    /// RFC 6749 4.1.
    AuthorizationCode,
    /// RFC 6749 6.
    RefreshToken,
    /// RFC 6749 4.4.
    ClientCredentials,
}

impl GrantType {
    /// All of them, as discovery lists them.
    pub const ALL: [GrantType; 3] = [
        GrantType::AuthorizationCode,
        GrantType::RefreshToken,
        GrantType::ClientCredentials,
    ];

    /// The registered value.
    pub fn as_str(self) -> &'static str {
        match self {
            GrantType::AuthorizationCode => "authorization_code",
            GrantType::RefreshToken => "refresh_token",
            GrantType::ClientCredentials => "client_credentials",
        }
    }
}

/// Why no grant was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChoiceFault {
    /// RFC 6749 3.2: parameters MUST NOT be included more than once.
    #[error("a parameter was given more than once")]
    Repeated,
    /// Without it nobody knows what is wanted.
    #[error("grant_type is missing")]
    Missing,
    /// There is none of this name.
    #[error("this grant type is not offered")]
    NotOffered,
    /// There is, but not for this client.
    #[error("the client did not register this grant type")]
    NotRegistered,
}

impl From<ChoiceFault> for OAuthError {
    fn from(fault: ChoiceFault) -> Self {
        let code = match fault {
            ChoiceFault::Repeated | ChoiceFault::Missing => ErrorCode::InvalidRequest,
            ChoiceFault::NotOffered => ErrorCode::UnsupportedGrantType,
            ChoiceFault::NotRegistered => ErrorCode::UnauthorizedClient,
        };
        OAuthError::new(code, fault.to_string())
    }
}

/// Phase two: which grant an authenticated client wants, and whether it may.
///
/// # Errors
/// [`ChoiceFault`].
pub fn choose(client: &Client, params: &Params) -> Result<GrantType, ChoiceFault> {
    if params.first_repeated().is_some() {
        return Err(ChoiceFault::Repeated);
    }
    let name = params.get("grant_type").ok_or(ChoiceFault::Missing)?;
    let grant = GrantType::ALL.into_iter().find(|grant| grant.as_str() == name);
    let grant = grant.ok_or(ChoiceFault::NotOffered)?;
    if !client.may_use_grant(name) {
        return Err(ChoiceFault::NotRegistered);
    }
    Ok(grant)
}

/// Phase three where it asks nothing of storage; `None` where it does, and [`run`] has to be called in a unit of work.
pub fn run_at_once(grant: GrantType, case: &Case<'_>) -> Option<Outcome> {
    match grant {
        GrantType::ClientCredentials => Some(client_credentials::for_itself(case)),
        GrantType::AuthorizationCode | GrantType::RefreshToken => None,
    }
}

/// Phase three, inside a unit of work.
///
/// # Errors
/// Storage. A refusal is an [`Outcome`], so that its evidence is committed.
pub fn run(
    tx: &mut (impl GrantPorts + ?Sized),
    grant: GrantType,
    case: &Case<'_>,
) -> Result<Outcome, StorageFault> {
    match grant {
        GrantType::AuthorizationCode => code::redeem(tx, case),
        GrantType::RefreshToken => refresh::refresh(tx, case),
        GrantType::ClientCredentials => Ok(client_credentials::for_itself(case)),
    }
}

/// Phases four and five: mints what was granted.
///
/// # Errors
/// `server_error` when a signature cannot be made.
pub fn respond(granted: Granted, ring: &KeyRing, ctx: &Ctx) -> Result<TokenResponse, OAuthError> {
    let issued = issue::issue(&granted.plan, ring, ctx)
        .map_err(|_| OAuthError::new(ErrorCode::ServerError, "the tokens could not be signed"))?;
    Ok(TokenResponse {
        access_token: issued.access_token,
        token_type: "Bearer",
        expires_in: issued.expires_in,
        refresh_token: granted.refresh_token.map(|token| token.expose().to_owned()),
        scope: granted.plan.scope.to_string(),
        id_token: issued.id_token,
    })
}
