//! `/grants`: what people allowed clients.

use admin::Permission as P;
use admin::directory::grants::grants as listed;
use admin::grants::{self, GrantFilter, GrantStatus};
use kernel::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::Answer;
use super::call::Call;
use super::operation::{Form, Operation, delete, field, get};
use super::reply::Reply;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        get(
            "/grants",
            ("listGrants", "Grants that were not taken back, the newest first"),
            &[P::ViewSessions],
            list,
        )
        .query(&[
            field(
                "user",
                Form::Text,
                "One person's: their `sub`; also their user name or address, for those who may see people",
            ),
            field("client_id", Form::Text, "One client's"),
        ])
        .page::<Grant>()
        .faults(&[404]),
        delete(
            "/grants/{id}",
            (
                "revokeGrant",
                "Takes a grant back: its refresh tokens are dead, its access tokens refused",
            ),
            &[P::EndSessions],
            revoke,
        )
        .more("Taking it back twice changes nothing."),
    ]
}

/// A grant. Neither its code nor any token.
#[derive(Debug, Serialize, ToSchema)]
struct Grant {
    id: String,
    client_id: String,
    sub: String,
    /// The `sub` to those who may not see people.
    username: String,
    sid: String,
    scope: String,
    resources: Vec<String>,
    auth_time: String,
    created_at: String,
    revoked_at: Option<String>,
}

impl From<GrantStatus> for Grant {
    fn from(status: GrantStatus) -> Self {
        let grant = status.grant;
        Self {
            id: grant.id.to_string(),
            client_id: grant.client_id,
            sub: grant.user.to_string(),
            username: status.username,
            sid: grant.sid.to_string(),
            scope: grant.scope.to_string(),
            resources: grant.resources,
            auth_time: grant.authentication.at.to_rfc3339(),
            created_at: grant.created_at.to_rfc3339(),
            revoked_at: grant.revoked_at.map(Timestamp::to_rfc3339),
        }
    }
}

async fn list(call: Call) -> Answer {
    let pace = call.pace()?;
    let filter = GrantFilter {
        user: call.text("user"),
        client_id: call.text("client_id"),
    };
    let page = call
        .read(move |tx, ctx, actor| Ok(listed(tx, ctx, actor, &filter, pace.after.as_ref(), pace.limit)?))
        .await?;
    call.page(page.map(Grant::from))
}

async fn revoke(call: Call) -> Answer {
    let id = call.segment("id");
    call.write(move |tx, ctx, actor| Ok(grants::revoke(tx, ctx, actor, &id)?))
        .await?;
    Ok(Reply::nothing())
}
