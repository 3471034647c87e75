//! `/jwks`: the public keys (RFC 7517), with an ETag.

use actix_web::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::peer;
use crate::state::AppState;

/// Verifiers may keep the set this long; spares are published long before they sign, so nobody is surprised.
const MAX_AGE: &str = "public, max-age=900";

/// The current set.
pub(crate) async fn get(request: HttpRequest, state: web::Data<AppState>) -> HttpResponse {
    let from = peer::address(&request, &state.trusted_proxies);
    state.sightings.fetched(from, state.ctx.now());
    let ring = state.ring.get();
    let jwks = ring.jwks();
    document(&request, jwks.json.clone(), &jwks.etag, MAX_AGE)
}

/// A JSON document that rarely changes.
pub(crate) fn document(
    request: &HttpRequest,
    json: impl Into<String>,
    etag: &str,
    cache: &'static str,
) -> HttpResponse {
    let known = request
        .headers()
        .get(IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    let unchanged = known.is_some_and(|tags| {
        tags.split(',')
            .any(|tag| tag.trim().trim_start_matches("W/") == etag)
    });
    let mut response = if unchanged {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response
        .insert_header((CACHE_CONTROL, cache))
        .insert_header((ETAG, etag));
    response.insert_header(("access-control-allow-origin", "*"));
    match unchanged {
        true => response.finish(),
        false => response.content_type("application/json").body(json.into()),
    }
}
