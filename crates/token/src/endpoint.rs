//! The token endpoint (RFC 6749 3.2) in five phases: authenticate the client, prove possession (nothing to prove yet),
//! run the grant, mint, respond.
//!
//! The grant runs inside one unit of work; minting comes after its commit, because signing must not hold up writers.

use identity::Users;
use kernel::{Audit, Ctx, StorageFault};
use protocol::{ErrorCode, OAuthError, Params, TokenResponse};
use session::Sessions;

use crate::client::{Client, ClientFault, PresentedCredentials, authenticate};
use crate::grant::outcome::{Granted, Outcome};
use crate::grant::{code, refresh};
use crate::issue;
use crate::keys::ring::KeyRing;
use crate::ports::Grants;

/// The grants there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantType {
    /// RFC 6749 4.1.
    AuthorizationCode,
    /// RFC 6749 6.
    RefreshToken,
}

impl GrantType {
    /// All of them, as discovery lists them.
    pub const ALL: [GrantType; 2] = [GrantType::AuthorizationCode, GrantType::RefreshToken];

    /// The registered value.
    pub fn as_str(self) -> &'static str {
        match self {
            GrantType::AuthorizationCode => "authorization_code",
            GrantType::RefreshToken => "refresh_token",
        }
    }
}

/// A token request whose client is authenticated and may use the grant it asks for.
#[derive(Debug)]
pub struct TokenRequest {
    /// Which grant.
    pub grant: GrantType,
    /// The form.
    pub params: Params,
}

/// Phase one: believes the client, or does not; then reads which grant it wants.
///
/// # Errors
/// What the client may know.
pub fn admit(
    client: Option<&Client>,
    presented: &PresentedCredentials,
    params: Params,
) -> Result<TokenRequest, OAuthError> {
    authenticate(client, presented)?;
    let client = client.ok_or(ClientFault::Unknown)?;
    if params.first_repeated().is_some() {
        return Err(OAuthError::new(
            ErrorCode::InvalidRequest,
            "a parameter was given more than once",
        ));
    }
    let name = params
        .get("grant_type")
        .ok_or_else(|| OAuthError::new(ErrorCode::InvalidRequest, "grant_type is missing"))?;
    let grant = GrantType::ALL
        .into_iter()
        .find(|grant| grant.as_str() == name)
        .ok_or_else(|| OAuthError::new(ErrorCode::UnsupportedGrantType, "this grant type is not offered"))?;
    if !client.may_use_grant(name) {
        return Err(OAuthError::new(
            ErrorCode::UnauthorizedClient,
            "the client did not register this grant type",
        ));
    }
    Ok(TokenRequest { grant, params })
}

/// Phase three, inside a unit of work.
///
/// # Errors
/// Storage. A refusal is an [`Outcome`], so that its evidence is committed.
pub fn run(
    tx: &mut (impl Grants + Users + Sessions + Audit + ?Sized),
    ctx: &Ctx,
    client: &Client,
    request: &TokenRequest,
) -> Result<Outcome, StorageFault> {
    match request.grant {
        GrantType::AuthorizationCode => code::redeem(tx, ctx, client, &request.params),
        GrantType::RefreshToken => refresh::refresh(tx, ctx, client, &request.params),
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
