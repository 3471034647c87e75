//! `/admin/keys/{kid}`: one key, and the steps it can take: a spare may begin to sign, a retiring key may leave.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use admin::Permission;
use admin::keys::evidence::{self, Evidence};
use admin::keys::{self, Insistence, KeyStatus, export, rotation, withdrawal};
use askama::Template;
use kernel::Timestamp;
use token::keys::{KeyState, Signed};

use super::rotate::{insistence, proof_for, told};
use super::timeline::short;
use super::{make, page_of, settle};
use crate::console::desk::{Desk, Refusal};
use crate::console::shell::{Section, Shell};
use crate::console::words::{When, ahead, number, segment};
use crate::correlation::CorrelationId;
use crate::state::AppState;

/// The page of a key.
#[derive(Template)]
#[template(path = "key.html")]
struct Key<'a> {
    shell: Shell<'a>,
    kid: &'a str,
    short: String,
    alg: &'static str,
    state: &'static str,
    published: When,
    safe: When,
    activated: Option<When>,
    leaves: Option<When>,
    live: String,
    until: Option<When>,
    clients: Vec<Holder>,
    jwk: String,
    href: String,
    /// Whether it is one of those that can be taken back.
    can: Steps,
}

/// What can be done with a key by whoever looks.
struct Steps {
    activate: bool,
    retire: bool,
    revoke: bool,
}

impl Steps {
    fn of(state: KeyState, shell: &Shell<'_>) -> Self {
        let turn = shell.may(Permission::TurnKeys);
        Self {
            activate: turn && state == KeyState::Next,
            retire: turn && state == KeyState::Retiring,
            revoke: state != KeyState::Revoked && shell.may(Permission::RevokeKeys),
        }
    }
}

/// GET `/admin/keys/{kid}`.
pub(super) async fn get(
    request: HttpRequest,
    state: web::Data<AppState>,
    id: CorrelationId,
    kid: web::Path<String>,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let kid = kid.into_inner();
    let found = desk
        .read(move |tx, ctx, actor| {
            let status = keys::find(tx, ctx, actor, &kid)?;
            let evidence = evidence::of(tx, ctx, actor, &kid)?;
            Ok((evidence, export::pretty(&status.key)?, status))
        })
        .await;
    let (here, (evidence, jwk, status)) = match found {
        Ok(found) => found,
        Err(refusal) => return desk.refuse_look(refusal),
    };
    let now = state.ctx.now();
    let shell = desk.shell(&here, Section::Keys);
    let view = Key {
        jwk,
        ..view(shell, &status, &evidence, now)
    };
    desk.page(StatusCode::OK, &view)
}

fn view<'a>(shell: Shell<'a>, status: &'a KeyStatus, evidence: &'a Evidence, now: Timestamp) -> Key<'a> {
    let key = &status.key;
    Key {
        can: Steps::of(key.state, &shell),
        shell,
        kid: &key.kid,
        short: short(&key.kid),
        alg: key.alg.as_str(),
        state: key.state.as_str(),
        published: When::new(key.published_at, now),
        safe: When::new(status.safe_at, now),
        activated: When::of(key.activated_at, now),
        leaves: When::of(key.leaves_jwks_at, now),
        live: number(evidence.live_tokens),
        until: When::of(evidence.until, now),
        clients: holders(evidence, now),
        jwk: String::new(),
        href: page_of(&key.kid),
    }
}

/// Who holds its tokens, as rows of a table.
pub(super) fn holders(evidence: &Evidence, now: Timestamp) -> Vec<Holder> {
    let holder = |signed: &Signed| Holder {
        href: format!("/admin/clients/{}", segment(&signed.client_id)),
        client_id: signed.client_id.clone(),
        tokens: number(signed.count),
        until: When::new(signed.until, now),
    };
    evidence.clients.iter().map(holder).collect()
}

/// A client that holds tokens of a key.
pub(super) struct Holder {
    pub(super) client_id: String,
    pub(super) href: String,
    pub(super) tokens: String,
    pub(super) until: When,
}

/// The page that asks before a step.
#[derive(Template)]
#[template(path = "key_step.html")]
struct Ask<'a> {
    shell: Shell<'a>,
    csrf: String,
    action: String,
    title: &'static str,
    lead: String,
    button: &'static str,
    /// It is not safe yet: the step takes a reason, and this is why.
    unsafe_because: Option<String>,
    back: String,
    wrong: Option<&'static str>,
}

/// Which step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Activate,
    Retire,
}

impl Step {
    fn action(self, kid: &str) -> String {
        let verb = match self {
            Step::Activate => "activate",
            Step::Retire => "retire",
        };
        format!("{}/{verb}", page_of(kid))
    }
}

/// GET `/admin/keys/{kid}/activate`.
pub(super) async fn ask_activate(
    request: HttpRequest,
    state: web::Data<AppState>,
    id: CorrelationId,
    kid: web::Path<String>,
) -> HttpResponse {
    ask(&Desk::of(&request, &state, &id), Step::Activate, &kid, None).await
}

/// GET `/admin/keys/{kid}/retire`.
pub(super) async fn ask_retire(
    request: HttpRequest,
    state: web::Data<AppState>,
    id: CorrelationId,
    kid: web::Path<String>,
) -> HttpResponse {
    ask(&Desk::of(&request, &state, &id), Step::Retire, &kid, None).await
}

async fn ask(desk: &Desk, step: Step, kid: &str, wrong: Option<&'static str>) -> HttpResponse {
    let wanted = kid.to_owned();
    let found = desk
        .read(move |tx, ctx, actor| keys::find(tx, ctx, actor, &wanted))
        .await;
    let (here, status) = match found {
        Ok(found) => found,
        Err(refusal) => return desk.refuse_look(refusal),
    };
    let (now, action) = (desk.state().ctx.now(), step.action(kid));
    let name = short(kid);
    let (title, lead, button, ready_at) = match step {
        Step::Activate => (
            "Activate a key",
            format!(
                "{name} signs {} tokens from now on. The key that signed goes on verifying.",
                status.key.alg
            ),
            "Activate",
            Some(status.safe_at),
        ),
        Step::Retire => (
            "Retire a key",
            format!("{name} leaves the JWK Set. Tokens it signed are not accepted any more."),
            "Retire",
            status.key.leaves_jwks_at,
        ),
    };
    let unsafe_because = ready_at.filter(|at| *at > now).map(|at| match step {
        Step::Activate => format!(
            "Cached copies of the JWK Set may lack it. It is safe {}.",
            ahead(at, now)
        ),
        Step::Retire => format!(
            "Tokens it signed may be good until {}.",
            When::new(at, now).minute
        ),
    });
    let view = Ask {
        shell: desk.shell(&here, Section::Keys),
        csrf: desk.token(&action),
        action,
        title,
        lead,
        button,
        unsafe_because,
        back: page_of(kid),
        wrong,
    };
    let status = wrong.map_or(StatusCode::OK, |_| StatusCode::UNPROCESSABLE_ENTITY);
    desk.page(status, &view)
}

/// POST `/admin/keys/{kid}/activate`.
pub(super) async fn activate(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
    kid: web::Path<String>,
) -> HttpResponse {
    step(&Desk::of(&request, &state, &id), payload, Step::Activate, &kid).await
}

/// POST `/admin/keys/{kid}/retire`.
pub(super) async fn retire(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
    kid: web::Path<String>,
) -> HttpResponse {
    step(&Desk::of(&request, &state, &id), payload, Step::Retire, &kid).await
}

async fn step(desk: &Desk, payload: web::Payload, step: Step, kid: &str) -> HttpResponse {
    let action = step.action(kid);
    let form = match desk.form(payload, &action).await {
        Ok(form) => form,
        Err(response) => return response,
    };
    let Some(insistence) = insistence(form.get("force"), form.get("reason")) else {
        return ask(desk, step, kid, Some("To act before it is safe, say why.")).await;
    };
    let done = match step {
        Step::Activate => begin_to_sign(desk, kid, insistence).await,
        Step::Retire => leave(desk, kid, insistence).await,
    };
    match done {
        Ok(sentence) => desk.go_and_tell(super::PATH, &sentence),
        Err(refusal) => desk.refuse(refusal, &action),
    }
}

async fn begin_to_sign(desk: &Desk, kid: &str, insistence: Insistence) -> Result<String, Refusal> {
    let (kid, wanted) = (kid.to_owned(), kid.to_owned());
    let fresh = make(desk, move |tx, ctx, actor| {
        Ok(vec![keys::find(tx, ctx, actor, &wanted)?.key.alg])
    })
    .await?;
    let (_, rotated) = desk
        .write(proof_for(&insistence), move |tx, ctx, actor| {
            rotation::activate(tx, ctx, actor, &kid, &insistence, fresh)
        })
        .await?;
    settle(desk).await;
    Ok(told(&[rotated]))
}

async fn leave(desk: &Desk, kid: &str, insistence: Insistence) -> Result<String, Refusal> {
    let wanted = kid.to_owned();
    desk.write(proof_for(&insistence), move |tx, ctx, actor| {
        withdrawal::retire(tx, ctx, actor, &wanted, &insistence)
    })
    .await?;
    settle(desk).await;
    Ok(format!("{} left the JWK Set.", short(kid)))
}
