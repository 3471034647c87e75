//! Tells the other nodes what was committed here, before whoever asked for it is answered.
//!
//! A thread sends what commits hand over, many commits in one trip. It answers their callers when Redis has taken the
//! news or a short patience is over, whichever is first; while Redis is known to be away they are answered at once.

use std::iter::once;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kernel::Timestamp;
use session::revocation::LONGEST_ACCESS_TTL;

use super::link::Link;
use super::message::{add_change, add_revocation};
use super::state::Health;
use super::{CacheFault, Place};
use crate::fault::OpenFault;
use crate::tx::Told;

/// Answers the callers of a commit.
pub type Answers = Box<dyn FnOnce() + Send>;

/// How long callers wait for Redis; then the database spreads the news.
const PATIENCE: Duration = Duration::from_millis(200);
/// How long a connection may take that nobody waits for.
const CONNECTING: Duration = Duration::from_secs(1);
/// How often to see whether Redis is there.
const TICK: Duration = Duration::from_millis(500);
/// Ticks between attempts to connect, at most: five seconds.
const LONGEST_PAUSE: u32 = 10;
/// Commits that wait. Beyond it Redis is slower than the database, which then is the better messenger.
const WAITING: usize = 1024;
/// Commits in one trip.
const TOGETHER: usize = 128;
/// An entry this old refuses nothing any more; the rest is for clocks that disagree.
const KEPT: Duration = Duration::from_secs(LONGEST_ACCESS_TTL.as_secs() + 3600);

enum Order {
    /// Announce, then answer.
    Announce(Told, Answers),
    /// Stay connected: this process will announce again and again.
    Stay,
    /// Remove what is too old to matter.
    Trim(Timestamp),
}

/// Where commits are handed over.
pub struct Announcer {
    /// Closing it ends the thread, once everything handed over is announced.
    orders: Mutex<Option<SyncSender<Order>>>,
    health: Arc<Health>,
}

impl Announcer {
    /// An announcer, and what its thread has to run.
    pub fn new(place: &Place) -> Result<(Self, impl FnOnce() + Send + 'static), OpenFault> {
        let (sender, orders) = sync_channel(WAITING);
        let thread = Announcing {
            link: place.link()?,
            place: place.clone(),
            orders,
            stays: false,
            pause: 0,
            next_pause: 1,
        };
        let announcer = Self {
            orders: Mutex::new(Some(sender)),
            health: Arc::clone(&place.health),
        };
        Ok((announcer, move || thread.serve()))
    }

    /// Announces what was committed, then answers. Returns at once.
    pub fn announce(&self, told: Told, answers: Answers) {
        if self.health.away.load(Ordering::Acquire) {
            self.health.owe();
            return answers();
        }
        if let Some(Order::Announce(_, answers)) = self.give(Order::Announce(told, answers)) {
            self.health.owe();
            answers();
        }
    }

    /// From now on keeps a connection.
    pub fn stay(&self) {
        let _ = self.give(Order::Stay);
    }

    /// Removes from the stream what is too old to matter at `now`.
    pub fn trim(&self, now: Timestamp) {
        let _ = self.give(Order::Trim(now));
    }

    /// Lets the thread end.
    pub fn close(&self) {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// The order comes back when it cannot be taken.
    fn give(&self, order: Order) -> Option<Order> {
        let orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(orders) = &*orders else {
            return Some(order);
        };
        match orders.try_send(order) {
            Ok(()) => None,
            Err(TrySendError::Full(order) | TrySendError::Disconnected(order)) => Some(order),
        }
    }
}

/// The thread.
struct Announcing {
    link: Link,
    place: Place,
    orders: Receiver<Order>,
    stays: bool,
    /// Ticks until the next attempt to connect.
    pause: u32,
    next_pause: u32,
}

impl Announcing {
    fn serve(mut self) {
        loop {
            match self.orders.recv_timeout(TICK) {
                Ok(first) => self.obey(first),
                Err(RecvTimeoutError::Timeout) => self.tick(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn obey(&mut self, first: Order) {
        let orders: Vec<Order> = once(first).chain(self.orders.try_iter()).take(TOGETHER).collect();
        let mut told = Vec::new();
        let mut answers = Vec::new();
        for order in orders {
            match order {
                Order::Announce(news, answer) => {
                    told.push(news);
                    answers.push(answer);
                }
                Order::Stay => {
                    self.stays = true;
                    self.tick();
                }
                Order::Trim(now) => self.note(|this| this.trim(now)),
            }
        }
        if !told.is_empty() {
            self.announce(&told);
        }
        answers.into_iter().for_each(|answer| answer());
    }

    fn announce(&mut self, told: &[Told]) {
        let health = Arc::clone(&self.place.health);
        if health.away.load(Ordering::Acquire) {
            return told.iter().for_each(|_| health.owe());
        }
        match self.send(told) {
            Ok(()) => {
                health.announced.fetch_add(told.len() as u64, Ordering::Relaxed);
            }
            Err(fault) => {
                told.iter().for_each(|_| health.owe());
                self.went(&fault);
            }
        }
    }

    fn send(&mut self, told: &[Told]) -> Result<(), CacheFault> {
        if !self.link.is_up() {
            self.link.connect(PATIENCE)?;
        }
        let (list, node) = (&self.place.names.list, &self.place.node);
        let mut pipe = redis::pipe();
        for Told { revoked, changes, .. } in told {
            revoked
                .iter()
                .for_each(|entry| add_revocation(&mut pipe, list, node, entry));
            changes
                .iter()
                .for_each(|change| add_change(&mut pipe, list, node, change));
        }
        Ok(self.link.ask(&pipe)?)
    }

    /// Looks whether Redis is there, and pays what is owed to it.
    fn tick(&mut self) {
        let owed = self.place.health.owed.load(Ordering::Acquire);
        if !self.stays && !owed {
            return;
        }
        if self.pause > 0 {
            self.pause -= 1;
            return;
        }
        self.note(Self::mend);
    }

    fn mend(&mut self) -> Result<(), CacheFault> {
        let health = Arc::clone(&self.place.health);
        if !self.link.is_up() {
            // Nobody is to wait for a connection.
            health.away.store(true, Ordering::Release);
            self.link.connect(CONNECTING)?;
        }
        let mut pipe = redis::pipe();
        pipe.cmd("PING").ignore();
        let owed = health.owed.swap(false, Ordering::AcqRel);
        if owed {
            // The list lacks something. Without its epoch it is written anew, and not by a node that read SQL before.
            let names = &self.place.names;
            pipe.cmd("DEL").arg(&names.epoch).arg(&names.rebuilding).ignore();
        }
        if let Err(error) = self.link.ask::<()>(&pipe) {
            health.owed.fetch_or(owed, Ordering::AcqRel);
            return Err(error.into());
        }
        self.next_pause = 1;
        if health.away.swap(false, Ordering::AcqRel) {
            tracing::info!("Redis is there; what is revoked here is announced");
        }
        Ok(())
    }

    /// The newest message always stays: readers see by it that they missed nothing.
    fn trim(&mut self, now: Timestamp) -> Result<(), CacheFault> {
        if !self.link.is_up() {
            return Ok(());
        }
        let list = &self.place.names.list;
        let oldest = now.minus(KEPT).as_millis();
        let mut pipe = redis::pipe();
        pipe.cmd("XREVRANGE")
            .arg(list)
            .arg("+")
            .arg(oldest)
            .arg("COUNT")
            .arg(1);
        let (newest,): (redis::streams::StreamRangeReply,) = self.link.ask(&pipe)?;
        if newest.ids.is_empty() {
            return Ok(());
        }
        let mut pipe = redis::pipe();
        pipe.cmd("XTRIM")
            .arg(list)
            .arg("MINID")
            .arg("~")
            .arg(oldest)
            .ignore();
        Ok(self.link.ask(&pipe)?)
    }

    fn note(&mut self, work: impl FnOnce(&mut Self) -> Result<(), CacheFault>) {
        if let Err(fault) = work(self) {
            self.went(&fault);
        }
    }

    /// Something failed: until it is mended nobody waits for Redis. Said once.
    fn went(&mut self, fault: &CacheFault) {
        self.link.hang_up();
        if self.next_pause == 1 {
            tracing::warn!(%fault, "Redis is away; other nodes learn from the database what is revoked here");
        } else {
            tracing::debug!(%fault, "Redis is still away");
        }
        self.place.health.away.store(true, Ordering::Release);
        self.pause = self.next_pause;
        self.next_pause = (self.next_pause * 2).min(LONGEST_PAUSE);
    }
}
