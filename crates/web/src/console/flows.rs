//! `/admin/flows`: why a request was refused, found by the code on its page; what fails for an application, and the repair of
//! a redirect URI that is almost right.

use actix_web::http::StatusCode;
use actix_web::web::{self, get, post};
use actix_web::{HttpRequest, HttpResponse};
use admin::flows::{self, Failure, Fix, Glance};
use admin::{AdminFault, Permission, clients};
use askama::Template;
use kernel::Timestamp;
use token::flow::{Comparison, Flow, Verdict};

use super::desk::{Desk, Proof};
use super::shell::{Section, Shell};
use super::words::{When, number, segment};
use crate::correlation::CorrelationId;
use crate::routes::resource;
use crate::state::AppState;

/// Where they begin.
pub(super) const PATH: &str = "/admin/flows";
/// Where the form goes that adds a redirect URI.
const REPAIR: &str = "/admin/flows/repair";

/// Adds the routes.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(resource(PATH, "GET", [get().to(list)]))
        .service(resource(
            REPAIR,
            "GET, POST",
            [get().to(confirm), post().to(repair)],
        ))
        .service(resource("/admin/flows/{id}", "GET", [get().to(one)]));
}

/// The page of a record.
pub(super) fn page_of(id: &str) -> String {
    format!("{PATH}/{}", segment(id))
}

/// The list.
#[derive(Template)]
#[template(path = "flows.html")]
struct List<'a> {
    shell: Shell<'a>,
    asked: String,
    /// Whether there is no record under what was asked for.
    missing: bool,
    client: Option<String>,
    failures: Vec<Group>,
    lines: Vec<Line>,
}

/// Requests that failed alike.
struct Group {
    error: String,
    uri: Option<String>,
    count: String,
    last: When,
    repair: Option<String>,
    remark: &'static str,
}

/// One request.
struct Line {
    id: String,
    href: String,
    at: When,
    endpoint: String,
    client: Option<(String, String)>,
    error: String,
}

/// GET `/admin/flows`: with `id` the record of that, with `client` those of an application.
async fn list(request: HttpRequest, state: web::Data<AppState>, id: CorrelationId) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let asked = desk.query().get("id").unwrap_or_default().trim().to_owned();
    if let Some(meant) = flows::correlation_id(&asked) {
        return desk.go(&page_of(&meant));
    }
    let missing = !asked.is_empty();
    draw(&desk, asked, missing).await
}

async fn draw(desk: &Desk, asked: String, missing: bool) -> HttpResponse {
    let client = desk.query().get("client").map(str::to_owned);
    let wanted = client.clone();
    let found = desk
        .read(move |tx, ctx, actor| {
            let failures = match &wanted {
                Some(client_id) => flows::recent_failures(tx, ctx, actor, client_id)?,
                None => Vec::new(),
            };
            Ok((flows::recent(tx, ctx, actor, wanted.as_deref())?, failures))
        })
        .await;
    let (here, (lines, failures)) = match found {
        Ok(found) => found,
        Err(refusal) => return desk.refuse_look(refusal),
    };
    let now = desk.state().ctx.now();
    let may_repair = here.actor.may().contain(Permission::ManageApplications);
    let view = List {
        shell: desk.shell(&here, Section::Flows),
        failures: failures
            .into_iter()
            .map(|failure| group(failure, client.as_deref().filter(|_| may_repair), now))
            .collect(),
        lines: lines.into_iter().map(|glance| line(glance, now)).collect(),
        asked,
        missing,
        client,
    };
    let status = if missing {
        StatusCode::NOT_FOUND
    } else {
        StatusCode::OK
    };
    desk.page(status, &view)
}

fn group(failure: Failure, client: Option<&str>, now: Timestamp) -> Group {
    let repair = client
        .zip(failure.foreign_uri.as_deref())
        .filter(|_| failure.fix == Fix::AddRedirectUri)
        .map(|(client, uri)| format!("{REPAIR}?client={}&uri={}", segment(client), segment(uri)));
    Group {
        error: failure.error,
        uri: failure.foreign_uri,
        count: number(failure.count),
        last: When::new(failure.last, now),
        repair,
        remark: match failure.fix {
            Fix::ByHand => {
                "Leads to a place no registered address leads to. Anybody can send such a request."
            }
            Fix::Done => "Registered since.",
            Fix::AddRedirectUri | Fix::None => "",
        },
    }
}

fn line(glance: Glance, now: Timestamp) -> Line {
    Line {
        href: page_of(&glance.id),
        at: When::new(glance.at, now),
        endpoint: glance.endpoint,
        client: glance
            .client_id
            .map(|id| (format!("{PATH}?client={}", segment(&id)), id)),
        error: glance.error,
        id: glance.id,
    }
}

/// One record.
#[derive(Template)]
#[template(path = "flow.html")]
struct One<'a> {
    shell: Shell<'a>,
    flow: &'a Flow,
    headline: String,
    at: When,
    person: Option<String>,
    client: Option<String>,
    checks: Vec<Checked<'a>>,
    compared: Vec<Compared<'a>>,
    repair: Option<String>,
}

/// A check.
struct Checked<'a> {
    class: &'static str,
    told: &'static str,
    name: &'a str,
    section: &'a str,
}

/// A registered address beside the one that was sent.
struct Compared<'a> {
    sent: Pieces<'a>,
    registered: Pieces<'a>,
    /// In characters, counted from 1.
    at: Option<usize>,
}

/// A text up to where it parts from another, the character there, and the rest.
struct Pieces<'a> {
    same: &'a str,
    here: &'a str,
    rest: &'a str,
}

impl<'a> Pieces<'a> {
    fn of(text: &'a str, at: Option<usize>) -> Self {
        let place = |count: usize| {
            text.char_indices()
                .nth(count)
                .map_or(text.len(), |(place, _)| place)
        };
        let (from, to) = match at {
            Some(at) => (place(at), place(at + 1)),
            None => (text.len(), text.len()),
        };
        Self {
            same: &text[..from],
            here: &text[from..to],
            rest: &text[to..],
        }
    }
}

/// GET `/admin/flows/{id}`.
async fn one(
    request: HttpRequest,
    state: web::Data<AppState>,
    id: CorrelationId,
    path: web::Path<String>,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let wanted = path.clone();
    let found = desk
        .read(move |tx, ctx, actor| match flows::find(tx, ctx, actor, &wanted) {
            Ok(flow) => Ok(Some((fix(tx, ctx, actor, &flow)?, flow))),
            Err(AdminFault::NotFound { .. }) => Ok(None),
            Err(fault) => Err(fault),
        })
        .await;
    let (here, (fix, flow)) = match found {
        Ok((here, Some(found))) => (here, found),
        Ok((_, None)) => return draw(&desk, path.into_inner(), true).await,
        Err(refusal) => return desk.refuse_look(refusal),
    };
    let refused = &flow.refused;
    let may = |permission| here.actor.may().contain(permission);
    let offered = may(Permission::ManageApplications) && fix == Fix::AddRedirectUri;
    let mend = refused.client_id.as_deref().zip(refused.foreign_uri.as_deref());
    let view = One {
        shell: desk.shell(&here, Section::Flows),
        headline: sentence(&refused.reason),
        at: When::new(flow.at, state.ctx.now()),
        person: refused.user.map(|user| user.to_string()),
        client: refused
            .client_id
            .as_ref()
            .map(|id| format!("{PATH}?client={}", segment(id))),
        checks: refused.checks.iter().map(checked).collect(),
        compared: compared(&flow),
        repair: mend
            .filter(|_| offered)
            .map(|(client, uri)| format!("{REPAIR}?client={}&uri={}", segment(client), segment(uri))),
        flow: &flow,
    };
    desk.page(StatusCode::OK, &view)
}

/// A reason as a sentence of its own.
pub(super) fn sentence(reason: &str) -> String {
    let mut letters = reason.chars();
    let first = letters.next().map(char::to_uppercase);
    let first: String = first.into_iter().flatten().collect();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

/// What can be done about this record, as the list of its client's failures has it.
fn fix(
    tx: &mut dyn admin::Ports,
    ctx: &kernel::Ctx,
    actor: &admin::Actor,
    flow: &Flow,
) -> Result<Fix, AdminFault> {
    let refused = &flow.refused;
    let (Some(client_id), Some(_)) = (&refused.client_id, &refused.foreign_uri) else {
        return Ok(Fix::None);
    };
    let alike =
        |failure: &Failure| failure.error == refused.error && failure.foreign_uri == refused.foreign_uri;
    match flows::recent_failures(tx, ctx, actor, client_id) {
        Ok(failures) => Ok(failures
            .iter()
            .find(|one| alike(one))
            .map_or(Fix::None, |one| one.fix)),
        // A client that is gone needs no repair.
        Err(AdminFault::NotFound { .. }) => Ok(Fix::None),
        Err(fault) => Err(fault),
    }
}

fn checked(check: &token::flow::Check) -> Checked<'_> {
    let (class, told) = match check.verdict {
        Verdict::Passed => ("active", "passed"),
        Verdict::Failed => ("revoked", "failed"),
        Verdict::NotReached => ("retired", "not looked at"),
    };
    Checked {
        class,
        told,
        name: &check.name,
        section: &check.section,
    }
}

fn compared(flow: &Flow) -> Vec<Compared<'_>> {
    match flow.refused.foreign_uri.as_deref() {
        Some(sent) => beside(sent, &flow.refused.compared),
        None => Vec::new(),
    }
}

/// An address beside others.
fn beside<'a>(sent: &'a str, others: &'a [Comparison]) -> Vec<Compared<'a>> {
    let pair = |one: &'a Comparison| Compared {
        sent: Pieces::of(sent, one.differs_at),
        registered: Pieces::of(&one.registered, one.differs_at),
        at: one.differs_at.map(|at| at + 1),
    };
    others.iter().map(pair).collect()
}

/// The page that asks before an address is added.
#[derive(Template)]
#[template(path = "flow_repair.html")]
struct Confirm<'a> {
    shell: Shell<'a>,
    csrf: String,
    client: &'a str,
    uri: &'a str,
    count: String,
    last: When,
    compared: Vec<Compared<'a>>,
    back: String,
}

/// GET `/admin/flows/repair`: `client` and `uri` in the query.
async fn confirm(request: HttpRequest, state: web::Data<AppState>, id: CorrelationId) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let text = |name| desk.query().get(name).unwrap_or_default().to_owned();
    let (client, uri) = (text("client"), text("uri"));
    let (wanted, sent) = (client.clone(), uri.clone());
    let found = desk
        .read(move |tx, ctx, actor| {
            actor.require(Permission::ManageApplications)?;
            let failures = flows::recent_failures(tx, ctx, actor, &wanted)?;
            let seen = failures.into_iter().find(|failure| {
                failure.fix == Fix::AddRedirectUri && failure.foreign_uri.as_deref() == Some(&sent)
            });
            let seen =
                seen.ok_or_else(|| AdminFault::Conflict("that address needs no repair here".to_owned()))?;
            let client = clients::find(tx, actor, &wanted)?;
            let registered = client.metadata.redirect_uris.iter();
            let mut others: Vec<_> = registered.map(|own| Comparison::of(&sent, own)).collect();
            // The most alike first.
            others.sort_by_key(|one| std::cmp::Reverse(one.differs_at));
            Ok((seen, others))
        })
        .await;
    let (here, (failure, others)) = match found {
        Ok(found) => found,
        Err(refusal) => return desk.refuse_look(refusal),
    };
    let view = Confirm {
        compared: beside(&uri, &others),
        shell: desk.shell(&here, Section::Flows),
        csrf: desk.token(REPAIR),
        count: number(failure.count),
        last: When::new(failure.last, state.ctx.now()),
        back: format!("{PATH}?client={}", segment(&client)),
        client: &client,
        uri: &uri,
    };
    desk.page(StatusCode::OK, &view)
}

/// POST: adds the address.
async fn repair(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let form = match desk.form(payload, REPAIR).await {
        Ok(form) => form,
        Err(response) => return response,
    };
    let text = |name| form.get(name).unwrap_or_default().to_owned();
    let (client, uri, urls) = (text("client"), text("uri"), state.urls.clone());
    let back = format!("{PATH}?client={}", segment(&client));
    let sentence = format!("{uri} is registered for {client} now.");
    let done = desk
        .write(Proof::Any, move |tx, ctx, actor| {
            flows::repair_redirect_uri(tx, ctx, actor, &*urls, (&client, &uri)).map(drop)
        })
        .await;
    match done {
        Ok(_) => desk.go_and_tell(&back, &sentence),
        Err(refusal) => desk.refuse(refusal, &back),
    }
}

#[cfg(test)]
mod tests {
    use super::Pieces;

    #[test]
    fn a_text_is_taken_apart_at_a_character() {
        let pieces = Pieces::of("ä/b", Some(1));
        assert_eq!((pieces.same, pieces.here, pieces.rest), ("ä", "/", "b"));
        let beyond = Pieces::of("ab", Some(2));
        assert_eq!((beyond.same, beyond.here, beyond.rest), ("ab", "", ""));
        assert_eq!(Pieces::of("ab", None).same, "ab");
    }
}
