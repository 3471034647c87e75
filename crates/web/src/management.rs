//! The management port: health for whoever keeps the process running, numbers for whoever watches it. Not for the public.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpResponse, web};
use admin::keys::schedule;
use admin::{Actor, AdminFault};
use kernel::StorageFault;
use serde_json::{Value, json};
use token::SigningAlg;
use token::keys::KeyPlan;
use tokio::sync::Mutex;

use crate::metrics::KeysSeen;
use crate::state::AppState;
use crate::unit::read;

/// Prometheus' text format.
const METRICS_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// How long the database may take to show that it is there.
const PATIENCE: Duration = Duration::from_secs(2);

/// How it goes with what stands between nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheSeen {
    /// There is none.
    None,
    /// It carries news.
    Well,
    /// It does not; the database stands in for it.
    Away,
}

impl CacheSeen {
    fn as_str(self) -> &'static str {
        match self {
            CacheSeen::None => "none",
            CacheSeen::Well => "ok",
            CacheSeen::Away => "degraded",
        }
    }
}

/// Asked how it goes with the cache; must not wait.
pub type LookAtCache = Box<dyn Fn() -> CacheSeen + Send + Sync>;

/// How it goes with the threads that serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThreadsSeen {
    /// Each gets on with its work.
    Turning,
    /// One has not for long. A new process would.
    Hanging,
}

/// Asked how it goes with the threads; must not wait.
pub type LookAtThreads = Box<dyn Fn() -> ThreadsSeen + Send + Sync>;

/// Whether the process is fit to serve.
pub struct Health {
    state: Arc<AppState>,
    plan: KeyPlan,
    cache: LookAtCache,
    threads: LookAtThreads,
    /// Held while the database is asked.
    turn: Mutex<()>,
}

/// Why the database is of no use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum NoDatabase {
    #[error("it does not answer")]
    Away,
    #[error("{0}")]
    Outdated(String),
}

impl From<StorageFault> for NoDatabase {
    fn from(fault: StorageFault) -> Self {
        match fault {
            StorageFault::Outdated(why) => NoDatabase::Outdated(why),
            StorageFault::Unavailable(_) | StorageFault::Corrupt { .. } | StorageFault::Panicked(_) => {
                NoDatabase::Away
            }
        }
    }
}

/// What a process needs, and how it goes with it.
struct Readiness {
    is_draining: bool,
    database: Result<(), NoDatabase>,
    /// Algorithms of the plan without a key that signs.
    silent: Vec<SigningAlg>,
    cache: CacheSeen,
}

impl Readiness {
    fn is_ready(&self) -> bool {
        !self.is_draining && self.database.is_ok() && self.silent.is_empty()
    }

    /// What keeps it from being ready, in words for people.
    fn lacks(&self) -> Vec<String> {
        let mut lacks = Vec::new();
        if self.is_draining {
            lacks.push("draining: the process is about to stop".to_owned());
        }
        if let Err(why) = &self.database {
            lacks.push(format!("database: {why}"));
        }
        let silent = self.silent.iter();
        lacks.extend(silent.map(|alg| format!("keys: no {} key signs", alg.as_str())));
        lacks
    }

    fn to_json(&self) -> Value {
        let word = |is_well: bool| if is_well { "ok" } else { "failing" };
        let status = match (self.is_draining, self.is_ready()) {
            (true, _) => "draining",
            (false, true) => "ready",
            (false, false) => "not ready",
        };
        json!({
            "status": status,
            "database": word(self.database.is_ok()),
            "cache": self.cache.as_str(),
            "keys": word(self.silent.is_empty()),
            "lacks": self.lacks(),
        })
    }
}

impl Health {
    /// Of a provider that has just started and keeps its keys by `plan`.
    pub fn new(state: Arc<AppState>, plan: KeyPlan, cache: LookAtCache, threads: LookAtThreads) -> Self {
        state.metrics.started(state.ctx.now());
        Self {
            state,
            plan,
            cache,
            threads,
            turn: Mutex::default(),
        }
    }

    /// The database answers, with tables this program knows; each algorithm of the plan has a key that signs; nobody asked
    /// us to stop. A cache that is away is no reason: the database stands in for it.
    async fn readiness(&self) -> Readiness {
        let ring = self.state.ring.get();
        // Algorithms beside the plan come and go with their use.
        let silent = self.plan.wanted([]).into_iter();
        Readiness {
            is_draining: self.state.is_draining(),
            database: self.ask_database().await,
            silent: silent.filter(|alg| ring.signer(*alg).is_none()).collect(),
            cache: (self.cache)(),
        }
    }

    /// Over a connection that is there already, one question at a time: whoever asks meanwhile waits.
    async fn ask_database(&self) -> Result<(), NoDatabase> {
        let answer = async {
            let _turn = self.turn.lock().await;
            read(&self.state, |tx| tx.keys()).await
        };
        let answered: Result<Result<_, StorageFault>, _> = tokio::time::timeout(PATIENCE, answer).await;
        Ok(answered.map_err(|_| NoDatabase::Away)?.map(drop)?)
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
        .route("/health/live", web::get().to(live))
        .route("/health/ready", web::get().to(ready))
        .route("/metrics", web::get().to(metrics));
}

/// Answering at all is the answer.
async fn well() -> HttpResponse {
    HttpResponse::Ok().body("ok\n")
}

/// Whether a new process would be better: nothing outside is asked, so that the database's faults never end a process.
async fn live(health: web::Data<Health>) -> HttpResponse {
    match (health.threads)() {
        ThreadsSeen::Turning => well().await,
        ThreadsSeen::Hanging => {
            tracing::error!("a thread that serves does not get on; the process is told to be dead");
            HttpResponse::ServiceUnavailable().body("a thread that serves does not get on\n")
        }
    }
}

async fn ready(health: web::Data<Health>) -> HttpResponse {
    let readiness = health.readiness().await;
    let status = match readiness.is_ready() {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    HttpResponse::build(status).json(readiness.to_json())
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
