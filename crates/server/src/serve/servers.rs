//! The HTTP servers of a provider: the public one and the management port. Started together, stopped together.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;

use actix_web::dev::{Server, ServerHandle};
use actix_web::web::Data;
use actix_web::{App, HttpServer};
use token::keys::KeyPlan;
use web::management::Health;

use super::shutdown::Stop;
use crate::http::{self, Manner};
use crate::provider::Provider;

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
        let public = http::serve(&state, public, Manner::default())?;
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
            public,
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
                () = stop_all(&handles, Leave::Finish) => {}
                () = stop.requested() => stop_all(&handles, Leave::Cut).await,
            }
        });
        let served = tokio::try_join!(public, management).map(drop);
        stopping.abort();
        served
    }
}

/// How to treat requests that are under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leave {
    /// They may finish.
    Finish,
    /// They are cut off.
    Cut,
}

async fn stop_all(handles: &[ServerHandle], leave: Leave) {
    for handle in handles {
        handle.stop(leave == Leave::Finish).await;
    }
}
