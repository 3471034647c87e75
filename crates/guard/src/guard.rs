//! The guard of one API: what it expects of tokens, and the issuer's keys.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::access_token::AccessToken;
use crate::algorithm::SignatureAlgorithm;
use crate::clock::{Clock, SystemClock};
use crate::fault::{Refusal, TokenFault};
use crate::introspection;
use crate::key_cache::{Freshness, KeyCache, KeyFault};
use crate::revocation::{Question, RevocationSource, Standing};
use crate::source::JwksSource;
use crate::verify::{self, Expectations};

/// How far clocks may disagree at most; more would let tokens live noticeably longer than they say.
const MAX_LEEWAY: Duration = Duration::from_secs(60);
const DEFAULT_LEEWAY: Duration = Duration::from_secs(30);

/// Verifies access tokens. Cheap to clone; clones share their keys, so make one per process, not one per worker.
#[derive(Clone)]
pub struct Guard(Arc<Inner>);

struct Inner {
    expected: Expectations,
    keys: Arc<KeyCache>,
    revocation: Option<Box<dyn RevocationSource>>,
    clock: Arc<dyn Clock>,
}

impl Guard {
    /// A guard that accepts tokens of `issuer` (its issuer identifier, RFC 8414 2) for `audience` (this API's resource
    /// identifier, RFC 8707 2). Both are compared byte for byte.
    pub fn builder(issuer: impl Into<String>, audience: impl Into<String>) -> GuardBuilder {
        GuardBuilder {
            expected: Expectations {
                issuer: issuer.into(),
                audience: audience.into(),
                leeway: DEFAULT_LEEWAY,
            },
            algorithms: SignatureAlgorithm::ALL.to_vec(),
            freshness: Freshness::default(),
            revocation: None,
            clock: Arc::new(SystemClock::new()),
        }
    }

    /// Verifies an access token (RFC 9068 4). What it allows, its scope, is the caller's to check.
    ///
    /// Waits for a fetch only if there are no keys yet, or for a key nobody has seen; and for the revocation source, if
    /// there is one, which is asked last and about good tokens only.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn verify(&self, token: &str) -> Result<AccessToken, Refusal> {
        let kid = verify::key_id(token)?;
        let key = self.0.keys.key(&kid).await.map_err(|fault| match fault {
            KeyFault::Unknown => Refusal::Invalid(TokenFault::UnknownKey),
            KeyFault::Unavailable { retry_after } => Refusal::KeysUnavailable { retry_after },
        })?;
        let now = self.0.clock.since_epoch();
        let claims = verify::access_token(token, kid, &key, &self.0.expected, now)?;
        self.check_standing(token, &claims).await?;
        Ok(claims)
    }

    /// Whether it was taken back. Where nobody knows, it is as good as revoked for now: a source was configured because a
    /// revoked token must not pass.
    async fn check_standing(&self, token: &str, claims: &AccessToken) -> Result<(), Refusal> {
        let Some(source) = &self.0.revocation else {
            return Ok(());
        };
        let question = Question {
            token,
            claims,
            clock: &*self.0.clock,
        };
        match source.standing(question).await {
            Ok(Standing::Good) => Ok(()),
            Ok(Standing::Revoked) => Err(TokenFault::Revoked.into()),
            Err(error) => {
                tracing::debug!(%error, "nobody knows whether a token was revoked");
                let retry_after = introspection::PAUSE;
                Err(Refusal::StandingUnknown { retry_after })
            }
        }
    }

    /// The audience it expects; names the protection space in challenges (RFC 9110 11.5).
    pub fn audience(&self) -> &str {
        &self.0.expected.audience
    }

    #[cfg(test)]
    pub(crate) fn keys(&self) -> &Arc<KeyCache> {
        &self.0.keys
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard")
            .field("expected", &self.0.expected)
            .finish_non_exhaustive()
    }
}

/// A guard in the making.
#[must_use]
pub struct GuardBuilder {
    expected: Expectations,
    algorithms: Vec<SignatureAlgorithm>,
    freshness: Freshness,
    revocation: Option<Box<dyn RevocationSource>>,
    clock: Arc<dyn Clock>,
}

impl GuardBuilder {
    /// Accepts keys of these algorithms only; all of [`SignatureAlgorithm::ALL`] unless told.
    pub fn algorithms(mut self, algorithms: &[SignatureAlgorithm]) -> Self {
        self.algorithms = algorithms.to_vec();
        self
    }

    /// By how much clocks may disagree: 30 seconds unless told, 60 at most.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.expected.leeway = leeway.min(MAX_LEEWAY);
        self
    }

    /// When keys are fetched and how long they are believed.
    pub fn freshness(mut self, freshness: Freshness) -> Self {
        self.freshness = freshness;
        self
    }

    /// Asks whether a token was taken back, after everything else about it was found good: [`Introspection`], or a list in
    /// the same process. When there is no answer, the token is refused with 503; there is no setting that lets it pass.
    ///
    /// [`Introspection`]: crate::Introspection
    pub fn revocation(mut self, source: impl RevocationSource + 'static) -> Self {
        self.revocation = Some(Box::new(source));
        self
    }

    /// Another clock than the machine's.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// The guard. Fetches nothing before the first token comes.
    pub fn build(self, source: impl JwksSource + 'static) -> Guard {
        let keys = KeyCache::new(
            Box::new(source),
            Arc::clone(&self.clock),
            self.algorithms,
            self.freshness,
        );
        Guard(Arc::new(Inner {
            expected: self.expected,
            keys: Arc::new(keys),
            revocation: self.revocation,
            clock: self.clock,
        }))
    }
}
