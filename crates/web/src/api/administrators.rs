//! `/administrators`: who manages this server, and as what.

use admin::administrators::{self, Standing, State};
use admin::{AdminFault, Administrator, Permission as P, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Answer;
use super::call::{Call, Stop};
use super::operation::{Operation, get, put};
use super::paging::part;
use super::reply::Reply;
use super::users::sub;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        get(
            "/administrators",
            ("listAdministrators", "Everybody who holds a role"),
            &[P::ViewPeople, P::ViewApplications],
            list,
        )
        .page::<Holder>(),
        get(
            "/administrators/users/{sub}",
            ("getUserRoles", "What a person may manage"),
            &[P::ViewPeople],
            person,
        )
        .edition::<Holder>(),
        put(
            "/administrators/users/{sub}",
            ("setUserRoles", "Says what a person may manage"),
            &[P::ViewPeople, P::ManageAdministrators],
            set_person,
        )
        .takes::<Roles>()
        .edition::<Holder>()
        .guarded()
        .faults(&[409])
        .more(COUNTS),
        get(
            "/administrators/clients/{client_id}",
            ("getClientRoles", "What a client may manage"),
            &[P::ViewApplications],
            client,
        )
        .edition::<Holder>()
        .faults(&[409]),
        put(
            "/administrators/clients/{client_id}",
            ("setClientRoles", "Says what a client may manage"),
            &[P::ViewApplications, P::ManageAdministrators],
            set_client,
        )
        .takes::<Roles>()
        .edition::<Holder>()
        .guarded()
        .faults(&[409])
        .more(COUNTS),
    ]
}

const COUNTS: &str = "It counts at once, also for tokens that were issued before. Nobody gives or takes what they may not do \
                      themselves, and there is always an owner.";

/// Somebody who may hold roles.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Administrator)]
struct Holder {
    /// A `sub` or a `client_id`.
    id: String,
    /// `user` or `client`.
    kind: &'static str,
    /// The user name; a client's name.
    name: String,
    /// `active`, or `shut` for who is locked or disabled.
    state: &'static str,
    /// Of owner, key-operator, user-manager, client-manager, support and auditor.
    roles: Vec<&'static str>,
}

impl From<&Standing> for Holder {
    fn from(standing: &Standing) -> Self {
        let (kind, id) = match &standing.who {
            Administrator::Person(id) => ("user", id.to_string()),
            Administrator::Client(id) => ("client", id.clone()),
        };
        Self {
            id,
            kind,
            name: standing.name.clone(),
            state: match standing.state {
                State::Active => "active",
                State::Shut => "shut",
            },
            roles: standing.roles.iter().copied().map(Role::as_str).collect(),
        }
    }
}

/// Roles, all of them; none ends it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Roles {
    #[schema(example = json!(["auditor"]))]
    roles: Vec<String>,
}

async fn list(call: Call) -> Answer {
    let pace = call.pace()?;
    let all = call
        .read(|tx, _, actor| Ok(administrators::list(tx, actor)?))
        .await?;
    let all = all.iter().map(Holder::from).collect();
    let page = part(all, &pace, |holder| format!("{} {}", holder.kind, holder.id));
    call.page(page)
}

fn a_person(call: &Call) -> Result<Administrator, AdminFault> {
    let named = sub(&call.segment("sub"))?;
    let parsed = named.parse().map(Administrator::Person);
    parsed.map_err(|_| super::call::not_found("user", named))
}

fn a_client(call: &Call) -> Administrator {
    Administrator::Client(call.segment("client_id"))
}

async fn person(call: Call) -> Answer {
    let who = a_person(&call)?;
    look(call, who).await
}

async fn client(call: Call) -> Answer {
    let who = a_client(&call);
    look(call, who).await
}

async fn look(call: Call, who: Administrator) -> Answer {
    let standing = call
        .read(move |tx, _, actor| Ok(administrators::roles_of(tx, actor, &who)?))
        .await?;
    Reply::edition(&Holder::from(&standing))
}

async fn set_person(call: Call) -> Answer {
    let who = a_person(&call)?;
    set(call, who).await
}

async fn set_client(call: Call) -> Answer {
    let who = a_client(&call);
    set(call, who).await
}

async fn set(call: Call, who: Administrator) -> Answer {
    let (seen, said) = (call.seen.clone(), call.said::<Roles>()?);
    let standing = call
        .write(move |tx, ctx, actor| {
            let named: Result<Vec<Role>, _> = said.roles.iter().map(|name| name.parse::<Role>()).collect();
            let roles =
                named.map_err(|unknown| Stop::Fault(AdminFault::Invalid(vec![unknown.to_string()])))?;
            seen.fits(&Holder::from(&administrators::roles_of(tx, actor, &who)?))?;
            Ok(administrators::set_roles(tx, ctx, actor, &who, &roles)?)
        })
        .await?;
    Reply::edition(&Holder::from(&standing))
}
