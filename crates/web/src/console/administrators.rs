//! `/admin/administrators`: who manages Signet, and as what.

use actix_web::http::StatusCode;
use actix_web::web::{self, get, post};
use actix_web::{HttpRequest, HttpResponse};
use admin::administrators::{self, Standing, State};
use admin::{AdminFault, Administrator, Role, users};
use askama::Template;

use super::desk::{Desk, Proof};
use super::shell::{Section, Shell};
use super::words::segment;
use crate::correlation::CorrelationId;
use crate::routes::resource;
use crate::state::AppState;

const PATH: &str = "/admin/administrators";

/// Adds the routes.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(resource(PATH, "GET", [get().to(list)]))
        .service(resource(
            "/admin/administrators/{who}",
            "GET, POST",
            [get().to(one), post().to(save)],
        ));
}

/// Everybody who holds a role.
#[derive(Template)]
#[template(path = "administrators.html")]
struct Administrators<'a> {
    shell: Shell<'a>,
    lines: Vec<Line>,
}

struct Line {
    href: String,
    name: String,
    what: &'static str,
    barred: bool,
    roles: String,
}

/// GET `/admin/administrators`; `who` in the query leads to somebody's page.
async fn list(request: HttpRequest, state: web::Data<AppState>, id: CorrelationId) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let who = desk.query().get("who").map(|who| who.trim().to_owned());
    let found = desk
        .read(move |tx, _, actor| {
            let chosen = who.map(|who| users::find(tx, actor, &who)).transpose()?;
            Ok((administrators::list(tx, actor)?, chosen))
        })
        .await;
    let (here, found) = match found {
        Ok((_, (_, Some(user)))) => return desk.go(&page_of(&user.id.to_string())),
        Ok((here, (found, None))) => (here, found),
        Err(refusal) => return desk.refuse_look(refusal),
    };
    let view = Administrators {
        shell: desk.shell(&here, Section::Administrators),
        lines: found.iter().map(line).collect(),
    };
    desk.page(StatusCode::OK, &view)
}

fn line(standing: &Standing) -> Line {
    let (what, id) = match &standing.who {
        Administrator::Person(id) => ("person", id.to_string()),
        Administrator::Client(id) => ("application", format!("client:{id}")),
    };
    Line {
        href: page_of(&id),
        name: standing.name.clone(),
        what,
        barred: standing.state != State::Active,
        roles: standing
            .roles
            .iter()
            .map(|role| role.as_str())
            .collect::<Vec<_>>()
            .join(", "),
    }
}

fn page_of(who: &str) -> String {
    format!("{PATH}/{}", segment(who))
}

/// Whom a path means: a person's `sub`, or `client:` and a client's id.
fn meant(text: &str) -> Result<Administrator, AdminFault> {
    match text.strip_prefix("client:") {
        Some(client_id) => Ok(Administrator::Client(client_id.to_owned())),
        None => text
            .parse()
            .map(Administrator::Person)
            .map_err(|_| AdminFault::NotFound {
                what: "administrator",
                name: text.to_owned(),
            }),
    }
}

/// Somebody's roles, to be ticked.
#[derive(Template)]
#[template(path = "administrator.html")]
struct One<'a> {
    shell: Shell<'a>,
    csrf: String,
    action: String,
    name: &'a str,
    roles: Vec<(Role, bool, String)>,
    prove: Option<String>,
}

/// GET `/admin/administrators/{who}`; with `prove` in the query, after a proof.
async fn one(
    request: HttpRequest,
    state: web::Data<AppState>,
    id: CorrelationId,
    who: web::Path<String>,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let action = page_of(&who);
    if desk.query().get("prove").is_some() {
        return desk.prove(&action);
    }
    let found = desk
        .read(move |tx, _, actor| {
            actor.require(admin::Permission::ManageAdministrators)?;
            administrators::roles_of(tx, actor, &meant(&who)?)
        })
        .await;
    let (here, standing) = match found {
        Ok(found) => found,
        Err(refusal) => return desk.refuse_look(refusal),
    };
    let holds = |role: &Role| standing.roles.contains(role);
    let allows = |role: Role| {
        role.permissions()
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let view = One {
        shell: desk.shell(&here, Section::Administrators),
        csrf: desk.token(&action),
        prove: (!desk.is_fresh(&here)).then(|| format!("{action}?prove=1")),
        action,
        name: &standing.name,
        roles: Role::ALL.map(|role| (role, holds(&role), allows(role))).to_vec(),
    };
    desk.page(StatusCode::OK, &view)
}

/// POST `/admin/administrators/{who}`: `role`, as often as there are roles.
async fn save(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
    who: web::Path<String>,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let action = page_of(&who);
    let form = match desk.form(payload, &action).await {
        Ok(form) => form,
        Err(response) => return response,
    };
    let named: Result<Vec<Role>, _> = form.all("role").map(str::parse::<Role>).collect();
    let saved = desk
        .write(Proof::Fresh, move |tx, ctx, actor| {
            let roles = named.map_err(|unknown| AdminFault::Invalid(vec![unknown.to_string()]))?;
            administrators::set_roles(tx, ctx, actor, &meant(&who)?, &roles)
        })
        .await;
    match saved {
        Ok((_, standing)) if standing.roles.is_empty() => {
            desk.go_and_tell(PATH, &format!("{} is no administrator any more.", standing.name))
        }
        Ok((_, standing)) => desk.go_and_tell(
            PATH,
            &format!("The roles of {} were saved. They count at once.", standing.name),
        ),
        Err(refusal) => desk.refuse(refusal, &action),
    }
}
