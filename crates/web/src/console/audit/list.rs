//! The events that fit a filter, the last first. The filter stands in the address, so that a search can be kept and passed on.

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

/// Name, label and an example of each.
const FIELDS: [(&str, &str, &str); 11] = [
    ("event", "Event", "user.login*"),
    ("actor", "Who did it", "sub, client id or cli"),
    ("subject", "To whom or what", "sub, kid, group"),
    ("client", "Application", "client id"),
    ("since", "Since", "24h"),
    ("until", "Until", "2026-11-22"),
    ("outcome", "Outcome", "done or refused"),
    ("address", "Address", "192.0.2.0/24"),
    ("session", "Session", "sid"),
    ("correlation_id", "Reference", "F7K2-9QXM"),
    ("kid", "Key", "kid"),
];

fn fields(query: &Params) -> Vec<Field> {
    let field = |(name, label, example)| Field {
        name,
        label,
        example,
        value: query.get(name).unwrap_or_default().to_owned(),
    };
    FIELDS.map(field).into_iter().collect()
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
    source: String,
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
        .read(move |tx, _, actor| audit::query(tx, actor, &filter, behind, Order::NewestFirst, LINES))
        .await;
    let (here, page) = match found {
        Ok(found) => found,
        Err(refusal) => return desk.refuse_look(refusal),
    };
    let query = desk.query();
    let link = |path, more: &[(&str, &str)]| list::with(path, query, &AuditFilter::NAMES, more);
    let view = Audit {
        shell: desk.shell(&here, Section::Audit),
        csrf: desk.token(verify::PATH),
        fields: fields(query),
        wrong,
        next: page.next.map(|seq| link(PATH, &[(BEHIND, &seq.to_string())])),
        goes_on: behind.is_some(),
        csv: link(export::CSV, &[]),
        ndjson: link(export::NDJSON, &[]),
        lines: page.records.iter().map(|record| line(record, now)).collect(),
    };
    desk.page(StatusCode::OK, &view)
}

fn line(record: &AuditRecord, now: Timestamp) -> Line {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
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
        actor: text(&record.actor),
        subject: text(&record.subject),
        client: text(&record.client_id),
        source: [&record.way, &record.address]
            .into_iter()
            .flatten()
            .cloned()
            .collect::<Vec<_>>()
            .join(" · "),
        detail: text(&record.detail),
        before,
        after,
        correlation: record.correlation_id.clone(),
    }
}
