//! `/userinfo` (OpenID Connect Core 5.3): claims about the person an access token is for.

use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, web};
use identity::User;
use kernel::StorageFault;
use protocol::{ErrorCode, OAuthError};
use token::claims;
use token::verify::{self, AccessClaims};

use crate::client_cache::client;
use crate::correlation::CorrelationId;
use crate::state::AppState;
use crate::unit::read;
use crate::{failure, forms};

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
        Err(error) => return failure::challenge(StatusCode::BAD_REQUEST, Some(&error)),
    };
    let Some(accepted) = accept(&state, &token) else {
        return refused();
    };
    if !accepted.scope.contains("openid") {
        let error = OAuthError::new(ErrorCode::InsufficientScope, "the openid scope is needed here");
        return failure::challenge(StatusCode::FORBIDDEN, Some(&error));
    }
    match client(&state, &accepted.client_id).await {
        Ok(Some(client)) if client.enabled => {}
        Ok(_) => return refused(),
        Err(fault) => return failure::storage_json(&id, &fault),
    }
    let scope = accepted.scope.clone();
    match person(&state, accepted).await {
        Ok(Some(user)) => HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, "no-store"))
            .json(claims::userinfo(&user, &scope)),
        Ok(None) => refused(),
        Err(fault) => failure::storage_json(&id, &fault),
    }
}

fn refused() -> HttpResponse {
    let error = OAuthError::new(
        ErrorCode::InvalidToken,
        "the access token is expired, revoked, malformed or not for here",
    );
    failure::challenge(StatusCode::UNAUTHORIZED, Some(&error))
}

/// A token that was signed here, has not expired and is meant for us.
fn accept(state: &AppState, token: &str) -> Option<AccessClaims> {
    let claims = verify::access_token(&state.ring.get(), &state.ctx, token).ok()?;
    claims
        .aud
        .iter()
        .any(|aud| aud == state.ctx.issuer.as_str())
        .then_some(claims)
}

/// The person, if the token still counts: its grant stands, its session had not ended when it was issued or since, and
/// the person may still use Signet.
async fn person(state: &AppState, token: AccessClaims) -> Result<Option<User>, StorageFault> {
    read(state, move |tx| {
        let (Ok(user_id), Some(grant_id), Some(sid)) = (token.sub.parse(), token.grant, token.sid) else {
            return Ok(None);
        };
        let grant = tx.grant(grant_id)?;
        if grant.is_none_or(|grant| grant.revoked_at.is_some() || grant.client_id != token.client_id) {
            return Ok(None);
        }
        let ended_at = match tx.session(sid)? {
            Some(session) => session.ended_at,
            None => return Ok(None),
        };
        // Offline access outlives a session: only what was issued before its end is taken back with it.
        if ended_at.is_some_and(|ended| token.jti.issued_at() <= ended) {
            return Ok(None);
        }
        Ok(tx.user(user_id)?.filter(User::is_active))
    })
    .await
}

async fn presented(request: &HttpRequest, payload: web::Payload) -> Result<Option<String>, OAuthError> {
    let invalid = |description: &'static str| OAuthError::new(ErrorCode::InvalidRequest, description);
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
                .map_err(|fault| invalid(fault.description()))?;
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
struct Malformed;

/// The token of a Bearer header; none for another scheme, which presents no Bearer token at all (RFC 6750 3.1). Scheme
/// names are case-insensitive (RFC 9110 11.1).
fn bearer(header: &str) -> Result<Option<String>, Malformed> {
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
