//! Finds the access token in a request (RFC 6750 2).

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;
use protocol::params;

use super::denial::Refused;

/// The token of `Authorization: Bearer`.
pub(super) fn token(request: &HttpRequest) -> Result<&str, Refused> {
    if has_query_token(request.query_string()) {
        return Err(Refused::TokenInQuery);
    }
    let mut fields = request.headers().get_all(AUTHORIZATION);
    let Some(field) = fields.next() else {
        return Err(Refused::NoToken);
    };
    if fields.next().is_some() {
        return Err(Refused::Malformed);
    }
    let field = field.to_str().map_err(|_| Refused::Malformed)?;
    let (scheme, token) = field.split_once(' ').unwrap_or((field, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        // Another scheme's credentials say nothing about this one.
        return Err(Refused::NoToken);
    }
    let token = token.trim_matches(' ');
    if token.is_empty() || token.contains([' ', ',']) {
        return Err(Refused::Malformed);
    }
    Ok(token)
}

/// Whether the URL carries a token, however its name is encoded. It may be in logs and histories by now.
fn has_query_token(query: &str) -> bool {
    query.split('&').any(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        params::decode(name.as_bytes()).is_ok_and(|name| name == "access_token")
    })
}
