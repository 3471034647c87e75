//! `/token` (RFC 6749 3.2): form and headers in, JSON out, never cached. What happens in between is `token::endpoint`.

use actix_web::http::header::{CACHE_CONTROL, PRAGMA};
use actix_web::{HttpRequest, HttpResponse, web};
use kernel::StorageFault;
use protocol::TokenResponse;
use token::endpoint::{self, GrantType};
use token::grant::Case;
use token::grant::outcome::Outcome;

use super::caller::{Caller, Stop};
use crate::catalogue::catalogue_for;
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
    let response = match answer(&state, &id, &caller).await {
        Ok(tokens) => HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, "no-store"))
            .insert_header((PRAGMA, "no-cache"))
            .json(tokens),
        Err(stop) => stop.respond(&id),
    };
    cors::answer(&request, &caller.client, response)
}

async fn answer(state: &AppState, id: &CorrelationId, caller: &Caller) -> Result<TokenResponse, Stop> {
    let grant = endpoint::choose(&caller.client, &caller.params)?;
    match run(state, caller, grant).await.map_err(Stop::Storage)? {
        Outcome::Granted(granted) => Ok(endpoint::respond(*granted, &state.ring.get(), &state.ctx)?),
        Outcome::Refused(fault) => {
            tracing::info!(correlation_id = %id, reason = %fault, "token request refused");
            Err(fault.into())
        }
    }
}

/// Runs the grant: here where it needs no storage, else in a unit of work.
async fn run(state: &AppState, caller: &Caller, grant: GrantType) -> Result<Outcome, StorageFault> {
    let catalogue = catalogue_for(state, &caller.client, &caller.params).await?;
    let case = Case {
        ctx: &state.ctx,
        catalogue: &catalogue,
        client: &caller.client,
        params: &caller.params,
    };
    if let Some(outcome) = endpoint::run_at_once(grant, &case) {
        return Ok(outcome);
    }
    let (ctx, catalogue, caller) = (state.ctx.clone(), catalogue.clone(), caller.clone());
    write(state, move |tx| {
        let case = Case {
            ctx: &ctx,
            catalogue: &catalogue,
            client: &caller.client,
            params: &caller.params,
        };
        endpoint::run(tx, grant, &case)
    })
    .await
}
