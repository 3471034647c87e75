//! `/admin/clients`: finding an application.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use admin::Permission;
use admin::directory::clients::{ClientFilter, Kind, Standing, clients};
use askama::Template;
use kernel::Timestamp;
use protocol::Params;
use token::Client;

use super::{PATH, create, page_of};
use crate::console::desk::Desk;
use crate::console::list;
use crate::console::shell::{Section, Shell};
use crate::console::words::When;
use crate::correlation::CorrelationId;
use crate::state::AppState;

const FILTER: [&str; 3] = ["q", "state", "kind"];

/// The page.
#[derive(Template)]
#[template(path = "clients.html")]
struct Clients<'a> {
    shell: Shell<'a>,
    q: String,
    /// Each choice, what it is called, and whether it was made.
    states: Vec<(&'static str, bool)>,
    kinds: Vec<(&'static str, &'static str, bool)>,
    filtered: bool,
    lines: Vec<Line>,
    next: Option<String>,
    goes_on: bool,
}

struct Line {
    href: String,
    client_id: String,
    name: String,
    kind: &'static str,
    first_party: bool,
    enabled: bool,
    redirect: String,
    changed: When,
}

fn standing(query: &Params) -> Option<Standing> {
    match query.get("state") {
        Some("enabled") => Some(Standing::Enabled),
        Some("disabled") => Some(Standing::Disabled),
        _ => None,
    }
}

fn kind(query: &Params) -> Option<Kind> {
    match query.get("kind") {
        Some("confidential") => Some(Kind::Confidential),
        Some("public") => Some(Kind::Public),
        Some("first_party") => Some(Kind::FirstParty),
        _ => None,
    }
}

/// GET `/admin/clients`.
pub(super) async fn get(request: HttpRequest, state: web::Data<AppState>, id: CorrelationId) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let q = desk.query().get("q").unwrap_or_default().trim().to_owned();
    let filter = ClientFilter {
        text: (!q.is_empty()).then(|| q.clone()),
        standing: standing(desk.query()),
        kind: kind(desk.query()),
    };
    let filtered = filter != ClientFilter::default();
    let after = list::after(desk.query());
    let found = desk
        .read(move |tx, ctx, actor| clients(tx, ctx, actor, &filter, after.as_ref(), list::LINES))
        .await;
    let (here, page) = match found {
        Ok(found) => found,
        Err(refusal) => return desk.refuse_look(refusal),
    };
    let chosen = |name, value| desk.query().get(name) == Some(value);
    let kinds = [
        ("confidential", "keeps a secret"),
        ("public", "public"),
        ("first_party", "ours"),
    ];
    let view = Clients {
        shell: desk.shell(&here, Section::Applications),
        q,
        states: ["enabled", "disabled"]
            .map(|own| (own, chosen("state", own)))
            .to_vec(),
        kinds: kinds.map(|(own, name)| (own, name, chosen("kind", own))).to_vec(),
        filtered,
        next: list::next(PATH, desk.query(), &FILTER, page.next.as_ref()),
        goes_on: list::goes_on(desk.query()),
        lines: page
            .items
            .iter()
            .map(|client| line(client, state.ctx.now()))
            .collect(),
    };
    desk.page(StatusCode::OK, &view)
}

fn line(client: &Client, now: Timestamp) -> Line {
    let uris = &client.metadata.redirect_uris;
    Line {
        href: page_of(&client.client_id),
        client_id: client.client_id.clone(),
        name: client.metadata.client_name.clone().unwrap_or_default(),
        kind: super::rows::kind_of(client),
        first_party: client.policy.first_party,
        enabled: client.enabled,
        redirect: match uris.as_slice() {
            [] => String::new(),
            [only] => only.clone(),
            [first, others @ ..] => format!("{first} and {} more", others.len()),
        },
        changed: When::new(client.updated_at, now),
    }
}
