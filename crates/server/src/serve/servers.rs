//! The HTTP servers of a provider: the public one and the management port. Started together, stopped one after the other.

use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::web::Data;
use actix_web::{App, HttpServer};
use token::keys::KeyPlan;
use web::AppState;
use web::management::{CacheSeen, Health, ThreadsSeen};

use super::manager;
use super::shutdown::{Asked, Stop};
use crate::http::{self, Manner};
use crate::provider::Provider;

/// Until the thread that accepts has heard that it shall not.
const HEARD: Duration = Duration::from_millis(10);
/// Between accepting no more and finishing what is there. Connections that were accepted a moment ago still wait for their
/// thread, and a thread that is told to finish closes what waits.
const LAST_ARRIVALS: Duration = Duration::from_millis(200);

/// A thread that serves waits for nothing: one that has not turned for so long will not do so again.
const HANGING: Duration = Duration::from_secs(30);

/// Running servers.
pub(crate) struct Servers {
    public: Server,
    management: Server,
    doors: Vec<TcpListener>,
    state: Arc<AppState>,
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
        manner: Manner,
    ) -> io::Result<Self> {
        let state = Arc::clone(&provider.state);
        let pulses = manner.pulses.clone();
        let doors = public
            .iter()
            .map(TcpListener::try_clone)
            .collect::<io::Result<_>>()?;
        let public = http::serve(&Data::from(Arc::clone(&state)), public, manner)?;
        let store = Arc::downgrade(&provider.store);
        let cache = move || match store.upgrade().and_then(|store| store.cache_state()) {
            None => CacheSeen::None,
            Some(seen) if seen.announcing && seen.following => CacheSeen::Well,
            Some(_) => CacheSeen::Away,
        };
        let looked_at = pulses.clone();
        let threads = move || match looked_at.all_beat(HANGING) {
            true => ThreadsSeen::Turning,
            false => ThreadsSeen::Hanging,
        };
        let health = Health::new(
            Arc::clone(&state),
            plan.clone(),
            Box::new(cache),
            Box::new(threads),
        );
        let shown = Data::new(health);
        let checks = move || {
            pulses.beat_here();
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
            doors,
            state,
        })
    }

    /// Serves until `stop`, goes on for `drain` while it already says that it is not ready, then finishes what was begun. Each
    /// further signal ends the present step.
    ///
    /// # Errors
    /// When a server breaks.
    pub(crate) async fn run_until(self, mut stop: Stop, drain: Duration) -> io::Result<()> {
        let Self {
            public,
            management,
            doors,
            state,
        } = self;
        let handles = Handles {
            public: public.handle(),
            management: management.handle(),
            doors,
        };
        let stopping = actix_web::rt::spawn(async move {
            let asked = stop.requested().await;
            manager::stopping();
            state.drain();
            if asked == Asked::ByManager && !drain.is_zero() {
                tracing::info!(seconds = drain.as_secs(), "stopping: not ready, still serving");
                tokio::select! {
                    () = tokio::time::sleep(drain) => {}
                    _ = stop.requested() => {}
                }
            }
            tracing::info!("stopping: no new connections");
            tokio::select! {
                () = handles.finish() => {}
                _ = stop.requested() => handles.cut().await,
            }
        });
        let served = tokio::try_join!(public, management).map(drop);
        stopping.abort();
        served
    }
}

struct Handles {
    public: ServerHandle,
    management: ServerHandle,
    /// Where the public server listens.
    doors: Vec<TcpListener>,
}

impl Handles {
    /// What is under way may finish, within the public server's grace.
    async fn finish(&self) {
        self.public.pause().await;
        tokio::time::sleep(HEARD).await;
        self.doors.iter().for_each(refuse);
        tokio::time::sleep(LAST_ARRIVALS).await;
        self.public.stop(true).await;
        self.management.stop(true).await;
    }

    /// Nothing may.
    async fn cut(&self) {
        self.public.stop(false).await;
        self.management.stop(false).await;
    }
}

/// Who comes now is refused by the system, so that a proxy asks another node. Otherwise the system would go on taking connections
/// that nobody accepts, with requests in them that are lost when the port is closed.
fn refuse(door: &TcpListener) {
    // A listener has no `shutdown` of its own; the system knows one socket like the other.
    let socket = door.try_clone().map(|door| TcpStream::from(OwnedFd::from(door)));
    if let Err(error) = socket.and_then(|socket| socket.shutdown(Shutdown::Both)) {
        tracing::warn!(%error, "new connections wait until the port is closed");
    }
}
