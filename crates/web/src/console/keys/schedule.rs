//! `/admin/keys/schedule`: when keys rotate by themselves, and stopping that for a while.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use admin::keys::schedule;
use askama::Template;
use token::keys::Rotation;

use crate::console::desk::{Desk, Proof};
use crate::console::shell::{Section, Shell};
use crate::console::words::{When, span};
use crate::correlation::CorrelationId;
use crate::state::AppState;

/// Where the form is, and where it goes.
pub(super) const PATH: &str = "/admin/keys/schedule";

/// The page.
#[derive(Template)]
#[template(path = "keys_schedule.html")]
struct Schedule<'a> {
    shell: Shell<'a>,
    csrf: String,
    paused: bool,
    every: String,
    published: String,
    turns: Vec<(&'static str, Option<When>, Option<When>)>,
}

/// GET.
pub(super) async fn get(request: HttpRequest, state: web::Data<AppState>, id: CorrelationId) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let plan = state.key_plan.clone();
    let found = desk
        .read(move |tx, ctx, actor| {
            Ok((
                schedule::list(tx, ctx, actor, &plan)?,
                schedule::rotation(tx, actor)?,
            ))
        })
        .await;
    let (here, (turns, rotation)) = match found {
        Ok(found) => found,
        Err(refusal) => return desk.refuse_look(refusal),
    };
    let now = state.ctx.now();
    let view = Schedule {
        shell: desk.shell(&here, Section::Keys),
        csrf: desk.token(PATH),
        paused: rotation == Rotation::Paused,
        every: span(state.key_plan.rotate_every),
        published: span(state.ctx.policy.min_published),
        turns: turns
            .iter()
            .map(|turn| {
                let safe = When::of(turn.safe_at, now);
                (turn.alg.as_str(), When::of(turn.rotates_at, now), safe)
            })
            .collect(),
    };
    desk.page(StatusCode::OK, &view)
}

/// POST: `do` is `pause`, perhaps with a `reason`, or `resume`.
pub(super) async fn post(
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
    let reason = form
        .get("reason")
        .map(|reason| reason.chars().take(500).collect::<String>());
    let pauses = form.get("do") == Some("pause");
    let done = desk
        .write(Proof::Any, move |tx, ctx, actor| match pauses {
            true => schedule::pause(tx, ctx, actor, reason.as_deref()),
            false => schedule::resume(tx, ctx, actor),
        })
        .await;
    match done {
        Ok(_) if pauses => desk.go_and_tell(PATH, "Paused. Keys rotate by hand only, until you resume."),
        Ok(_) => desk.go_and_tell(
            PATH,
            "Resumed. What came due meanwhile is done within the minute.",
        ),
        Err(refusal) => desk.refuse(refusal, PATH),
    }
}
