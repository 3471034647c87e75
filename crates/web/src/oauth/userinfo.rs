//! `/userinfo` (OpenID Connect Core 5.3): claims about the person an access token is for.

use std::sync::Arc;

use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, web};
use identity::User;
use kernel::StorageFault;
use protocol::{ErrorCode, OAuthError};
use token::verify::{self, AccessClaims};
use token::{Client, claims};

use crate::client_cache::client;
use crate::correlation::CorrelationId;
use crate::people::person;
use crate::state::AppState;
use crate::{cors, failure, forms, standing};

/// GET and POST alike; the token comes in the header or, for POST, in the form (RFC 6750 2).
pub(crate) async fn serve(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    let token = match presented(&request, payload).await {
        Ok(Some(token)) => token,
        Ok(None) => return failure::challenge(StatusCode::UNAUTHORIZED, None),
        Err((status, error)) => return failure::challenge(status, Some(&error)),
    };
    let response = match answer(&state, &token).await {
        Ok(response) => response,
        Err(fault) => failure::storage_json(&id, &fault),
    };
    match client_of(&state, &token).await {
        Some(client) => cors::answer(&request, &client, response),
        None => response,
    }
}

async fn answer(state: &AppState, token: &str) -> Result<HttpResponse, StorageFault> {
    let genuine = verify::access_token(&state.ring.get(), &state.ctx, token).ok();
    let Some(claims) = genuine.filter(|claims| claims.is_for(state.ctx.issuer.as_str())) else {
        return Ok(refused());
    };
    let Some(claims) = standing::counting(state, claims).await? else {
        return Ok(refused());
    };
    if !claims.scope.contains("openid") {
        let error = OAuthError::new(ErrorCode::InsufficientScope, "the openid scope is needed here");
        return Ok(failure::challenge(StatusCode::FORBIDDEN, Some(&error)));
    }
    let Some(user) = claims.user() else {
        return Ok(refused());
    };
    let user = person(state, user).await?;
    Ok(match user.filter(|user| user.is_active()) {
        Some(user) => told(state, &user, &claims),
        None => refused(),
    })
}

fn told(state: &AppState, user: &User, claims: &AccessClaims) -> HttpResponse {
    let catalogue = state.catalogue.get();
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(claims::userinfo(
            user,
            &claims.scope,
            &claims.userinfo_claims,
            &catalogue,
        ))
}

fn refused() -> HttpResponse {
    let error = OAuthError::new(
        ErrorCode::InvalidToken,
        "the access token is expired, revoked, malformed or not for here",
    );
    failure::challenge(StatusCode::UNAUTHORIZED, Some(&error))
}

/// Whose pages may read the answer, whatever it is: those of the client we once gave the token to.
async fn client_of(state: &AppState, token: &str) -> Option<Arc<Client>> {
    let client_id = verify::client_of(&state.ring.get(), &state.ctx, token)?;
    let client = client(state, &client_id).await.ok().flatten()?;
    client.enabled.then_some(client)
}

/// The token, or why the request is refused, and with which status.
async fn presented(
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<Option<String>, (StatusCode, OAuthError)> {
    let refused =
        |status, description: &'static str| (status, OAuthError::new(ErrorCode::InvalidRequest, description));
    let invalid = |description| refused(StatusCode::BAD_REQUEST, description);
    let query = forms::query(request).map_err(|fault| invalid(fault.description()))?;
    if query.get("access_token").is_some() {
        // RFC 9700 4.3.2: not in the URL.
        return Err(invalid("the access token belongs into the Authorization header"));
    }
    let in_header = match request.headers().get(AUTHORIZATION) {
        Some(value) => bearer(value.to_str().unwrap_or_default())
            .map_err(|Malformed| invalid("the Bearer scheme came without a token"))?,
        None => None,
    };
    let has_form = request.method() == Method::POST && request.headers().contains_key(CONTENT_TYPE);
    let in_form = match has_form {
        true => {
            let form = forms::form(request, payload)
                .await
                .map_err(|fault| refused(fault.status(), fault.description()))?;
            if form.is_repeated("access_token") {
                return Err(invalid("the access token was sent twice"));
            }
            form.get("access_token").map(str::to_owned)
        }
        false => None,
    };
    match (in_header, in_form) {
        (Some(_), Some(_)) => Err(invalid("the access token was sent twice")),
        (header, form) => Ok(header.or(form)),
    }
}

/// The Bearer scheme without a token.
pub(crate) struct Malformed;

/// The token of a Bearer header; none for another scheme, which presents no Bearer token at all (RFC 6750 3.1). Scheme
/// names are case-insensitive (RFC 9110 11.1).
pub(crate) fn bearer(header: &str) -> Result<Option<String>, Malformed> {
    let (scheme, token) = header.split_once(' ').unwrap_or((header, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Ok(None);
    }
    let token = token.trim();
    if token.is_empty() {
        Err(Malformed)
    } else {
        Ok(Some(token.to_owned()))
    }
}
