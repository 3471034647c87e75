//! Taking a key back at once, as a page of its own: what it will do, a proof, the key's id typed, and a result to print.
//!
//! The blast radius is counted in a unit of work that only reads; the form carries how the key stood then, and the revocation
//! is refused when it has taken a step since.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use admin::audit::moment;
use admin::directory::ending::{Agreed, What};
use admin::directory::sessions::SessionFilter;
use admin::keys::evidence;
use admin::keys::withdrawal::{self, BlastRadius};
use admin::keys::{self, KeyStatus};
use admin::{Actor, AdminFault, Permission, Ports};
use askama::Template;
use kernel::{Ctx, Timestamp};
use protocol::Params;
use token::keys::KeyState;

use super::one::{Holder, holders};
use super::timeline::short;
use super::{make, page_of, settle};
use crate::console::desk::{Desk, Proof, Refusal};
use crate::console::sessions::ending;
use crate::console::shell::{Section, Shell};
use crate::console::words::{When, counted, number, span};
use crate::correlation::CorrelationId;
use crate::state::AppState;

/// Where one begins who does not know yet which key.
pub(super) const CHOOSE: &str = "/admin/keys/emergency";
/// So much of the key's id has to be typed.
const TYPED: usize = 6;

/// Which key.
#[derive(Template)]
#[template(path = "keys_emergency.html")]
struct Choose<'a> {
    shell: Shell<'a>,
    keys: Vec<(String, String, &'static str, &'static str)>,
}

/// GET `/admin/keys/emergency`.
pub(super) async fn choose(
    request: HttpRequest,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let found = desk.read(keys::list).await;
    let (here, found) = match found {
        Ok(found) => found,
        Err(refusal) => return desk.refuse_look(refusal),
    };
    let dangerous = |status: &&KeyStatus| status.key.state.is_published();
    let line = |status: &KeyStatus| {
        let key = &status.key;
        (
            format!("{}/revoke", page_of(&key.kid)),
            key.kid.clone(),
            key.alg.as_str(),
            key.state.as_str(),
        )
    };
    let view = Choose {
        shell: desk.shell(&here, Section::Keys),
        keys: found.iter().filter(dangerous).map(line).collect(),
    };
    desk.page(StatusCode::OK, &view)
}

/// The page that asks.
#[derive(Template)]
#[template(path = "key_revoke.html")]
struct Ask<'a> {
    shell: Shell<'a>,
    csrf: String,
    action: String,
    kid: &'a str,
    short: String,
    typed: String,
    alg: &'static str,
    state: &'static str,
    tokens: String,
    until: Option<When>,
    holders: Vec<Holder>,
    clients: String,
    sessions: String,
    successor: Option<(String, String)>,
    exposed: When,
    /// The way to prove who one is, where that is too long ago.
    prove: Option<String>,
    wrong: Option<&'static str>,
    back: String,
}

fn action(kid: &str) -> String {
    format!("{}/revoke", page_of(kid))
}

/// GET `/admin/keys/{kid}/revoke`; with `prove` in the query, after a proof.
pub(super) async fn ask(
    request: HttpRequest,
    state: web::Data<AppState>,
    id: CorrelationId,
    kid: web::Path<String>,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    if desk.query().get("prove").is_some() {
        return desk.prove(&action(&kid));
    }
    form(&desk, &kid, None).await
}

async fn form(desk: &Desk, kid: &str, wrong: Option<&'static str>) -> HttpResponse {
    let wanted = kid.to_owned();
    let found = desk
        .read(move |tx, ctx, actor| radius(tx, ctx, actor, &wanted))
        .await;
    let (here, radius) = match found {
        Ok(found) => found,
        Err(refusal) => return desk.refuse_look(refusal),
    };
    let fresh = desk.is_fresh(&here);
    let shell = desk.shell(&here, Section::Keys);
    let now = desk.state().ctx.now();
    let view = Ask {
        csrf: desk.token(&action(kid)),
        prove: (!fresh).then(|| format!("{}?prove=1", action(kid))),
        wrong,
        ..question(shell, &radius, now)
    };
    let status = wrong.map_or(StatusCode::OK, |_| StatusCode::UNPROCESSABLE_ENTITY);
    desk.page(status, &view)
}

/// What it will do, for those who may do it: the page is of no use to others, and new keys are made for nobody else.
fn radius(tx: &mut dyn Ports, ctx: &Ctx, actor: &Actor, kid: &str) -> Result<BlastRadius, AdminFault> {
    actor.require(Permission::RevokeKeys)?;
    withdrawal::blast_radius(tx, ctx, actor, kid)
}

fn question<'a>(shell: Shell<'a>, radius: &'a BlastRadius, now: Timestamp) -> Ask<'a> {
    let evidence = &radius.evidence;
    let successor = radius.successor.as_ref();
    Ask {
        shell,
        csrf: String::new(),
        action: action(&radius.kid),
        kid: &radius.kid,
        short: short(&radius.kid),
        typed: radius.kid.chars().take(TYPED).collect(),
        alg: radius.alg.as_str(),
        state: radius.state.as_str(),
        tokens: number(evidence.live_tokens),
        until: When::of(evidence.until, now),
        holders: holders(evidence, now),
        clients: counted(radius.clients.len() as u64, "application"),
        sessions: counted(radius.sessions, "session"),
        successor: successor.map(|next| (short(&next.kid), span(next.published_for))),
        exposed: When::new(radius.believed_elsewhere_until, now),
        prove: None,
        wrong: None,
        back: page_of(&radius.kid),
    }
}

/// POST: `typed` begins the key's id, `stood` says how the key stood when the page was drawn, `reason` is optional.
pub(super) async fn post(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
    kid: web::Path<String>,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let params = match desk.form(payload, &action(&kid)).await {
        Ok(params) => params,
        Err(response) => return response,
    };
    let typed: String = kid.chars().take(TYPED).collect();
    if params.get("typed").map(str::trim) != Some(typed.as_str()) {
        return form(&desk, &kid, Some("That is not how the key’s id begins.")).await;
    }
    let since = match since(&params, state.ctx.now()) {
        Ok(since) => since,
        Err(wrong) => return form(&desk, &kid, Some(wrong)).await,
    };
    let reason = params
        .get("reason")
        .map(|reason| reason.chars().take(500).collect());
    let stood = params.get("stood").unwrap_or_default().to_owned();
    let report = format!("{}/report", page_of(&kid));
    match (revoke(&desk, &kid, stood, reason).await, since) {
        (Ok(()), None) => desk.go(&report),
        (Ok(()), Some(since)) => end_sessions(&desk, since, &report).await,
        (Err(refusal), _) => desk.refuse(refusal, &action(&kid)),
    }
}

/// Since when sessions end too, where that was chosen.
fn since(params: &Params, now: Timestamp) -> Result<Option<Timestamp>, &'static str> {
    if params.get("also") != Some("sessions") {
        return Ok(None);
    }
    let since = params.get("since").unwrap_or_default();
    moment::parse(since.trim(), now)
        .map(Some)
        .ok_or("Say since when sessions end: a date like 2026-11-22, or how long ago, like 24h.")
}

/// After the key: the sessions that began since then. The key is revoked whatever becomes of them.
async fn end_sessions(desk: &Desk, since: Timestamp, report: &str) -> HttpResponse {
    let what = What::Matching(SessionFilter {
        begun_from: Some(since),
        ..SessionFilter::default()
    });
    let agreed = Agreed {
        what,
        as_of: desk.state().ctx.now(),
        // Whoever chose this did not choose a number.
        sessions: u64::MAX,
    };
    match ending::all(desk, Ok(agreed)).await {
        Ok(done) => desk.go_and_tell(report, &format!("{} ended.", counted(done.ended, "session"))),
        Err(refusal @ Refusal::Absent(_)) => desk.refuse(refusal, report),
        // A page that says no, or that storage is busy, would leave open whether the key is revoked.
        Err(_) => desk.go_and_tell(
            report,
            "The key is revoked. Not all sessions that were meant have ended: end them under Sessions.",
        ),
    }
}

async fn revoke(desk: &Desk, kid: &str, stood: String, reason: Option<String>) -> Result<(), Refusal> {
    let wanted = kid.to_owned();
    let (_, radius) = desk
        .read(move |tx, ctx, actor| {
            let radius = radius(tx, ctx, actor, &wanted)?;
            if radius.state.as_str() == stood {
                Ok(radius)
            } else {
                Err(AdminFault::Conflict(format!(
                    "the key is {} by now: look again what revoking it does",
                    radius.state.as_str()
                )))
            }
        })
        .await?;
    let leaves_a_gap = matches!(radius.state, KeyState::Active | KeyState::Next);
    let needed: Vec<_> = leaves_a_gap.then_some(radius.alg).into_iter().collect();
    let fresh = make(desk, move |_, _, _| Ok(needed)).await?;
    desk.write(Proof::Fresh, move |tx, ctx, actor| {
        withdrawal::revoke(tx, ctx, actor, &radius, reason.as_deref(), fresh)
    })
    .await?;
    settle(desk).await;
    Ok(())
}

/// What was done, to print and to go on with.
#[derive(Template)]
#[template(path = "key_report.html")]
struct Report<'a> {
    shell: Shell<'a>,
    kid: &'a str,
    short: String,
    alg: &'static str,
    revoked: When,
    tokens: String,
    until: Option<When>,
    holders: Vec<Holder>,
    exposed: When,
    over: bool,
    signs_now: Option<String>,
}

/// GET `/admin/keys/{kid}/report`.
pub(super) async fn report(
    request: HttpRequest,
    state: web::Data<AppState>,
    id: CorrelationId,
    kid: web::Path<String>,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let found = desk
        .read(move |tx, ctx, actor| {
            let status = keys::find(tx, ctx, actor, &kid)?;
            if status.key.state != KeyState::Revoked {
                return Err(AdminFault::Conflict(format!("key {kid} was not revoked")));
            }
            let signs = keys::list(tx, ctx, actor)?
                .into_iter()
                .find(|other| other.key.alg == status.key.alg && other.key.state == KeyState::Active);
            Ok((evidence::of(tx, ctx, actor, &kid)?, signs, status))
        })
        .await;
    let (here, (evidence, signs, status)) = match found {
        Ok(found) => found,
        Err(refusal) => return desk.refuse_look(refusal),
    };
    let (now, key) = (state.ctx.now(), &status.key);
    let revoked = key.leaves_jwks_at.unwrap_or(now);
    let exposed = revoked.plus(state.ctx.policy.min_published);
    let view = Report {
        shell: desk.shell(&here, Section::Keys),
        kid: &key.kid,
        short: short(&key.kid),
        alg: key.alg.as_str(),
        revoked: When::new(revoked, now),
        tokens: number(evidence.live_tokens),
        until: When::of(evidence.until, now),
        holders: holders(&evidence, now),
        exposed: When::new(exposed, now),
        over: exposed <= now,
        signs_now: signs.map(|signs| short(&signs.key.kid)),
    };
    desk.page(StatusCode::OK, &view)
}
