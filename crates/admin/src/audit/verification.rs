//! Goes along the chain from its first record and finds the first one that does not fit.
//!
//! In steps, each a unit of work of its own, because a trail is long: it only grows at its end, so that steps agree with each
//! other. Nothing of the trail is believed beyond what follows from its records; signatures are judged by the keys.

use kernel::Ctx;
use kernel::audit::{AuditRecord, Link};
use kernel::digest::base64url;
use serde::Serialize;
use token::checkpoint::{self, CheckpointFault};
use token::keys::StoredKey;
use token::{Checkpoint, Keys};

use super::checkpoint::EVENT;
use super::ports::AuditTrail;
use crate::actor::Actor;
use crate::authority::Permission;
use crate::fault::AdminFault;

/// Records of one step: some ten milliseconds.
const STEP: u32 = 2000;

/// The first thing that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Discord {
    /// The number of the record at which it shows.
    pub seq: u64,
    /// What is wrong, in one sentence.
    pub reason: String,
}

/// What was verified so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Records looked at.
    pub records: u64,
    /// Those among them from before there was a chain: what is chained vouches for them, they themselves store no hash.
    pub unchained: u64,
    /// Checkpoints whose signature and place fit.
    pub checkpoints: u64,
    /// The number of the last record that a checkpoint vouches for; what came later could still be rewritten as a whole.
    pub vouched_until: u64,
    /// The number of the last record.
    pub newest: u64,
    /// The chain's link behind it, base64url: noted elsewhere, it proves the whole trail up to here.
    pub hash: String,
    /// The first thing that does not fit; nothing behind it was looked at.
    pub discord: Option<Discord>,
    #[serde(skip)]
    link: Link,
}

/// Whether there is more to verify.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Yes.
    More,
    /// The end was reached, or something that does not fit.
    Finished,
}

impl Default for Verification {
    fn default() -> Self {
        let link = Link::first();
        Self {
            records: 0,
            unchained: 0,
            checkpoints: 0,
            vouched_until: 0,
            newest: 0,
            hash: base64url(&link.0),
            discord: None,
            link,
        }
    }
}

/// Verifies the whole trail in one unit of work.
///
/// # Errors
/// `Forbidden`; `Storage`.
pub fn verify(
    tx: &mut (impl AuditTrail + Keys + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
) -> Result<Verification, AdminFault> {
    let mut verification = Verification::default();
    while verification.step(tx, ctx, actor)? == Progress::More {}
    Ok(verification)
}

impl Verification {
    /// Goes on by a few thousand records.
    ///
    /// # Errors
    /// `Forbidden`; `Storage`.
    pub fn step(
        &mut self,
        tx: &mut (impl AuditTrail + Keys + ?Sized),
        ctx: &Ctx,
        actor: &Actor,
    ) -> Result<Progress, AdminFault> {
        actor.require(Permission::ViewAudit)?;
        if self.discord.is_some() {
            return Ok(Progress::Finished);
        }
        let keys = tx.keys()?;
        let (before, records) = (self.newest, tx.audit_chain(self.newest, STEP)?);
        let Some(last) = records.last().map(|record| record.seq) else {
            self.discord = self.after_the_end(tx)?;
            return Ok(Progress::Finished);
        };
        // At most one for each record; one more would lie behind them all.
        let checkpoints = tx.checkpoints(before, STEP + 1)?;
        let mut checkpoints = checkpoints.iter().filter(|it| it.seq <= last).peekable();
        for record in &records {
            let own = checkpoints.next_if(|checkpoint| checkpoint.seq <= record.seq);
            let taken = self.take(record, own, &keys, ctx);
            if let Err(reason) = taken {
                let seq = record.seq;
                self.discord = Some(Discord { seq, reason });
                return Ok(Progress::Finished);
            }
        }
        Ok(Progress::More)
    }

    /// Takes the next record, and the checkpoint about it where there is one.
    fn take(
        &mut self,
        record: &AuditRecord,
        checkpoint: Option<&Checkpoint>,
        keys: &[StoredKey],
        ctx: &Ctx,
    ) -> Result<(), String> {
        let link = record.link(&self.link);
        self.fits_its_hash(record, &link)?;
        if record.event == EVENT && record.subject != Some(self.vouched_until.to_string()) {
            let missing = record.subject.as_deref().unwrap_or("?");
            return Err(format!("the checkpoint about record {missing} is missing"));
        }
        if let Some(checkpoint) = checkpoint {
            checkpoint::verify(keys, ctx, checkpoint, &link).map_err(told)?;
            if checkpoint.seq != record.seq {
                return Err(format!(
                    "a checkpoint is about record {}, which is missing",
                    checkpoint.seq
                ));
            }
            (self.checkpoints, self.vouched_until) = (self.checkpoints + 1, checkpoint.seq);
        }
        (self.records, self.newest, self.link) = (self.records + 1, record.seq, link);
        self.hash = base64url(&link.0);
        Ok(())
    }

    fn fits_its_hash(&mut self, record: &AuditRecord, link: &Link) -> Result<(), String> {
        let is_chained = self.records > self.unchained;
        match &record.hash {
            // Numbers of unchained records were given by the database, which may leave some out.
            None if !is_chained => {
                self.unchained += 1;
                Ok(())
            }
            None => Err("has no hash, though the records before it do".to_owned()),
            Some(_) if record.seq != self.newest + 1 && self.records > 0 && is_chained => Err(format!(
                "follows record {}: what was between is missing",
                self.newest
            )),
            Some(hash) if hash[..] == link.0 => Ok(()),
            Some(_) => Err("does not fit its hash: it, or what lies before it, was changed".to_owned()),
        }
    }

    /// Checkpoints about records that are not there (any more).
    fn after_the_end(&self, tx: &mut (impl AuditTrail + ?Sized)) -> Result<Option<Discord>, AdminFault> {
        let beyond = tx.checkpoints(self.newest, 1)?;
        Ok(beyond.first().map(|checkpoint| Discord {
            seq: checkpoint.seq,
            reason: format!(
                "a checkpoint is about this record, and the trail ends with record {}",
                self.newest
            ),
        }))
    }
}

fn told(fault: CheckpointFault) -> String {
    format!("the checkpoint about it {fault}")
}
