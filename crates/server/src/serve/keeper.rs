//! Keeps the signing keys: stores what was counted and does what is due, on a thread of its own.
//!
//! It looks once a minute, when something comes due, and when a client or an API wants an algorithm that has no key yet.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use admin::keys::lineup::Look;
use admin::keys::upkeep::{self, Done, Lead, Outlook};
use admin::{Actor, AdminFault, Ports};
use kernel::digest::base64url;
use kernel::entropy::bytes;
use kernel::{Access, Ctx, work};
use token::keys::fresh::Check;
use token::keys::{Fresh, KeyFault, KeyPlan, Step};

use crate::exit::{Exit, Failure};
use crate::provider::Provider;

/// The longest time between two looks.
const INTERVAL: Duration = Duration::from_secs(60);
/// After something was done.
const SOON: Duration = Duration::from_millis(100);
/// When another node leads, or something failed: soon enough to take over, rarely enough not to disturb.
const AGAIN: Duration = Duration::from_secs(5);

/// What wakes the keeper.
#[derive(Debug, Default)]
pub(crate) struct Wake {
    call: Mutex<Call>,
    heard: Condvar,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Call {
    #[default]
    None,
    Look,
    End,
}

impl Wake {
    /// Some algorithm may be missing.
    pub(crate) fn look(&self) {
        self.call(Call::Look);
    }

    fn call(&self, what: Call) {
        let mut call = self.call.lock().unwrap_or_else(PoisonError::into_inner);
        if *call != Call::End {
            *call = what;
        }
        self.heard.notify_all();
    }

    /// Waits for a call, at most so long.
    fn wait(&self, at_most: Duration) -> Call {
        let call = self.call.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self
            .heard
            .wait_timeout_while(call, at_most, |call| *call == Call::None);
        let (mut call, _) = waited.unwrap_or_else(PoisonError::into_inner);
        match *call {
            Call::Look => std::mem::take(&mut *call),
            other => other,
        }
    }
}

/// The thread. Dropping it ends it, after what was counted is stored.
pub(crate) struct Keeper {
    wake: Arc<Wake>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Does what is due now, before anybody is served, and goes on with that.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(crate) fn start(provider: &Provider, plan: KeyPlan) -> Result<Self, Failure> {
        let wake = Arc::clone(&provider.wake);
        let rounds = Rounds {
            node: base64url(&bytes::<9>(&*provider.state.ctx.entropy)),
            provider: provider.clone(),
            plan,
        };
        let mut pause = rounds.make(Look::Everywhere);
        let called = Arc::clone(&wake);
        let keep = move || {
            loop {
                pause = match called.wait(pause) {
                    Call::End => break,
                    Call::Look => rounds.make(Look::Everywhere),
                    Call::None => rounds.make(Look::AtWhatMayEnd),
                };
            }
            rounds.store_signed();
        };
        let thread = thread::Builder::new().name("keeper".to_owned()).spawn(keep);
        let thread = thread.map_err(|error| Failure::new(Exit::Failed, error))?;
        Ok(Self {
            wake,
            thread: Some(thread),
        })
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.wake.call(Call::End);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Rounds {
    node: String,
    provider: Provider,
    plan: KeyPlan,
}

impl Rounds {
    /// One round; how long to wait for the next.
    fn make(&self, look: Look) -> Duration {
        self.store_signed();
        if self.provider.vault.is_behind() {
            self.provider.reload_ring();
        }
        match self.look(look).and_then(|outlook| self.work_off(outlook)) {
            Ok(pause) => pause,
            Err(failure) => {
                tracing::warn!(%failure, "signing keys could not be kept");
                AGAIN
            }
        }
    }

    fn store_signed(&self) {
        let ring = self.provider.state.ring.get();
        let counted = ring.tally().take();
        if counted.is_empty() {
            return;
        }
        let stored = counted.clone();
        if let Err(fault) = self.write(move |ports, ctx| upkeep::store_signed(ports, ctx, &stored)) {
            tracing::warn!(%fault, "what keys signed could not be stored");
            ring.tally().put_back(counted);
        }
    }

    fn look(&self, look: Look) -> Result<Outlook, Failure> {
        let (ctx, plan) = (Arc::clone(&self.provider.state.ctx), self.plan.clone());
        let looked =
            work::run::<dyn Ports, _, AdminFault>(&*self.provider.store, Access::Read, move |ports| {
                upkeep::look(ports, &ctx, &plan, look)
            });
        Ok(looked?)
    }

    fn work_off(&self, outlook: Outlook) -> Result<Duration, Failure> {
        let idle = outlook.steps.is_empty();
        for step in outlook.steps {
            let node = self.node.clone();
            if self.write(move |ports, ctx| upkeep::lead(ports, ctx, &node))? == Lead::Anothers {
                return Ok(AGAIN);
            }
            self.perform(step)?;
        }
        if !idle {
            let node = self.node.clone();
            self.write(move |ports, _| upkeep::give_up_lead(ports, &node))?;
            // What was done makes other things due.
            return Ok(SOON);
        }
        let now = self.provider.state.ctx.now();
        let until = outlook.next_at.map_or(INTERVAL, |at| at.since(now));
        Ok(until.clamp(SOON, INTERVAL))
    }

    fn perform(&self, step: Step) -> Result<(), Failure> {
        let fresh = self.fresh(&step).map_err(crate::provider::on_keys)?;
        let (plan, told) = (self.plan.clone(), step.clone());
        let done = self.write(move |ports, ctx| {
            upkeep::perform(ports, ctx, &Actor::named("server"), &plan, &step, fresh)
        })?;
        if done == Done::Yes {
            tracing::info!(step = ?told, "signing keys changed");
        }
        Ok(())
    }

    /// The keys a step needs, made before it begins.
    fn fresh(&self, step: &Step) -> Result<Fresh, KeyFault> {
        let master = self.provider.vault.master();
        let asked = Arc::clone(&master);
        let check = work::run::<dyn Ports, _, KeyFault>(&*self.provider.store, Access::Read, move |ports| {
            Check::of(ports, &asked)
        })?;
        Fresh::make(&step.needs(), &master, check, &self.provider.state.ctx)
    }

    fn write<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut dyn Ports, &Ctx) -> Result<T, AdminFault> + Send + 'static,
    ) -> Result<T, AdminFault> {
        let ctx = Arc::clone(&self.provider.state.ctx);
        work::run::<dyn Ports, _, _>(&*self.provider.store, Access::Write, move |ports| {
            act(ports, &ctx)
        })
    }
}
