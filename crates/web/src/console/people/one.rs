//! `/admin/users/{sub}`: one person: who, what they may, where they are signed in, and which applications act for them.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use admin::directory::grants::grants;
use admin::directory::sessions::{SessionFilter, sessions};
use admin::grants::{GrantFilter, GrantStatus};
use admin::sessions::SessionStatus;
use admin::{Administrator, Permission, Role, administrators, users};
use askama::Template;
use identity::{User, UserState};
use kernel::Timestamp;

use super::page_of;
use crate::console::desk::Desk;
use crate::console::shell::{Section, Shell};
use crate::console::words::{When, device, segment};
use crate::correlation::CorrelationId;
use crate::state::AppState;

/// So many sessions and grants are shown; the rest is a link away.
const SHOWN: u32 = 10;

/// The page.
#[derive(Template)]
#[template(path = "person.html")]
struct Page<'a> {
    shell: Shell<'a>,
    csrf: String,
    action: String,
    href: String,
    user: &'a User,
    sub: String,
    locked: bool,
    roles: Vec<Role>,
    since: When,
    changed: When,
    sessions: Vec<SessionLine>,
    more_sessions: bool,
    grants: Vec<GrantLine>,
    attributes: String,
}

impl Page<'_> {
    /// Whether there is anything a visitor could do here.
    fn has_steps(&self) -> bool {
        self.shell.may(Permission::HelpPeople) || self.shell.may(Permission::ManagePeople)
    }
}

struct SessionLine {
    device: String,
    address: String,
    begun: When,
    seen: When,
    clients: String,
}

struct GrantLine {
    client_id: String,
    href: String,
    scope: String,
    since: When,
}

/// What one unit of work finds out.
struct Found {
    user: User,
    roles: Vec<Role>,
    sessions: admin::directory::Page<SessionStatus>,
    grants: Vec<GrantStatus>,
}

/// GET `/admin/users/{sub}`.
pub(super) async fn get(
    request: HttpRequest,
    state: web::Data<AppState>,
    id: CorrelationId,
    sub: web::Path<String>,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let found = desk
        .read(move |tx, ctx, actor| {
            let user = users::find(tx, actor, &sub)?;
            let sub = user.id.to_string();
            let filter = SessionFilter {
                user: Some(sub.clone()),
                ..SessionFilter::default()
            };
            let wanted = GrantFilter {
                user: Some(sub),
                ..GrantFilter::default()
            };
            Ok(Found {
                roles: administrators::roles_of(tx, actor, &Administrator::Person(user.id))?.roles,
                sessions: sessions(tx, ctx, actor, &filter, None, SHOWN)?,
                grants: grants(tx, ctx, actor, &wanted, None, SHOWN)?.items,
                user,
            })
        })
        .await;
    let (here, found) = match found {
        Ok(found) => found,
        Err(refusal) => return desk.refuse_look(refusal),
    };
    let view = page(&desk, desk.shell(&here, Section::People), &found, state.ctx.now());
    desk.page(StatusCode::OK, &view)
}

fn page<'a>(desk: &Desk, shell: Shell<'a>, found: &'a Found, now: Timestamp) -> Page<'a> {
    let user = &found.user;
    let sub = user.id.to_string();
    let action = format!("{}/do", page_of(&sub));
    Page {
        shell,
        csrf: desk.token(&action),
        action,
        href: page_of(&sub),
        locked: user.state == UserState::Locked,
        roles: found.roles.clone(),
        since: When::new(user.created_at, now),
        changed: When::new(user.updated_at, now),
        sessions: found
            .sessions
            .items
            .iter()
            .map(|status| session(status, now))
            .collect(),
        more_sessions: found.sessions.next.is_some(),
        grants: found.grants.iter().map(|status| grant(status, now)).collect(),
        attributes: admin::view::pretty(&user.attributes),
        user,
        sub,
    }
}

fn session(status: &SessionStatus, now: Timestamp) -> SessionLine {
    let session = &status.session;
    SessionLine {
        device: device(session.device.user_agent.as_deref()),
        address: session.device.address.clone().unwrap_or_default(),
        begun: When::new(session.authentication.at, now),
        seen: When::new(session.last_seen_at, now),
        clients: status.clients.join(", "),
    }
}

fn grant(status: &GrantStatus, now: Timestamp) -> GrantLine {
    let grant = &status.grant;
    GrantLine {
        href: format!("/admin/clients/{}", segment(&grant.client_id)),
        client_id: grant.client_id.clone(),
        scope: grant.scope.to_string(),
        since: When::new(grant.created_at, now),
    }
}
