//! `/admin/keys`: a sentence, then a picture and a table for each algorithm.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use admin::Permission;
use admin::keys::overview::{self, Known, Line, Overview, Unseen};
use askama::Template;
use kernel::{Ctx, Timestamp};
use token::keys::{KeyState, Rotation};

use super::timeline::{Timeline, short};
use super::{emergency, page_of, rotate, schedule};
use crate::console::desk::Desk;
use crate::console::shell::{Section, Shell};
use crate::console::words::{When, ahead, counted, number, segment, span};
use crate::correlation::CorrelationId;
use crate::state::AppState;

/// A rotation that is nearer than this should find everybody ready.
const SOON: Duration = Duration::from_secs(7 * 24 * 3600);

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
    unseen: Vec<(String, String, Option<When>)>,
    more_unseen: usize,
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
    /// Of which applications it was seen; told of spares only.
    seen: String,
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
    let turning = known.algorithms.iter().filter_map(|line| {
        let at = line.turn.as_ref()?.rotates_at?;
        Some((at, line))
    });
    turning
        // What nobody uses is told of last.
        .min_by_key(|(at, line)| (line.clients == 0, *at))
        .map(|(at, line)| next_turn(line, at, now))
        .into_iter()
        .collect()
}

/// The rotation that comes first, and whether everybody is ready for it.
fn next_turn(line: &Line, at: Timestamp, now: Timestamp) -> Note {
    let spare = line
        .turn
        .as_ref()
        .and_then(|turn| turn.next.as_deref())
        .map_or_else(String::new, short);
    let safe = line
        .turn
        .as_ref()
        .and_then(|turn| turn.safe_at)
        .filter(|safe| *safe > now);
    let seen = &line.seen;
    let knowable = seen.have + seen.missing;
    let mut rest = match knowable {
        0 => String::new(),
        _ => format!(
            " {} of {} have been seen with {spare}.",
            seen.have,
            counted(knowable as u64, "application")
        ),
    };
    if let Some(unseen) = seen.have_not.first() {
        rest += &match unseen.last {
            Some(last) => format!(
                " {} has not fetched the JWK Set since {}.",
                unseen.name,
                When::new(last, now).day
            ),
            None => format!(" {} has not been seen to fetch the JWK Set.", unseen.name),
        };
    }
    if let Some(safe) = safe {
        rest += &format!(" {spare} is safe to sign {}.", ahead(safe, now));
    }
    Note {
        // Amber only when it is near: most applications fetch when they meet a key they do not know.
        class: if seen.missing > 0 && at.since(now) < SOON {
            ""
        } else {
            "calm"
        },
        strong: format!("{} rotates {}.", line.alg, ahead(at, now)),
        rest: rest.trim_start().to_owned(),
    }
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
        unseen: line.seen.have_not.iter().map(|one| unseen(one, now)).collect(),
        more_unseen: line.seen.missing - line.seen.have_not.len(),
        rows: line
            .keys
            .iter()
            .map(|known| row(line, known, now, may_turn))
            .collect(),
    }
}

fn unseen(unseen: &Unseen, now: Timestamp) -> (String, String, Option<When>) {
    let href = format!("/admin/clients/{}", segment(&unseen.client_id));
    (href, unseen.name.clone(), When::of(unseen.last, now))
}

/// Of how many applications the spare was seen.
fn seen_by(line: &Line) -> String {
    match line.seen.have + line.seen.missing {
        0 => "–".to_owned(),
        knowable => format!("{} of {knowable}", line.seen.have),
    }
}

fn row(line: &Line, known: &Known, now: Timestamp, may_turn: bool) -> KeyRow {
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
        seen: match key.state {
            KeyState::Next => seen_by(line),
            KeyState::Active | KeyState::Retiring | KeyState::Retired | KeyState::Revoked => String::new(),
        },
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
