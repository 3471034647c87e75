//! `/`: who is signed in at this browser, with a way out or a way in.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};

use crate::correlation::CorrelationId;
use crate::csrf::{self, Purpose};
use crate::oauth::logout::{HERE, people_here};
use crate::state::AppState;
use crate::views::{Account, Home, PageContext, Visitor, page};
use crate::{cookies, deliver, failure};

/// GET `/`.
pub(crate) async fn get(request: HttpRequest, state: web::Data<AppState>, id: CorrelationId) -> HttpResponse {
    let (visitor, cookie) = cookies::visitor(&request, &state.ctx);
    let people = match people_here(&state, &visitor).await {
        Ok(people) => people,
        Err(fault) => return failure::storage_page(&state, &id, &fault),
    };
    let csrf = csrf::token(&visitor.flow, Purpose::Logout, HERE);
    let others = people.len().saturating_sub(1);
    let sign_out = match others {
        0 => format!("/logout/{HERE}"),
        _ => "/logout".to_owned(),
    };
    let shown = match people.last() {
        Some((_, user)) => Visitor::SignedIn {
            account: Account {
                name: user.display_name(),
                username: &user.username,
            },
            email: user.email.as_deref(),
            manage: "/account",
            others,
            sign_out: &sign_out,
            csrf: &csrf,
        },
        None => Visitor::Unknown { sign_in: "/login" },
    };
    let view = Home {
        place: state.place(),
        visitor: shown,
    };
    let response = page(StatusCode::OK, &view, &PageContext::new(state.transport()));
    deliver::with_cookie(response, cookie)
}
