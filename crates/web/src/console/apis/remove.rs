//! Removing an API or a scope: what that does, a proof, and its name typed.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use admin::{Permission, resources, scopes};
use askama::Template;

use super::{PATH, page_of, page_of_scope};
use crate::console::desk::{Desk, Proof};
use crate::console::shell::{Section, Shell};
use crate::correlation::CorrelationId;
use crate::state::AppState;

/// The page that asks.
#[derive(Template)]
#[template(path = "api_delete.html")]
struct Delete<'a> {
    shell: Shell<'a>,
    name: &'a str,
    does: &'static str,
    csrf: String,
    action: String,
    back: String,
    prove: Option<String>,
    wrong: Option<&'static str>,
}

/// What is removed.
#[derive(Debug, Clone, Copy)]
enum What {
    Resource,
    Scope,
}

impl What {
    fn page(self, name: &str) -> String {
        match self {
            What::Resource => page_of(name),
            What::Scope => page_of_scope(name),
        }
    }

    fn action(self, name: &str) -> String {
        format!("{}/delete", self.page(name))
    }

    fn does(self) -> &'static str {
        match self {
            What::Resource => {
                "Applications get no new tokens for it. Tokens it accepts already end by themselves. This cannot be undone."
            }
            What::Scope => "Nobody is given its claims any more. This cannot be undone.",
        }
    }
}

/// GET `/admin/resources/{id}/delete`.
pub(super) async fn ask_resource(
    request: HttpRequest,
    state: web::Data<AppState>,
    id: CorrelationId,
    name: web::Path<String>,
) -> HttpResponse {
    look(&Desk::of(&request, &state, &id), What::Resource, &name).await
}

/// GET `/admin/resources/scopes/{name}/delete`.
pub(super) async fn ask_scope(
    request: HttpRequest,
    state: web::Data<AppState>,
    id: CorrelationId,
    name: web::Path<String>,
) -> HttpResponse {
    look(&Desk::of(&request, &state, &id), What::Scope, &name).await
}

async fn look(desk: &Desk, what: What, name: &str) -> HttpResponse {
    match desk.query().get("prove") {
        Some(_) => desk.prove(&what.action(name)),
        None => ask(desk, what, name, None).await,
    }
}

async fn ask(desk: &Desk, what: What, name: &str, wrong: Option<&'static str>) -> HttpResponse {
    let wanted = name.to_owned();
    let found = desk
        .read(move |tx, _, actor| {
            actor.require(Permission::ManageApplications)?;
            match what {
                What::Resource => resources::find(tx, actor, &wanted).map(drop),
                What::Scope => scopes::find(tx, actor, &wanted).map(drop),
            }
        })
        .await;
    let (here, ()) = match found {
        Ok(found) => found,
        Err(refusal) => return desk.refuse(refusal, PATH),
    };
    let action = what.action(name);
    let view = Delete {
        shell: desk.shell(&here, Section::Apis),
        name,
        does: what.does(),
        csrf: desk.token(&action),
        prove: (!desk.is_fresh(&here)).then(|| format!("{action}?prove=1")),
        action,
        back: what.page(name),
        wrong,
    };
    let status = wrong.map_or(StatusCode::OK, |_| StatusCode::UNPROCESSABLE_ENTITY);
    desk.page(status, &view)
}

/// POST `/admin/resources/{id}/delete`: `typed` is its identifier.
pub(super) async fn resource(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
    name: web::Path<String>,
) -> HttpResponse {
    remove(&Desk::of(&request, &state, &id), payload, What::Resource, &name).await
}

/// POST `/admin/resources/scopes/{name}/delete`: `typed` is its name.
pub(super) async fn scope(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
    name: web::Path<String>,
) -> HttpResponse {
    remove(&Desk::of(&request, &state, &id), payload, What::Scope, &name).await
}

async fn remove(desk: &Desk, payload: web::Payload, what: What, name: &str) -> HttpResponse {
    let action = what.action(name);
    let form = match desk.form(payload, &action).await {
        Ok(form) => form,
        Err(response) => return response,
    };
    if form.get("typed").map(str::trim) != Some(name) {
        return ask(desk, what, name, Some("That is not its name.")).await;
    }
    let wanted = name.to_owned();
    let done = desk
        .write(Proof::Fresh, move |tx, ctx, actor| match what {
            What::Resource => resources::delete(tx, ctx, actor, &wanted).map(drop),
            What::Scope => scopes::delete(tx, ctx, actor, &wanted).map(drop),
        })
        .await;
    match done {
        Ok(_) => desk.go_and_tell(PATH, &format!("{name} is gone.")),
        Err(refusal) => desk.refuse(refusal, &action),
    }
}
