//! `/admin/keys/rotate`: the spare takes over, and a new spare is published in the same unit of work.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use admin::keys::Insistence;
use admin::keys::rotation::{self, Rotated};
use admin::keys::schedule::{self, Turn};
use askama::Template;
use token::SigningAlg;

use super::timeline::short;
use super::{make, settle};
use crate::console::desk::{Desk, Proof, Refusal};
use crate::console::shell::{Section, Shell};
use crate::console::words::ahead;
use crate::correlation::CorrelationId;
use crate::state::AppState;

/// Where the form is, and where it goes.
pub(super) const PATH: &str = "/admin/keys/rotate";

/// The page that asks.
#[derive(Template)]
#[template(path = "keys_rotate.html")]
struct Rotate<'a> {
    shell: Shell<'a>,
    csrf: String,
    turns: Vec<Waiting>,
    /// Some spare is not safe yet: to rotate it takes a reason.
    some_wait: bool,
    wrong: Option<&'static str>,
}

/// An algorithm that can be turned.
struct Waiting {
    alg: &'static str,
    active: String,
    next: String,
    /// "in 6 h 12 min"; nothing where it is safe now.
    safe: Option<String>,
}

/// GET: what would happen.
pub(super) async fn get(request: HttpRequest, state: web::Data<AppState>, id: CorrelationId) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    ask(&desk, None).await
}

async fn ask(desk: &Desk, wrong: Option<&'static str>) -> HttpResponse {
    let plan = desk.state().key_plan.clone();
    let found = desk
        .read(move |tx, ctx, actor| schedule::list(tx, ctx, actor, &plan))
        .await;
    let (here, turns) = match found {
        Ok(found) => found,
        Err(refusal) => return desk.refuse_look(refusal),
    };
    let now = desk.state().ctx.now();
    let turns: Vec<Waiting> = turns.iter().filter_map(|turn| waiting(turn, now)).collect();
    let view = Rotate {
        shell: desk.shell(&here, Section::Keys),
        csrf: desk.token(PATH),
        some_wait: turns.iter().any(|turn| turn.safe.is_some()),
        turns,
        wrong,
    };
    let status = if wrong.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    desk.page(status, &view)
}

fn waiting(turn: &Turn, now: kernel::Timestamp) -> Option<Waiting> {
    Some(Waiting {
        alg: turn.alg.as_str(),
        active: short(&turn.active),
        next: short(turn.next.as_deref()?),
        safe: turn
            .safe_at
            .filter(|safe| *safe > now)
            .map(|safe| ahead(safe, now)),
    })
}

/// POST: `alg` names one algorithm, or `all`; `force` with `reason` acts before `safe_at`.
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
    let alg = match form.get("alg") {
        Some("all") => None,
        Some(name) => match SigningAlg::ALL.into_iter().find(|alg| alg.as_str() == name) {
            Some(alg) => Some(alg),
            None => return ask(&desk, Some("Choose an algorithm.")).await,
        },
        None => return ask(&desk, Some("Choose an algorithm.")).await,
    };
    let Some(insistence) = insistence(form.get("force"), form.get("reason")) else {
        return ask(&desk, Some("To rotate before it is safe, say why.")).await;
    };
    match rotate(&desk, alg, insistence).await {
        Ok(rotated) => desk.go_and_tell(super::PATH, &told(&rotated)),
        Err(refusal) => desk.refuse(refusal, PATH),
    }
}

/// What the box and the field for the reason mean together; `None` where the reason is missing.
pub(super) fn insistence(force: Option<&str>, reason: Option<&str>) -> Option<Insistence> {
    match (force, reason.map(str::trim).filter(|reason| !reason.is_empty())) {
        (None, _) => Some(Insistence::None),
        (Some(_), Some(reason)) => Some(Insistence::Because(reason.chars().take(500).collect())),
        (Some(_), None) => None,
    }
}

async fn rotate(
    desk: &Desk,
    alg: Option<SigningAlg>,
    insistence: Insistence,
) -> Result<Vec<Rotated>, Refusal> {
    let fresh = make(desk, move |tx, _, actor| rotation::algorithms(tx, actor, alg)).await?;
    let (_, rotated) = desk
        .write(proof_for(&insistence), move |tx, ctx, actor| {
            rotation::rotate(tx, ctx, actor, alg, &insistence, fresh)
        })
        .await?;
    settle(desk).await;
    Ok(rotated)
}

/// Before it is safe applications may break: that takes a fresh proof.
pub(super) fn proof_for(insistence: &Insistence) -> Proof {
    match insistence {
        Insistence::None => Proof::Any,
        Insistence::Because(_) => Proof::Fresh,
    }
}

/// What was done, in a sentence.
pub(super) fn told(rotated: &[Rotated]) -> String {
    let one = |rotated: &Rotated| format!("{} signs with {} now", rotated.alg, short(&rotated.active));
    let all: Vec<String> = rotated.iter().map(one).collect();
    format!(
        "{}. What was signed before stays good until it expires.",
        all.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn insisting_takes_a_reason() {
        assert_eq!(insistence(None, None), Some(Insistence::None));
        assert_eq!(insistence(None, Some("x")), Some(Insistence::None));
        assert_eq!(insistence(Some("yes"), Some("  ")), None);
        assert_eq!(
            insistence(Some("yes"), Some(" leak ")),
            Some(Insistence::Because("leak".to_owned()))
        );
    }
}
