//! The HTTP servers of a provider: the public one and the management port. Started together, stopped together.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::web::Data;
use actix_web::{App, HttpServer};
use token::keys::KeyPlan;
use web::management::Health;

use super::shutdown::Stop;
use crate::provider::Provider;

/// How long requests may take to finish after the first signal, in seconds.
const GRACE: u64 = 30;

/// Running servers.
pub(crate) struct Servers {
    public: Server,
    management: Server,
    health: Arc<Health>,
}

impl Servers {
    /// Begins to serve. Must be called within the runtime.
    ///
    /// # Errors
    /// When a listener cannot be used.
    pub(crate) fn start(
        provider: &Provider,
        plan: &KeyPlan,
        public: Vec<TcpListener>,
        management: TcpListener,
    ) -> io::Result<Self> {
        let state = Data::from(Arc::clone(&provider.state));
        let app = move || {
            App::new()
                .app_data(state.clone())
                .wrap(from_fn(web::gate))
                .configure(web::configure)
        };
        let mut server = HttpServer::new(app).disable_signals().shutdown_timeout(GRACE);
        for listener in public {
            server = server.listen(listener)?;
        }
        let health = Arc::new(Health::new(Arc::clone(&provider.state), plan.clone()));
        let shown = Data::from(Arc::clone(&health));
        let checks = move || {
            App::new()
                .app_data(shown.clone())
                .configure(web::management::configure)
        };
        // Health is not worth a thread per core, and is asked for until the very end.
        let checks = HttpServer::new(checks)
            .workers(1)
            .disable_signals()
            .shutdown_timeout(1);
        Ok(Self {
            public: server.run(),
            management: checks.listen(management)?.run(),
            health,
        })
    }

    /// Serves until `stop`, then finishes what was begun; a second signal ends that, too.
    ///
    /// # Errors
    /// When a server breaks.
    pub(crate) async fn run_until(self, mut stop: Stop) -> io::Result<()> {
        let Self {
            public,
            management,
            health,
        } = self;
        let handles = [public.handle(), management.handle()];
        let stopping = actix_web::rt::spawn(async move {
            stop.requested().await;
            health.drain();
            tracing::info!("stopping");
            tokio::select! {
                () = stop_all(&handles, Manner::Graceful) => {}
                () = stop.requested() => stop_all(&handles, Manner::AtOnce).await,
            }
        });
        let served = tokio::try_join!(public, management).map(drop);
        stopping.abort();
        served
    }
}

/// How to treat requests that are under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// They may finish.
    Graceful,
    /// They are cut off.
    AtOnce,
}

async fn stop_all(handles: &[ServerHandle], manner: Manner) {
    for handle in handles {
        handle.stop(manner == Manner::Graceful).await;
    }
}
