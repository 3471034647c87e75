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

/// Phase two: which grant an authenticated client wants, and whether it may.
///
/// # Errors
/// What the client may know.
pub fn choose(client: &Client, params: &Params) -> Result<GrantType, OAuthError> {
    let refuse = |code, description: &'static str| Err(OAuthError::new(code, description));
    if params.first_repeated().is_some() {
        return refuse(ErrorCode::InvalidRequest, "a parameter was given more than once");
    }
    let Some(name) = params.get("grant_type") else {
        return refuse(ErrorCode::InvalidRequest, "grant_type is missing");
    };
    let Some(grant) = GrantType::ALL.into_iter().find(|grant| grant.as_str() == name) else {
        return refuse(ErrorCode::UnsupportedGrantType, "this grant type is not offered");
    };
    if !client.may_use_grant(name) {
        return refuse(
            ErrorCode::UnauthorizedClient,
            "the client did not register this grant type",
        );
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
