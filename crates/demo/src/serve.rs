//! Puts an application together and serves it on a listener that somebody else has bound.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;

use actix_web::dev::Server;
use actix_web::middleware::DefaultHeaders;
use actix_web::{App, HttpRequest, HttpServer, web};
use kernel::SystemClock;

use crate::api_client::ApiClient;
use crate::app::DemoApp;
use crate::bounded::Bounded;
use crate::cookies::{self, Purpose};
use crate::http::ProviderHttp;
use crate::pending::{Pending, SignInSecrets};
use crate::relying_party::RelyingParty;
use crate::routes;
use crate::sessions::{Session, Sessions};

/// Most journeys under way and most sessions, each: enough for a sandbox, too few to fill a memory.
const CAPACITY: usize = 10_000;

/// Everything comes from here, nothing is inline, nobody frames it. `form-action` is left out on purpose: browsers
/// check it along redirects, and our forms lead to the provider.
const CONTENT_SECURITY_POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// One running application.
pub(crate) struct Site {
    pub(crate) app: Arc<DemoApp>,
    pub(crate) relying_party: RelyingParty,
    pub(crate) api: ApiClient,
    pub(crate) sign_ins: Pending<SignInSecrets>,
    pub(crate) sign_outs: Pending<()>,
    pub(crate) sessions: Sessions,
    /// `jti` of every logout token obeyed.
    pub(crate) logouts: Bounded<()>,
}

impl Site {
    pub(crate) fn new(app: DemoApp) -> io::Result<Self> {
        let app = Arc::new(app);
        let http = ProviderHttp::loopback().map_err(io::Error::other)?;
        let relying_party = RelyingParty::new(Arc::clone(&app), http, Arc::new(SystemClock))
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let api = ApiClient::new(&app.api).map_err(io::Error::other)?;
        Ok(Self {
            app,
            relying_party,
            api,
            sign_ins: Pending::new(CAPACITY),
            sign_outs: Pending::new(CAPACITY),
            sessions: Sessions::new(CAPACITY),
            logouts: Bounded::new(CAPACITY),
        })
    }

    /// The session a browser is in, with its id.
    pub(crate) fn session(&self, request: &HttpRequest) -> Option<(String, Arc<Session>)> {
        let id = cookies::read(request, self.app.name, Purpose::Session)?;
        let session = self.sessions.find(&id)?;
        Some((id, session))
    }
}

/// Serves `app` on `listener` with one worker, until the returned server is stopped or dropped. The provider need not
/// run yet. Signals are left to the caller.
///
/// # Errors
/// When the issuer is not a URL, the HTTP client cannot be built or the listener cannot be used.
pub fn serve(app: DemoApp, listener: TcpListener) -> io::Result<Server> {
    let site = web::Data::new(Site::new(app)?);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(site.clone())
            .wrap(page_headers())
            .configure(routes::configure)
    });
    Ok(server
        .workers(1)
        .disable_signals()
        .shutdown_timeout(1)
        .listen(listener)?
        .run())
}

/// What every answer of the sandbox's servers carries.
pub(crate) fn page_headers() -> DefaultHeaders {
    DefaultHeaders::new()
        .add(("Content-Security-Policy", CONTENT_SECURITY_POLICY))
        .add(("Cache-Control", "no-store"))
        .add(("Referrer-Policy", "same-origin"))
        .add(("X-Content-Type-Options", "nosniff"))
}
