//! `/admin/keys`: a sentence, then a picture and a table for each algorithm.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use admin::Permission;
use admin::keys::overview::{self, Known, Line, Overview};
use askama::Template;
use kernel::{Ctx, Timestamp};
use token::keys::{KeyState, Rotation};

use super::timeline::{Timeline, short};
use super::{emergency, page_of, rotate, schedule};
use crate::console::desk::Desk;
use crate::console::shell::{Section, Shell};
use crate::console::words::{When, ahead, counted, number, span};
use crate::correlation::CorrelationId;
use crate::state::AppState;

/// The page.
#[derive(Template)]
#[template(path = "keys.html")]
struct Keys<'a> {
    shell: Shell<'a>,
    notes: Vec<Note>,
    algorithms: Vec<Algorithm>,
}

/// A sentence about an algorithm, first of all.
struct Note {
    /// `calm`, or nothing for amber.
    class: &'static str,
    strong: String,
    rest: String,
}

/// One algorithm's sheet.
struct Algorithm {
    name: &'static str,
    users: String,
    picture: Timeline,
    rows: Vec<KeyRow>,
}

/// One line of the table.
struct KeyRow {
    kid: String,
    short: String,
    href: String,
    /// A class of the stylesheet.
    state: &'static str,
    told: String,
    since: When,
    /// Counted tokens that are still good.
    live: String,
    /// The client that holds a retirement back.
    holds_back: Option<String>,
    /// What can be done with it.
    step: Option<(String, &'static str)>,
}

/// GET `/admin/keys`.
pub(super) async fn get(request: HttpRequest, state: web::Data<AppState>, id: CorrelationId) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let plan = state.key_plan.clone();
    let found = desk
        .read(move |tx, ctx, actor| overview::overview(tx, ctx, actor, &plan))
        .await;
    let (here, known) = match found {
        Ok(found) => found,
        Err(refusal) => return desk.refuse_look(refusal),
    };
    let now = state.ctx.now();
    let may_turn = here.actor.may().contain(Permission::TurnKeys);
    let view = Keys {
        shell: desk.shell(&here, Section::Keys),
        notes: notes(&known, &state.ctx),
        algorithms: known
            .algorithms
            .iter()
            .map(|line| algorithm(line, &known, now, may_turn))
            .collect(),
    };
    desk.page(StatusCode::OK, &view)
}

/// The first thing to know: what turns next, and what keeps something from turning.
fn notes(known: &Overview, ctx: &Ctx) -> Vec<Note> {
    let now = ctx.now();
    if known.rotation == Rotation::Paused {
        return vec![Note {
            class: "",
            strong: "Keys do not rotate by themselves.".to_owned(),
            rest: "The schedule is paused; keys that signed still retire when their tokens have expired."
                .to_owned(),
        }];
    }
    let turns = known.algorithms.iter().filter_map(|line| line.turn.as_ref());
    let next = turns
        .filter_map(|turn| turn.rotates_at.map(|at| (at, turn)))
        .min_by_key(|(at, _)| *at);
    let Some((at, turn)) = next else {
        return Vec::new();
    };
    let spare = turn.next.as_deref().map_or_else(String::new, short);
    let safe = turn.safe_at.filter(|safe| *safe > now);
    let rest = match safe {
        Some(safe) => format!(
            "Its spare {spare} is published and safe to sign {}, when every cached copy of the JWK Set has it.",
            ahead(safe, now)
        ),
        None => format!(
            "Its spare {spare} has been published long enough: it could sign now and no application would notice."
        ),
    };
    vec![Note {
        class: "calm",
        strong: format!("{} rotates {}.", turn.alg, ahead(at, now)),
        rest,
    }]
}

fn algorithm(line: &Line, known: &Overview, now: Timestamp, may_turn: bool) -> Algorithm {
    let users = format!(
        "{}, {} · every {}{}",
        counted(line.clients as u64, "application"),
        counted(line.resources as u64, "API"),
        span(known.rotate_every),
        match line.turn.as_ref().and_then(|turn| turn.rotates_at) {
            Some(at) => format!(", next {}", When::new(at, now).day),
            None => String::new(),
        }
    );
    Algorithm {
        name: line.alg.as_str(),
        users,
        picture: Timeline::of(line, now),
        rows: line.keys.iter().map(|known| row(known, now, may_turn)).collect(),
    }
}

fn row(known: &Known, now: Timestamp, may_turn: bool) -> KeyRow {
    let key = &known.status.key;
    let safe_at = known.status.safe_at;
    let leaves = When::of(key.leaves_jwks_at, now);
    let leaves = leaves.map_or_else(String::new, |leaves| leaves.minute);
    let (state, told, since) = match key.state {
        KeyState::Next if safe_at > now => (
            "next",
            format!("next, safe {}", ahead(safe_at, now)),
            key.published_at,
        ),
        KeyState::Next => (
            "next",
            format!("next, safe since {}", When::new(safe_at, now).day),
            key.published_at,
        ),
        KeyState::Active => (
            "active",
            "signing".to_owned(),
            key.activated_at.unwrap_or(key.published_at),
        ),
        KeyState::Retiring => (
            "retiring",
            format!("verifying only, leaves {leaves}"),
            known.signed_until.unwrap_or(key.published_at),
        ),
        KeyState::Retired => (
            "retired",
            "retired".to_owned(),
            key.leaves_jwks_at.unwrap_or(key.published_at),
        ),
        KeyState::Revoked => (
            "revoked",
            "revoked".to_owned(),
            key.leaves_jwks_at.unwrap_or(key.published_at),
        ),
    };
    let holder = known
        .evidence
        .clients
        .first()
        .filter(|_| key.state == KeyState::Retiring);
    KeyRow {
        short: short(&key.kid),
        href: page_of(&key.kid),
        state,
        told,
        since: When::new(since, now),
        live: match known.evidence.live_tokens {
            0 => "none".to_owned(),
            tokens => number(tokens),
        },
        holds_back: holder.map(|signed| signed.client_id.clone()),
        step: step(known, now, may_turn),
        kid: key.kid.clone(),
    }
}

fn step(known: &Known, now: Timestamp, may_turn: bool) -> Option<(String, &'static str)> {
    let key = &known.status.key;
    match key.state {
        KeyState::Next if may_turn => Some((
            format!("{}/activate", page_of(&key.kid)),
            if known.status.safe_at > now {
                "Activate anyway…"
            } else {
                "Activate…"
            },
        )),
        KeyState::Retiring if may_turn => Some((format!("{}/retire", page_of(&key.kid)), "Retire…")),
        KeyState::Revoked => Some((format!("{}/report", page_of(&key.kid)), "Report")),
        KeyState::Next | KeyState::Active | KeyState::Retiring | KeyState::Retired => None,
    }
}
