//! Cleaning up: what has expired goes, in small units of work between those of others.

use std::sync::PoisonError;
use std::time::Duration;

use admin::lead::{Lead, SWEEPING};
use diesel::dsl::{exists, max, min, not};
use diesel::prelude::*;
use kernel::{Access, Policy, StorageFault, Timestamp, work};
use session::revocation::LONGEST_ACCESS_TTL;

use crate::conn::on;
use crate::database::{Bare, Database};
use crate::swept::Swept;
use crate::tables::{
    browsers, changes, client_secrets, console_sessions, flows, grants, interactions, kept_answers,
    logout_notices, password_resets, refresh_tokens, revocations, sessions, setup_links, signed_tokens,
    statistics, throttles,
};
use crate::tx::Tx;

/// Rows of one kind per unit of work: a few milliseconds.
const CHUNK: i64 = 500;
/// Units of work per sweep; what is left waits for the next. More rows a minute than anybody can leave behind for long.
const ROUNDS: u32 = 400;
/// Parts of the grants that are looked through per sweep, living ones too: 500 a second, more than come for long.
const GRANT_ROUNDS: u32 = 60;
/// Parts of the browsers, likewise.
const BROWSER_ROUNDS: u32 = 60;
/// Refresh tokens of dead grants per unit of work.
const TOKENS: i64 = 5_000;
/// Saved requests kept at most; beyond it those go first that would expire first. A quarter of a gigabyte, and many times what
/// people leave open in an hour.
const MOST_INTERACTIONS: i64 = 250_000;
/// The feed of changes keeps this many; a watcher further behind is told to forget everything.
const KEPT_CHANGES: i64 = 10_000;
/// Evidence stays a while after it stopped to matter.
const SLACK: Duration = Duration::from_secs(3600);

/// A client that could not be told of a logout for this long is not told any more.
const NOTICE_AGE: Duration = Duration::from_secs(2 * 24 * 3600);

/// Removes some of one kind; how many.
type Broom = Box<dyn Fn(&mut Tx) -> Result<u64, StorageFault> + Send>;
/// What is counted where.
type Tally = fn(&mut Swept) -> &mut u64;

/// The kinds that may have more to remove.
struct Round(Vec<(Tally, Broom)>);

impl Round {
    /// The first: all kinds.
    fn first(now: Timestamp, crowded: Option<i64>, policy: &Policy) -> Self {
        fn kind(
            tally: Tally,
            until: i64,
            sweep: fn(&mut Tx, i64) -> Result<u64, StorageFault>,
        ) -> (Tally, Broom) {
            (tally, Box::new(move |tx| sweep(tx, until)))
        }
        let before = |age: Duration| now.minus(age).as_millis();
        let (over, slack) = (now.as_millis(), before(SLACK));
        let crowded = crowded.map_or(over, |until| until.max(over));
        let old = now.minus(policy.session_absolute).minus(SLACK).as_millis();
        Self(vec![
            kind(|s| &mut s.interactions, crowded, Tx::sweep_interactions),
            kind(|s| &mut s.throttles, over, Tx::sweep_throttles),
            kind(
                |s| &mut s.successors,
                before(policy.refresh_grace),
                Tx::sweep_successors,
            ),
            kind(|s| &mut s.revocations, over, Tx::sweep_revocations),
            kind(|s| &mut s.notices, before(NOTICE_AGE), Tx::sweep_notices),
            kind(|s| &mut s.resets, slack, Tx::sweep_resets),
            kind(|s| &mut s.setups, slack, Tx::sweep_setups),
            kind(|s| &mut s.secrets, over, Tx::sweep_secrets),
            kind(|s| &mut s.console, slack, Tx::sweep_console),
            kind(|s| &mut s.signed, slack, Tx::sweep_signed),
            kind(|s| &mut s.flows, before(admin::flows::KEPT), Tx::sweep_flows),
            kind(
                |s| &mut s.answers,
                before(admin::answers::KEPT),
                Tx::sweep_answers,
            ),
            kind(
                |s| &mut s.statistics,
                before(admin::statistics::KEPT),
                Tx::sweep_statistics,
            ),
            kind(|s| &mut s.sessions, old, Tx::sweep_sessions),
            kind(|s| &mut s.changes, 0, |tx, _| tx.sweep_changes()),
        ])
    }

    /// Removes some of each; what went, and the kinds of which as much went as may go at once. The others have nothing left, and
    /// are not looked at again under everybody's eyes.
    fn sweep(self, tx: &mut Tx) -> Result<(Swept, Self), StorageFault> {
        let (mut swept, mut left) = (Swept::default(), Vec::new());
        for (tally, broom) in self.0 {
            let rows = broom(tx)?;
            *tally(&mut swept) += rows;
            if rows == CHUNK as u64 {
                left.push((tally, broom));
            }
        }
        Ok((swept, Self(left)))
    }
}

impl Database {
    /// As [`sweep`](Self::sweep), unless another node does it; then nothing, and `None`. Of several nodes one sweeps; should it
    /// die, another does within two and a half minutes.
    ///
    /// # Errors
    /// As [`sweep`](Self::sweep).
    pub fn sweep_as(
        &self,
        node: &str,
        now: Timestamp,
        policy: &Policy,
    ) -> Result<Option<Swept>, StorageFault> {
        let node = node.to_owned();
        let lead = work::run(&Bare(self), Access::Write, move |tx: &mut Tx| {
            SWEEPING.lead(tx, &node, now)
        })?;
        match lead {
            Lead::Ours => self.sweep(now, policy).map(Some),
            Lead::Anothers => {
                // What is in memory every process forgets for itself.
                self.revocations().forget_expired(now);
                Ok(None)
            }
        }
    }

    /// Lets another node sweep: this one ends.
    ///
    /// # Errors
    /// Storage.
    pub fn give_up_sweeping(&self, node: &str) -> Result<(), StorageFault> {
        let node = node.to_owned();
        work::run(&Bare(self), Access::Write, move |tx: &mut Tx| {
            SWEEPING.give_up(tx, &node)
        })
    }

    /// Removes what has expired by `now` under `policy`. Grants and browsers are looked through a part at a
    /// time: a very large table takes several sweeps. Waits for the database; call it from a thread that may, once a minute.
    ///
    /// # Errors
    /// Storage. What earlier units of work removed stays removed.
    pub fn sweep(&self, now: Timestamp, policy: &Policy) -> Result<Swept, StorageFault> {
        self.revocations().forget_expired(now);
        if let Some(announcer) = self.announcer() {
            announcer.trim(now);
        }
        let crowded = work::run(&Bare(self), Access::Read, |tx: &mut Tx| tx.crowded_out());
        // Counting a table that nobody has swept may take longer than a statement has: what has expired goes all the same.
        let crowded = crowded.unwrap_or_else(|fault: StorageFault| {
            tracing::warn!(%fault, "saved requests could not be counted");
            None
        });
        let mut total = Swept::default();
        let mut round = Round::first(now, crowded, policy);
        for _ in 0..ROUNDS {
            let (swept, left) = work::run(&Bare(self), Access::Write, move |tx: &mut Tx| round.sweep(tx))?;
            total.add(swept);
            round = left;
            if round.0.is_empty() {
                break;
            }
        }
        for _ in 0..BROWSER_ROUNDS {
            let (removed, after) = self.sweep_next_browsers(now, policy)?;
            total.browsers += removed;
            if after.is_empty() {
                break;
            }
        }
        for _ in 0..GRANT_ROUNDS {
            let (removed, after) = self.sweep_next_grants(now, policy)?;
            total.grants += removed;
            if after.is_empty() {
                break;
            }
        }
        Ok(total)
    }

    /// The next part of the grants; how many went, and after which to go on, or nothing when that was the last part.
    fn sweep_next_grants(&self, now: Timestamp, policy: &Policy) -> Result<(u64, String), StorageFault> {
        let mut place = self.swept_grants.lock().unwrap_or_else(PoisonError::into_inner);
        let (after, policy) = (place.clone(), policy.clone());
        let (removed, next) = work::run(&Bare(self), Access::Write, move |tx: &mut Tx| {
            tx.sweep_grants(&after, now, &policy)
        })?;
        place.clone_from(&next);
        Ok((removed, next))
    }

    /// The next part of the browsers, likewise.
    fn sweep_next_browsers(&self, now: Timestamp, policy: &Policy) -> Result<(u64, String), StorageFault> {
        let mut place = self.swept_browsers.lock().unwrap_or_else(PoisonError::into_inner);
        let after = place.clone();
        let old = now.minus(policy.session_absolute).minus(SLACK).as_millis();
        let (removed, next) = work::run(&Bare(self), Access::Write, move |tx: &mut Tx| {
            tx.sweep_browsers(&after, old)
        })?;
        place.clone_from(&next);
        Ok((removed, next))
    }
}

impl Tx {
    /// Saved requests that expire until then are more than are kept; nothing where all fit.
    fn crowded_out(&mut self) -> Result<Option<i64>, StorageFault> {
        on!(&mut self.conn, |c| interactions::table
            .order(interactions::expires_at.desc())
            .offset(MOST_INTERACTIONS)
            .limit(1)
            .select(interactions::expires_at)
            .first(c)
            .optional())
    }

    fn sweep_interactions(&mut self, until: i64) -> Result<u64, StorageFault> {
        let ids: Vec<String> = on!(&mut self.conn, |c| interactions::table
            .filter(interactions::expires_at.le(until))
            .order(interactions::expires_at)
            .limit(CHUNK)
            .select(interactions::id)
            .load(c))?;
        let expired = interactions::table.filter(interactions::id.eq_any(ids));
        on!(&mut self.conn, |c| diesel::delete(expired).execute(c)).map(|rows| rows as u64)
    }

    fn sweep_throttles(&mut self, now: i64) -> Result<u64, StorageFault> {
        let keys: Vec<String> = on!(&mut self.conn, |c| throttles::table
            .filter(throttles::until.le(now))
            .limit(CHUNK)
            .select(throttles::key)
            .load(c))?;
        let expired = throttles::table.filter(throttles::key.eq_any(keys));
        on!(&mut self.conn, |c| diesel::delete(expired).execute(c)).map(|rows| rows as u64)
    }

    fn sweep_successors(&mut self, spent_before: i64) -> Result<u64, StorageFault> {
        let digests: Vec<Vec<u8>> = on!(&mut self.conn, |c| refresh_tokens::table
            .filter(refresh_tokens::sealed_successor.is_not_null())
            .filter(refresh_tokens::spent_at.lt(spent_before))
            .limit(CHUNK)
            .select(refresh_tokens::digest)
            .load(c))?;
        let over = refresh_tokens::table.filter(refresh_tokens::digest.eq_any(digests));
        on!(&mut self.conn, |c| diesel::update(over)
            .set(refresh_tokens::sealed_successor.eq(None::<Vec<u8>>))
            .execute(c))
        .map(|rows| rows as u64)
    }

    fn sweep_revocations(&mut self, now: i64) -> Result<u64, StorageFault> {
        let ids: Vec<String> = on!(&mut self.conn, |c| revocations::table
            .filter(revocations::expires_at.le(now))
            .limit(CHUNK)
            .select(revocations::id)
            .load(c))?;
        // Once more by age: another kind of thing may have the same name.
        let expired = revocations::table
            .filter(revocations::id.eq_any(ids))
            .filter(revocations::expires_at.le(now));
        on!(&mut self.conn, |c| diesel::delete(expired).execute(c)).map(|rows| rows as u64)
    }

    fn sweep_notices(&mut self, created_before: i64) -> Result<u64, StorageFault> {
        let ids: Vec<String> = on!(&mut self.conn, |c| logout_notices::table
            .filter(logout_notices::created_at.lt(created_before))
            .limit(CHUNK)
            .select(logout_notices::id)
            .load(c))?;
        let old = logout_notices::table.filter(logout_notices::id.eq_any(ids));
        on!(&mut self.conn, |c| diesel::delete(old).execute(c)).map(|rows| rows as u64)
    }

    fn sweep_resets(&mut self, expired_before: i64) -> Result<u64, StorageFault> {
        let digests: Vec<Vec<u8>> = on!(&mut self.conn, |c| password_resets::table
            .filter(password_resets::expires_at.lt(expired_before))
            .limit(CHUNK)
            .select(password_resets::token_digest)
            .load(c))?;
        let old = password_resets::table.filter(password_resets::token_digest.eq_any(digests));
        on!(&mut self.conn, |c| diesel::delete(old).execute(c)).map(|rows| rows as u64)
    }

    /// One for each start of a server without administrators: all of them at once.
    fn sweep_setups(&mut self, expired_before: i64) -> Result<u64, StorageFault> {
        let old = setup_links::table.filter(setup_links::expires_at.lt(expired_before));
        on!(&mut self.conn, |c| diesel::delete(old).execute(c)).map(|rows| rows as u64)
    }

    /// Each was good beside another one for a while: there are never many.
    fn sweep_secrets(&mut self, now: i64) -> Result<u64, StorageFault> {
        let expired = client_secrets::table.filter(client_secrets::expires_at.le(now));
        on!(&mut self.conn, |c| diesel::delete(expired).execute(c)).map(|rows| rows as u64)
    }

    fn sweep_console(&mut self, expired_before: i64) -> Result<u64, StorageFault> {
        let digests: Vec<Vec<u8>> = on!(&mut self.conn, |c| console_sessions::table
            .filter(console_sessions::expires_at.lt(expired_before))
            .limit(CHUNK)
            .select(console_sessions::secret_digest)
            .load(c))?;
        let old = console_sessions::table.filter(console_sessions::secret_digest.eq_any(digests));
        on!(&mut self.conn, |c| diesel::delete(old).execute(c)).map(|rows| rows as u64)
    }

    /// A few rows a minute for each key and client: all of them at once.
    fn sweep_signed(&mut self, expired_before: i64) -> Result<u64, StorageFault> {
        let old = signed_tokens::table.filter(signed_tokens::until.lt(expired_before));
        on!(&mut self.conn, |c| diesel::delete(old).execute(c)).map(|rows| rows as u64)
    }

    /// Those that are too old; and where more than enough are left, those before the newest that fit.
    fn sweep_flows(&mut self, old: i64) -> Result<u64, StorageFault> {
        let first_too_many: Option<i64> = on!(&mut self.conn, |c| flows::table
            .order(flows::at.desc())
            .offset(i64::from(admin::flows::MOST))
            .limit(1)
            .select(flows::at)
            .first(c)
            .optional())?;
        let until = first_too_many.map_or(old, |at| old.max(at - 1));
        let ids: Vec<String> = on!(&mut self.conn, |c| flows::table
            .filter(flows::at.le(until))
            .order(flows::at)
            .limit(CHUNK)
            .select(flows::id)
            .load(c))?;
        let gone = flows::table.filter(flows::id.eq_any(ids));
        on!(&mut self.conn, |c| diesel::delete(gone).execute(c)).map(|rows| rows as u64)
    }

    /// As with flows.
    fn sweep_answers(&mut self, old: i64) -> Result<u64, StorageFault> {
        let first_too_many: Option<i64> = on!(&mut self.conn, |c| kept_answers::table
            .order(kept_answers::at.desc())
            .offset(i64::from(admin::answers::MOST))
            .limit(1)
            .select(kept_answers::at)
            .first(c)
            .optional())?;
        let until = first_too_many.map_or(old, |at| old.max(at));
        let keys: Vec<Vec<u8>> = on!(&mut self.conn, |c| kept_answers::table
            .filter(kept_answers::at.le(until))
            .order(kept_answers::at)
            .limit(CHUNK)
            .select(kept_answers::key_digest)
            .load(c))?;
        let gone = kept_answers::table.filter(kept_answers::key_digest.eq_any(keys));
        on!(&mut self.conn, |c| diesel::delete(gone).execute(c)).map(|rows| rows as u64)
    }

    /// A few rows an hour: all of them at once.
    fn sweep_statistics(&mut self, old: i64) -> Result<u64, StorageFault> {
        let gone = statistics::table.filter(statistics::hour.lt(old));
        on!(&mut self.conn, |c| diesel::delete(gone).execute(c)).map(|rows| rows as u64)
    }

    fn sweep_sessions(&mut self, created_before: i64) -> Result<u64, StorageFault> {
        let ids: Vec<String> = on!(&mut self.conn, |c| sessions::table
            .filter(sessions::created_at.lt(created_before))
            .limit(CHUNK)
            .select(sessions::sid)
            .load(c))?;
        let old = sessions::table.filter(sessions::sid.eq_any(ids));
        on!(&mut self.conn, |c| diesel::delete(old).execute(c)).map(|rows| rows as u64)
    }

    /// Looks at the next browsers by id, as with grants: most of the old ones are in use.
    fn sweep_browsers(&mut self, after: &str, created_before: i64) -> Result<(u64, String), StorageFault> {
        let last: Option<String> = on!(&mut self.conn, |c| browsers::table
            .filter(browsers::id.gt(after))
            .order(browsers::id)
            .offset(CHUNK - 1)
            .limit(1)
            .select(browsers::id)
            .first(c)
            .optional())?;
        let here = sessions::table.filter(sessions::browser_id.eq(browsers::id));
        let ids: Vec<String> = on!(&mut self.conn, |c| browsers::table
            .filter(browsers::id.gt(after))
            .filter(browsers::id.le(last.as_deref().unwrap_or("g")))
            .filter(browsers::created_at.lt(created_before))
            .filter(not(exists(here)))
            .select(browsers::id)
            .load(c))?;
        let empty = browsers::table.filter(browsers::id.eq_any(ids));
        let removed = on!(&mut self.conn, |c| diesel::delete(empty).execute(c))?;
        Ok((removed as u64, last.unwrap_or_default()))
    }

    /// The newest row always stays: the watchers see by its number what they have missed.
    fn sweep_changes(&mut self) -> Result<u64, StorageFault> {
        let ends: (Option<i64>, Option<i64>) = (
            on!(&mut self.conn, |c| changes::table
                .select(min(changes::seq))
                .first(c))?,
            on!(&mut self.conn, |c| changes::table
                .select(max(changes::seq))
                .first(c))?,
        );
        let (Some(oldest), Some(newest)) = ends else {
            return Ok(0);
        };
        let until = (newest - KEPT_CHANGES).min(oldest + CHUNK - 1);
        let old = changes::table.filter(changes::seq.le(until));
        on!(&mut self.conn, |c| diesel::delete(old).execute(c)).map(|rows| rows as u64)
    }

    /// Looks at the next grants by id; how many went, and where to go on. Ids begin with their time, so every grant is
    /// looked at once per pass however many come in meanwhile.
    fn sweep_grants(
        &mut self,
        after: &str,
        now: Timestamp,
        policy: &Policy,
    ) -> Result<(u64, String), StorageFault> {
        let last: Option<String> = on!(&mut self.conn, |c| grants::table
            .filter(grants::id.gt(after))
            .order(grants::id)
            .offset(CHUNK - 1)
            .limit(1)
            .select(grants::id)
            .first(c)
            .optional())?;
        // Beyond every UUID.
        let until = last.as_deref().unwrap_or("g");
        // Before this, an access token has expired for everybody, whatever its resource allowed it.
        let horizon = now.minus(LONGEST_ACCESS_TTL).minus(policy.leeway).minus(SLACK);
        let living_token = refresh_tokens::table
            .filter(refresh_tokens::grant_id.eq(grants::id))
            .filter(refresh_tokens::issued_at.ge(horizon.minus(policy.refresh_idle).as_millis()));
        let then = horizon.as_millis();
        // A code nobody came with: nothing was ever issued for it.
        let expired = now.minus(SLACK).as_millis();
        let dead = grants::table
            .filter(grants::id.gt(after))
            .filter(grants::id.le(until))
            .filter(
                grants::revoked_at
                    .lt(then)
                    .or(grants::created_at
                        .nullable()
                        .lt(horizon.minus(policy.refresh_max).as_millis()))
                    .or(grants::code_redeemed_at
                        .is_null()
                        .and(grants::code_expires_at.lt(expired))
                        .nullable())
                    .or(grants::code_redeemed_at.lt(then).and(not(exists(living_token)))),
            )
            .select(grants::id);
        let ids: Vec<String> = on!(&mut self.conn, |c| dead.load(c))?;
        // One that was used for months has a thousand tokens: while these are many they go first, and the part is looked at again.
        let digests: Vec<Vec<u8>> = on!(&mut self.conn, |c| refresh_tokens::table
            .filter(refresh_tokens::grant_id.eq_any(&ids))
            .limit(TOKENS)
            .select(refresh_tokens::digest)
            .load(c))?;
        if digests.len() as i64 == TOKENS {
            let some = refresh_tokens::table.filter(refresh_tokens::digest.eq_any(digests));
            on!(&mut self.conn, |c| diesel::delete(some).execute(c))?;
            return Ok((0, after.to_owned()));
        }
        let gone = grants::table.filter(grants::id.eq_any(ids));
        let removed = on!(&mut self.conn, |c| diesel::delete(gone).execute(c))?;
        Ok((removed as u64, last.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::database::OpenMode;

    const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

    #[test]
    fn only_what_has_more_to_give_is_looked_at_again() {
        let dir = TempDir::new().unwrap();
        let url = format!("sqlite://{}", dir.path().join("signet.db").display());
        let db = Database::open(&url, OpenMode::Create).unwrap();
        let rounds = work::run(&Bare(&db), Access::Write, |tx: &mut Tx| {
            let rows = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <";
            for (table, many) in [("throttles", 1_200), ("interactions", 499)] {
                let filled = format!("{rows} {many}) INSERT INTO {table} SELECT i, 0, 0 FROM n");
                tx.conn.batch(&filled).map_err(crate::conn::unavailable)?;
            }
            let (mut rounds, mut round) = (Vec::new(), Round::first(NOW, None, &Policy::default()));
            while !round.0.is_empty() {
                let looked_at = round.0.len();
                let (swept, left) = round.sweep(tx)?;
                rounds.push((looked_at, swept.throttles, swept.interactions));
                round = left;
            }
            Ok::<_, StorageFault>(rounds)
        });
        assert_eq!(rounds.unwrap(), [(15, 500, 499), (1, 500, 0), (1, 200, 0)]);
    }
}
