//! `/keys`: signing keys as they stand, what they signed, and what revoking one would do. Turning them is `key_turns`' business.

use admin::Permission as P;
use admin::keys::evidence::{self, Evidence};
use admin::keys::withdrawal::{self, BlastRadius};
use admin::keys::{self, KeyStatus};
use kernel::Timestamp;
use serde::Serialize;
use token::keys::Signed;
use utoipa::ToSchema;

use super::Answer;
use super::call::Call;
use super::operation::{Operation, get};
use super::paging::part;
use super::reply::Reply;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        get("/keys", ("listKeys", "Signing keys"), &[P::ViewKeys], list).page::<Key>(),
        get("/keys/{kid}", ("getKey", "A signing key with what is known of its tokens"), &[P::ViewKeys], one)
            .gives::<KeyWithEvidence>(),
        get("/keys/{kid}/blast-radius", ("getBlastRadius", "What revoking a key would do"), &[P::ViewKeys, P::ViewApplications, P::ViewSessions], radius)
            .gives::<Radius>()
            .faults(&[409])
            .more("Nothing is done. `state` goes into the request that revokes, so that a key that took a step since is left alone."),
    ]
}

/// A signing key. Never its private half.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Key {
    kid: String,
    alg: &'static str,
    /// `next`, `active`, `retiring`, `retired` or `revoked`.
    state: &'static str,
    published_at: String,
    /// From now on nobody who verifies can miss it.
    safe_at: String,
    activated_at: Option<String>,
    leaves_jwks_at: Option<String>,
}

impl From<&KeyStatus> for Key {
    fn from(status: &KeyStatus) -> Self {
        let key = &status.key;
        Self {
            kid: key.kid.clone(),
            alg: key.alg.as_str(),
            state: key.state.as_str(),
            published_at: key.published_at.to_rfc3339(),
            safe_at: status.safe_at.to_rfc3339(),
            activated_at: key.activated_at.map(Timestamp::to_rfc3339),
            leaves_jwks_at: key.leaves_jwks_at.map(Timestamp::to_rfc3339),
        }
    }
}

/// Tokens that are still good, as counted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Evidence)]
struct Counted {
    live_tokens: u64,
    /// None of them is good after this.
    tokens_until: Option<String>,
    tokens_by_client: Vec<ByClient>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TokensOfClient)]
struct ByClient {
    client_id: String,
    live_tokens: u64,
    until: String,
}

impl From<&Evidence> for Counted {
    fn from(evidence: &Evidence) -> Self {
        let by_client = |signed: &Signed| ByClient {
            client_id: signed.client_id.clone(),
            live_tokens: signed.count,
            until: signed.until.to_rfc3339(),
        };
        Self {
            live_tokens: evidence.live_tokens,
            tokens_until: evidence.until.map(Timestamp::to_rfc3339),
            tokens_by_client: evidence.clients.iter().map(by_client).collect(),
        }
    }
}

/// A signing key with what is known of its tokens.
#[derive(Debug, Serialize, ToSchema)]
struct KeyWithEvidence {
    #[serde(flatten)]
    key: Key,
    #[serde(flatten)]
    evidence: Counted,
}

/// What revoking a key would do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BlastRadius)]
pub(super) struct Radius {
    kid: String,
    alg: &'static str,
    /// Where it stands; to be said when it is revoked.
    state: &'static str,
    successor: Option<Successor>,
    #[serde(flatten)]
    evidence: Counted,
    /// Enabled clients whose tokens are signed with the algorithm.
    clients: Vec<String>,
    /// Sessions in which somebody is signed in. They go on.
    sessions: u64,
    /// So long APIs that verify by themselves may still believe the key.
    believed_elsewhere_until: String,
}

/// The key that takes over.
#[derive(Debug, Serialize, ToSchema)]
struct Successor {
    kid: String,
    published_for_seconds: u64,
    safe_at: String,
}

impl From<&BlastRadius> for Radius {
    fn from(radius: &BlastRadius) -> Self {
        let successor = radius.successor.as_ref().map(|next| Successor {
            kid: next.kid.clone(),
            published_for_seconds: next.published_for.as_secs(),
            safe_at: next.safe_at.to_rfc3339(),
        });
        Self {
            kid: radius.kid.clone(),
            alg: radius.alg.as_str(),
            state: radius.state.as_str(),
            successor,
            evidence: (&radius.evidence).into(),
            clients: radius.clients.clone(),
            sessions: radius.sessions,
            believed_elsewhere_until: radius.believed_elsewhere_until.to_rfc3339(),
        }
    }
}

async fn list(call: Call) -> Answer {
    let pace = call.pace()?;
    let all = call
        .read(|tx, ctx, actor| Ok(keys::list(tx, ctx, actor)?))
        .await?;
    let page = part(all, &pace, |status| status.key.kid.clone());
    call.page(page.map(|status| Key::from(&status)))
}

async fn one(call: Call) -> Answer {
    let kid = call.segment("kid");
    let shown = call
        .read(move |tx, ctx, actor| {
            let status = keys::find(tx, ctx, actor, &kid)?;
            let evidence = evidence::of(tx, ctx, actor, &kid)?;
            Ok(KeyWithEvidence {
                key: (&status).into(),
                evidence: (&evidence).into(),
            })
        })
        .await?;
    Reply::ok(&shown)
}

async fn radius(call: Call) -> Answer {
    let kid = call.segment("kid");
    let radius = call
        .read(move |tx, ctx, actor| Ok(withdrawal::blast_radius(tx, ctx, actor, &kid)?))
        .await?;
    Reply::ok(&Radius::from(&radius))
}
