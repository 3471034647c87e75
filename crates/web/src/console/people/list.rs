//! `/admin/users`: finding somebody among many.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use admin::Permission;
use admin::directory::people::{Among, PeopleFilter, Person, people};
use askama::Template;
use identity::UserState;
use kernel::Timestamp;
use protocol::Params;

use super::{PATH, edit, page_of};
use crate::console::desk::Desk;
use crate::console::list;
use crate::console::shell::{Section, Shell};
use crate::console::words::When;
use crate::correlation::CorrelationId;
use crate::state::AppState;

const FILTER: [&str; 4] = ["q", "group", "state", "admins"];

/// The page.
#[derive(Template)]
#[template(path = "people.html")]
struct People<'a> {
    shell: Shell<'a>,
    q: String,
    group: String,
    state: String,
    admins: bool,
    lines: Vec<Line>,
    next: Option<String>,
    goes_on: bool,
}

impl People<'_> {
    /// Whether a filter was asked for at all.
    fn is_filtered(&self) -> bool {
        !self.q.is_empty() || !self.group.is_empty() || !self.state.is_empty() || self.admins
    }
}

struct Line {
    href: String,
    username: String,
    name: String,
    email: String,
    groups: String,
    locked: bool,
    administers: bool,
    since: When,
}

fn filter(query: &Params) -> PeopleFilter {
    let text = |name| {
        query
            .get(name)
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    PeopleFilter {
        text: text("q"),
        group: text("group"),
        state: match query.get("state") {
            Some("active") => Some(UserState::Active),
            Some("locked") => Some(UserState::Locked),
            _ => None,
        },
        among: match query.get("admins") {
            Some(_) => Among::Administrators,
            None => Among::Everybody,
        },
    }
}

/// GET `/admin/users`.
pub(super) async fn get(request: HttpRequest, state: web::Data<AppState>, id: CorrelationId) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let (filter, after) = (filter(desk.query()), list::after(desk.query()));
    let found = desk
        .read(move |tx, ctx, actor| people(tx, ctx, actor, &filter, after.as_ref(), list::LINES))
        .await;
    let (here, page) = match found {
        Ok(found) => found,
        Err(refusal) => return desk.refuse_look(refusal),
    };
    let text = |name| desk.query().get(name).unwrap_or_default().to_owned();
    let view = People {
        shell: desk.shell(&here, Section::People),
        q: text("q"),
        group: text("group"),
        state: text("state"),
        admins: desk.query().get("admins").is_some(),
        next: list::next(PATH, desk.query(), &FILTER, page.next.as_ref()),
        goes_on: list::goes_on(desk.query()),
        lines: page
            .items
            .iter()
            .map(|person| line(person, state.ctx.now()))
            .collect(),
    };
    desk.page(StatusCode::OK, &view)
}

fn line(person: &Person, now: Timestamp) -> Line {
    let user = &person.user;
    let name = user.display_name();
    Line {
        href: page_of(&user.id.to_string()),
        name: if name == user.username {
            String::new()
        } else {
            name.to_owned()
        },
        username: user.username.clone(),
        email: user.email.clone().unwrap_or_default(),
        groups: user.groups.join(", "),
        locked: user.state == UserState::Locked,
        administers: !person.roles.is_empty(),
        since: When::new(user.created_at, now),
    }
}
