//! `/account`: who one is here.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use token::authorize::Destination;

use super::{Visit, apps, path_of, sessions, visit, way_as};
use crate::correlation::CorrelationId;
use crate::csrf::Purpose;
use crate::state::AppState;
use crate::views::{Email, Link, Overview, Proof, Ways};
use crate::{failure, language};

/// GET `/account`.
pub(crate) async fn get(request: HttpRequest, state: web::Data<AppState>, id: CorrelationId) -> HttpResponse {
    let visit = match visit(&request, &state, &id, Destination::Account).await {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    let counted = match sessions::lines(&state, &visit).await {
        Ok(sessions) => apps::lines(&state, &visit)
            .await
            .map(|apps| (sessions.len(), apps.len())),
        Err(fault) => Err(fault),
    };
    match counted {
        Ok((sessions, apps)) => draw(&state, &visit, sessions, apps),
        Err(fault) => failure::storage_page(&state, &id, &fault),
    }
}

fn draw(state: &AppState, visit: &Visit, sessions: usize, apps: usize) -> HttpResponse {
    let way = |destination| visit.way(path_of(destination));
    let user = &visit.user;
    let email = user.email.as_deref().map(|address| Email {
        address,
        proof: if user.email_verified {
            Proof::Proven
        } else {
            Proof::Missing
        },
    });
    let others: Vec<(&str, String)> = visit
        .others
        .iter()
        .map(|(session, user)| {
            (
                user.display_name(),
                way_as(path_of(Destination::Account), session.sid),
            )
        })
        .collect();
    let others: Vec<Link<'_>> = others.iter().map(|(name, url)| Link { name, url }).collect();
    let view = Overview {
        place: state.place(),
        name: user.display_name(),
        username: &user.username,
        email,
        groups: &user.groups,
        sessions,
        apps,
        language: language::own(user),
        ways: Ways {
            password: &way(Destination::Password),
            sessions: &way(Destination::Sessions),
            apps: &way(Destination::Apps),
            language: &way(Destination::Language),
        },
        others: &others,
        sign_out: &visit.action(path_of(Destination::Sessions)),
        csrf: &visit.token(Purpose::EndSessions),
        sid: &visit.session.sid.to_string(),
    };
    visit.page(state, StatusCode::OK, &view)
}
