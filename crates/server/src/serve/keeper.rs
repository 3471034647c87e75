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
use token::keys::{Fresh, KeyFault, KeyPlan, MasterKey, Step};

use crate::exit::{Exit, Failure};
use crate::provider::{Provider, on_keys};

/// The longest time between two looks.
const INTERVAL: Duration = Duration::from_secs(60);
/// After something was done.
const SOON: Duration = Duration::from_millis(100);
/// When another node leads, or keys could not be loaded: soon enough to take over, rarely enough not to disturb.
const AGAIN: Duration = Duration::from_secs(5);
/// When a step failed: longer than the lead is held, so that who cannot work never keeps it from who can.
const AFTER_FAILURE: Duration = upkeep::LEASE.saturating_add(AGAIN);

/// Who the audit trail says it was.
fn actor() -> Actor {
    Actor::named("server")
}

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
        let mut next = rounds.make(Look::Everywhere);
        let called = Arc::clone(&wake);
        let keep = move || {
            loop {
                next = match called.wait(next.pause) {
                    Call::End => break,
                    Call::Look => rounds.make(Look::Everywhere),
                    Call::None => rounds.make(next.look),
                };
            }
            rounds.store_signed();
            rounds.store_secret_uses();
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

/// Whether a round did all that was due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Done,
    Undone,
}

struct Rounds {
    node: String,
    provider: Provider,
    plan: KeyPlan,
}

/// The next round, unless somebody calls before.
struct Next {
    pause: Duration,
    look: Look,
}

impl Rounds {
    /// One round. What it left undone, the next looks for as thoroughly: the feed tells of a use once only.
    fn make(&self, look: Look) -> Next {
        self.store_signed();
        self.store_secret_uses();
        if self.provider.vault.is_behind() {
            self.provider.reload_ring();
        }
        let (pause, outcome) = match self.look(look) {
            Ok(outlook) => self.work_off(outlook),
            Err(failure) => {
                tracing::warn!(%failure, "what is due of signing keys could not be looked up");
                (AGAIN, Outcome::Undone)
            }
        };
        super::checkpoints::make(&self.provider);
        let at_most = if self.provider.vault.is_behind() {
            AGAIN
        } else {
            INTERVAL
        };
        Next {
            pause: pause.min(at_most),
            look: match outcome {
                Outcome::Done => Look::AtWhatMayEnd,
                Outcome::Undone => look,
            },
        }
    }

    fn store_signed(&self) {
        let ring = self.provider.state.ring.get();
        let counted = ring.tally().take();
        if counted.is_empty() {
            return;
        }
        let stored = counted.clone();
        if let Err(fault) = self.write(move |ports, ctx| upkeep::store_signed(ports, ctx, &actor(), &stored))
        {
            tracing::warn!(%fault, "what keys signed could not be stored");
            ring.tally().put_back(counted);
        }
    }

    fn store_secret_uses(&self) {
        let state = &self.provider.state;
        let uses = state.secret_uses.take(state.ctx.now());
        if uses.is_empty() {
            return;
        }
        let stored = uses.clone();
        if let Err(fault) = self.write(move |ports, _| Ok(ports.note_secret_uses(&stored)?)) {
            tracing::warn!(%fault, "when clients used their secrets could not be stored");
            state.secret_uses.put_back(&uses);
        }
    }

    fn look(&self, look: Look) -> Result<Outlook, Failure> {
        let (ctx, plan) = (Arc::clone(&self.provider.state.ctx), self.plan.clone());
        let looked =
            work::run::<dyn Ports, _, AdminFault>(&*self.provider.store, Access::Read, move |ports| {
                upkeep::look(ports, &ctx, &actor(), &plan, look)
            });
        Ok(looked?)
    }

    /// Takes every step that can be taken: one that fails does not keep the others.
    fn work_off(&self, outlook: Outlook) -> (Duration, Outcome) {
        if outlook.steps.is_empty() {
            let now = self.provider.state.ctx.now();
            let until = outlook.next_at.map_or(INTERVAL, |at| at.since(now));
            return (until.clamp(SOON, INTERVAL), Outcome::Done);
        }
        // What was done makes other things due.
        let (mut pause, mut outcome) = (SOON, Outcome::Done);
        for step in outlook.steps {
            match self.lead_and_perform(&step) {
                Ok(Lead::Ours) => {}
                Ok(Lead::Anothers) => return (AGAIN, Outcome::Undone),
                Err(failure) => {
                    tracing::warn!(%failure, ?step, "signing keys could not be kept");
                    (pause, outcome) = (AFTER_FAILURE, Outcome::Undone);
                }
            }
        }
        let node = self.node.clone();
        if let Err(fault) = self.write(move |ports, _| upkeep::give_up_lead(ports, &actor(), &node)) {
            tracing::warn!(%fault, "the lead in keeping signing keys could not be given up");
            pause = AFTER_FAILURE;
        }
        (pause, outcome)
    }

    /// Leads only after it is known that the step can be taken here, so that a node without the master key stands in
    /// nobody's way.
    fn lead_and_perform(&self, step: &Step) -> Result<Lead, Failure> {
        let maker = self.maker(step).map_err(on_keys)?;
        let node = self.node.clone();
        let lead = self.write(move |ports, ctx| upkeep::lead(ports, ctx, &actor(), &node))?;
        if lead == Lead::Anothers {
            return Ok(lead);
        }
        let fresh = match maker {
            Maker::Nothing => Fresh::none(),
            Maker::With(master, check) => {
                Fresh::make(&step.needs(), &master, check, &self.provider.state.ctx).map_err(on_keys)?
            }
        };
        let (plan, asked) = (self.plan.clone(), step.clone());
        let done =
            self.write(move |ports, ctx| upkeep::perform(ports, ctx, &actor(), &plan, &asked, fresh))?;
        if done == Done::Yes {
            tracing::info!(?step, "signing keys changed");
            // A private half may have been erased.
            if let Err(fault) = self.provider.store.sweep_out() {
                tracing::warn!(%fault, "the database's log could not be emptied");
            }
        }
        Ok(lead)
    }

    /// What the new keys of a step are made with. Nothing, and no master key, where it needs none.
    fn maker(&self, step: &Step) -> Result<Maker, KeyFault> {
        if step.needs().is_empty() {
            return Ok(Maker::Nothing);
        }
        let master = self.provider.vault.master();
        let asked = Arc::clone(&master);
        let check = work::run::<dyn Ports, _, KeyFault>(&*self.provider.store, Access::Read, move |ports| {
            Check::of(ports, &asked)
        })?;
        Ok(Maker::With(master, check))
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

/// How the new keys of a step are made.
enum Maker {
    /// It needs none.
    Nothing,
    /// Sealed under the database's master key.
    With(Arc<MasterKey>, Check),
}
