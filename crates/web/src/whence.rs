//! From where the request that is being answered came, for the audit trail. Every unit of work that writes says so by itself,
//! so that no handler has to remember it.

use std::future::Future;
use std::net::IpAddr;

use actix_web::HttpRequest;
use kernel::audit::{Source, Way};

use crate::correlation::CorrelationId;
use crate::routes::paths;
use crate::state::AppState;

tokio::task_local! {
    static HERE: Source;
}

/// Answers a request as one that came from `source`.
pub(crate) async fn within<F: Future>(source: Source, answer: F) -> F::Output {
    HERE.scope(source, answer).await
}

/// From where the request came that is answered here; nothing outside of one.
pub(crate) fn here() -> Source {
    HERE.try_with(Source::clone).unwrap_or_default()
}

/// What is known of a request before anybody has read it.
pub(crate) fn source(
    request: &HttpRequest,
    state: &AppState,
    address: Option<IpAddr>,
    id: &CorrelationId,
) -> Source {
    let path = request.path();
    let below_issuer = path.strip_prefix(state.ctx.issuer.path()).unwrap_or(path);
    Source {
        way: Some(way(below_issuer)),
        // IPv4 as such, though a socket may say it in IPv6's words.
        address: address.map(|address| address.to_canonical().to_string()),
        correlation_id: Some(id.to_string()),
    }
}

fn way(path: &str) -> Way {
    let is_below = |room: &str| {
        path.strip_prefix(room)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if is_below("/admin") {
        Way::Console
    } else if is_below("/api") {
        Way::Api
    } else if [paths::TOKEN, paths::REVOKE, paths::INTROSPECT, paths::USERINFO].contains(&path) {
        Way::Client
    } else {
        Way::Browser
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_tells_the_way() {
        assert_eq!(way("/token"), Way::Client);
        assert_eq!(way("/tokens"), Way::Browser);
        assert_eq!(way("/login/7"), Way::Browser);
        assert_eq!(way("/admin"), Way::Console);
        assert_eq!(way("/admin/keys"), Way::Console);
        assert_eq!(way("/administration"), Way::Browser);
        assert_eq!(way("/api/v1/users"), Way::Api);
    }
}
