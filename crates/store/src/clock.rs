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
use crate::location::Location;
use crate::tx::Tx;

/// How often a running process asks. Timers of machines drift apart by less than a millisecond meanwhile.
const INTERVAL: Duration = Duration::from_secs(10);

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

/// Has a clock follow the database's, on the watcher's connection.
pub struct Timekeeper {
    clock: Arc<CorrectedClock>,
    asked_at: Option<Timestamp>,
    said: Said,
}

impl Timekeeper {
    /// Of this clock.
    pub fn new(clock: Arc<CorrectedClock>) -> Self {
        Self {
            clock,
            asked_at: None,
            said: Said::Agrees,
        }
    }

    /// Asks, where it is time to.
    pub fn look(&mut self, conn: &mut Conn) -> Result<(), StorageFault> {
        let now = self.clock.now();
        if self.asked_at.is_some_and(|at| now.since(at) < INTERVAL) {
            return Ok(());
        }
        let reading = self.clock.follow(|| time_of(conn))?;
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
            "the database's clock moved by more than a day; it is not followed: set right which of the two is wrong"
        ),
    }
}
