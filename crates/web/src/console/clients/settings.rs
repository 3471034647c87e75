//! `/admin/clients/{id}/settings`: the registration as it is.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use admin::clients;
use askama::Template;

use super::head::{Head, Tab};
use super::page_of;
use super::rows::rows;
use crate::console::desk::Desk;
use crate::console::review::Row;
use crate::console::shell::{Section, Shell};
use crate::console::words::When;
use crate::correlation::CorrelationId;
use crate::state::AppState;

/// The page.
#[derive(Template)]
#[template(path = "client_settings.html")]
struct Settings<'a> {
    shell: Shell<'a>,
    head: Head,
    edit: String,
    rows: Vec<Row>,
    /// What nothing was said about.
    unset: String,
    other: Option<String>,
    created: When,
    changed: When,
}

/// GET `/admin/clients/{id}/settings`.
pub(super) async fn get(
    request: HttpRequest,
    state: web::Data<AppState>,
    id: CorrelationId,
    client_id: web::Path<String>,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let found = desk
        .read(move |tx, _, actor| clients::find(tx, actor, &client_id))
        .await;
    let (here, client) = match found {
        Ok(found) => found,
        Err(refusal) => return desk.refuse_look(refusal),
    };
    let now = state.ctx.now();
    let shell = desk.shell(&here, Section::Applications);
    let other = &client.metadata.other;
    let (unset, rows): (Vec<Row>, Vec<Row>) = rows(&client)
        .into_iter()
        .partition(|(_, values)| values.is_empty());
    let view = Settings {
        head: Head::new(&client, &shell, Tab::Settings),
        shell,
        edit: format!("{}/edit", page_of(&client.client_id)),
        rows,
        unset: unset
            .iter()
            .map(|(label, _)| *label)
            .collect::<Vec<_>>()
            .join(", "),
        other: (!other.is_empty()).then(|| admin::view::pretty(other)),
        created: When::new(client.created_at, now),
        changed: When::new(client.updated_at, now),
    };
    desk.page(StatusCode::OK, &view)
}
