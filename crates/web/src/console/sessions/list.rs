//! The sessions, by whose they are, where they came from and how old they are.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use admin::Permission;
use admin::audit::moment;
use admin::directory::sessions::{Life, SessionFilter, sessions};
use admin::sessions::{self, SessionStatus};
use askama::Template;
use kernel::Timestamp;
use protocol::Params;

use super::{PATH, ending};
use crate::console::desk::{Desk, Proof};
use crate::console::list;
use crate::console::shell::{Section, Shell};
use crate::console::words::{When, device, segment};
use crate::correlation::CorrelationId;
use crate::state::AppState;

/// The parameters of the filter.
pub(super) const FILTER: [&str; 6] = ["user", "client", "address", "begun_from", "begun_before", "any"];

/// The page.
#[derive(Template)]
#[template(path = "sessions.html")]
struct Sessions<'a> {
    shell: Shell<'a>,
    csrf: String,
    asked: Asked,
    wrong: Option<String>,
    lines: Vec<Line>,
    next: Option<String>,
    goes_on: bool,
    may_end: bool,
    /// The way to end all that the filter finds.
    end_all: Option<String>,
}

/// The filter as it was typed.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked {
    pub(super) user: String,
    pub(super) client: String,
    pub(super) address: String,
    pub(super) begun_from: String,
    pub(super) begun_before: String,
    pub(super) any: bool,
}

impl Asked {
    pub(super) fn of(query: &Params) -> Self {
        let text = |name| query.get(name).unwrap_or_default().trim().to_owned();
        Self {
            user: text("user"),
            client: text("client"),
            address: text("address"),
            begun_from: text("begun_from"),
            begun_before: text("begun_before"),
            any: query.get("any").is_some(),
        }
    }

    /// Whether a filter was asked for at all.
    pub(super) fn is_blank(&self) -> bool {
        let texts = [
            &self.user,
            &self.client,
            &self.address,
            &self.begun_from,
            &self.begun_before,
        ];
        texts.iter().all(|text| text.is_empty()) && !self.any
    }

    /// What is meant by it, or what cannot be meant.
    pub(super) fn filter(&self, now: Timestamp) -> Result<SessionFilter, String> {
        let some = |text: &String| (!text.is_empty()).then(|| text.clone());
        let at = |text: &String| match some(text) {
            None => Ok(None),
            Some(text) => moment::parse(&text, now).map(Some).ok_or_else(|| {
                format!("“{text}” is no time: write a date like 2026-11-22, or how long ago, like 7d.")
            }),
        };
        let address = match some(&self.address) {
            None => None,
            Some(text) => Some(text.parse().map_err(|error| format!("“{text}” is {error}."))?),
        };
        Ok(SessionFilter {
            user: some(&self.user),
            client_id: some(&self.client),
            address,
            begun_from: at(&self.begun_from)?,
            begun_before: at(&self.begun_before)?,
            life: if self.any { Life::Any } else { Life::Live },
            ..SessionFilter::default()
        })
    }
}

/// One session.
struct Line {
    sid: String,
    person: String,
    href: String,
    device: String,
    address: String,
    begun: When,
    seen: When,
    clients: String,
    ended: Option<When>,
}

/// GET `/admin/sessions`.
pub(super) async fn get(request: HttpRequest, state: web::Data<AppState>, id: CorrelationId) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let (asked, after, now) = (
        Asked::of(desk.query()),
        list::after(desk.query()),
        state.ctx.now(),
    );
    let (filter, wrong) = match asked.filter(now) {
        Ok(filter) => (filter, None),
        Err(wrong) => (SessionFilter::default(), Some(wrong)),
    };
    let found = desk
        .read(move |tx, ctx, actor| sessions(tx, ctx, actor, &filter, after.as_ref(), list::LINES))
        .await;
    let (here, page) = match found {
        Ok(found) => found,
        Err(refusal) => return desk.refuse_look(refusal),
    };
    let view = Sessions {
        end_all: (!asked.is_blank() && !asked.any && !page.items.is_empty())
            .then(|| list::with(ending::PATH, desk.query(), &FILTER, &[])),
        may_end: here.actor.may().contain(Permission::EndSessions),
        shell: desk.shell(&here, Section::Sessions),
        csrf: desk.token(PATH),
        next: list::next(PATH, desk.query(), &FILTER, page.next.as_ref()),
        goes_on: list::goes_on(desk.query()),
        lines: page.items.iter().map(|status| line(status, now)).collect(),
        asked,
        wrong,
    };
    desk.page(StatusCode::OK, &view)
}

fn line(status: &SessionStatus, now: Timestamp) -> Line {
    let session = &status.session;
    Line {
        sid: session.sid.to_string(),
        person: status.username.clone(),
        href: format!("/admin/users/{}", segment(&session.user.to_string())),
        device: device(session.device.user_agent.as_deref()),
        address: session.device.address.clone().unwrap_or_default(),
        begun: When::new(session.authentication.at, now),
        seen: When::new(session.last_seen_at, now),
        clients: status.clients.join(", "),
        ended: When::of(session.ended_at, now),
    }
}

/// POST `/admin/sessions`: ends the session named `sid`, and comes back to the list as it was filtered.
pub(super) async fn end_one(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let form = match desk.form(payload, PATH).await {
        Ok(form) => form,
        Err(response) => return response,
    };
    let sid = form.get("sid").unwrap_or_default().to_owned();
    let ended = desk
        .write(Proof::Any, move |tx, ctx, actor| {
            sessions::revoke(tx, ctx, actor, &sid)
        })
        .await;
    let back = list::with(PATH, &form, &FILTER, &[]);
    match ended {
        Ok((_, status)) => {
            let told = format!(
                "{} is signed out of that session. Its tokens are refused from now on.",
                status.username
            );
            desk.go_and_tell(&back, &told)
        }
        Err(refusal) => desk.refuse(refusal, &back),
    }
}
