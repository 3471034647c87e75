//! Who the bearer is, and what they may do at this moment.

use admin::{Administrator, Permission};
use serde::Serialize;
use utoipa::ToSchema;

use super::Answer;
use super::call::Call;
use super::operation::{Operation, get};
use super::reply::Reply;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        get("/me", ("whoAmI", "Who the token's bearer is"), &[], me)
            .gives::<Me>()
            .more("Every token for this API may ask. `permissions` is what roles and scope allow together, now."),
    ]
}

/// The bearer.
#[derive(Serialize, ToSchema)]
struct Me {
    /// A person's `sub` or a client's `client_id`.
    id: String,
    /// What kind of bearer.
    kind: Kind,
    /// The scopes that count now.
    permissions: Vec<&'static str>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = BearerKind)]
enum Kind {
    /// Somebody who signed in.
    User,
    /// A client acting for itself.
    Client,
}

async fn me(call: Call) -> Answer {
    let permissions = call
        .read(|_, _, actor| Ok(actor.may().iter().map(Permission::scope).collect()))
        .await?;
    let (kind, id) = match call.bearer.who() {
        Administrator::Person(user) => (Kind::User, user.to_string()),
        Administrator::Client(client_id) => (Kind::Client, client_id.clone()),
    };
    Reply::ok(&Me {
        id,
        kind,
        permissions,
    })
}
