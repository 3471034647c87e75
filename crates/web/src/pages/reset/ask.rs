//! `/reset`: asking for a link. The answer is the same for everybody, and comes after the same time.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use identity::notice::{Letter, Notice, SecretLink};
use identity::recovery::{self, LinkToSend};
use kernel::StorageFault;
use kernel::id::InteractionId;
use token::authorize::Visitor;

use super::PATH;
use crate::correlation::CorrelationId;
use crate::csrf::{self, Purpose};
use crate::state::AppState;
use crate::unit::write;
use crate::views::{ForgotPassword, Freshness, Help, LetterSent, PageContext, page};
use crate::{cookies, deliver, failure, forms, language, own_form, peer};

/// An answer comes no sooner than this. Storing a link and writing a letter take a moment longer than finding nobody; behind
/// a pause of many such moments nobody can measure which it was.
const PAUSE: Duration = Duration::from_millis(200);

/// What ties the form to the browser beside its flow.
const SUBJECT: &str = "ask";

/// GET `/reset`.
pub(crate) async fn get(request: HttpRequest, state: web::Data<AppState>, id: CorrelationId) -> HttpResponse {
    let query = match forms::query(&request) {
        Ok(query) => query,
        Err(fault) => return failure::form_page(&state, &id, fault),
    };
    let (visitor, cookie) = cookies::visitor(&request, &state.ctx);
    let interaction = query.get("interaction").and_then(|text| text.parse().ok());
    deliver::with_cookie(draw(&state, &visitor, interaction, Freshness::First), cookie)
}

fn draw(
    state: &AppState,
    visitor: &Visitor,
    interaction: Option<InteractionId>,
    freshness: Freshness,
) -> HttpResponse {
    let csrf = csrf::token(&visitor.flow, Purpose::ForgotPassword, SUBJECT);
    let interaction = interaction.map(|id| id.to_string());
    let help = if state.post.delivers() {
        Help::Letter {
            action: PATH,
            csrf: &csrf,
            interaction: interaction.as_deref(),
            freshness,
        }
    } else {
        Help::Administrator
    };
    let sign_in = interaction
        .as_ref()
        .map_or("/login".to_owned(), |id| format!("/login/{id}"));
    let view = ForgotPassword {
        place: state.place(),
        help,
        sign_in: &sign_in,
    };
    page(StatusCode::OK, &view, &PageContext::of_account(state.transport()))
}

/// POST `/reset`.
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
    let (visitor, cookie) = cookies::visitor(&request, &state.ctx);
    let interaction = form.get("interaction").and_then(|text| text.parse().ok());
    if !csrf::is_genuine(form.get("csrf"), &visitor.flow, Purpose::ForgotPassword, SUBJECT) {
        let mut response = draw(&state, &visitor, interaction, Freshness::TooOld);
        *response.status_mut() = StatusCode::FORBIDDEN;
        return deliver::with_cookie(response, cookie);
    }
    if !state.post.delivers() {
        return deliver::to_path(&state, PATH);
    }
    let source = peer::address(&request, &state.trusted_proxies);
    let source = source.map(|address| address.to_string()).unwrap_or_default();
    let login = form.get("username").unwrap_or_default().to_owned();
    let (helped, ()) = tokio::join!(
        help(&state, login, source, interaction),
        tokio::time::sleep(PAUSE)
    );
    match helped {
        Ok(()) => deliver::to_path(&state, "/reset/sent"),
        Err(fault) => failure::storage_page(&state, &id, &fault),
    }
}

/// Sends a link where one is due.
async fn help(
    state: &AppState,
    login: String,
    source: String,
    interaction: Option<InteractionId>,
) -> Result<(), StorageFault> {
    let ctx = state.ctx.clone();
    let link = write(state, move |tx| recovery::begin(tx, &ctx, &login, &source)).await?;
    if let Some(link) = link {
        send(state, &link, interaction);
    }
    Ok(())
}

/// Puts the letter into the post. Its link begins with the configured issuer, whatever host the request named.
fn send(state: &AppState, link: &LinkToSend, interaction: Option<InteractionId>) {
    let Some(address) = &link.user.email else {
        return;
    };
    let path = match interaction {
        Some(id) => format!("{PATH}/{}?interaction={id}", link.token.expose()),
        None => format!("{PATH}/{}", link.token.expose()),
    };
    state.post.send(Letter {
        to: address.clone(),
        name: link.user.display_name().to_owned(),
        language: Some(language::of_letters(&link.user).tag().to_owned()),
        notice: Notice::PasswordReset {
            link: SecretLink::new(state.ctx.issuer.url(&path)),
            valid_for: state.ctx.policy.reset_ttl,
        },
    });
}

/// GET `/reset/sent`: says the same to everybody.
pub(crate) async fn sent(state: web::Data<AppState>) -> HttpResponse {
    let view = LetterSent {
        minutes: state.ctx.policy.reset_ttl.as_secs() / 60,
        again: PATH,
    };
    page(StatusCode::OK, &view, &PageContext::of_account(state.transport()))
}
