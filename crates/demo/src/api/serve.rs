//! Serves the API on a listener that somebody else has bound.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;

use actix_web::dev::Server;
use actix_web::web::ServiceConfig;
use actix_web::{App, HttpServer, web};
use guard::{Guard, Introspection};
use kernel::{Clock, SystemClock};

use super::introspection::ProviderIntrospection;
use super::keys::ProviderKeys;
use super::pinboard::Pinboards;
use super::{DemoApi, routes};
use crate::serve::page_headers;

/// The running API.
pub(super) struct ApiSite {
    pub(super) api: DemoApi,
    pub(super) boards: Pinboards,
    pub(super) clock: Arc<dyn Clock>,
}

/// What all workers share.
#[derive(Clone)]
pub(super) struct Shared {
    guard: web::Data<Guard>,
    site: web::Data<ApiSite>,
}

impl Shared {
    pub(super) fn new(api: DemoApi) -> Self {
        let guard = Guard::builder(&api.issuer, api.identifier())
            .revocation(Introspection::by(ProviderIntrospection::of(&api)))
            .build(ProviderKeys::of(&api.issuer));
        let site = ApiSite {
            api,
            boards: Pinboards::new(),
            clock: Arc::new(SystemClock),
        };
        Self {
            guard: web::Data::new(guard),
            site: web::Data::new(site),
        }
    }

    /// The API as part of an actix-web application.
    pub(super) fn install(&self, config: &mut ServiceConfig) {
        config
            .app_data(self.guard.clone())
            .app_data(self.site.clone())
            .configure(routes::configure);
    }
}

/// Serves the API on `listener` with one worker, until the returned server is stopped or dropped. The provider need not
/// run yet: its keys are fetched when the first token comes. Signals are left to the caller.
///
/// # Errors
/// When the listener cannot be used.
pub fn serve_api(api: DemoApi, listener: TcpListener) -> io::Result<Server> {
    let shared = Shared::new(api);
    let server = HttpServer::new(move || {
        App::new()
            .configure(|config| shared.install(config))
            .wrap(page_headers())
    });
    Ok(server
        .workers(1)
        .disable_signals()
        .shutdown_timeout(1)
        .listen(listener)?
        .run())
}
