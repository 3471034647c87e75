//! `/admin/clients/{id}/edit`: a change in two steps. The form; then what goes, what comes and what that means; then it is saved,
//! unless somebody else changed the application meanwhile.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use admin::clients::edits::{self, Preview};
use admin::clients::{self, Registered};
use admin::{AdminFault, Permission};
use askama::Template;
use protocol::Params;
use token::Client;
use token::client::SigningAlg;

use super::boxes::{self, Choice};
use super::fields::{self, Said};
use super::head::Tab;
use super::secrets::{self, News};
use super::{meaning, page_of, rows};
use crate::console::desk::{Desk, Proof, Refusal};
use crate::console::review::{self, Change, Fate};
use crate::console::shell::{Section, Shell};
use crate::correlation::CorrelationId;
use crate::state::AppState;

/// The field that says which edition of the record the form was drawn from.
const EDITION: &str = "edition";

/// The form.
#[derive(Template)]
#[template(path = "client_edit.html")]
struct Edit<'a> {
    shell: Shell<'a>,
    name: &'a str,
    csrf: String,
    action: String,
    back: String,
    edition: String,
    wrong: Vec<String>,
    form: &'a Params,
    scopes: Vec<Choice>,
    apis: Vec<Choice>,
    served: Vec<Choice>,
}

impl Edit<'_> {
    fn text(&self, name: &str) -> &str {
        self.form.get(name).unwrap_or_default()
    }

    fn has(&self, name: &str, value: &str) -> bool {
        self.form.all(name).any(|own| own == value)
    }
}

fn action(client_id: &str) -> String {
    format!("{}/edit", page_of(client_id))
}

fn save_action(client_id: &str) -> String {
    format!("{}/save", page_of(client_id))
}

/// GET `/admin/clients/{id}/edit`.
pub(super) async fn get(
    request: HttpRequest,
    state: web::Data<AppState>,
    id: CorrelationId,
    client_id: web::Path<String>,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    form(&desk, &client_id, None).await
}

/// The form as it stands for the client, or as it was sent and refused.
async fn form(desk: &Desk, client_id: &str, sent: Option<(Params, Vec<String>)>) -> HttpResponse {
    let wanted = client_id.to_owned();
    let found = desk
        .read(move |tx, _, actor| {
            actor.require(Permission::ManageApplications)?;
            let client = clients::find(tx, actor, &wanted)?;
            stays_as_it_is(&client)?;
            Ok((client, tx.catalogue()?))
        })
        .await;
    let (here, (client, catalogue)) = match found {
        Ok(found) => found,
        Err(refusal) => return desk.refuse(refusal, &Tab::Settings.of(client_id)),
    };
    let (form, edition, wrong) = match sent {
        Some((form, wrong)) => {
            let seen = form.get(EDITION).unwrap_or_default().to_owned();
            (form, seen, wrong)
        }
        None => (fields::of(&client), edits::edition(&client), Vec::new()),
    };
    let status = if wrong.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let view = Edit {
        shell: desk.shell(&here, Section::Applications),
        name: client.display_name(),
        csrf: desk.token(&action(client_id)),
        action: action(client_id),
        back: Tab::Settings.of(client_id),
        edition,
        wrong,
        scopes: boxes::scopes(&form, &catalogue),
        apis: boxes::apis(&form, &catalogue, "resource"),
        served: boxes::apis(&form, &catalogue, "resource_server_of"),
        form: &form,
    };
    desk.page(status, &view)
}

fn stays_as_it_is(client: &Client) -> Result<(), AdminFault> {
    if client.client_id == admin::console::CLIENT_ID {
        return Err(AdminFault::Conflict(
            "the console of this server stays as it is".to_owned(),
        ));
    }
    Ok(())
}

/// The difference.
#[derive(Template)]
#[template(path = "client_review.html")]
struct Review<'a> {
    shell: Shell<'a>,
    name: &'a str,
    csrf: String,
    action: String,
    back: String,
    edition: String,
    carried: Vec<(String, String)>,
    changes: Vec<Change>,
    meaning: Vec<String>,
    warnings: Vec<String>,
}

/// POST `/admin/clients/{id}/edit`: shows what would change.
pub(super) async fn review(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
    client_id: web::Path<String>,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let sent = match desk.form(payload, &action(&client_id)).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let said = match Said::read(&sent) {
        Ok(said) => said,
        Err(wrong) => return form(&desk, &client_id, Some((sent, wrong))).await,
    };
    let (wanted, seen, urls) = (client_id.clone(), edition(&sent), state.urls.clone());
    let found = desk
        .read(move |tx, _, actor| {
            edits::is_at(&clients::find(tx, actor, &wanted)?, &seen)?;
            edits::preview(tx, actor, &*urls, &wanted, move |metadata, policy| {
                said.apply(metadata, policy);
            })
        })
        .await;
    match found {
        Ok((here, preview)) => {
            let shell = desk.shell(&here, Section::Applications);
            desk.page(StatusCode::OK, &difference(&desk, shell, &preview, &sent))
        }
        Err(Refusal::Fault(_, AdminFault::Invalid(wrong))) => {
            form(&desk, &client_id, Some((sent, wrong))).await
        }
        Err(refusal) => desk.refuse(refusal, &action(&client_id)),
    }
}

fn difference<'a>(desk: &Desk, shell: Shell<'a>, preview: &'a Preview, sent: &Params) -> Review<'a> {
    let client_id = &preview.before.client_id;
    Review {
        shell,
        name: preview.before.display_name(),
        csrf: desk.token(&save_action(client_id)),
        action: save_action(client_id),
        back: action(client_id),
        edition: edition(sent),
        carried: fields::carried(sent),
        changes: review::changes(&rows::rows(&preview.before), &rows::rows(&preview.after)),
        meaning: meaning::of(&preview.before, &preview.after),
        warnings: preview.warnings.clone(),
    }
}

fn edition(sent: &Params) -> String {
    sent.get(EDITION).unwrap_or_default().to_owned()
}

/// POST `/admin/clients/{id}/save`.
pub(super) async fn save(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
    client_id: web::Path<String>,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let sent = match desk.form(payload, &save_action(&client_id)).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let said = match Said::read(&sent) {
        Ok(said) => said,
        Err(wrong) => return form(&desk, &client_id, Some((sent, wrong))).await,
    };
    let (wanted, seen, urls) = (client_id.clone(), edition(&sent), state.urls.clone());
    let saved = desk
        .write(Proof::Any, move |tx, ctx, actor| {
            edits::update_edition(
                tx,
                ctx,
                actor,
                &*urls,
                (&wanted, &seen),
                move |metadata, policy| {
                    said.apply(metadata, policy);
                },
            )
        })
        .await;
    match saved {
        Ok((
            here,
            Registered {
                client,
                secret: Some(secret),
                ..
            },
        )) => {
            let shell = desk.shell(&here, Section::Applications);
            secrets::show_new(&desk, shell, &client, News::Rotated(secret.expose()))
        }
        Ok(_) => desk.go_and_tell(&Tab::Settings.of(&client_id), "Saved. It counts from now on."),
        Err(refusal) => desk.refuse(refusal, &action(&client_id)),
    }
}
