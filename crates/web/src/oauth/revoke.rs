//! `/revoke` (RFC 7009): a client gives back a token. What that means is `token::revocation`.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use token::revocation;

use super::caller::{Caller, Stop};
use crate::correlation::CorrelationId;
use crate::cors;
use crate::state::AppState;
use crate::unit::write;

/// POST only.
pub(crate) async fn post(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    let caller = match Caller::read(&request, payload, &state).await {
        Ok(caller) => caller,
        Err(stop) => return stop.respond(&id),
    };
    let response = match revoke(&state, &caller).await {
        // RFC 7009 2.2: the status says it all. There is no body, and so no type of one.
        Ok(()) => HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, "no-store"))
            .finish(),
        Err(stop) => stop.respond(&id),
    };
    cors::answer(&request, &caller.client, response)
}

async fn revoke(state: &AppState, caller: &Caller) -> Result<(), Stop> {
    let token = caller.token()?;
    let Some(what) = revocation::read(&state.ring.get(), &state.ctx, &caller.client, token) else {
        return Ok(());
    };
    let (ctx, client) = (state.ctx.clone(), caller.client.clone());
    write(state, move |tx| revocation::revoke(tx, &ctx, &client, what))
        .await
        .map_err(Stop::Storage)
}
