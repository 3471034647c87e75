//! `/account/language`: the language somebody wants to read, here and in letters.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use i18n::Language;
use identity::own_language;
use token::authorize::Destination;

use super::{Visit, path_of, visit};
use crate::correlation::CorrelationId;
use crate::csrf::Purpose;
use crate::state::AppState;
use crate::unit::write;
use crate::views::{OwnLanguage, Trouble};
use crate::{deliver, failure, language, own_form};

/// GET `/account/language`.
pub(crate) async fn get(request: HttpRequest, state: web::Data<AppState>, id: CorrelationId) -> HttpResponse {
    match visit(&request, &state, &id, Destination::Language).await {
        Ok(visit) => draw(&state, &visit),
        Err(response) => response,
    }
}

fn draw(state: &AppState, visit: &Visit) -> HttpResponse {
    let view = OwnLanguage {
        action: &visit.action(path_of(Destination::Language)),
        csrf: &visit.token(Purpose::ChooseLanguage),
        account: visit.account(),
        chosen: language::own(&visit.user),
        back: &visit.way(path_of(Destination::Account)),
    };
    visit.page(state, StatusCode::OK, &view)
}

/// POST `/account/language`: a language's tag, or nothing for what the browser says.
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
    let visit = match visit(&request, &state, &id, Destination::Language).await {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    if !visit.is_genuine(form.get("csrf"), Purpose::ChooseLanguage) {
        return failure::error_page(&state, &id, Trouble::FormRefused);
    }
    let chosen = match form.get("language") {
        None => None,
        Some(tag) => match Language::of_tag(tag) {
            Some(language) => Some(language),
            None => return failure::error_page(&state, &id, Trouble::NotFound),
        },
    };
    // Choosing again what fits already keeps a region that was set with it.
    if chosen == language::own(&visit.user) {
        return deliver::to_path(&state, &visit.way(path_of(Destination::Account)));
    }
    let (ctx, user) = (state.ctx.clone(), visit.user.id);
    match write(&state, move |tx| {
        own_language::choose(tx, &ctx, user, chosen.map(Language::tag))
    })
    .await
    {
        Ok(()) => deliver::to_path(&state, &visit.way(path_of(Destination::Account))),
        Err(fault) => failure::storage_page(&state, &id, &fault),
    }
}
