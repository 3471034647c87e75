//! `/admin/resources/{id}`: one API: made, and changed after a look at the difference.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use admin::resources::{self, Choice, NewResource, ResourceChange};
use admin::view::ResourceView;
use admin::{AdminFault, Permission, edition};
use askama::Template;
use protocol::{Params, Scope};
use token::ApiResource;
use token::client::SigningAlg;

use super::{PATH, page_of};
use crate::console::desk::{Desk, Proof, Refusal};
use crate::console::review::{self, Change, Fate, Row};
use crate::console::shell::{Section, Shell};
use crate::console::words::span;
use crate::correlation::CorrelationId;
use crate::state::AppState;

/// Where a new one begins.
pub(super) const NEW: &str = "/admin/resources/new";
const FIELDS: [&str; 4] = ["name", "scopes", "access_token_alg", "access_ttl"];

/// The form.
#[derive(Template)]
#[template(path = "api_edit.html")]
struct Form<'a> {
    shell: Shell<'a>,
    csrf: String,
    action: String,
    /// Of one there is.
    identifier: Option<&'a str>,
    edition: String,
    wrong: Vec<String>,
    form: &'a Params,
    usual: String,
}

impl Form<'_> {
    fn text(&self, name: &str) -> &str {
        self.form.get(name).unwrap_or_default()
    }
}

/// What was said of an API.
struct Said {
    name: String,
    scopes: Vec<String>,
    alg: Option<SigningAlg>,
    ttl: Option<Duration>,
}

impl Said {
    fn read(sent: &Params) -> Result<Self, Vec<String>> {
        let text = |name| sent.get(name).map(str::trim).unwrap_or_default();
        let seconds = match text("access_ttl") {
            "" => Ok(None),
            text => text.parse().map(Some),
        };
        let alg = match text("access_token_alg") {
            "" => Ok(None),
            text => text.parse().map(Some),
        };
        match (seconds, alg) {
            (Ok(seconds), Ok(alg)) => Ok(Self {
                name: text("name").to_owned(),
                scopes: text("scopes").split_whitespace().map(str::to_owned).collect(),
                alg,
                ttl: seconds.map(Duration::from_secs),
            }),
            (Err(_), _) => Err(vec![
                "How long tokens live: write whole seconds, such as 300.".to_owned(),
            ]),
            (_, Err(reason)) => Err(vec![reason]),
        }
    }

    fn change(self) -> ResourceChange {
        ResourceChange {
            name: Some(self.name),
            scopes: Some(self.scopes),
            access_token_alg: Some(self.alg.map_or(Choice::Default, Choice::Own)),
            access_ttl: Some(self.ttl.map_or(Choice::Default, Choice::Own)),
        }
    }
}

fn of(resource: &ApiResource) -> Params {
    Params::from_pairs([
        ("name", resource.name.clone().unwrap_or_default()),
        ("scopes", resource.scopes.iter().collect::<Vec<_>>().join(" ")),
        (
            "access_token_alg",
            resource
                .access_token_alg
                .map(|alg| alg.to_string())
                .unwrap_or_default(),
        ),
        (
            "access_ttl",
            resource
                .access_ttl
                .map(|ttl| ttl.as_secs().to_string())
                .unwrap_or_default(),
        ),
    ])
}

/// GET `/admin/resources/new`.
pub(super) async fn ask_new(
    request: HttpRequest,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    form(&desk, None, None).await
}

/// GET `/admin/resources/{id}`.
pub(super) async fn ask(
    request: HttpRequest,
    state: web::Data<AppState>,
    id: CorrelationId,
    identifier: web::Path<String>,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    form(&desk, Some(&identifier), None).await
}

/// The form of a new API, or of one there is; as it stands, or as it was sent and refused.
async fn form(desk: &Desk, identifier: Option<&str>, sent: Option<(Params, Vec<String>)>) -> HttpResponse {
    let wanted = identifier.map(str::to_owned);
    let found = desk
        .read(move |tx, _, actor| match &wanted {
            Some(identifier) => resources::find(tx, actor, identifier).map(Some),
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
    let seen = |form: &Params| form.get("edition").map(str::to_owned);
    let (form, wrong) = sent.unwrap_or_else(|| (stands(), Vec::new()));
    let own = known
        .as_ref()
        .map(|resource| edition::of(&ResourceView::from(resource)));
    let action = identifier.map_or_else(|| NEW.to_owned(), page_of);
    let view = Form {
        shell: desk.shell(&here, Section::Apis),
        csrf: desk.token(&action),
        action,
        identifier,
        edition: seen(&form).or(own).unwrap_or_default(),
        wrong,
        form: &form,
        usual: span(desk.state().ctx.policy.access_ttl),
    };
    desk.page(status, &view)
}

/// POST `/admin/resources/new`.
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
    let said = match Said::read(&sent) {
        Ok(said) => said,
        Err(wrong) => return form(&desk, None, Some((sent, wrong))).await,
    };
    let new = NewResource {
        identifier: sent.get("identifier").unwrap_or_default().trim().to_owned(),
        name: Some(said.name).filter(|name| !name.is_empty()),
        scopes: said.scopes,
        access_token_alg: said.alg,
        access_ttl: said.ttl,
    };
    let made = desk
        .write(Proof::Any, move |tx, ctx, actor| {
            resources::create(tx, ctx, actor, new)
        })
        .await;
    match made {
        Ok((_, resource)) => desk.go_and_tell(PATH, &format!("{} is registered.", resource.identifier)),
        Err(Refusal::Fault(_, AdminFault::Invalid(wrong))) => form(&desk, None, Some((sent, wrong))).await,
        Err(Refusal::Fault(_, AdminFault::Conflict(reason))) => {
            form(&desk, None, Some((sent, vec![reason]))).await
        }
        Err(refusal) => desk.refuse(refusal, NEW),
    }
}

/// The difference.
#[derive(Template)]
#[template(path = "api_review.html")]
struct Review<'a> {
    shell: Shell<'a>,
    identifier: &'a str,
    csrf: String,
    action: String,
    back: String,
    edition: String,
    carried: Vec<(String, String)>,
    changes: Vec<Change>,
    meaning: Vec<String>,
}

/// POST `/admin/resources/{id}`: shows what would change.
pub(super) async fn review(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
    identifier: web::Path<String>,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let back = page_of(&identifier);
    let sent = match desk.form(payload, &back).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let said = Said::read(&sent).and_then(|said| {
        let scopes =
            Scope::parse(&said.scopes.join(" ")).map_err(|fault| vec![format!("scopes: {fault}")])?;
        Ok((said, scopes))
    });
    let (said, scopes) = match said {
        Ok(said) => said,
        Err(wrong) => return form(&desk, Some(&identifier), Some((sent, wrong))).await,
    };
    let (wanted, seen) = (identifier.clone(), seen(&sent));
    let found = desk
        .read(move |tx, _, actor| {
            actor.require(Permission::ManageApplications)?;
            let resource = resources::find(tx, actor, &wanted)?;
            edition::is_still(&ResourceView::from(&resource), &seen)?;
            Ok(resource)
        })
        .await;
    let (here, before) = match found {
        Ok(found) => found,
        Err(refusal) => return desk.refuse(refusal, &back),
    };
    let after = ApiResource {
        name: Some(said.name).filter(|name| !name.is_empty()),
        scopes,
        access_token_alg: said.alg,
        access_ttl: said.ttl,
        ..before.clone()
    };
    let usual = state.ctx.policy.access_ttl;
    let action = format!("{back}/save");
    let view = Review {
        shell: desk.shell(&here, Section::Apis),
        identifier: &before.identifier,
        csrf: desk.token(&action),
        action,
        edition: self::seen(&sent),
        carried: sent.keep(&FIELDS, 16 * 1024).pairs().to_vec(),
        changes: review::changes(&rows(&before, usual), &rows(&after, usual)),
        meaning: meaning(&before, &after, usual),
        back,
    };
    desk.page(StatusCode::OK, &view)
}

fn seen(sent: &Params) -> String {
    sent.get("edition").unwrap_or_default().to_owned()
}

fn rows(resource: &ApiResource, usual: Duration) -> Vec<Row> {
    let lives = match resource.access_ttl {
        Some(own) => span(own),
        None => format!("{} (usual)", span(usual)),
    };
    let alg = resource
        .access_token_alg
        .map_or("as the application", |alg| alg.as_str());
    vec![
        ("Name", resource.name.iter().cloned().collect()),
        ("Scopes", resource.scopes.iter().map(str::to_owned).collect()),
        ("Tokens for it are signed with", vec![alg.to_owned()]),
        ("Tokens for it live", vec![lives]),
    ]
}

fn meaning(before: &ApiResource, after: &ApiResource, usual: Duration) -> Vec<String> {
    let gone = before.scopes.iter().filter(|token| !after.scopes.contains(token));
    let mut sentences: Vec<String> = gone
        .map(|token| format!("No application gets {token} any more. Tokens that carry it end by themselves."))
        .collect();
    let lives = |resource: &ApiResource| resource.access_ttl.unwrap_or(usual);
    if lives(after) > lives(before) {
        sentences.push(format!(
            "A token that leaks is good for {} instead of {}, for an API that judges by itself.",
            span(lives(after)),
            span(lives(before))
        ));
    }
    if before.access_token_alg != after.access_token_alg {
        sentences.push("The API must know the algorithm before it is changed here.".to_owned());
    }
    sentences
}

/// POST `/admin/resources/{id}/save`.
pub(super) async fn save(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
    identifier: web::Path<String>,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let back = page_of(&identifier);
    let sent = match desk.form(payload, &format!("{back}/save")).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let said = match Said::read(&sent) {
        Ok(said) => said,
        Err(wrong) => return form(&desk, Some(&identifier), Some((sent, wrong))).await,
    };
    let (wanted, seen) = (identifier.clone(), seen(&sent));
    let saved = desk
        .write(Proof::Any, move |tx, ctx, actor| {
            actor.require(Permission::ManageApplications)?;
            let known = resources::find(tx, actor, &wanted)?;
            edition::is_still(&ResourceView::from(&known), &seen)?;
            resources::update(tx, ctx, actor, &wanted, said.change())
        })
        .await;
    match saved {
        Ok(_) => desk.go_and_tell(
            PATH,
            "Saved. New tokens follow it; those issued before stay as they are.",
        ),
        Err(Refusal::Fault(_, AdminFault::Invalid(wrong))) => {
            form(&desk, Some(&identifier), Some((sent, wrong))).await
        }
        Err(refusal) => desk.refuse(refusal, &back),
    }
}
