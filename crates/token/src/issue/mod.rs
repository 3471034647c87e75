//! Turns plans into signed tokens. Nobody else signs for clients.

mod access_token;
mod id_token;
mod plan;

use std::fmt;

use kernel::Ctx;

pub use plan::{IdTokenPlan, IssuePlan};

use crate::client::SigningAlg;
use crate::keys::{KeyFault, KeyRing};

/// What a token response carries (RFC 6749 5.1, OpenID Connect Core 3.1.3.3), beside a refresh token.
#[derive(Clone, PartialEq, Eq)]
pub struct Issued {
    /// A JWT of RFC 9068.
    pub access_token: String,
    /// The access token's life in seconds.
    pub expires_in: u64,
    /// The ID token, where the plan had one.
    pub id_token: Option<String>,
}

impl fmt::Debug for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issued")
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}

/// Why nothing was issued. Always our own fault: clients see `server_error`.
#[derive(Debug, Clone, thiserror::Error)]
pub enum IssueFault {
    /// No key signs with this algorithm.
    #[error("no active key for {0}")]
    NoKey(SigningAlg),
    /// A token for nobody would be a token for everybody.
    #[error("an access token without audience was planned")]
    NoAudience,
    /// The ID token could not be built or signed.
    #[error("the ID token could not be made")]
    IdToken,
    /// The key could not sign.
    #[error(transparent)]
    Key(#[from] KeyFault),
}

/// Signs what `plan` describes. Touches no storage.
///
/// # Errors
/// [`IssueFault`]; then nothing was issued.
pub fn issue(plan: &IssuePlan, ring: &KeyRing, ctx: &Ctx) -> Result<Issued, IssueFault> {
    let access_token = access_token::access_token(plan, ring, ctx)?;
    let id_token = match &plan.id_token {
        Some(wanted) => Some(id_token::id_token(plan, wanted, &access_token, ring, ctx)?),
        None => None,
    };
    Ok(Issued {
        access_token,
        expires_in: plan.access_ttl.as_secs(),
        id_token,
    })
}

#[cfg(test)]
mod tests;
