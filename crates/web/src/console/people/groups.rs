//! `/admin/groups`: groups, the roles that come with them, and who is in them.

use actix_web::http::StatusCode;
use actix_web::web::{self, get, post};
use actix_web::{HttpRequest, HttpResponse};
use admin::Permission;
use admin::directory::people::{PeopleFilter, people};
use admin::groups::{self, NewGroup};
use askama::Template;
use identity::{Group, User};

use super::page_of;
use crate::console::desk::{Desk, Proof};
use crate::console::list;
use crate::console::shell::{Section, Shell};
use crate::console::words::segment;
use crate::correlation::CorrelationId;
use crate::routes::resource;
use crate::state::AppState;

const PATH: &str = "/admin/groups";

/// Adds the routes.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(resource(PATH, "GET, POST", [get().to(all), post().to(create)]))
        .service(resource(
            "/admin/groups/{name}",
            "GET, POST",
            [get().to(one), post().to(change)],
        ));
}

fn page_of_group(name: &str) -> String {
    format!("{PATH}/{}", segment(name))
}

/// All groups, and the form for a new one.
#[derive(Template)]
#[template(path = "groups.html")]
struct Groups<'a> {
    shell: Shell<'a>,
    csrf: String,
    lines: Vec<(String, Group)>,
}

/// GET `/admin/groups`.
async fn all(request: HttpRequest, state: web::Data<AppState>, id: CorrelationId) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let (here, found) = match desk.read(|tx, _, actor| groups::list(tx, actor)).await {
        Ok(found) => found,
        Err(refusal) => return desk.refuse_look(refusal),
    };
    let view = Groups {
        shell: desk.shell(&here, Section::Groups),
        csrf: desk.token(PATH),
        lines: found
            .into_iter()
            .map(|group| (page_of_group(&group.name), group))
            .collect(),
    };
    desk.page(StatusCode::OK, &view)
}

/// POST `/admin/groups`: makes one.
async fn create(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let form = match desk.form(payload, PATH).await {
        Ok(form) => form,
        Err(response) => return response,
    };
    let text = |name| {
        form.get(name)
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    let roles = text("roles").unwrap_or_default();
    let new = NewGroup {
        name: text("name").unwrap_or_default(),
        description: text("description"),
        roles: roles
            .split([',', '\n'])
            .map(str::trim)
            .filter(|role| !role.is_empty())
            .map(str::to_owned)
            .collect(),
    };
    let made = desk
        .write(Proof::Any, move |tx, ctx, actor| {
            groups::create(tx, ctx, actor, new)
        })
        .await;
    match made {
        Ok((_, group)) => desk.go_and_tell(&page_of_group(&group.name), &format!("{} was made.", group.name)),
        Err(refusal) => desk.refuse(refusal, PATH),
    }
}

/// One group.
#[derive(Template)]
#[template(path = "group.html")]
struct One<'a> {
    shell: Shell<'a>,
    csrf: String,
    action: String,
    group: &'a Group,
    members: Vec<(String, User)>,
    next: Option<String>,
    goes_on: bool,
}

/// GET `/admin/groups/{name}`.
async fn one(
    request: HttpRequest,
    state: web::Data<AppState>,
    id: CorrelationId,
    name: web::Path<String>,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let (wanted, after) = (name.clone(), list::after(desk.query()));
    let found = desk
        .read(move |tx, ctx, actor| {
            let group = groups::find(tx, actor, &wanted)?;
            let filter = PeopleFilter {
                group: Some(wanted),
                ..PeopleFilter::default()
            };
            let page = people(tx, ctx, actor, &filter, after.as_ref(), list::LINES)?;
            Ok((page, group))
        })
        .await;
    let (here, (page, group)) = match found {
        Ok(found) => found,
        Err(refusal) => return desk.refuse_look(refusal),
    };
    let action = page_of_group(&name);
    let view = One {
        shell: desk.shell(&here, Section::Groups),
        csrf: desk.token(&action),
        next: list::next(&action, desk.query(), &[], page.next.as_ref()),
        goes_on: list::goes_on(desk.query()),
        action,
        group: &group,
        members: page
            .items
            .into_iter()
            .map(|member| (page_of(&member.user.id.to_string()), member.user))
            .collect(),
    };
    desk.page(StatusCode::OK, &view)
}

/// POST `/admin/groups/{name}`: `add` or `remove` names somebody; `delete` ends the group.
async fn change(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
    name: web::Path<String>,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let name = name.into_inner();
    let action = page_of_group(&name);
    let form = match desk.form(payload, &action).await {
        Ok(form) => form,
        Err(response) => return response,
    };
    let (add, remove) = (
        form.get("add").map(str::to_owned),
        form.get("remove").map(str::to_owned),
    );
    let deletes = form.get("delete").is_some();
    let done = desk
        .write(Proof::Any, move |tx, ctx, actor| {
            if let Some(user) = add {
                let user = groups::add(tx, ctx, actor, &name, user.trim())?;
                return Ok(format!("{} is in {name} now.", user.username));
            }
            if let Some(user) = remove {
                let user = groups::remove(tx, ctx, actor, &name, &user)?;
                return Ok(format!("{} is no longer in {name}.", user.username));
            }
            if deletes {
                groups::delete(tx, ctx, actor, &name)?;
                return Ok(format!("{name} was deleted. Nobody else was."));
            }
            Ok("Nothing was changed.".to_owned())
        })
        .await;
    match done {
        Ok((_, told)) => desk.go_and_tell(if deletes { PATH } else { &action }, &told),
        Err(refusal) => desk.refuse(refusal, &action),
    }
}
