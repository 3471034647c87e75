//! Delivers logout notices (OpenID Connect Back-Channel Logout 1.0 2.5) on a thread of its own.
//!
//! Nobody waits for it: signing out writes the notices and answers. A client that is slow or away delays only its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use admin::Ports;
use kernel::StorageFault;
use kernel::work::{Access, submit};
use outbound::{HeaderMap, Method, Outbound, Request};
use token::logout_token::logout_token;
use token::notice::{self, AfterFailure, Due, LogoutNotice};
use tokio::sync::{Notify, oneshot};
use url::Url;
use web::AppState;
use web::metrics::NoticeOutcome;

/// How often to look. A notice leaves well within the three seconds it may take.
const INTERVAL: Duration = Duration::from_millis(500);
/// Deliveries under way at once.
const AT_ONCE: usize = 64;
/// Of these to one client, or a few more: one that is slow or away does not keep the others waiting.
const PER_CLIENT: usize = 4;

/// The ports of one transaction. The alias fixes the trait object's lifetime, which `&mut dyn Ports` would not.
type AllPorts = dyn Ports;

/// The thread that delivers. Dropping it ends the thread; what is under way is tried again by the next that looks.
pub struct Notifier {
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Notifier {
    /// Starts delivering through `outbound`.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(state: Arc<AppState>, outbound: Outbound) -> std::io::Result<Self> {
        let (end, ended) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let delivery = Delivery {
            state,
            outbound,
            under_way: Arc::default(),
        };
        let deliver = move || {
            runtime.block_on(async move {
                tokio::select! {
                    _ = ended => {}
                    () = deliver_forever(delivery) => {}
                }
            });
        };
        let thread = thread::Builder::new()
            .name("notifier".to_owned())
            .spawn(deliver)?;
        Ok(Self {
            end: Some(end),
            thread: Some(thread),
        })
    }
}

impl Drop for Notifier {
    fn drop(&mut self) {
        self.end = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[derive(Clone)]
struct Delivery {
    state: Arc<AppState>,
    outbound: Outbound,
    under_way: Arc<UnderWay>,
}

/// Deliveries under way, by client.
#[derive(Default)]
struct UnderWay {
    by_client: Mutex<HashMap<String, usize>>,
    /// Rings when one has ended.
    ended: Notify,
}

impl UnderWay {
    fn clients(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.by_client.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, client_id: &str) {
        *self.clients().entry(client_id.to_owned()).or_default() += 1;
    }

    fn end(&self, client_id: &str) {
        let mut clients = self.clients();
        if let Some(count) = clients.get_mut(client_id) {
            *count -= 1;
            if *count == 0 {
                clients.remove(client_id);
            }
        }
        drop(clients);
        self.ended.notify_one();
    }

    /// How many more may begin, and which clients have enough under way.
    fn room(&self) -> (usize, Vec<String>) {
        let clients = self.clients();
        let free = AT_ONCE.saturating_sub(clients.values().sum());
        let busy = clients.iter().filter(|(_, count)| **count >= PER_CLIENT);
        (free, busy.map(|(client_id, _)| client_id.clone()).collect())
    }
}

async fn deliver_forever(delivery: Delivery) {
    loop {
        let (free, busy) = delivery.under_way.room();
        let began = match delivery.begin_some(free.min(PER_CLIENT), busy).await {
            Ok(began) => began,
            Err(fault) => {
                tracing::warn!(%fault, "logout notices could not be read");
                0
            }
        };
        if began == 0 {
            tokio::select! {
                () = tokio::time::sleep(INTERVAL) => {}
                () = delivery.under_way.ended.notified() => {}
            }
        }
    }
}

/// Why a client has not heard.
#[derive(Debug, thiserror::Error)]
enum DeliveryFault {
    #[error("its address is no URL")]
    Address,
    #[error("the logout token could not be signed: {0}")]
    Token(#[from] token::issue::IssueFault),
    #[error("{0}")]
    Outbound(#[from] outbound::OutboundError),
    #[error("it answered {0}")]
    Status(u16),
}

impl Delivery {
    /// Begins up to `limit` deliveries; how many there were.
    async fn begin_some(&self, limit: usize, busy: Vec<String>) -> Result<usize, StorageFault> {
        let Some(limit) = u32::try_from(limit).ok().filter(|limit| *limit > 0) else {
            return Ok(0);
        };
        let ctx = self.state.ctx.clone();
        let due = self
            .write(move |tx| notice::take_due(tx, &ctx, limit, &busy))
            .await?;
        let began = due.len();
        for one in due {
            self.under_way.begin(&one.notice.client_id);
            let delivery = self.clone();
            tokio::spawn(async move {
                let client_id = one.notice.client_id.clone();
                delivery.deliver(one).await;
                delivery.under_way.end(&client_id);
            });
        }
        Ok(began)
    }

    async fn deliver(&self, due: Due) {
        let client_id = &due.notice.client_id;
        let outcome = self.post(&due).await;
        let notice = due.notice.clone();
        let kept = match &outcome {
            Ok(()) => {
                tracing::info!(%client_id, "logout notice delivered");
                self.state.metrics.logout_notice(NoticeOutcome::Delivered);
                self.write(move |tx| notice::delivered(tx, &notice)).await
            }
            Err(fault) => {
                let after = self.put_back(notice).await;
                if let Ok(after) = &after {
                    tracing::warn!(%client_id, %fault, ?after, "logout notice not delivered");
                    self.state.metrics.logout_notice(match after {
                        AfterFailure::Retry(_) => NoticeOutcome::Retried,
                        AfterFailure::GivenUp => NoticeOutcome::GivenUp,
                    });
                }
                after.map(drop)
            }
        };
        if let Err(fault) = kept {
            // Its lease runs out, and it is tried again with the same jti.
            tracing::warn!(%client_id, %fault, "what became of a logout notice could not be stored");
        }
    }

    async fn put_back(&self, notice: LogoutNotice) -> Result<AfterFailure, StorageFault> {
        let ctx = self.state.ctx.clone();
        self.write(move |tx| notice::failed(tx, &ctx, &notice)).await
    }

    /// Back-Channel Logout 2.5: a form with one parameter. 2.8: 200 says the client has heard; some answer 204.
    async fn post(&self, due: &Due) -> Result<(), DeliveryFault> {
        let url = Url::parse(&due.notice.uri).map_err(|_| DeliveryFault::Address)?;
        let token = logout_token(&due.notice, due.alg, &self.state.ring.get(), &self.state.ctx)?;
        let mut headers = HeaderMap::new();
        if let Ok(form) = "application/x-www-form-urlencoded".parse() {
            headers.insert("content-type", form);
        }
        let request = Request {
            method: Method::POST,
            url,
            headers,
            // A compact JWS needs no escaping in a form.
            body: format!("logout_token={token}").into_bytes(),
        };
        let answer = self.outbound.send(request).await?;
        match answer.status.as_u16() {
            200 | 204 => Ok(()),
            status => Err(DeliveryFault::Status(status)),
        }
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut AllPorts) -> Result<T, StorageFault> + Send + 'static,
    ) -> Result<T, StorageFault> {
        let (sender, receiver) = oneshot::channel();
        submit::<AllPorts, T, StorageFault>(&*self.state.store, Access::Write, work, move |answer| {
            let _ = sender.send(answer);
        });
        receiver
            .await
            .unwrap_or_else(|_| Err(StorageFault::Unavailable("the store is shutting down".into())))
    }
}
