//! `/token` (RFC 6749 3.2): form and headers in, JSON out, never cached. What happens in between is `token::endpoint`.

use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL, PRAGMA};
use actix_web::{HttpRequest, HttpResponse, web};
use protocol::{ErrorCode, OAuthError, Params, TokenResponse};
use token::client::PresentedCredentials;
use token::endpoint::{self, TokenRequest};
use token::grant::outcome::Outcome;

use crate::client_cache::client;
use crate::correlation::CorrelationId;
use crate::state::AppState;
use crate::unit::write;
use crate::{failure, forms};

/// What stops a token request: the client is told, or storage is away.
enum Stop {
    Client(OAuthError),
    Storage(kernel::StorageFault),
}

impl<E: Into<OAuthError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Stop::Client(error.into())
    }
}

/// POST only.
pub(crate) async fn post(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    let params = match forms::form(&request, payload).await {
        Ok(params) => params,
        Err(fault) => {
            let error = OAuthError::new(ErrorCode::InvalidRequest, fault.description());
            return failure::json_error_with(fault.status(), &error);
        }
    };
    match answer(&request, &state, &id, params).await {
        Ok(response) => HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, "no-store"))
            .insert_header((PRAGMA, "no-cache"))
            .json(response),
        Err(Stop::Client(error)) => failure::json_error(&error),
        Err(Stop::Storage(fault)) => failure::storage_json(&id, &fault),
    }
}

async fn answer(
    request: &HttpRequest,
    state: &AppState,
    id: &CorrelationId,
    params: Params,
) -> Result<TokenResponse, Stop> {
    refuse_query(request)?;
    let authorization = request
        .headers()
        .get(AUTHORIZATION)
        .map(|value| value.to_str().unwrap_or_default());
    let presented = PresentedCredentials::read(authorization, &params)?;
    let client = client(state, &presented.client_id).await.map_err(Stop::Storage)?;
    let request = endpoint::admit(client.as_deref(), &presented, params)?;
    let client = client.ok_or(token::client::ClientFault::Unknown)?;
    match run(state, client, request).await.map_err(Stop::Storage)? {
        Outcome::Granted(granted) => Ok(endpoint::respond(*granted, &state.ring.get(), &state.ctx)?),
        Outcome::Refused(fault) => {
            tracing::info!(correlation_id = %id, reason = %fault, "token request refused");
            Err(Stop::Client(fault.into()))
        }
    }
}

async fn run(
    state: &AppState,
    client: std::sync::Arc<token::Client>,
    request: TokenRequest,
) -> Result<Outcome, kernel::StorageFault> {
    let ctx = state.ctx.clone();
    write(state, move |tx| endpoint::run(tx, &ctx, &client, &request)).await
}

/// RFC 6749 2.3.1: credentials MUST NOT be in the URI; neither shall codes and tokens.
fn refuse_query(request: &HttpRequest) -> Result<(), OAuthError> {
    if request.query_string().is_empty() {
        return Ok(());
    }
    Err(OAuthError::new(
        ErrorCode::InvalidRequest,
        "parameters belong into the body, not into the URL",
    ))
}
