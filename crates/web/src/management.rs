//! The management port: health for whoever keeps the process running. Not for the public.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::{HttpResponse, web};
use kernel::StorageFault;

use crate::state::AppState;
use crate::unit::read;

/// Whether the process is fit to serve.
pub struct Health {
    state: Arc<AppState>,
    draining: AtomicBool,
}

impl Health {
    /// Of a provider that has just started.
    pub fn new(state: Arc<AppState>) -> Self {
        Self {
            state,
            draining: AtomicBool::new(false),
        }
    }

    /// From now on the process wants no new work; `ready` says so.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::SeqCst);
    }

    async fn is_ready(&self) -> bool {
        if self.draining.load(Ordering::SeqCst) {
            return false;
        }
        let answered: Result<_, StorageFault> = read(&self.state, |tx| tx.keys()).await;
        // Every other algorithm comes and goes with its use; this one every client may rely on.
        let signs = self.state.ring.get().signer(token::SigningAlg::RS256).is_some();
        answered.is_ok() && signs
    }
}

/// Adds the routes; the state is expected as `Data<Health>`.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/health/started", web::get().to(well))
        .route("/health/live", web::get().to(well))
        .route("/health/ready", web::get().to(ready));
}

/// Answering at all is the answer.
async fn well() -> HttpResponse {
    HttpResponse::Ok().body("ok\n")
}

/// The database answers, a key signs, and nobody asked us to stop.
async fn ready(health: web::Data<Health>) -> HttpResponse {
    match health.is_ready().await {
        true => HttpResponse::Ok().body("ok\n"),
        false => HttpResponse::ServiceUnavailable().body("not ready\n"),
    }
}
