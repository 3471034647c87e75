//! `/admin/clients/{id}/danger`: switching an application off and on, and removing it.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use admin::clients::retreat::{Progress, Rest, clear, take_back};
use admin::{Permission, clients};
use askama::Template;
use token::Client;

use super::head::{Head, Tab};
use super::{PATH, page_of};
use crate::console::desk::{Desk, Proof, Refusal};
use crate::console::shell::{Section, Shell};
use crate::correlation::CorrelationId;
use crate::state::AppState;

/// The page.
#[derive(Template)]
#[template(path = "client_danger.html")]
struct Danger<'a> {
    shell: Shell<'a>,
    head: Head,
    csrf: String,
    action: String,
    delete: String,
}

fn delete_action(client_id: &str) -> String {
    format!("{}/delete", page_of(client_id))
}

/// GET `/admin/clients/{id}/danger`.
pub(super) async fn get(
    request: HttpRequest,
    state: web::Data<AppState>,
    id: CorrelationId,
    client_id: web::Path<String>,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let found = desk
        .read(move |tx, _, actor| {
            actor.require(Permission::ManageApplications)?;
            clients::find(tx, actor, &client_id)
        })
        .await;
    let (here, client) = match found {
        Ok(found) => found,
        Err(refusal) => return desk.refuse_look(refusal),
    };
    let shell = desk.shell(&here, Section::Applications);
    let action = Tab::Danger.of(&client.client_id);
    let view = Danger {
        head: Head::new(&client, &shell, Tab::Danger),
        shell,
        csrf: desk.token(&action),
        action,
        delete: delete_action(&client.client_id),
    };
    desk.page(StatusCode::OK, &view)
}

/// POST: `do` is `disable` or `enable`.
pub(super) async fn post(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
    client_id: web::Path<String>,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let back = Tab::Danger.of(&client_id);
    let form = match desk.form(payload, &back).await {
        Ok(form) => form,
        Err(response) => return response,
    };
    let disables = form.get("do") == Some("disable");
    let done = match disables {
        true => disable(&desk, &client_id).await,
        false => enable(&desk, &client_id).await,
    };
    match done {
        Ok(_) if disables => desk.go_and_tell(
            &back,
            "Disabled. Nobody can sign in to it, and all it was given is taken back.",
        ),
        Ok(_) => desk.go_and_tell(
            &back,
            "Enabled. What was taken back stays so: people sign in anew.",
        ),
        Err(refusal) => desk.refuse(refusal, &back),
    }
}

async fn disable(desk: &Desk, client_id: &str) -> Result<(), Refusal> {
    let id = client_id.to_owned();
    desk.write(Proof::Any, move |tx, ctx, actor| {
        clients::disable(tx, ctx, actor, &id)
    })
    .await?;
    take_all_back(desk, client_id).await
}

/// First what a disabling that was interrupted may have left.
async fn enable(desk: &Desk, client_id: &str) -> Result<(), Refusal> {
    take_all_back(desk, client_id).await?;
    let id = client_id.to_owned();
    let enabled = desk.write(Proof::Any, move |tx, ctx, actor| {
        clients::enable(tx, ctx, actor, &id)
    });
    enabled.await.map(drop)
}

async fn take_all_back(desk: &Desk, client_id: &str) -> Result<(), Refusal> {
    let mut progress = Progress::default();
    while !progress.is_done() {
        let (id, so_far) = (client_id.to_owned(), progress);
        let part = desk.write(Proof::Any, move |tx, ctx, actor| {
            take_back(tx, ctx, actor, &id, so_far)
        });
        (_, progress) = part.await?;
    }
    Ok(())
}

/// The page that asks before a client is removed.
#[derive(Template)]
#[template(path = "client_delete.html")]
struct Delete<'a> {
    shell: Shell<'a>,
    name: &'a str,
    client_id: &'a str,
    csrf: String,
    action: String,
    back: String,
    /// The way to prove who one is, where that is too long ago.
    prove: Option<String>,
    wrong: Option<&'static str>,
}

/// GET `/admin/clients/{id}/delete`; with `prove` in the query, after a proof.
pub(super) async fn ask_delete(
    request: HttpRequest,
    state: web::Data<AppState>,
    id: CorrelationId,
    client_id: web::Path<String>,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    if desk.query().get("prove").is_some() {
        return desk.prove(&delete_action(&client_id));
    }
    ask(&desk, &client_id, None).await
}

async fn ask(desk: &Desk, client_id: &str, wrong: Option<&'static str>) -> HttpResponse {
    let wanted = client_id.to_owned();
    let found = desk
        .read(move |tx, _, actor| {
            actor.require(Permission::ManageApplications)?;
            clients::find(tx, actor, &wanted)
        })
        .await;
    let (here, client) = match found {
        Ok(found) => found,
        Err(refusal) => return desk.refuse(refusal, &Tab::Danger.of(client_id)),
    };
    let action = delete_action(client_id);
    let view = Delete {
        shell: desk.shell(&here, Section::Applications),
        name: client.display_name(),
        client_id: &client.client_id,
        csrf: desk.token(&action),
        prove: (!desk.is_fresh(&here)).then(|| format!("{action}?prove=1")),
        action,
        back: Tab::Danger.of(client_id),
        wrong,
    };
    let status = wrong.map_or(StatusCode::OK, |_| StatusCode::UNPROCESSABLE_ENTITY);
    desk.page(status, &view)
}

/// POST `/admin/clients/{id}/delete`: `typed` is the client's id.
pub(super) async fn delete(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
    client_id: web::Path<String>,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let action = delete_action(&client_id);
    let form = match desk.form(payload, &action).await {
        Ok(form) => form,
        Err(response) => return response,
    };
    if form.get("typed").map(str::trim) != Some(client_id.as_str()) {
        return ask(&desk, &client_id, Some("That is not the client’s id.")).await;
    }
    match remove(&desk, &client_id).await {
        Ok(client) => desk.go_and_tell(PATH, &format!("{} is gone.", client.display_name())),
        Err(refusal) => desk.refuse(refusal, &action),
    }
}

/// A large client is disabled first, and cleared part after part.
async fn remove(desk: &Desk, client_id: &str) -> Result<Client, Refusal> {
    loop {
        let id = client_id.to_owned();
        let part = desk.write(Proof::Fresh, move |tx, ctx, actor| {
            match clear(tx, ctx, actor, &id)? {
                Rest::Some => Ok(None),
                Rest::None => clients::delete(tx, ctx, actor, &id).map(Some),
            }
        });
        if let (_, Some(client)) = part.await? {
            return Ok(client);
        }
    }
}
