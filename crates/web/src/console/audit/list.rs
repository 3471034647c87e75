//! The events that fit a filter, the last first. The filter stands in the address, so that a search can be kept and passed on.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use admin::audit::{self, AuditFilter, Order};
use admin::view::AuditView;
use askama::Template;
use kernel::Timestamp;
use kernel::audit::AuditRecord;
use protocol::Params;

use super::{PATH, export, verify};
use crate::console::desk::Desk;
use crate::console::list::{self, LINES};
use crate::console::shell::{Section, Shell};
use crate::console::words::{When, segment};
use crate::correlation::CorrelationId;
use crate::state::AppState;

/// Behind which record a page begins.
const BEHIND: &str = "behind";

/// The page.
#[derive(Template)]
#[template(path = "audit.html")]
struct Audit<'a> {
    shell: Shell<'a>,
    csrf: String,
    fields: Vec<Field>,
    /// What is asked for more rarely.
    finer: Vec<Field>,
    /// Whether some of that is asked for now.
    fine: bool,
    wrong: Vec<String>,
    lines: Vec<Line>,
    next: Option<String>,
    goes_on: bool,
    csv: String,
    ndjson: String,
}

/// One field of the filter.
struct Field {
    name: &'static str,
    label: &'static str,
    example: &'static str,
    value: String,
}

/// Name, label and an example of what is asked for most.
const FIELDS: [(&str, &str, &str); 5] = [
    ("event", "Event", "user.login*"),
    ("actor", "Who did it", "user name"),
    ("subject", "To whom or what", "user name"),
    ("since", "Since", "24h"),
    ("until", "Until", "2026-11-22"),
];

/// And of the rest.
const FINER: [(&str, &str, &str); 6] = [
    ("client", "Application", "client id"),
    ("outcome", "Outcome", "done, refused"),
    ("address", "Address", "192.0.2.0/24"),
    ("session", "Session", "sid"),
    ("correlation_id", "Reference", "F7K2-9QXM"),
    ("kid", "Key", "kid"),
];

fn fields(wanted: &[(&'static str, &'static str, &'static str)], query: &Params) -> Vec<Field> {
    let field = |&(name, label, example): &(&'static str, &'static str, &'static str)| Field {
        name,
        label,
        example,
        value: query.get(name).unwrap_or_default().to_owned(),
    };
    wanted.iter().map(field).collect()
}

/// One event.
struct Line {
    at: When,
    seconds: String,
    event: String,
    refused: bool,
    actor: String,
    actor_href: String,
    subject: String,
    client: String,
    way: String,
    address: String,
    detail: String,
    before: Option<String>,
    after: Option<String>,
    correlation: Option<String>,
}

/// GET `/admin/audit`.
pub(super) async fn get(request: HttpRequest, state: web::Data<AppState>, id: CorrelationId) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let now = state.ctx.now();
    let (filter, wrong) = match AuditFilter::from_query(request.query_string(), now) {
        Ok(filter) => (filter, Vec::new()),
        Err(wrong) => (AuditFilter::default(), wrong),
    };
    let behind = desk.query().get(BEHIND).and_then(|seq| seq.parse().ok());
    let found = desk
        .read(move |tx, _, actor| {
            let filter = filter.of_people(tx, actor)?;
            let page = audit::query(tx, actor, &filter, behind, Order::NewestFirst, LINES)?;
            let names = audit::names(tx, actor, &page.records)?;
            Ok((page, names))
        })
        .await;
    let (here, (page, names)) = match found {
        Ok(found) => found,
        Err(refusal) => return desk.refuse_look(refusal),
    };
    let query = desk.query();
    let link = |path, more: &[(&str, &str)]| list::with(path, query, &AuditFilter::NAMES, more);
    let finer = fields(&FINER, query);
    let view = Audit {
        shell: desk.shell(&here, Section::Audit),
        csrf: desk.token(verify::PATH),
        fields: fields(&FIELDS, query),
        fine: finer.iter().any(|field| !field.value.is_empty()),
        finer,
        wrong,
        next: page.next.map(|seq| link(PATH, &[(BEHIND, &seq.to_string())])),
        goes_on: behind.is_some(),
        csv: link(export::CSV, &[]),
        ndjson: link(export::NDJSON, &[]),
        lines: page
            .records
            .iter()
            .map(|record| line(record, &names, now))
            .collect(),
    };
    desk.page(StatusCode::OK, &view)
}

fn line(record: &AuditRecord, names: &BTreeMap<String, String>, now: Timestamp) -> Line {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let called = |value: &Option<String>| {
        value
            .as_ref()
            .and_then(|id| names.get(id))
            .cloned()
            .unwrap_or_else(|| text(value))
    };
    let at = When::new(Timestamp::from_millis(record.at), now);
    let (before, after) = AuditView::from(record).told();
    Line {
        seconds: at.machine.get(17..19).unwrap_or_default().to_owned(),
        at,
        event: record.event.clone(),
        refused: record.outcome.as_deref() == Some("refused"),
        actor_href: format!(
            "{PATH}?actor={}",
            segment(record.actor.as_deref().unwrap_or_default())
        ),
        actor: called(&record.actor),
        subject: called(&record.subject),
        client: text(&record.client_id),
        way: text(&record.way),
        address: text(&record.address),
        detail: text(&record.detail),
        before,
        after,
        correlation: record.correlation_id.clone(),
    }
}
