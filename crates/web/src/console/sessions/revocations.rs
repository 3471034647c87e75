//! `/admin/revocations`: the revocation list: how long it is, how far behind, and what each entry still refuses.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use admin::directory::revocations::{ListStatus, RevocationFilter, revocations, status};
use askama::Template;
use kernel::Timestamp;
use session::{Revocation, Revoked};
use std::sync::Arc;

use crate::console::desk::Desk;
use crate::console::list;
use crate::console::shell::{Section, Shell};
use crate::console::words::{When, number, span};
use crate::correlation::CorrelationId;
use crate::state::AppState;

/// The page.
pub(super) const PATH: &str = "/admin/revocations";
const FILTER: [&str; 2] = ["kind", "id"];
const KINDS: [&str; 6] = ["token", "grant", "session", "user", "client", "key"];

#[derive(Template)]
#[template(path = "revocations.html")]
struct Revocations<'a> {
    shell: Shell<'a>,
    sentence: String,
    sizes: Vec<(&'static str, String)>,
    /// Every kind, and whether it was asked for.
    kinds: Vec<(&'static str, bool)>,
    filtered: bool,
    id: &'a str,
    lines: Vec<Line>,
    next: Option<String>,
    goes_on: bool,
}

struct Line {
    kind: &'static str,
    id: String,
    refuses: String,
    forgotten: When,
}

/// GET `/admin/revocations`.
pub(super) async fn get(request: HttpRequest, state: web::Data<AppState>, id: CorrelationId) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let kind = desk.query().get("kind").unwrap_or_default().to_owned();
    let wanted = desk.query().get("id").unwrap_or_default().trim().to_owned();
    let filter = RevocationFilter {
        kind: KINDS.into_iter().find(|own| *own == kind),
        id: (!wanted.is_empty()).then(|| wanted.clone()),
    };
    let (after, replica) = (list::after(desk.query()), Arc::clone(&state.revocations));
    let found = desk
        .read(move |tx, ctx, actor| {
            let page = revocations(tx, ctx, actor, &filter, after.as_ref(), list::LINES)?;
            Ok((page, status(&replica, ctx, actor)?))
        })
        .await;
    let (here, (page, standing)) = match found {
        Ok(found) => found,
        Err(refusal) => return desk.refuse_look(refusal),
    };
    let now = state.ctx.now();
    let view = Revocations {
        shell: desk.shell(&here, Section::Revocations),
        sentence: sentence(&standing),
        sizes: sizes(&standing),
        kinds: KINDS.map(|own| (own, own == kind)).to_vec(),
        filtered: !kind.is_empty() || !wanted.is_empty(),
        id: &wanted,
        next: list::next(PATH, desk.query(), &FILTER, page.next.as_ref()),
        goes_on: list::goes_on(desk.query()),
        lines: page.items.iter().map(|entry| line(entry, now)).collect(),
    };
    desk.page(StatusCode::OK, &view)
}

fn sizes(standing: &ListStatus) -> Vec<(&'static str, String)> {
    let sizes = &standing.sizes;
    let counted = [
        ("tokens", sizes.tokens),
        ("grants", sizes.grants),
        ("sessions", sizes.sessions),
        ("people", sizes.users),
        ("applications", sizes.clients),
        ("keys", sizes.keys),
    ];
    counted.map(|(kind, count)| (kind, number(count as u64))).to_vec()
}

fn sentence(standing: &ListStatus) -> String {
    let sizes = &standing.sizes;
    let all = sizes.tokens + sizes.grants + sizes.sessions + sizes.users + sizes.clients + sizes.keys;
    let entries = match all {
        0 => "Nothing is refused at the moment".to_owned(),
        1 => "One entry".to_owned(),
        all => format!("{} entries", number(all as u64)),
    };
    match standing.lag {
        Some(lag) if lag.as_secs() == 0 => format!("{entries}. This node knows everything up to now."),
        Some(lag) => format!("{entries}. This node knows everything up to {} ago.", span(lag)),
        None => format!("{entries}. This node has not read the list yet."),
    }
}

fn line(entry: &Revocation, now: Timestamp) -> Line {
    let until = When::new(entry.until, now).minute;
    let refuses = match entry.what {
        Revoked::Token(_) => "this access token".to_owned(),
        Revoked::Grant(_) => "every token that came from this authorization".to_owned(),
        Revoked::Key(_) => "every token this key signed".to_owned(),
        Revoked::Session(_) => format!("access tokens issued in this session until {until}"),
        Revoked::User(_) => format!("tokens issued for this person until {until}"),
        Revoked::Client(_) => format!("tokens issued to this application until {until}"),
    };
    Line {
        kind: entry.what.kind(),
        id: entry.what.id(),
        refuses,
        forgotten: When::new(entry.expires_at, now),
    }
}
