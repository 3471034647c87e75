//! `/revocations`: the revocation list and how it stands.

use admin::Permission as P;
use admin::directory::revocations::{ListStatus, RevocationFilter, revocations as listed, status};
use kernel::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::Answer;
use super::call::Call;
use super::operation::{Form, Operation, field, get};
use super::reply::Reply;

const KINDS: &[&str] = &["token", "grant", "session", "user", "client", "key"];

pub(super) fn operations() -> Vec<Operation> {
    vec![
        get(
            "/revocations",
            (
                "listRevocations",
                "Entries that still refuse something, the newest first",
            ),
            &[P::ViewSessions],
            list,
        )
        .query(&[
            field("kind", Form::OneOf(KINDS), "One kind"),
            field("id", Form::Text, "Entries that name exactly this"),
        ])
        .page::<Revocation>(),
        get(
            "/revocations/status",
            ("getRevocationStatus", "How long the list is, and how far behind"),
            &[P::ViewSessions],
            standing,
        )
        .gives::<Standing>()
        .more("Of the node that answers."),
    ]
}

/// An entry.
#[derive(Debug, Serialize, ToSchema)]
struct Revocation {
    /// What is revoked: `token`, `grant`, `session`, `user`, `client` or `key`.
    kind: &'static str,
    id: String,
    /// What was issued at or before this moment is refused; absent: whatever was, and will be.
    until: Option<String>,
    /// From here on there is nothing left to refuse.
    expires_at: String,
}

/// How the list stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RevocationStatus)]
struct Standing {
    tokens: usize,
    grants: usize,
    sessions: usize,
    users: usize,
    clients: usize,
    keys: usize,
    /// Up to when it knows everything.
    as_of: Option<String>,
    lag_milliseconds: Option<u64>,
}

impl From<session::Revocation> for Revocation {
    fn from(entry: session::Revocation) -> Self {
        let for_good = entry.until == Timestamp::from_millis(i64::MAX);
        Self {
            kind: entry.what.kind(),
            id: entry.what.id(),
            until: (!for_good).then(|| entry.until.to_rfc3339()),
            expires_at: entry.expires_at.to_rfc3339(),
        }
    }
}

async fn list(call: Call) -> Answer {
    let pace = call.pace()?;
    let kinds: Vec<(&str, &'static str)> = KINDS.iter().map(|kind| (*kind, *kind)).collect();
    let filter = RevocationFilter {
        kind: call.word("kind", &kinds)?,
        id: call.text("id"),
    };
    let page = call
        .read(move |tx, ctx, actor| Ok(listed(tx, ctx, actor, &filter, pace.after.as_ref(), pace.limit)?))
        .await?;
    call.page(page.map(Revocation::from))
}

async fn standing(call: Call) -> Answer {
    let list = std::sync::Arc::clone(&call.state.revocations);
    let status: ListStatus = call
        .read(move |_, ctx, actor| Ok(status(&list, ctx, actor)?))
        .await?;
    let milliseconds = |lag: std::time::Duration| u64::try_from(lag.as_millis()).unwrap_or(u64::MAX);
    Reply::ok(&Standing {
        tokens: status.sizes.tokens,
        grants: status.sizes.grants,
        sessions: status.sizes.sessions,
        users: status.sizes.users,
        clients: status.sizes.clients,
        keys: status.sizes.keys,
        as_of: status.as_of.map(Timestamp::to_rfc3339),
        lag_milliseconds: status.lag.map(milliseconds),
    })
}
