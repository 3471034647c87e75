//! `/authorize` (RFC 6749 3.1, OpenID Connect Core 3.1.2): reads the request and hands it to the hub.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use kernel::id::InteractionId;
use protocol::Params;
use token::authorize::{Interaction, Pending, Refusal, checks, hub};

use crate::client_cache::client;
use crate::correlation::CorrelationId;
use crate::state::AppState;
use crate::unit::write;
use crate::{cookies, deliver, failure, forms};

/// GET: the request is in the query.
pub(crate) async fn get(request: HttpRequest, state: web::Data<AppState>, id: CorrelationId) -> HttpResponse {
    match forms::query(&request) {
        Ok(params) => arrive(&request, &state, &id, params).await,
        Err(fault) => failure::form_page(&state, &id, fault),
    }
}

/// POST: the request is in the body. Lax cookies do not come with a POST from another site, so it is saved and picked
/// up again by a GET before any cookie is read.
pub(crate) async fn post(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    let params = match forms::form(&request, payload).await {
        Ok(params) => params,
        Err(fault) => return failure::form_page(&state, &id, fault),
    };
    match save(&state, Pending::PostedAuthorization(params.pairs().to_vec())).await {
        Ok(saved) => deliver::to_path(&state, &format!("/authorize/{saved}")),
        Err(fault) => failure::storage_page(&state, &id, &fault),
    }
}

/// Saves a posted request that no browser has claimed yet.
pub(crate) async fn save(state: &AppState, pending: Pending) -> Result<InteractionId, kernel::StorageFault> {
    let ctx = state.ctx.clone();
    write(state, move |tx| {
        let now = ctx.now();
        let id = InteractionId::generate(&*ctx.entropy);
        let interaction = Interaction {
            id,
            flow: None,
            created_at: now,
            request: pending,
        };
        tx.save_interaction(&interaction, now.plus(ctx.policy.interaction_ttl))?;
        Ok(id)
    })
    .await
}

/// A request, however it came.
pub(crate) async fn arrive(
    request: &HttpRequest,
    state: &AppState,
    id: &CorrelationId,
    params: Params,
) -> HttpResponse {
    let client_id = match checks::client_id(&params) {
        Ok(client_id) => client_id,
        Err(fault) => return failure::authorization_page(state, id, &fault),
    };
    let client = match client(state, client_id).await {
        Ok(client) => client,
        Err(fault) => return failure::storage_page(state, id, &fault),
    };
    let checked = match checks::check(&params, client.as_deref(), &state.ring.get(), &state.ctx) {
        Ok(checked) => checked,
        Err(Refusal::Page(fault)) => return failure::authorization_page(state, id, &fault),
        Err(Refusal::Client(target, error)) => return deliver::refusal(state, &target, &error),
    };
    let Some(client) = client else {
        return failure::authorization_page(state, id, &checks::PageFault::UnknownClient);
    };
    let (visitor, cookie) = cookies::visitor(request, &state.ctx);
    let (ctx, moved): (_, Arc<_>) = (state.ctx.clone(), client);
    let outcome = write(state, move |tx| hub::arrive(tx, &ctx, &moved, checked, &visitor)).await;
    match outcome {
        Ok(step) => {
            // A silent answer leaves nothing behind: the flow cookie is for those who will see a page.
            let shows_a_page = matches!(step, hub::Step::Login(..) | hub::Step::Consent(_));
            deliver::with_cookie(deliver::step(state, id, &step), cookie.filter(|_| shows_a_page))
        }
        Err(fault) => failure::storage_page(state, id, &fault),
    }
}
