//! `/token` (RFC 6749 3.2): form and headers in, JSON out, never cached. What happens in between is `token::endpoint`.

use actix_web::http::header::{CACHE_CONTROL, PRAGMA};
use actix_web::{HttpRequest, HttpResponse, web};
use identity::User;
use identity::notice::{Letter, Notice};
use kernel::StorageFault;
use kernel::id::UserId;
use protocol::{OAuthError, TokenResponse};
use token::Client;
use token::endpoint::{self, GrantType};
use token::flow::call::Stopped;
use token::grant::Case;
use token::grant::outcome::{GrantFault, Outcome};

use super::caller::{Caller, Stop};
use crate::catalogue::catalogue_for;
use crate::correlation::CorrelationId;
use crate::cors;
use crate::state::AppState;
use crate::unit::{read, write};

/// POST only.
pub(crate) async fn post(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    let caller = match Caller::read(&request, payload, &state).await {
        Ok(caller) => caller,
        Err(stop) => {
            state.metrics.token_refused(None, stop.code());
            return stop.respond(&id);
        }
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

/// Redeems what was asked for, and counts how that went.
async fn answer(state: &AppState, id: &CorrelationId, caller: &Caller) -> Result<TokenResponse, Stop> {
    let grant = match endpoint::choose(&caller.client, &caller.params) {
        Ok(grant) => grant,
        Err(fault) => {
            let stop = refused(caller, Stopped::Choice(fault), fault);
            state.metrics.token_refused(None, stop.code());
            return Err(stop);
        }
    };
    let answer = redeem(state, id, caller, grant).await;
    match &answer {
        Ok(tokens) => state.metrics.issued(grant, tokens),
        Err(stop) => state.metrics.token_refused(Some(grant), stop.code()),
    }
    answer
}

async fn redeem(
    state: &AppState,
    id: &CorrelationId,
    caller: &Caller,
    grant: GrantType,
) -> Result<TokenResponse, Stop> {
    match run(state, caller, grant).await.map_err(Stop::Storage)? {
        Outcome::Granted(granted) => Ok(endpoint::respond(*granted, &state.ring.get(), &state.ctx)?),
        Outcome::Refused(fault) => {
            tracing::info!(correlation_id = %id, reason = %fault, "token request refused");
            if let GrantFault::RefreshReused { owner } = fault {
                state.metrics.refresh_reused();
                tell_owner(state, &caller.client, owner).await;
            }
            Err(refused(caller, Stopped::Grant(grant, fault), fault))
        }
    }
}

fn refused<E: Into<OAuthError>>(caller: &Caller, stopped: Stopped, error: E) -> Stop {
    let client = &*caller.client;
    Stop::refused(
        &caller.params,
        (Some(&client.client_id), Some(client)),
        stopped,
        error,
    )
}

/// Writes to the person whose refresh token two parties had: one of them should not have. What was to be taken back is
/// taken back already, so a letter that cannot be written changes nothing for the client.
async fn tell_owner(state: &AppState, client: &Client, owner: UserId) {
    match read(state, move |tx| tx.user(owner)).await {
        Ok(Some(User {
            email: Some(to),
            profile,
            username,
            ..
        })) => state.post.send(Letter {
            to,
            name: profile.name.unwrap_or(username),
            language: profile.locale,
            notice: Notice::TokenReused {
                at: state.ctx.now(),
                client: client.display_name().to_owned(),
            },
        }),
        Ok(_) => {}
        Err(fault) => tracing::warn!(%fault, "the owner of a reused refresh token could not be told"),
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
