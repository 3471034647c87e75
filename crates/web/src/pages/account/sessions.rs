//! `/account/sessions`: where somebody is signed in, and ending that.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use admin::Ports;
use kernel::id::{Sid, UserId};
use kernel::{AuditEvent, Ctx, StorageFault};
use session::Session;
use token::authorize::Destination;
use token::ending;

use super::{Visit, path_of, visit};
use crate::correlation::CorrelationId;
use crate::csrf::Purpose;
use crate::state::AppState;
use crate::unit::{read, write};
use crate::views::{DeviceName, Moment, SessionLine, SessionPlace, Sessions, Trouble};
use crate::{cookies, deliver, failure, own_form};

/// GET `/account/sessions`.
pub(crate) async fn get(request: HttpRequest, state: web::Data<AppState>, id: CorrelationId) -> HttpResponse {
    let visit = match visit(&request, &state, &id, Destination::Sessions).await {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    let sessions = match lines(&state, &visit).await {
        Ok(sessions) => sessions,
        Err(fault) => return failure::storage_page(&state, &id, &fault),
    };
    let view = Sessions {
        action: &visit.action(path_of(Destination::Sessions)),
        csrf: &visit.token(Purpose::EndSessions),
        account: visit.account(),
        sessions: &sessions,
        back: &visit.way(path_of(Destination::Account)),
    };
    visit.page(&state, StatusCode::OK, &view)
}

/// The live sessions of the visitor's account: this browser's first, then by last use.
pub(super) async fn lines(state: &AppState, visit: &Visit) -> Result<Vec<SessionLine>, StorageFault> {
    let (ctx, user, here) = (state.ctx.clone(), visit.user.id, visit.session.sid);
    read(state, move |tx| {
        let now = ctx.now();
        let mut live = tx.sessions_of_user(user)?;
        live.retain(|session| session.is_live(now, &ctx.policy));
        live.sort_by_key(|session| (session.sid != here, std::cmp::Reverse(session.last_seen_at)));
        let mut lines = Vec::new();
        for session in live {
            let mut apps = Vec::new();
            for client_id in tx.clients_of_session(session.sid)? {
                apps.extend(
                    tx.client(&client_id)?
                        .map(|client| client.display_name().to_owned()),
                );
            }
            lines.push(SessionLine {
                sid: session.sid.to_string(),
                device: DeviceName::of(session.device.user_agent.as_deref()),
                address: session.device.address,
                place: if session.sid == here {
                    SessionPlace::Here
                } else {
                    SessionPlace::Elsewhere
                },
                signed_in: Moment::new(session.authentication.at, now),
                seen: Moment::new(session.last_seen_at, now),
                apps,
            });
        }
        Ok(lines)
    })
    .await
}

/// What to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    /// One session of the account.
    One(Sid),
    /// All but this one, and what apps got to keep.
    Others,
    /// All, and what apps got to keep.
    Everywhere,
}

impl Choice {
    fn read(text: &str) -> Option<Self> {
        match text {
            "others" => Some(Choice::Others),
            "everywhere" => Some(Choice::Everywhere),
            sid => sid.parse().ok().map(Choice::One),
        }
    }
}

/// POST `/account/sessions`.
pub(crate) async fn post(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    let form = match own_form::read(&request, payload, &state, &id).await {
        Ok(form) => form,
        Err(response) => return response,
    };
    let visit = match visit(&request, &state, &id, Destination::Sessions).await {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    if !visit.is_genuine(form.get("csrf"), Purpose::EndSessions) {
        return failure::error_page(&state, &id, Trouble::FormRefused);
    }
    let Some(choice) = form.get("end").and_then(Choice::read) else {
        return failure::error_page(&state, &id, Trouble::NotFound);
    };
    match end(&state, &visit, choice).await {
        Ok(End::NotFound) => failure::error_page(&state, &id, Trouble::NotFound),
        Ok(End::Done) => match choice {
            Choice::One(sid) if sid != visit.session.sid => to_list(&state, &visit),
            Choice::Others => to_list(&state, &visit),
            Choice::One(_) | Choice::Everywhere => leave(&state, &visit),
        },
        Err(fault) => failure::storage_page(&state, &id, &fault),
    }
}

enum End {
    Done,
    NotFound,
}

async fn end(state: &AppState, visit: &Visit, choice: Choice) -> Result<End, StorageFault> {
    let (ctx, user, here) = (state.ctx.clone(), visit.user.id, visit.session.sid);
    write(state, move |tx| {
        match choice {
            Choice::One(sid) => {
                let Some(own) = tx.session(sid)?.filter(|session| is_open(session, user)) else {
                    return Ok(End::NotFound);
                };
                ending::session(tx, &ctx, &own)?;
            }
            Choice::Others => everywhere(tx, &ctx, user, Some(here))?,
            Choice::Everywhere => everywhere(tx, &ctx, user, None)?,
        }
        Ok(End::Done)
    })
    .await
}

/// Ends all sessions but perhaps one, and everything apps were given.
fn everywhere(tx: &mut dyn Ports, ctx: &Ctx, user: UserId, keep: Option<Sid>) -> Result<(), StorageFault> {
    ending::everything_of(tx, ctx, user, keep)?;
    let event = AuditEvent::new(ctx.now(), "user.sign_out_everywhere").actor(user);
    tx.record(event.subject(user))
}

/// Somebody else's session does not exist here.
fn is_open(session: &Session, user: UserId) -> bool {
    session.user == user && session.ended_at.is_none()
}

fn to_list(state: &AppState, visit: &Visit) -> HttpResponse {
    deliver::to_path(state, &visit.way(path_of(Destination::Sessions)))
}

/// The account is signed out at this browser: on to another that is not, or to the page that says so.
fn leave(state: &AppState, visit: &Visit) -> HttpResponse {
    if visit.others.is_empty() {
        let forget = cookies::clear_browser(&state.ctx);
        deliver::with_cookie(deliver::to_path(state, "/logout"), Some(forget))
    } else {
        deliver::to_path(state, path_of(Destination::Account))
    }
}
