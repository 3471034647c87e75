//! `/admin/resources/scopes/{name}`: a scope of one's own, and which claims about people it gives.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use admin::scopes::{self, NewScope, ScopeChange};
use admin::view::ScopeView;
use admin::{AdminFault, Permission, edition};
use askama::Template;
use protocol::Params;
use token::ClaimScope;

use super::{PATH, page_of_scope};
use crate::console::desk::{Desk, Proof, Refusal};
use crate::console::shell::{Section, Shell};
use crate::correlation::CorrelationId;
use crate::state::AppState;

/// Where a new one begins.
pub(super) const NEW: &str = "/admin/resources/scopes/new";

/// The form.
#[derive(Template)]
#[template(path = "scope_edit.html")]
struct Form<'a> {
    shell: Shell<'a>,
    csrf: String,
    action: String,
    /// Of one there is.
    name: Option<&'a str>,
    edition: String,
    wrong: Vec<String>,
    form: &'a Params,
}

impl Form<'_> {
    fn text(&self, name: &str) -> &str {
        self.form.get(name).unwrap_or_default()
    }
}

/// Lines `claim = attribute`; one word alone is both.
fn claims(sent: &Params) -> BTreeMap<String, String> {
    let lines = sent.get("claims").unwrap_or_default().lines();
    let pairs = lines.map(str::trim).filter(|line| !line.is_empty()).map(|line| {
        let (claim, attribute) = line.split_once('=').unwrap_or((line, line));
        (claim.trim().to_owned(), attribute.trim().to_owned())
    });
    pairs.collect()
}

fn of(scope: &ClaimScope) -> Params {
    let lines = scope
        .claims
        .iter()
        .map(|(claim, from)| format!("{claim} = {from}"));
    Params::from_pairs([
        ("description", scope.description.clone().unwrap_or_default()),
        ("claims", lines.collect::<Vec<_>>().join("\n")),
    ])
}

/// GET `/admin/resources/scopes/new`.
pub(super) async fn ask_new(
    request: HttpRequest,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    form(&Desk::of(&request, &state, &id), None, None).await
}

/// GET `/admin/resources/scopes/{name}`.
pub(super) async fn ask(
    request: HttpRequest,
    state: web::Data<AppState>,
    id: CorrelationId,
    name: web::Path<String>,
) -> HttpResponse {
    form(&Desk::of(&request, &state, &id), Some(&name), None).await
}

async fn form(desk: &Desk, name: Option<&str>, sent: Option<(Params, Vec<String>)>) -> HttpResponse {
    let wanted = name.map(str::to_owned);
    let found = desk
        .read(move |tx, _, actor| match &wanted {
            Some(name) => scopes::find(tx, actor, name).map(Some),
            None => actor.require(Permission::ManageApplications).map(|()| None),
        })
        .await;
    let (here, known) = match found {
        Ok(found) => found,
        Err(refusal) => return desk.refuse_look(refusal),
    };
    let status = match sent {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let stands = || known.as_ref().map(of).unwrap_or_default();
    let (form, wrong) = sent.unwrap_or_else(|| (stands(), Vec::new()));
    let own = known.as_ref().map(|scope| edition::of(&ScopeView::from(scope)));
    let action = name.map_or_else(|| NEW.to_owned(), page_of_scope);
    let view = Form {
        shell: desk.shell(&here, Section::Apis),
        csrf: desk.token(&action),
        action,
        name,
        edition: form.get("edition").map(str::to_owned).or(own).unwrap_or_default(),
        wrong,
        form: &form,
    };
    desk.page(status, &view)
}

/// POST `/admin/resources/scopes/new`.
pub(super) async fn create(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let sent = match desk.form(payload, NEW).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let text = |name| sent.get(name).unwrap_or_default().trim().to_owned();
    let new = NewScope {
        name: text("name"),
        description: Some(text("description")).filter(|text| !text.is_empty()),
        claims: claims(&sent),
    };
    let made = desk
        .write(Proof::Any, move |tx, ctx, actor| {
            scopes::create(tx, ctx, actor, new)
        })
        .await;
    match made {
        Ok((_, scope)) => desk.go_and_tell(PATH, &format!("{} is defined.", scope.name)),
        Err(refusal) => refused(&desk, None, sent, refusal, NEW).await,
    }
}

/// POST `/admin/resources/scopes/{name}`.
pub(super) async fn save(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
    name: web::Path<String>,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let back = page_of_scope(&name);
    let sent = match desk.form(payload, &back).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let change = ScopeChange {
        description: Some(sent.get("description").unwrap_or_default().trim().to_owned()),
        claims: Some(claims(&sent)),
    };
    let (wanted, seen) = (name.clone(), sent.get("edition").unwrap_or_default().to_owned());
    let saved = desk
        .write(Proof::Any, move |tx, ctx, actor| {
            actor.require(Permission::ManageApplications)?;
            edition::is_still(&ScopeView::from(&scopes::find(tx, actor, &wanted)?), &seen)?;
            scopes::update(tx, ctx, actor, &wanted, change)
        })
        .await;
    match saved {
        Ok(_) => desk.go_and_tell(PATH, "Saved. It counts from the next tokens on."),
        Err(refusal) => refused(&desk, Some(&name), sent, refusal, &back).await,
    }
}

async fn refused(
    desk: &Desk,
    name: Option<&str>,
    sent: Params,
    refusal: Refusal,
    back: &str,
) -> HttpResponse {
    match refusal {
        Refusal::Fault(_, AdminFault::Invalid(wrong)) => form(desk, name, Some((sent, wrong))).await,
        refusal => desk.refuse(refusal, back),
    }
}
