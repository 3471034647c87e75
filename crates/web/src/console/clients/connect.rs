//! `/admin/clients/{id}`: what to write where, so that the application signs people in: ready settings with real values.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use admin::clients;
use admin::snippets::{self, Part, Snippet, Values};
use askama::Template;
use kernel::Issuer;
use token::{Catalogue, Client};

use super::head::{Head, Tab};
use crate::console::desk::Desk;
use crate::console::shell::{Section, Shell};
use crate::correlation::CorrelationId;
use crate::state::AppState;

/// The parameter that says for what.
const FOR: &str = "for";

/// The page.
#[derive(Template)]
#[template(path = "client_connect.html")]
struct Connect<'a> {
    shell: Shell<'a>,
    head: Head,
    issuer: &'a str,
    settings: Option<Settings>,
}

/// Ready settings, and which others there are.
pub(super) struct Settings {
    /// Name, title, whether it is the one shown.
    pub(super) choices: Vec<(&'static str, &'static str, bool)>,
    /// Its parts, filled.
    pub(super) parts: Vec<Part>,
    /// What else one should know.
    pub(super) note: Option<&'static str>,
    /// Its page in the documentation.
    pub(super) page: &'static str,
}

impl Settings {
    /// For a client; `wanted` if it suits. A secret is shown where it is new.
    pub(super) fn of(
        client: &Client,
        wanted: Option<&str>,
        issuer: &Issuer,
        catalogue: &Catalogue,
        secret: Option<&str>,
    ) -> Option<Self> {
        let suitable = snippets::for_client(client);
        let named = |name: &str| suitable.iter().find(|snippet| snippet.name == name);
        let chosen: &Snippet = wanted.and_then(named).or(suitable.first())?;
        let values = Values::of(client, chosen, issuer, catalogue, secret);
        let choice = |snippet: &&'static Snippet| (snippet.name, snippet.title, snippet.name == chosen.name);
        Some(Self {
            choices: suitable.iter().map(choice).collect(),
            parts: chosen.filled(&values),
            note: chosen.note,
            page: chosen.page,
        })
    }
}

/// GET `/admin/clients/{id}`; the console itself needs no settings, and is shown by its registration.
pub(super) async fn get(
    request: HttpRequest,
    state: web::Data<AppState>,
    id: CorrelationId,
    client_id: web::Path<String>,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    if *client_id == admin::console::CLIENT_ID {
        return desk.go(&Tab::Settings.of(&client_id));
    }
    let found = desk
        .read(move |tx, _, actor| clients::find(tx, actor, &client_id))
        .await;
    let (here, client) = match found {
        Ok(found) => found,
        Err(refusal) => return desk.refuse_look(refusal),
    };
    let (issuer, catalogue) = (&state.ctx.issuer, state.catalogue.get());
    let shell = desk.shell(&here, Section::Applications);
    let view = Connect {
        head: Head::new(&client, &shell, Tab::Connect),
        issuer: issuer.as_str(),
        settings: Settings::of(&client, desk.query().get(FOR), issuer, &catalogue, None),
        shell,
    };
    desk.page(StatusCode::OK, &view)
}
