//! `/introspect` (RFC 7662): what a token says, to those whom it concerns. Who they are is `token::introspection`.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use kernel::StorageFault;
use protocol::{ErrorCode, IntrospectionResponse, OAuthError};
use token::introspection::{self, Introspected};
use token::verify::AccessClaims;

use super::caller::{Caller, Stop};
use crate::correlation::CorrelationId;
use crate::people::person;
use crate::standing;
use crate::state::AppState;
use crate::unit::read;

/// POST only.
pub(crate) async fn post(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    match answer(&request, payload, &state).await {
        Ok(told) => HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, "no-store"))
            .json(told),
        Err(stop) => stop.respond(&id),
    }
}

async fn answer(
    request: &HttpRequest,
    payload: web::Payload,
    state: &AppState,
) -> Result<IntrospectionResponse, Stop> {
    let caller = Caller::read(request, payload, state).await?;
    if caller.client.is_public() {
        // RFC 7662 2.1, 4: a name anybody can say is no authorization to ask.
        return Err(OAuthError::new(
            ErrorCode::InvalidClient,
            "introspection is for clients that can keep a secret",
        )
        .into());
    }
    let token = caller.token()?;
    let told = match introspection::read(&state.ring.get(), &state.ctx, &caller.client, token) {
        None => Ok(IntrospectionResponse::default()),
        Some(Introspected::AccessToken(claims)) => access_token(state, *claims).await,
        Some(Introspected::RefreshToken(token)) => {
            let (ctx, client) = (state.ctx.clone(), caller.client.clone());
            read(state, move |tx| {
                introspection::refresh_token(tx, &ctx, &client, token)
            })
            .await
        }
    };
    told.map_err(Stop::Storage)
}

async fn access_token(state: &AppState, claims: AccessClaims) -> Result<IntrospectionResponse, StorageFault> {
    let nothing = IntrospectionResponse::default();
    let Some(claims) = standing::counting(state, claims).await? else {
        return Ok(nothing);
    };
    let Some(user) = claims.user() else {
        return Ok(introspection::access_token(&state.ctx, claims, None));
    };
    Ok(match person(state, user).await? {
        Some(user) => introspection::access_token(&state.ctx, claims, Some(user.username.clone())),
        None => nothing,
    })
}
