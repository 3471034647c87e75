//! Who of several nodes does what one has to do for all: a lease among the installation's values.
//!
//! Nothing depends on it. Each job is such that two who do it at once do no harm; a lead spares the others the work.

use std::time::Duration;

use identity::ports::{Found, Insert};
use kernel::{StorageFault, Timestamp};
use token::Keys;

/// Who does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lead {
    /// We do.
    Ours,
    /// Another node, for the moment.
    Anothers,
}

/// A job that one node does.
#[derive(Debug, Clone, Copy)]
pub struct Job {
    /// Names the leader among the installation's values: who, and until when in milliseconds, as text.
    pub name: &'static str,
    /// A leader that is silent for longer has died.
    pub lease: Duration,
}

/// Removing what has expired. Its leader says so once a minute.
pub const SWEEPING: Job = Job {
    name: "sweep_leader",
    lease: Duration::from_secs(90),
};

impl Job {
    /// Takes the lead, or keeps it, unless another node has it.
    ///
    /// # Errors
    /// Storage.
    pub fn lead(
        &self,
        tx: &mut (impl Keys + ?Sized),
        node: &str,
        now: Timestamp,
    ) -> Result<Lead, StorageFault> {
        let ours = format!("{node} {}", now.plus(self.lease).as_millis());
        let Some(known) = tx.meta(self.name)? else {
            return Ok(match tx.insert_meta(self.name, ours.as_bytes())? {
                Insert::Done => Lead::Ours,
                Insert::Taken => Lead::Anothers,
            });
        };
        if holds(&known, node, now) {
            return Ok(Lead::Anothers);
        }
        Ok(match tx.swap_meta(self.name, &known, ours.as_bytes())? {
            Found::Yes => Lead::Ours,
            Found::No => Lead::Anothers,
        })
    }

    /// Gives the lead up. Who dies before that leads until it would have had to say so again.
    ///
    /// # Errors
    /// Storage.
    pub fn give_up(&self, tx: &mut (impl Keys + ?Sized), node: &str) -> Result<(), StorageFault> {
        let ours = tx
            .meta(self.name)?
            .filter(|known| leader(known).is_some_and(|(leader, _)| leader == node));
        if let Some(known) = ours {
            tx.delete_meta(self.name, &known)?;
        }
        Ok(())
    }
}

/// Whether somebody other than `node` leads. What cannot be read is nobody's.
fn holds(known: &[u8], node: &str, now: Timestamp) -> bool {
    leader(known).is_some_and(|(leader, until)| leader != node && until > now)
}

fn leader(known: &[u8]) -> Option<(&str, Timestamp)> {
    let (leader, until) = std::str::from_utf8(known).ok()?.rsplit_once(' ')?;
    Some((leader, Timestamp::from_millis(until.parse().ok()?)))
}
