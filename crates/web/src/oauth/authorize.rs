//! `/authorize` (RFC 6749 3.1, OpenID Connect Core 3.1.2): reads the request and hands it to the hub.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use kernel::StorageFault;
use kernel::id::InteractionId;
use protocol::Params;
use token::Client;
use token::authorize::checks::World;
use token::authorize::{AuthorizationRequest, Interaction, PageFault, Pending, Refusal, Step, checks, hub};
use token::flow::authorization;

use crate::catalogue::catalogue_for;
use crate::client_cache::client;
use crate::correlation::CorrelationId;
use crate::forms::PostedForm;
use crate::state::AppState;
use crate::unit::write;
use crate::{cookies, deliver, failure, flows, forms, language, peer};

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
    PostedForm(params): PostedForm,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    // What is wrong is said at once; only a request that will make sense to its browser is worth keeping.
    if let Err(response) = check(&state, &id, &params).await {
        return response;
    }
    let kept = params.keep(&checks::PARAMETERS, forms::MAX_BODY);
    let pending = Pending::PostedAuthorization(kept.pairs().to_vec());
    match save(&request, &state, &id, (None, pending)).await {
        Ok(saved) => deliver::to_path(&state, &format!("/authorize/{saved}")),
        Err(response) => response,
    }
}

/// Saves a request, of the browser whose flow it is or of none that has claimed it yet; otherwise the page that says why
/// not.
pub(crate) async fn save(
    request: &HttpRequest,
    state: &AppState,
    id: &CorrelationId,
    (flow, pending): (Option<String>, Pending),
) -> Result<InteractionId, HttpResponse> {
    let source = peer::address(request, &state.trusted_proxies);
    if state.saved.is_reached(source, state.ctx.now()) {
        return Err(failure::too_many(state, id));
    }
    let ctx = state.ctx.clone();
    let saved = write(state, move |tx| {
        let now = ctx.now();
        let id = InteractionId::generate(&*ctx.entropy);
        let interaction = Interaction {
            id,
            flow,
            created_at: now,
            request: pending,
        };
        tx.save_interaction(&interaction, now.plus(ctx.policy.interaction_ttl))?;
        Ok::<_, StorageFault>(id)
    })
    .await;
    state.saved.count(source, state.ctx.now(), forms::length(request));
    saved.map_err(|fault| failure::storage_page(state, id, &fault))
}

/// A request, however it came.
pub(crate) async fn arrive(
    request: &HttpRequest,
    state: &AppState,
    id: &CorrelationId,
    params: Params,
) -> HttpResponse {
    match check(state, id, &params).await {
        Ok((client, checked)) => begin(request, state, id, client, checked).await,
        Err(response) => response,
    }
}

/// Both stages of checking; what is wrong comes back as the response that says so.
async fn check(
    state: &AppState,
    id: &CorrelationId,
    params: &Params,
) -> Result<(Arc<Client>, AuthorizationRequest), HttpResponse> {
    language::app_wishes(
        params
            .get("ui_locales")
            .unwrap_or_default()
            .split_ascii_whitespace(),
    );
    let page = |fault: PageFault| {
        let response = failure::authorization_page(state, id, &fault);
        let refused = authorization::refused(params, None, &Refusal::Page(fault));
        flows::explain(response, refused)
    };
    let client_id = checks::client_id(params).map_err(page)?;
    let client = client(state, client_id)
        .await
        .map_err(|fault| failure::storage_page(state, id, &fault))?;
    let client = client.ok_or_else(|| page(PageFault::UnknownClient))?;
    let catalogue = catalogue_for(state, &client, params)
        .await
        .map_err(|fault| failure::storage_page(state, id, &fault))?;
    let world = World {
        ctx: &state.ctx,
        ring: &state.ring.get(),
        catalogue: &catalogue,
    };
    let checked = checks::check(params, Some(&client), world).map_err(|refusal| {
        let refused = authorization::refused(params, Some((&client, world)), &refusal);
        let response = match &refusal {
            Refusal::Page(fault) => failure::authorization_page(state, id, fault),
            Refusal::Client(target, error) => deliver::refusal(state, target, error),
        };
        flows::explain(response, refused)
    })?;
    Ok((client, checked))
}

/// Hands a checked request of this browser to the hub.
pub(crate) async fn begin(
    request: &HttpRequest,
    state: &AppState,
    id: &CorrelationId,
    client: Arc<Client>,
    checked: AuthorizationRequest,
) -> HttpResponse {
    let source = peer::address(request, &state.trusted_proxies);
    if state.saved.is_reached(source, state.ctx.now()) {
        return failure::too_many(state, id);
    }
    let (visitor, cookie) = cookies::visitor(request, &state.ctx);
    let ctx = state.ctx.clone();
    let outcome = write(state, move |tx| hub::arrive(tx, &ctx, &client, checked, &visitor)).await;
    match outcome {
        Ok(step) => {
            // A silent answer leaves nothing behind: the flow cookie is for those who will see a page.
            let shows_a_page = matches!(step, Step::Login(..) | Step::Choose(_) | Step::Consent(_));
            if shows_a_page {
                state.saved.count(source, state.ctx.now(), forms::length(request));
            }
            deliver::with_cookie(deliver::step(state, &step), cookie.filter(|_| shows_a_page))
        }
        Err(fault) => failure::storage_page(state, id, &fault),
    }
}
