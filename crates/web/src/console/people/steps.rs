//! What is done to somebody: a password link sent, the account locked or unlocked, sessions ended, the person deleted.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use admin::sessions::{self, Whose};
use admin::{password_link, users};
use askama::Template;
use identity::recovery::LinkToSend;

use super::{PATH, page_of};
use crate::console::desk::{Desk, Proof, Refusal};
use crate::console::shell::{Section, Shell};
use crate::console::words::counted;
use crate::correlation::CorrelationId;
use crate::reset_letter;
use crate::state::AppState;

/// POST `/admin/users/{sub}/do`: `do` is `link`, `lock`, `unlock` or `end`.
pub(super) async fn post(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
    sub: web::Path<String>,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let form = match desk.form(payload, &format!("{}/do", page_of(&sub))).await {
        Ok(form) => form,
        Err(response) => return response,
    };
    let done = match form.get("do") {
        Some("link") => link(&desk, &sub).await,
        Some("lock") => lock(&desk, &sub).await,
        Some("unlock") => unlock(&desk, &sub).await,
        Some("end") => end(&desk, &sub).await,
        _ => return desk.go(&page_of(&sub)),
    };
    match done {
        Ok(told) => desk.go_and_tell(&page_of(&sub), &told),
        Err(refusal) => desk.refuse(refusal, &page_of(&sub)),
    }
}

async fn link(desk: &Desk, sub: &str) -> Result<String, Refusal> {
    let sub = sub.to_owned();
    let (_, link) = desk
        .write(Proof::Any, move |tx, ctx, actor| {
            password_link::make(tx, ctx, actor, &sub)
        })
        .await?;
    send(desk, &link);
    Ok(format!(
        "A link to a new password was sent to {}.",
        link.user.username
    ))
}

/// Puts a link into the post.
pub(super) fn send(desk: &Desk, link: &LinkToSend) {
    reset_letter::send(desk.state(), link);
}

async fn lock(desk: &Desk, sub: &str) -> Result<String, Refusal> {
    let sub = sub.to_owned();
    let (_, user) = desk
        .write(Proof::Any, move |tx, ctx, actor| {
            users::lock(tx, ctx, actor, &sub)
        })
        .await?;
    Ok(format!(
        "{} is locked. Their sessions and what applications held are ended.",
        user.username
    ))
}

async fn unlock(desk: &Desk, sub: &str) -> Result<String, Refusal> {
    let sub = sub.to_owned();
    let (_, user) = desk
        .write(Proof::Any, move |tx, ctx, actor| {
            users::unlock(tx, ctx, actor, &sub)
        })
        .await?;
    Ok(format!("{} may sign in again.", user.username))
}

async fn end(desk: &Desk, sub: &str) -> Result<String, Refusal> {
    let sub = sub.to_owned();
    let (_, ended) = desk
        .write(Proof::Any, move |tx, ctx, actor| {
            sessions::revoke_all(tx, ctx, actor, Whose::Of(&sub))
        })
        .await?;
    Ok(format!("{} ended.", counted(ended.len() as u64, "session")))
}

/// The page that asks before somebody is deleted.
#[derive(Template)]
#[template(path = "person_delete.html")]
struct Delete<'a> {
    shell: Shell<'a>,
    csrf: String,
    action: String,
    back: String,
    username: &'a str,
    prove: Option<String>,
    wrong: Option<&'static str>,
}

fn action(sub: &str) -> String {
    format!("{}/delete", page_of(sub))
}

/// GET `/admin/users/{sub}/delete`; with `prove` in the query, after a proof.
pub(super) async fn ask_delete(
    request: HttpRequest,
    state: web::Data<AppState>,
    id: CorrelationId,
    sub: web::Path<String>,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    if desk.query().get("prove").is_some() {
        return desk.prove(&action(&sub));
    }
    draw(&desk, &sub, None).await
}

async fn draw(desk: &Desk, sub: &str, wrong: Option<&'static str>) -> HttpResponse {
    let wanted = sub.to_owned();
    let found = desk
        .read(move |tx, _, actor| {
            actor.require(admin::Permission::ManagePeople)?;
            users::find(tx, actor, &wanted)
        })
        .await;
    let (here, user) = match found {
        Ok(found) => found,
        Err(refusal) => return desk.refuse_look(refusal),
    };
    let view = Delete {
        shell: desk.shell(&here, Section::People),
        csrf: desk.token(&action(sub)),
        action: action(sub),
        back: page_of(sub),
        username: &user.username,
        prove: (!desk.is_fresh(&here)).then(|| format!("{}?prove=1", action(sub))),
        wrong,
    };
    let status = wrong.map_or(StatusCode::OK, |_| StatusCode::UNPROCESSABLE_ENTITY);
    desk.page(status, &view)
}

/// POST `/admin/users/{sub}/delete`: `typed` is the user name.
pub(super) async fn delete(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
    sub: web::Path<String>,
) -> HttpResponse {
    let desk = Desk::of(&request, &state, &id);
    let form = match desk.form(payload, &action(&sub)).await {
        Ok(form) => form,
        Err(response) => return response,
    };
    let (typed, wanted) = (
        form.get("typed").unwrap_or_default().trim().to_owned(),
        sub.clone(),
    );
    let deleted = desk
        .write(Proof::Fresh, move |tx, ctx, actor| {
            if users::find(tx, actor, &wanted)?.username != typed {
                return Ok(None);
            }
            users::delete(tx, ctx, actor, &wanted).map(Some)
        })
        .await;
    match deleted {
        Ok((_, Some(user))) => desk.go_and_tell(PATH, &format!("{} was deleted.", user.username)),
        Ok((_, None)) => draw(&desk, &sub, Some("That is not the user name.")).await,
        Err(refusal) => desk.refuse(refusal, &action(&sub)),
    }
}
