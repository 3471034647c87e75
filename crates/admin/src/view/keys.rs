//! Signing keys as JSON for scripts. Never a private half.

use kernel::Timestamp;
use serde::Serialize;
use token::keys::Signed;

use crate::keys::KeyStatus;
use crate::keys::evidence::Evidence;
use crate::keys::rotation::Rotated;
use crate::keys::schedule::Turn;
use crate::keys::withdrawal::{BlastRadius, Successor};

/// A signing key.
#[derive(Debug, Serialize)]
pub struct KeyView<'a> {
    kid: &'a str,
    alg: &'static str,
    state: &'static str,
    published_at: String,
    safe_at: String,
    activated_at: Option<String>,
    leaves_jwks_at: Option<String>,
}

impl<'a> From<&'a KeyStatus> for KeyView<'a> {
    fn from(status: &'a KeyStatus) -> Self {
        let key = &status.key;
        Self {
            kid: &key.kid,
            alg: key.alg.as_str(),
            state: key.state.as_str(),
            published_at: key.published_at.to_rfc3339(),
            safe_at: status.safe_at.to_rfc3339(),
            activated_at: key.activated_at.map(Timestamp::to_rfc3339),
            leaves_jwks_at: key.leaves_jwks_at.map(Timestamp::to_rfc3339),
        }
    }
}

/// A signing key with what is known of its tokens.
#[derive(Debug, Serialize)]
pub struct KeyWithEvidenceView<'a> {
    #[serde(flatten)]
    key: KeyView<'a>,
    #[serde(flatten)]
    evidence: EvidenceView<'a>,
}

impl<'a> KeyWithEvidenceView<'a> {
    /// Both together.
    pub fn new(status: &'a KeyStatus, evidence: &'a Evidence) -> Self {
        Self {
            key: status.into(),
            evidence: evidence.into(),
        }
    }
}

/// Tokens that are still good, as counted.
#[derive(Debug, Serialize)]
struct EvidenceView<'a> {
    live_tokens: u64,
    tokens_until: Option<String>,
    tokens_by_client: Vec<SignedView<'a>>,
}

impl<'a> From<&'a Evidence> for EvidenceView<'a> {
    fn from(evidence: &'a Evidence) -> Self {
        Self {
            live_tokens: evidence.live_tokens,
            tokens_until: evidence.until.map(Timestamp::to_rfc3339),
            tokens_by_client: evidence.clients.iter().map(SignedView::from).collect(),
        }
    }
}

#[derive(Debug, Serialize)]
struct SignedView<'a> {
    client_id: &'a str,
    live_tokens: u64,
    until: String,
}

impl<'a> From<&'a Signed> for SignedView<'a> {
    fn from(signed: &'a Signed) -> Self {
        Self {
            client_id: &signed.client_id,
            live_tokens: signed.count,
            until: signed.until.to_rfc3339(),
        }
    }
}

/// What became of an algorithm's keys.
#[derive(Debug, Serialize)]
pub struct RotatedView<'a> {
    kid: &'a str,
    alg: &'static str,
    published_for_seconds: u64,
    retiring: Option<&'a str>,
    leaves_jwks_at: Option<String>,
    next: &'a str,
}

impl<'a> From<&'a Rotated> for RotatedView<'a> {
    fn from(rotated: &'a Rotated) -> Self {
        Self {
            kid: &rotated.active,
            alg: rotated.alg.as_str(),
            published_for_seconds: rotated.published_for.as_secs(),
            retiring: rotated.retiring.as_deref(),
            leaves_jwks_at: rotated.leaves_jwks_at.map(Timestamp::to_rfc3339),
            next: &rotated.next,
        }
    }
}

/// The next rotation of one algorithm.
#[derive(Debug, Serialize)]
pub struct TurnView<'a> {
    alg: &'static str,
    kid: &'a str,
    next: Option<&'a str>,
    safe_at: Option<String>,
    rotates_at: Option<String>,
}

impl<'a> From<&'a Turn> for TurnView<'a> {
    fn from(turn: &'a Turn) -> Self {
        Self {
            alg: turn.alg.as_str(),
            kid: &turn.active,
            next: turn.next.as_deref(),
            safe_at: turn.safe_at.map(Timestamp::to_rfc3339),
            rotates_at: turn.rotates_at.map(Timestamp::to_rfc3339),
        }
    }
}

/// What revoking a key does.
#[derive(Debug, Serialize)]
pub struct BlastRadiusView<'a> {
    kid: &'a str,
    alg: &'static str,
    state: &'static str,
    successor: Option<SuccessorView<'a>>,
    #[serde(flatten)]
    evidence: EvidenceView<'a>,
    clients: &'a [String],
    sessions: u64,
    believed_elsewhere_until: String,
}

impl<'a> From<&'a BlastRadius> for BlastRadiusView<'a> {
    fn from(radius: &'a BlastRadius) -> Self {
        Self {
            kid: &radius.kid,
            alg: radius.alg.as_str(),
            state: radius.state.as_str(),
            successor: radius.successor.as_ref().map(SuccessorView::from),
            evidence: (&radius.evidence).into(),
            clients: &radius.clients,
            sessions: radius.sessions,
            believed_elsewhere_until: radius.believed_elsewhere_until.to_rfc3339(),
        }
    }
}

#[derive(Debug, Serialize)]
struct SuccessorView<'a> {
    kid: &'a str,
    published_for_seconds: u64,
    safe_at: String,
}

impl<'a> From<&'a Successor> for SuccessorView<'a> {
    fn from(successor: &'a Successor) -> Self {
        Self {
            kid: &successor.kid,
            published_for_seconds: successor.published_for.as_secs(),
            safe_at: successor.safe_at.to_rfc3339(),
        }
    }
}
