//! Reads what other nodes announce: revocations into this process's list, news to its caches.
//!
//! It also says how much the list may be believed. Read to the end of a whole list, this process knows everything that
//! was announced; what a node could not announce is in SQL alone, so without the database that lasts for a minute.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use kernel::{Change, Clock, Timestamp};
use redis::streams::{StreamId, StreamRangeReply, StreamReadReply};
use session::RevocationList;

use super::link::Link;
use super::message::{Message, author, read};
use super::rebuild::{Rebuilt, rebuild};
use super::{CacheFault, Place};
use crate::change::SharedListener;
use crate::fence::Fence;
use crate::location::Location;

/// How long one question waits for news, and so the age of what is known while nothing happens.
const BLOCK: Duration = Duration::from_millis(200);
/// How long any answer may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// Messages in one trip.
const COUNT: usize = 1000;
/// Between attempts to reach Redis, at first and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(5));
/// After an attempt to write the list that failed, the stream is read this many times before the next.
const ROUNDS_BETWEEN: u32 = 5;
/// For how long Redis may vouch for the list while the database is away.
const ALONE: Duration = Duration::from_secs(60);

/// Before the first message.
const BEGINNING: &str = "0-0";

/// What the follower is given.
pub struct Follower {
    /// Where to read.
    pub place: Place,
    /// Where the list is written anew from.
    pub location: Location,
    /// Says when a question was asked.
    pub clock: Arc<dyn Clock>,
    /// Where revocations go.
    pub list: Arc<RevocationList>,
    /// Who hears of changes.
    pub listener: SharedListener,
    /// When the database was last looked at, in milliseconds.
    pub looked: Arc<AtomicI64>,
    /// While it is closed nobody vouches for anything.
    pub fence: Fence,
}

/// The thread.
pub struct Following {
    given: Follower,
    link: Link,
    /// This run of this Redis: one that was started again may have lost what it said it had.
    run: String,
    /// The list that is being read.
    epoch: Option<String>,
    /// The last message of it that was read.
    at: String,
    /// Lists this process wrote.
    written: u32,
    rounds_to_wait: u32,
}

/// What the epoch says of the list in Redis.
enum List {
    /// It is not there, or nobody knows what it lacks.
    Missing,
    /// Whole, and not the one that was being read.
    Another,
    /// Whole, and being read.
    Same,
}

/// One answer: the news, and afterwards the epoch and the oldest message there is.
type Answer = (Option<StreamReadReply>, Option<String>, StreamRangeReply);

impl Follower {
    /// What the thread has to run; it ends when the channel is closed.
    pub fn start(self) -> Result<impl FnOnce(Receiver<()>) + Send + 'static, crate::fault::OpenFault> {
        let following = Following {
            link: self.place.link()?,
            given: self,
            run: String::new(),
            epoch: None,
            at: BEGINNING.to_owned(),
            written: 0,
            rounds_to_wait: 0,
        };
        Ok(move |ended: Receiver<()>| following.serve(&ended))
    }
}

impl Following {
    fn serve(mut self, ended: &Receiver<()>) {
        let mut pause = Duration::ZERO;
        while ended.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
            match self.round() {
                Ok(()) => {
                    if !self.given.place.health.following.swap(true, Ordering::AcqRel) {
                        tracing::info!("Redis is there; its news is followed");
                    }
                    pause = Duration::ZERO;
                }
                Err(fault) => pause = self.lost(&fault, pause),
            }
        }
    }

    /// How long to wait before the next attempt. Said once.
    fn lost(&mut self, fault: &CacheFault, pause: Duration) -> Duration {
        self.link.hang_up();
        let health = &self.given.place.health;
        health.believed.store(false, Ordering::Release);
        if health.following.swap(false, Ordering::AcqRel) || pause.is_zero() {
            tracing::warn!(%fault, "no news from Redis; the database tells what other nodes revoke");
        } else {
            tracing::debug!(%fault, "still no news from Redis");
        }
        (pause * 2).clamp(PAUSES.0, PAUSES.1)
    }

    /// Waits for news once, and judges what can be said after it.
    fn round(&mut self) -> Result<(), CacheFault> {
        if !self.link.is_up() {
            self.connect()?;
        }
        let begun = self.given.clock.now();
        let (news, epoch, oldest) = match self.ask() {
            Err(error) if is_of_another_type(error.clone()) => return self.clear_away(begun),
            answer => answer?,
        };
        let news = news
            .and_then(|mut reply| reply.keys.pop())
            .map_or_else(Vec::new, |key| key.ids);
        let before = self.at.clone();
        let more = news.len() == COUNT;
        self.hear(news);
        match self.recognize(epoch) {
            List::Missing => self.write_list(begun),
            List::Another => Ok(()),
            List::Same if lacks(&before, oldest.ids.first()) => self.give_up_list(),
            List::Same if more => Ok(()),
            List::Same => {
                self.vouch(begun);
                Ok(())
            }
        }
    }

    /// Which list it is. Another than before says all it has from its beginning.
    fn recognize(&mut self, epoch: Option<String>) -> List {
        let suffix = format!("@{}", self.run);
        let list = match epoch.filter(|epoch| epoch.ends_with(&suffix)) {
            None => List::Missing,
            Some(epoch) if self.epoch.as_ref() == Some(&epoch) => return List::Same,
            Some(epoch) => {
                self.epoch = Some(epoch);
                BEGINNING.clone_into(&mut self.at);
                List::Another
            }
        };
        self.given.place.health.believed.store(false, Ordering::Release);
        list
    }

    fn connect(&mut self) -> Result<(), CacheFault> {
        self.link.connect(PATIENCE)?;
        let mut pipe = redis::pipe();
        pipe.cmd("INFO").arg("server");
        pipe.cmd("GET").arg(&self.given.place.names.epoch);
        let (info, epoch): (String, Option<String>) = self.link.ask(&pipe)?;
        let run = info.lines().find_map(|line| line.strip_prefix("run_id:"));
        let run = run.ok_or(CacheFault::Senseless("no run_id"))?.trim();
        run.clone_into(&mut self.run);
        self.recognize(epoch);
        Ok(())
    }

    /// The epoch after the news: had the list been flushed before it was read, the epoch would be gone as well.
    fn ask(&mut self) -> redis::RedisResult<Answer> {
        let names = &self.given.place.names;
        let mut pipe = redis::pipe();
        pipe.cmd("XREAD").arg("COUNT").arg(COUNT);
        pipe.arg("BLOCK").arg(BLOCK.as_millis() as u64);
        pipe.arg("STREAMS").arg(&names.list).arg(&self.at);
        pipe.cmd("GET").arg(&names.epoch);
        pipe.cmd("XRANGE")
            .arg(&names.list)
            .arg("-")
            .arg("+")
            .arg("COUNT")
            .arg(1);
        self.link.ask(&pipe)
    }

    /// Something else stands where the list belongs.
    fn clear_away(&mut self, now: Timestamp) -> Result<(), CacheFault> {
        tracing::warn!("what stands in Redis for the revocation list is none; it is written anew");
        self.connect()?;
        self.write_list(now)
    }

    /// Takes in what others said.
    fn hear(&mut self, news: Vec<StreamId>) {
        let Some(last) = news.last() else { return };
        last.id.clone_into(&mut self.at);
        let now = self.given.clock.now();
        let (mut revoked, mut changes): (Vec<_>, Vec<Change>) = Default::default();
        let (mut heard, mut ignored) = (0, 0);
        for message in &news {
            let own = author(&message.map) == Some(&*self.given.place.node);
            heard += u64::from(!own);
            match read(&message.map) {
                // Also of this process's own: when it wrote the list it wrote what others had revoked.
                Some(Message::Revoked(entry)) if entry.expires_at > now => revoked.push(entry),
                Some(Message::Changed(change)) if !own && !changes.contains(&change) => changes.push(change),
                Some(_) => {}
                None => ignored += 1,
            }
        }
        let health = &self.given.place.health;
        health.heard.fetch_add(heard, Ordering::Relaxed);
        health.ignored.fetch_add(ignored, Ordering::Relaxed);
        if ignored > 0 {
            tracing::warn!(
                ignored,
                "messages in Redis that no node would write are passed over"
            );
        }
        self.given.list.add(revoked);
        if !changes.is_empty() {
            (self.given.listener)(&changes);
        }
    }

    /// There is no list that could be believed.
    fn write_list(&mut self, now: Timestamp) -> Result<(), CacheFault> {
        if self.rounds_to_wait > 0 {
            self.rounds_to_wait -= 1;
            return Ok(());
        }
        self.rounds_to_wait = ROUNDS_BETWEEN;
        self.written += 1;
        let place = &self.given.place;
        let epoch = format!("{}-{}@{}", place.node, self.written, self.run);
        match rebuild(&mut self.link, place, &self.given.location, &epoch, now) {
            Ok(Rebuilt::Whole(entries)) => {
                place.health.rebuilt.fetch_add(1, Ordering::Relaxed);
                tracing::info!(entries, "the revocation list was written to Redis");
                self.rounds_to_wait = 0;
                Ok(())
            }
            Ok(Rebuilt::Left) => Ok(()),
            Err(fault @ CacheFault::Redis(_)) => Err(fault),
            Err(fault) => {
                tracing::warn!(%fault, "the revocation list cannot be written to Redis");
                Ok(())
            }
        }
    }

    /// Messages are gone that were not read. What they said is in SQL, and in the list once it is written anew.
    fn give_up_list(&mut self) -> Result<(), CacheFault> {
        tracing::warn!("the list in Redis was cut; it is written anew");
        self.given.place.health.believed.store(false, Ordering::Release);
        let mut pipe = redis::pipe();
        pipe.cmd("DEL").arg(&self.given.place.names.epoch).ignore();
        Ok(self.link.ask(&pipe)?)
    }

    /// Everything announced before `begun` is known.
    fn vouch(&self, begun: Timestamp) {
        if self.given.fence.why().is_some() {
            return;
        }
        self.given.place.health.believed.store(true, Ordering::Release);
        let looked = Timestamp::from_millis(self.given.looked.load(Ordering::Acquire));
        self.given.list.known_until(begun.min(looked.plus(ALONE)));
    }
}

/// Whether Redis says that a key holds something else than was asked for.
fn is_of_another_type(error: redis::RedisError) -> bool {
    let errors = error.into_server_errors();
    errors.is_some_and(|errors| errors.iter().any(|(_, error)| error.code() == "WRONGTYPE"))
}

/// Whether messages after `at` may be gone: the one at `at` is.
fn lacks(at: &str, oldest: Option<&StreamId>) -> bool {
    at != BEGINNING && oldest.is_none_or(|oldest| order(&oldest.id) > order(at))
}

/// `milliseconds-number`, to be compared.
fn order(id: &str) -> (u64, u64) {
    let (millis, number) = id.split_once('-').unwrap_or((id, "0"));
    (millis.parse().unwrap_or(0), number.parse().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_cut_after_the_last_message_read_lacks_something() {
        let oldest = |id: &str| StreamId {
            id: id.to_owned(),
            ..StreamId::default()
        };
        assert!(!lacks(BEGINNING, None));
        assert!(!lacks(BEGINNING, Some(&oldest("7-0"))));
        assert!(!lacks("10-0", Some(&oldest("10-0"))));
        assert!(!lacks("10-0", Some(&oldest("9-11"))));
        assert!(lacks("9-2", Some(&oldest("9-10"))));
        assert!(lacks("9-2", Some(&oldest("10-0"))));
        assert!(lacks("9-2", None));
    }
}
