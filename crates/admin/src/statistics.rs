//! Numbers by the hour: how many signed in and how that went, what tokens were for, how many sessions live, how fast answers
//! are.
//!
//! Every node adds what it counted once a minute. Where the numbers come from is the adapters' business; this is what they
//! mean, and who may see them.

use std::collections::BTreeMap;
use std::time::Duration;

use kernel::{Ctx, StorageFault, Timestamp};

use crate::actor::Actor;
use crate::authority::Permission;
use crate::fault::AdminFault;

/// How long numbers are kept.
pub const KEPT: Duration = Duration::from_secs(14 * 24 * 3600);
/// Hours that can be asked for.
pub const MOST_HOURS: u32 = 14 * 24;
const HOUR: Duration = Duration::from_secs(3600);
/// The label of a measure that has no kinds.
pub const WHOLE: &str = "";
/// The label of answers that took longer than every other bound.
pub const BEYOND: &str = "inf";

/// Permissions that open a view of something; whoever has one may see how much is going on.
const VIEWS: [Permission; 6] = [
    Permission::ViewKeys,
    Permission::ViewPeople,
    Permission::ViewSessions,
    Permission::ViewApplications,
    Permission::ViewFlows,
    Permission::ViewAudit,
];

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// Attempts to sign in, by outcome.
    Logins,
    /// Access tokens, by grant type.
    Tokens,
    /// Answers, by the milliseconds within which they came; [`BEYOND`] for the rest.
    Answers,
    /// Sessions that live, counted once in the hour.
    Sessions,
    /// Letters, by outcome.
    Letters,
    /// Refresh tokens that two parties had.
    RefreshReuse,
}

impl Measure {
    /// Every one.
    pub const ALL: [Measure; 6] = [
        Measure::Logins,
        Measure::Tokens,
        Measure::Answers,
        Measure::Sessions,
        Measure::Letters,
        Measure::RefreshReuse,
    ];

    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Measure::Logins => "logins",
            Measure::Tokens => "tokens",
            Measure::Answers => "answers",
            Measure::Sessions => "sessions",
            Measure::Letters => "letters",
            Measure::RefreshReuse => "refresh_reuse",
        }
    }

    /// From storage. A newer program may count what this one does not know.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.as_str() == text)
    }
}

/// A number of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Of what.
    pub measure: Measure,
    /// Which kind of it.
    pub label: String,
    /// How many.
    pub value: u64,
}

/// Numbers at rest.
pub trait Statistics {
    /// Adds these to what is known of the hour that begins at `hour`.
    ///
    /// # Errors
    /// Storage.
    fn add_samples(&mut self, hour: Timestamp, samples: &[Sample]) -> Result<(), StorageFault>;
    /// Keeps a number that is taken once in an hour. Whoever is second changes nothing.
    ///
    /// # Errors
    /// Storage.
    fn keep_sample(&mut self, hour: Timestamp, sample: &Sample) -> Result<(), StorageFault>;
    /// Everything known of the hours from `from` on, the oldest first.
    ///
    /// # Errors
    /// Storage.
    fn samples(&mut self, from: Timestamp) -> Result<Vec<(Timestamp, Sample)>, StorageFault>;
    /// How many sessions live: not ended, seen after `seen`, begun after `begun`.
    ///
    /// # Errors
    /// Storage.
    fn count_sessions(&mut self, seen: Timestamp, begun: Timestamp) -> Result<u64, StorageFault>;
}

/// The beginning of an hour.
pub fn hour_of(at: Timestamp) -> Timestamp {
    let hour = 3_600_000;
    Timestamp::from_millis(at.as_millis().div_euclid(hour) * hour)
}

/// Adds what this node counted. Called once a minute.
///
/// # Errors
/// Storage.
pub fn add(tx: &mut (impl Statistics + ?Sized), ctx: &Ctx, samples: &[Sample]) -> Result<(), StorageFault> {
    tx.add_samples(hour_of(ctx.now()), samples)
}

/// How many sessions live at this moment, unless that is known of this hour.
///
/// # Errors
/// Storage.
pub fn sessions_now(tx: &mut (impl Statistics + ?Sized), ctx: &Ctx) -> Result<Option<Sample>, StorageFault> {
    let known = tx.samples(hour_of(ctx.now()))?;
    if known
        .iter()
        .any(|(_, sample)| sample.measure == Measure::Sessions)
    {
        return Ok(None);
    }
    Ok(Some(Sample {
        measure: Measure::Sessions,
        label: WHOLE.to_owned(),
        value: live_sessions(tx, ctx)?,
    }))
}

/// How many sessions live at this moment, counted by storage: there may be very many.
pub(crate) fn live_sessions(tx: &mut (impl Statistics + ?Sized), ctx: &Ctx) -> Result<u64, StorageFault> {
    let (now, policy) = (ctx.now(), &ctx.policy);
    tx.count_sessions(now.minus(policy.session_idle), now.minus(policy.session_absolute))
}

/// Keeps how many there are as the number of this hour. Of several nodes the first one's counts.
///
/// # Errors
/// Storage.
pub fn keep_sessions(
    tx: &mut (impl Statistics + ?Sized),
    ctx: &Ctx,
    sample: &Sample,
) -> Result<(), StorageFault> {
    tx.keep_sample(hour_of(ctx.now()), sample)
}

/// The numbers of one hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hour {
    /// When it began.
    pub at: Timestamp,
    counts: BTreeMap<Measure, BTreeMap<String, u64>>,
}

impl Hour {
    /// An hour of which nothing is known.
    pub fn empty(at: Timestamp) -> Self {
        Self {
            at,
            counts: BTreeMap::new(),
        }
    }

    /// One more number of it.
    pub fn take(&mut self, sample: Sample) {
        let of_measure = self.counts.entry(sample.measure).or_default();
        *of_measure.entry(sample.label).or_default() += sample.value;
    }

    /// Takes what is known of another hour into one: counts add up; of sessions the most there were.
    pub fn absorb(&mut self, other: &Hour) {
        for (measure, kinds) in &other.counts {
            let own = self.counts.entry(*measure).or_default();
            for (label, value) in kinds {
                let known = own.entry(label.clone()).or_default();
                *known = match measure {
                    Measure::Sessions => (*known).max(*value),
                    _ => *known + value,
                };
            }
        }
    }

    /// How many of a kind.
    pub fn count(&self, measure: Measure, label: &str) -> u64 {
        let of_measure = self.counts.get(&measure);
        of_measure.and_then(|own| own.get(label)).copied().unwrap_or(0)
    }

    /// How many of each kind, by its label.
    pub fn kinds(&self, measure: Measure) -> impl Iterator<Item = (&str, u64)> {
        let of_measure = self.counts.get(&measure).into_iter().flatten();
        of_measure.map(|(label, count)| (label.as_str(), *count))
    }

    /// How many of all kinds.
    pub fn total(&self, measure: Measure) -> u64 {
        self.counts.get(&measure).map_or(0, |own| own.values().sum())
    }

    /// Sessions that lived; nothing where nobody counted.
    pub fn sessions(&self) -> Option<u64> {
        self.counts.get(&Measure::Sessions)?.get(WHOLE).copied()
    }

    /// In how much time 95 of 100 answers came, within the bound it is known by; nothing where there were none.
    pub fn p95(&self) -> Option<Duration> {
        let own = self.counts.get(&Measure::Answers)?;
        let mut bounds: Vec<(u64, u64)> = own
            .iter()
            .map(|(label, count)| (label.parse().unwrap_or(u64::MAX), *count))
            .collect();
        bounds.sort_unstable();
        percentile(&bounds, 95)
    }
}

/// The time within which `percent` of all answers came: between the bounds of the bucket it falls into, as Prometheus
/// estimates it. `bounds` are milliseconds and counts, ascending; the last may be beyond all bounds.
fn percentile(bounds: &[(u64, u64)], percent: u64) -> Option<Duration> {
    let total: u64 = bounds.iter().map(|(_, count)| count).sum();
    // At least one.
    let rank = total.checked_mul(percent)?.div_ceil(100).max(1);
    let (mut below, mut seen) = (0, 0);
    for (bound, count) in bounds.iter().filter(|(_, count)| *count > 0) {
        if seen + count >= rank {
            // Nothing is known of how long those beyond took.
            let upper = if *bound == u64::MAX { below } else { *bound };
            let micros = (upper - below) * 1000 * (rank - seen) / count;
            return Some(Duration::from_micros(below * 1000 + micros));
        }
        seen += count;
        below = *bound;
    }
    None
}

/// The last `hours` hours, the oldest first and the present one last; hours of which nothing is known are there, empty.
///
/// # Errors
/// `Forbidden` for who may see nothing; `Storage`.
pub fn series(
    tx: &mut (impl Statistics + ?Sized),
    ctx: &Ctx,
    actor: &Actor,
    hours: u32,
) -> Result<Vec<Hour>, AdminFault> {
    if !VIEWS.iter().any(|view| actor.may().contain(*view)) {
        return Err(AdminFault::Forbidden(
            "you may not see how much is going on".to_owned(),
        ));
    }
    Ok(last(tx, ctx, hours)?)
}

/// As [`series`], for use-cases that asked for their own permission.
pub(crate) fn last(
    tx: &mut (impl Statistics + ?Sized),
    ctx: &Ctx,
    hours: u32,
) -> Result<Vec<Hour>, StorageFault> {
    let (now, hours) = (hour_of(ctx.now()), hours.clamp(1, MOST_HOURS));
    let mut all: BTreeMap<Timestamp, Hour> = (0..hours)
        .map(|ago| now.minus(HOUR * ago))
        .map(|at| (at, Hour::empty(at)))
        .collect();
    for (at, sample) in tx.samples(now.minus(HOUR * (hours - 1)))? {
        if let Some(hour) = all.get_mut(&at) {
            hour.take(sample);
        }
    }
    Ok(all.into_values().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(bounds: &[(u64, u64)]) -> Option<u128> {
        percentile(bounds, 95).map(|it| it.as_millis())
    }

    #[test]
    fn the_ninety_fifth_of_a_hundred_lies_in_its_bucket() {
        assert_eq!(millis(&[]), None);
        assert_eq!(millis(&[(5, 0)]), None);
        assert_eq!(millis(&[(10, 100)]), Some(9));
        assert_eq!(millis(&[(5, 90), (10, 10)]), Some(7));
        assert_eq!(millis(&[(5, 94), (100, 0), (250, 6)]), Some(45));
        // Beyond the last bound nothing more is known than that.
        assert_eq!(millis(&[(5, 1), (10_000, 1), (u64::MAX, 98)]), Some(10_000));
        assert_eq!(millis(&[(u64::MAX, 3)]), Some(0));
    }

    #[test]
    fn measures_read_back() {
        for measure in Measure::ALL {
            assert_eq!(Measure::parse(measure.as_str()), Some(measure));
        }
        assert_eq!(Measure::parse("made up"), None);
        let at = Timestamp::from_secs(7_261);
        assert_eq!(hour_of(at), Timestamp::from_secs(7_200));
    }
}
