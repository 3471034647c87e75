//! `/groups`: groups and who is in them.

use admin::directory::people::{PeopleFilter, people};
use admin::groups::{self, NewGroup};
use admin::{Permission as P, directory};
use identity::Group as Stored;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Answer;
use super::call::{Call, written};
use super::operation::{Operation, delete, get, post, put};
use super::paging::part;
use super::reply::Reply;
use super::users::{User, sub};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        get(
            "/groups",
            ("listGroups", "Groups, by name"),
            &[P::ViewPeople],
            list,
        )
        .page::<Group>(),
        post(
            "/groups",
            ("createGroup", "Makes a group"),
            &[P::ViewPeople, P::ManagePeople],
            create,
        )
        .takes::<NewGroupBody>()
        .makes::<Group>()
        .tagged()
        .faults(&[409]),
        get("/groups/{name}", ("getGroup", "A group"), &[P::ViewPeople], one).edition::<Group>(),
        delete(
            "/groups/{name}",
            ("deleteGroup", "Removes a group; its members stay"),
            &[P::ViewPeople, P::ManagePeople],
            remove,
        )
        .guarded(),
        get(
            "/groups/{name}/members",
            ("listMembers", "Who is in a group, by user name"),
            &[P::ViewPeople],
            members,
        )
        .page::<User>(),
        put(
            "/groups/{name}/members/{sub}",
            ("addMember", "Puts a person into a group"),
            &[P::ManagePeople],
            add,
        )
        .more("Being there already is fine."),
        delete(
            "/groups/{name}/members/{sub}",
            ("removeMember", "Takes a person out of a group"),
            &[P::ManagePeople],
            leave,
        ),
    ]
}

/// A group.
#[derive(Debug, Serialize, ToSchema)]
struct Group {
    name: String,
    description: Option<String>,
    /// Roles every member has, for applications.
    roles: Vec<String>,
    created_at: String,
}

impl From<Stored> for Group {
    fn from(group: Stored) -> Self {
        Self {
            name: group.name,
            description: group.description,
            roles: group.roles,
            created_at: group.created_at.to_rfc3339(),
        }
    }
}

/// A group to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewGroup)]
struct NewGroupBody {
    #[schema(example = "staff")]
    name: String,
    /// For administrators.
    description: Option<String>,
    /// Roles every member has, for applications.
    #[serde(default)]
    roles: Vec<String>,
}

async fn list(call: Call) -> Answer {
    let pace = call.pace()?;
    let all = call.read(|tx, _, actor| Ok(groups::list(tx, actor)?)).await?;
    let page = part(all, &pace, |group| group.name.clone());
    call.page(page.map(Group::from))
}

async fn create(call: Call) -> Answer {
    let said: NewGroupBody = call.said()?;
    call.once(move |tx, ctx, actor| {
        let new = NewGroup {
            name: said.name,
            description: said.description,
            roles: said.roles,
        };
        let group = Group::from(groups::create(tx, ctx, actor, new)?);
        let reply = written(Reply::edition(&group))?;
        Ok(reply.made(&format!("/groups/{}", super::segment(&group.name))))
    })
    .await
}

async fn one(call: Call) -> Answer {
    let name = call.segment("name");
    let group = call
        .read(move |tx, _, actor| Ok(groups::find(tx, actor, &name)?))
        .await?;
    Reply::edition(&Group::from(group))
}

async fn remove(call: Call) -> Answer {
    let (name, seen) = (call.segment("name"), call.seen.clone());
    call.write(move |tx, ctx, actor| {
        seen.fits(&Group::from(groups::find(tx, actor, &name)?))?;
        Ok(groups::delete(tx, ctx, actor, &name)?)
    })
    .await?;
    Ok(Reply::nothing())
}

async fn members(call: Call) -> Answer {
    let (name, pace) = (call.segment("name"), call.pace()?);
    let page = call
        .read(move |tx, ctx, actor| {
            let group = groups::find(tx, actor, &name)?;
            let filter = PeopleFilter {
                group: Some(group.name),
                ..PeopleFilter::default()
            };
            let page: directory::Page<_> = people(tx, ctx, actor, &filter, pace.after.as_ref(), pace.limit)?;
            Ok(page)
        })
        .await?;
    call.page(page.map(|person| User::from(&person.user)))
}

async fn add(call: Call) -> Answer {
    let (name, named) = (call.segment("name"), call.segment("sub"));
    call.write(move |tx, ctx, actor| Ok(groups::add(tx, ctx, actor, &name, &sub(&named)?)?))
        .await?;
    Ok(Reply::nothing())
}

async fn leave(call: Call) -> Answer {
    let (name, named) = (call.segment("name"), call.segment("sub"));
    call.write(move |tx, ctx, actor| Ok(groups::remove(tx, ctx, actor, &name, &sub(&named)?)?))
        .await?;
    Ok(Reply::nothing())
}
