//! What every use-case may ask for: the time, dice, who the issuer is and the operator's policy.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::entropy::Entropy;
use crate::time::{Clock, Timestamp};

/// The issuer identifier: an origin or URL without query, fragment or trailing slash, compared byte for byte
/// (RFC 8414 2, OpenID Connect Discovery 3).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Issuer(String);

impl Issuer {
    /// Takes an identifier that configuration has already checked.
    pub fn new(checked: impl Into<String>) -> Self {
        Self(checked.into())
    }

    /// As it stands in tokens and discovery.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The URL of a path that begins with `/`.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// Whether the issuer is reached over TLS; only loopback trials are not.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// The path under which everything is served: empty, or `/something`.
    pub fn path(&self) -> &str {
        let after_scheme = self.0.find("://").map_or(0, |at| at + 3);
        self.0[after_scheme..]
            .find('/')
            .map_or("", |at| &self.0[after_scheme + at..])
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Lifetimes and limits an operator chooses. Defaults are those of the documentation.
#[derive(Clone, Debug)]
pub struct Policy {
    /// How long an access token lives.
    pub access_ttl: Duration,
    /// How long an ID token lives.
    pub id_token_ttl: Duration,
    /// How long a code may wait for its redemption (RFC 6749 4.1.2: at most ten minutes).
    pub code_ttl: Duration,
    /// A refresh token unused for this long is dead.
    pub refresh_idle: Duration,
    /// A family of refresh tokens older than this is dead.
    pub refresh_max: Duration,
    /// Inside it, a retried refresh gets the same successor; zero turns that off.
    pub refresh_grace: Duration,
    /// A browser session without a visit for this long is over.
    pub session_idle: Duration,
    /// A browser session older than this is over.
    pub session_absolute: Duration,
    /// How long a saved authorization request waits for its person.
    pub interaction_ttl: Duration,
    /// How far clocks of other parties may be off.
    pub leeway: Duration,
    /// How long a link that sets a new password is good for.
    pub reset_ttl: Duration,
    /// A replica of the revocation list without news for longer is not believed.
    pub revocation_max_lag: Duration,
    /// How long a key must have been published before it may replace another.
    pub min_published: Duration,
    /// Wrong passwords allowed per account and source address within [`Policy::throttle_window`].
    pub failures_per_account_and_source: u32,
    /// Wrong passwords allowed per source address, whatever the account.
    pub failures_per_source: u32,
    /// How long failures are remembered.
    pub throttle_window: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        const MINUTE: u64 = 60;
        const HOUR: u64 = 60 * MINUTE;
        const DAY: u64 = 24 * HOUR;
        Self {
            access_ttl: Duration::from_secs(10 * MINUTE),
            id_token_ttl: Duration::from_secs(10 * MINUTE),
            code_ttl: Duration::from_secs(MINUTE),
            refresh_idle: Duration::from_secs(30 * DAY),
            refresh_max: Duration::from_secs(180 * DAY),
            refresh_grace: Duration::from_secs(MINUTE),
            session_idle: Duration::from_secs(12 * HOUR),
            session_absolute: Duration::from_secs(30 * DAY),
            interaction_ttl: Duration::from_secs(HOUR),
            leeway: Duration::from_secs(30),
            reset_ttl: Duration::from_secs(30 * MINUTE),
            revocation_max_lag: Duration::from_secs(5),
            min_published: Duration::from_secs(DAY),
            failures_per_account_and_source: 10,
            failures_per_source: 100,
            throttle_window: Duration::from_secs(15 * MINUTE),
        }
    }
}

/// Travels, shared, into every use-case.
#[derive(Clone)]
pub struct Ctx {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The dice.
    pub entropy: Arc<dyn Entropy>,
    /// Who we are.
    pub issuer: Issuer,
    /// What the operator decided.
    pub policy: Policy,
}

impl Ctx {
    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl fmt::Debug for Ctx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ctx")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}
