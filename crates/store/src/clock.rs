//! Time by the database: where several nodes share one, they show what its server shows.
//!
//! What an answer means is decided by [`CorrectedClock`]; this file asks, now and then, and says so when a machine's clock is
//! worth looking at. An embedded database has no time but its machine's.

use std::sync::Arc;
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use kernel::corrected::{Reading, is_noticeable};
use kernel::{Access, Clock, CorrectedClock, StorageFault, Timestamp, work};

use crate::conn::{Conn, unavailable};
use crate::database::{Bare, Database};
use crate::fault::OpenFault;
use crate::fence::{Fence, Passage};
use crate::location::Location;
use crate::tx::Tx;

/// How often a running process asks. Timers of machines drift apart by less than a millisecond meanwhile.
const INTERVAL: Duration = Duration::from_secs(10);
/// How often while the answer is absurd, and nothing is served.
const IN_DOUBT: Duration = Duration::from_secs(1);

#[derive(QueryableByName)]
struct Shown {
    #[diesel(sql_type = BigInt)]
    millis: i64,
}

/// What the server's clock shows while it answers; nothing on SQLite.
fn shown(conn: &mut Conn) -> Result<Option<Timestamp>, StorageFault> {
    let Conn::Postgres(conn) = conn else {
        return Ok(None);
    };
    let row: Shown =
        diesel::sql_query("SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS millis")
            .get_result(conn)
            .map_err(unavailable)?;
    Ok(Some(Timestamp::from_millis(row.millis)))
}

fn time_of(conn: &mut Conn) -> Result<Timestamp, StorageFault> {
    let none = || StorageFault::Unavailable("the database has no clock".into());
    shown(conn)?.ok_or_else(none)
}

impl Database {
    /// The clock of this installation, on a machine whose own is `machine`: that of the server, corrected for as long as the
    /// database is [watched](Self::watch), or the machine's beside an SQLite file. Once per database, before anything is
    /// served.
    ///
    /// # Errors
    /// Storage; [`OpenFault::Clock`] when the two are so far apart that one of them must be wrong.
    pub fn clock(&self, machine: Arc<dyn Clock>) -> Result<Arc<dyn Clock>, OpenFault> {
        match self.location() {
            Location::File(_) => Ok(machine),
            Location::Server(_) => {
                let clock = Arc::new(CorrectedClock::new(machine));
                self.agree(&clock)?;
                Ok(clock)
            }
        }
    }

    fn agree(&self, clock: &Arc<CorrectedClock>) -> Result<(), OpenFault> {
        let asking = Arc::clone(clock);
        let begun = work::run(&Bare(self), Access::Read, move |tx: &mut Tx| {
            asking.begin(|| time_of(&mut tx.conn))
        });
        match begun.map_err(|fault: StorageFault| OpenFault::Unreachable(fault.to_string()))? {
            Reading::Absurd(millis) => Err(OpenFault::Clock {
                seconds: millis / 1000,
            }),
            Reading::Followed | Reading::TooSlow => {
                let taken = |_| OpenFault::Unreachable("it has a clock already".into());
                self.timekeeper().set(Arc::clone(clock)).map_err(taken)
            }
        }
    }
}

/// What an operator was last told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Agrees,
    Off,
    Absurd,
}

/// Why nothing is served then.
const ABSURD_TIME: &str =
    "the database's clock is more than a day from this process's; set right which of the two is wrong";

/// Has a clock follow the database's, on the watcher's connection.
pub struct Timekeeper {
    clock: Arc<CorrectedClock>,
    asked_at: Option<Timestamp>,
    said: Said,
    fence: Fence,
}

impl Timekeeper {
    /// Of this clock; closes that fence.
    pub fn new(clock: Arc<CorrectedClock>, fence: Fence) -> Self {
        Self {
            fence,
            clock,
            asked_at: None,
            said: Said::Agrees,
        }
    }

    /// Asks, where it is time to. While the answer is absurd this process does nothing, rather than something at a wrong time.
    pub fn look(&mut self, conn: &mut Conn) -> Result<Passage, StorageFault> {
        self.look_by(|| time_of(conn))
    }

    fn look_by(
        &mut self,
        ask: impl FnMut() -> Result<Timestamp, StorageFault>,
    ) -> Result<Passage, StorageFault> {
        if self.is_time_to() {
            self.hear(ask)?;
        }
        Ok(match self.said {
            Said::Absurd => Passage::Closed,
            Said::Agrees | Said::Off => Passage::Open,
        })
    }

    fn is_time_to(&self) -> bool {
        let every = match self.said {
            Said::Absurd => IN_DOUBT,
            Said::Agrees | Said::Off => INTERVAL,
        };
        let now = self.clock.now();
        self.asked_at.is_none_or(|at| now.since(at) >= every) || self.clock.has_leapt()
    }

    fn hear(&mut self, ask: impl FnMut() -> Result<Timestamp, StorageFault>) -> Result<(), StorageFault> {
        let reading = self.clock.follow(ask)?;
        self.asked_at = Some(self.clock.now());
        let off = self.clock.machine_behind().unwrap_or_default();
        let found = match reading {
            Reading::TooSlow => return Ok(()),
            Reading::Absurd(_) => Said::Absurd,
            Reading::Followed if is_noticeable(off) => Said::Off,
            Reading::Followed => Said::Agrees,
        };
        if found != self.said {
            self.said = found;
            say(found, off);
            self.fence.doubt_time(match found {
                Said::Absurd => Some(ABSURD_TIME.to_owned()),
                Said::Agrees | Said::Off => None,
            });
        }
        Ok(())
    }
}

/// Whole seconds say enough; the metric has the rest.
fn say(found: Said, off: i64) {
    let behind_seconds = off / 1000;
    match found {
        Said::Agrees => tracing::info!("this machine's clock agrees with the database's"),
        Said::Off => tracing::warn!(
            behind_seconds,
            "this machine's clock is not the database's, whose time is used; set it right"
        ),
        Said::Absurd => tracing::error!(
            behind_seconds,
            "the database's clock moved by more than a day; it is not followed, and nothing is served: set right which of the two is wrong"
        ),
    }
}

#[cfg(test)]
mod tests {
    use kernel::FixedClock;

    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);
    const DAYS: Duration = Duration::from_secs(2 * 86_400);
    const SECOND: Duration = Duration::from_secs(1);

    /// A node whose machine's clock, timer and database show [`NOW`].
    struct Node {
        machine: Arc<FixedClock>,
        steady: Arc<FixedClock>,
        shared: FixedClock,
        fence: Fence,
        keeper: Timekeeper,
        asked: u32,
    }

    impl Node {
        fn new() -> Self {
            let (machine, steady) = (Arc::new(FixedClock::at(NOW)), Arc::new(FixedClock::at(NOW)));
            let clock = CorrectedClock::on(machine.clone(), steady.clone());
            clock.begin(|| Ok::<_, ()>(NOW)).unwrap();
            let fence = Fence::default();
            let mut node = Self {
                keeper: Timekeeper::new(Arc::new(clock), fence.clone()),
                shared: FixedClock::at(NOW),
                machine,
                steady,
                fence,
                asked: 0,
            };
            assert_eq!(node.look(), Passage::Open);
            node
        }

        fn look(&mut self) -> Passage {
            let shows = self.shared.now();
            let asked = &mut self.asked;
            let passage = self.keeper.look_by(|| {
                *asked += 1;
                Ok(shows)
            });
            assert_eq!(self.fence.why().is_some(), matches!(passage, Ok(Passage::Closed)));
            passage.unwrap()
        }

        fn pass(&mut self, time: Duration) {
            for clock in [&*self.machine, &*self.steady, &self.shared] {
                clock.advance(time);
            }
        }
    }

    #[test]
    fn it_asks_every_ten_seconds_and_at_once_when_the_machine_leaps() {
        let mut node = Node::new();
        node.pass(9 * SECOND);
        node.look();
        assert_eq!(node.asked, 1);
        node.pass(SECOND);
        node.look();
        assert_eq!(node.asked, 2);
        node.machine.advance(6 * SECOND);
        node.look();
        node.look();
        assert_eq!(node.asked, 3);
    }

    #[test]
    fn who_was_frozen_for_days_does_nothing_until_it_knows_what_time_it_is() {
        let mut node = Node::new();
        node.machine.advance(DAYS);
        node.shared.advance(DAYS);
        for _ in 0..2 {
            assert_eq!(node.look(), Passage::Closed);
            node.pass(SECOND);
        }
        assert_eq!(node.look(), Passage::Open);
        assert_eq!(node.keeper.clock.now(), NOW.plus(DAYS + 2 * SECOND));
    }

    #[test]
    fn while_the_database_is_days_away_nothing_is_served_and_when_it_is_back_all_is() {
        let mut node = Node::new();
        let right = node.shared.now();
        node.shared.advance(DAYS);
        node.pass(10 * SECOND);
        for _ in 0..10 {
            assert_eq!(node.look(), Passage::Closed);
            node.pass(SECOND);
        }
        node.shared = FixedClock::at(right.plus(20 * SECOND));
        assert_eq!(node.look(), Passage::Open);
        assert_eq!(node.keeper.clock.now(), node.shared.now());
    }
}
