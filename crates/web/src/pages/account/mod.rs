//! `/account` and the pages below it: whose account it is, and how one finds the way between its pages.
//!
//! Several people may be signed in at one browser. The pages speak of the one who signed in last; `as`, a session's id,
//! chooses another of them. A session of another browser is not there.

pub(crate) mod apps;
pub(crate) mod language;
pub(crate) mod overview;
pub(crate) mod password;
pub(crate) mod sessions;

use actix_web::cookie::Cookie;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use identity::User;
use kernel::StorageFault;
use kernel::id::Sid;
use session::Session;
use token::authorize::{Destination, Visitor};

use super::login;
use crate::correlation::CorrelationId;
use crate::csrf::{self, Purpose};
use crate::oauth::logout::people_here;
use crate::state::AppState;
use crate::unit::write;
use crate::views::{Account, PageContext, Trouble, page};
use crate::{cookies, deliver, failure, forms};

/// Somebody who is signed in and looks at their account.
pub(crate) struct Visit {
    visitor: Visitor,
    cookie: Option<Cookie<'static>>,
    session: Session,
    user: User,
    /// The others signed in at this browser.
    others: Vec<(Session, User)>,
}

/// Who visits. Nobody is sent to sign in and comes back to `destination`; a session that is not of this browser is not
/// found.
async fn visit(
    request: &HttpRequest,
    state: &AppState,
    id: &CorrelationId,
    destination: Destination,
) -> Result<Visit, HttpResponse> {
    let storage = |fault: StorageFault| failure::storage_page(state, id, &fault);
    let query = forms::query(request).map_err(|fault| failure::form_page(state, id, fault))?;
    let (visitor, cookie) = cookies::visitor(request, &state.ctx);
    let mut people = people_here(state, &visitor).await.map_err(storage)?;
    people.retain(|(_, user)| user.is_active());
    let Some(last) = last_signed_in(&people) else {
        return Err(login::begin(request, state, id, destination).await);
    };
    let chosen = match query.get("as") {
        Some(sid) => people
            .iter()
            .position(|(session, _)| session.sid.to_string() == sid),
        None => Some(last),
    };
    let Some(chosen) = chosen else {
        return Err(failure::error_page(state, id, Trouble::NotFound));
    };
    let (session, user) = people.remove(chosen);
    crate::language::reader_is(&user);
    let now = state.ctx.now();
    if session.wants_touch(now) {
        let sid = session.sid;
        write(state, move |tx| tx.touch_session(sid, now))
            .await
            .map_err(storage)?;
    }
    Ok(Visit {
        visitor,
        cookie,
        session,
        user,
        others: people,
    })
}

fn last_signed_in(people: &[(Session, User)]) -> Option<usize> {
    let by_time = |(_, (session, _)): &(usize, &(Session, User))| session.authentication.at;
    people.iter().enumerate().max_by_key(by_time).map(|(at, _)| at)
}

impl Visit {
    fn account(&self) -> Account<'_> {
        Account {
            name: self.user.display_name(),
            username: &self.user.username,
        }
    }

    /// The address of a page about this account. It names the session where another could be meant.
    fn way(&self, path: &str) -> String {
        if self.others.is_empty() {
            path.to_owned()
        } else {
            way_as(path, self.session.sid)
        }
    }

    /// Where a form about this account goes: it always says about whose, because others may sign in meanwhile.
    fn action(&self, path: &str) -> String {
        way_as(path, self.session.sid)
    }

    fn token(&self, purpose: Purpose) -> String {
        csrf::token(&self.visitor.flow, purpose, &self.session.sid.to_string())
    }

    fn is_genuine(&self, presented: Option<&str>, purpose: Purpose) -> bool {
        csrf::is_genuine(
            presented,
            &self.visitor.flow,
            purpose,
            &self.session.sid.to_string(),
        )
    }

    fn page(&self, state: &AppState, status: StatusCode, view: &impl Template) -> HttpResponse {
        let response = page(status, view, &PageContext::of_account(state.transport()));
        deliver::with_cookie(response, self.cookie.clone())
    }
}

fn way_as(path: &str, sid: Sid) -> String {
    format!("{path}?as={sid}")
}

/// GET `/account/add`: one more account at this browser.
pub(crate) async fn add(request: HttpRequest, state: web::Data<AppState>, id: CorrelationId) -> HttpResponse {
    login::begin(&request, &state, &id, Destination::Account).await
}

/// GET `/.well-known/change-password` (a W3C draft, "A Well-Known URL for Changing Passwords").
pub(crate) async fn well_known(state: web::Data<AppState>) -> HttpResponse {
    deliver::to_path(&state, path_of(Destination::Password))
}

/// The page a destination names.
pub(crate) fn path_of(destination: Destination) -> &'static str {
    match destination {
        Destination::Home => "/",
        Destination::Account => "/account",
        Destination::Password => "/account/password",
        Destination::Sessions => "/account/sessions",
        Destination::Apps => "/account/apps",
        Destination::Language => "/account/language",
    }
}
