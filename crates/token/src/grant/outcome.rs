//! What a grant answers: a plan for new tokens, or a fault. Never an error that would roll the evidence back.

use kernel::id::UserId;
use kernel::secret::RefreshToken;
use kernel::{Plain, StorageFault};
use protocol::{ErrorCode, OAuthError};

use crate::issue::IssuePlan;

/// The answer of a token request that storage could process. `Refused` commits: that a replay was seen, and what was
/// taken back because of it, must outlive the refusal.
#[derive(Debug)]
pub enum Outcome {
    /// Tokens may be minted after the commit.
    Granted(Box<Granted>),
    /// The client is told no.
    Refused(GrantFault),
}

/// What to mint and hand out.
#[derive(Debug)]
pub struct Granted {
    /// Access and ID token.
    pub plan: IssuePlan,
    /// The refresh token, already stored as a digest.
    pub refresh_token: Option<Plain<RefreshToken>>,
}

/// Why a grant was refused. Private, for the log and the audit trail; see the conversion for its public face.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GrantFault {
    /// The machine found the request malformed.
    #[error("the request is malformed")]
    Malformed(ErrorCode),
    /// No such code or refresh token.
    #[error("no such code or token")]
    Unknown,
    /// Too late.
    #[error("the code or token has expired")]
    Expired,
    /// Issued to another client.
    #[error("issued to another client")]
    WrongClient,
    /// Not the redirect URI of the authorization request.
    #[error("another redirect_uri than that of the authorization request")]
    WrongRedirectUri,
    /// Missing, unexpected, malformed or wrong code verifier.
    #[error("the code verifier does not fit the code challenge")]
    WrongVerifier,
    /// The code was used before; its tokens are revoked now.
    #[error("the code was used before")]
    CodeReused,
    /// The refresh token was used before; its family is revoked now.
    #[error("the refresh token was used before")]
    RefreshReused {
        /// Whose access it was; they are to be told.
        owner: UserId,
    },
    /// The grant was taken back.
    #[error("the grant was revoked")]
    Revoked,
    /// The session the grant depends on has ended.
    #[error("the session has ended")]
    SessionEnded,
    /// The person is gone or locked.
    #[error("the person is gone or locked")]
    UserInactive,
    /// More scope than was granted, or than the client may have.
    #[error("more scope than was granted, or than the client may have")]
    WiderScope,
    /// An API that was not granted, or that the client may not reach.
    #[error("a resource that was not granted, or is not for this client")]
    WrongTarget,
    /// A client without a secret asked for itself.
    #[error("a public client asked for a token of its own")]
    PublicClient,
}

impl From<GrantFault> for OAuthError {
    fn from(fault: GrantFault) -> Self {
        let (code, description) = match fault {
            GrantFault::Malformed(ErrorCode::InvalidScope) => return GrantFault::WiderScope.into(),
            GrantFault::Malformed(code) => (code, "the token request is malformed or lacks a parameter"),
            GrantFault::WiderScope => (
                ErrorCode::InvalidScope,
                "the scope is malformed or exceeds what was granted or is allowed",
            ),
            GrantFault::WrongTarget => (
                ErrorCode::InvalidTarget,
                "a resource is unknown, not for this client, or was not granted",
            ),
            GrantFault::PublicClient => (
                ErrorCode::UnauthorizedClient,
                "only a client that can keep a secret may ask for itself",
            ),
            GrantFault::Unknown
            | GrantFault::Expired
            | GrantFault::WrongClient
            | GrantFault::CodeReused
            | GrantFault::RefreshReused { .. }
            | GrantFault::Revoked
            | GrantFault::SessionEnded
            | GrantFault::UserInactive => (
                ErrorCode::InvalidGrant,
                "the code or token is unknown, expired, used, revoked or not yours",
            ),
            GrantFault::WrongRedirectUri => (
                ErrorCode::InvalidGrant,
                "redirect_uri is not that of the authorization request",
            ),
            GrantFault::WrongVerifier => (
                ErrorCode::InvalidGrant,
                "code_verifier does not fit the code challenge",
            ),
        };
        OAuthError::new(code, description)
    }
}

/// Ends a grant early: storage broke, or the request is refused.
pub(crate) enum Stop {
    /// Nothing is committed.
    Storage(StorageFault),
    /// What was written so far is committed.
    Refuse(GrantFault),
}

impl From<StorageFault> for Stop {
    fn from(fault: StorageFault) -> Self {
        Stop::Storage(fault)
    }
}

impl From<GrantFault> for Stop {
    fn from(fault: GrantFault) -> Self {
        Stop::Refuse(fault)
    }
}

impl Stop {
    /// Separates the two audiences.
    pub(crate) fn settle(result: Result<Granted, Stop>) -> Result<Outcome, StorageFault> {
        match result {
            Ok(granted) => Ok(Outcome::Granted(Box::new(granted))),
            Err(Stop::Refuse(fault)) => Ok(Outcome::Refused(fault)),
            Err(Stop::Storage(fault)) => Err(fault),
        }
    }
}
