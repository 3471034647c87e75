//! The management port: health for whoever keeps the process running, numbers for whoever watches it. Not for the public.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpResponse, web};
use admin::keys::schedule;
use admin::{Actor, AdminFault};
use kernel::StorageFault;
use token::SigningAlg;
use token::keys::KeyPlan;

use crate::metrics::KeysSeen;
use crate::state::AppState;
use crate::unit::read;

/// Prometheus' text format.
const METRICS_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Whether the process is fit to serve.
pub struct Health {
    state: Arc<AppState>,
    plan: KeyPlan,
    draining: AtomicBool,
}

/// Why the process should get no requests.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum Unready {
    #[error("draining")]
    Draining,
    #[error("the database does not answer")]
    Database,
    #[error("no {} key signs", .0.as_str())]
    Key(SigningAlg),
}

impl Health {
    /// Of a provider that has just started and keeps its keys by `plan`.
    pub fn new(state: Arc<AppState>, plan: KeyPlan) -> Self {
        state.metrics.started(state.ctx.now());
        Self {
            state,
            plan,
            draining: AtomicBool::new(false),
        }
    }

    /// From now on the process wants no new work; `ready` says so.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::SeqCst);
    }

    /// The database answers, with tables this program knows; each algorithm of the plan has a key that signs; nobody asked
    /// us to stop. A cache that is away is no reason: the database stands in for it.
    async fn readiness(&self) -> Result<(), Unready> {
        if self.draining.load(Ordering::SeqCst) {
            return Err(Unready::Draining);
        }
        let answered: Result<_, StorageFault> = read(&self.state, |tx| tx.keys()).await;
        answered.map_err(|_| Unready::Database)?;
        let ring = self.state.ring.get();
        // Algorithms beside the plan come and go with their use.
        let silent = self
            .plan
            .wanted([])
            .into_iter()
            .find(|alg| ring.signer(*alg).is_none());
        silent.map_or(Ok(()), |alg| Err(Unready::Key(alg)))
    }

    async fn keys(&self) -> Result<KeysSeen, AdminFault> {
        let (ctx, plan) = (Arc::clone(&self.state.ctx), self.plan.clone());
        read(&self.state, move |tx| {
            let turns = schedule::list(tx, &ctx, &Actor::named("server"), &plan)?;
            let rotations = turns
                .into_iter()
                .filter_map(|turn| Some((turn.alg, turn.rotates_at?)));
            Ok(KeysSeen {
                rotations: rotations.collect(),
                keys: tx.keys()?,
            })
        })
        .await
    }
}

/// Adds the routes; the state is expected as `Data<Health>`.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/health/started", web::get().to(well))
        .route("/health/live", web::get().to(well))
        .route("/health/ready", web::get().to(ready))
        .route("/metrics", web::get().to(metrics));
}

/// Answering at all is the answer.
async fn well() -> HttpResponse {
    HttpResponse::Ok().body("ok\n")
}

async fn ready(health: web::Data<Health>) -> HttpResponse {
    match health.readiness().await {
        Ok(()) => HttpResponse::Ok().body("ok\n"),
        Err(why) => HttpResponse::ServiceUnavailable().body(format!("not ready: {why}\n")),
    }
}

/// Prometheus asks here.
async fn metrics(health: web::Data<Health>) -> HttpResponse {
    let keys = health.keys().await;
    if let Err(fault) = &keys {
        tracing::warn!(%fault, "metrics are told without the keys");
    }
    let state = &health.state;
    match state
        .metrics
        .page(keys.as_ref().ok(), &state.revocations, &*state.ctx.clock)
    {
        Ok(page) => HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, METRICS_TYPE))
            .body(page),
        Err(fault) => {
            tracing::error!(%fault, "metrics cannot be told");
            HttpResponse::InternalServerError().finish()
        }
    }
}
