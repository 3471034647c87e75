//! The four charts of the first page: what each shows, in which words.

use admin::statistics::{Hour, Measure};
use kernel::Timestamp;
use token::endpoint::GrantType;

use super::chart::{Chart, Shape, Told};
use super::words::{counted, number};

/// How far back the charts look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// A day, by the hour.
    Day,
    /// A week, by six hours.
    Week,
    /// All there is, by twelve.
    Fortnight,
}

impl Reach {
    pub(crate) const ALL: [Reach; 3] = [Reach::Day, Reach::Week, Reach::Fortnight];

    /// As it stands in the address.
    pub(crate) fn parse(text: Option<&str>) -> Self {
        let named = |reach: &Reach| Some(reach.as_str()) == text;
        Self::ALL.into_iter().find(named).unwrap_or(Reach::Day)
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Reach::Day => "day",
            Reach::Week => "week",
            Reach::Fortnight => "fortnight",
        }
    }

    pub(crate) fn title(self) -> &'static str {
        match self {
            Reach::Day => "24 hours",
            Reach::Week => "7 days",
            Reach::Fortnight => "14 days",
        }
    }

    /// How many hours are asked for.
    pub(crate) fn hours(self) -> u32 {
        match self {
            Reach::Day => 24,
            Reach::Week => 7 * 24,
            Reach::Fortnight => 14 * 24,
        }
    }

    /// How many of them are one moment of a chart.
    fn slot(self) -> i64 {
        match self {
            Reach::Day => 1,
            Reach::Week => 6,
            Reach::Fortnight => 12,
        }
    }
}

/// Hours put together to the moments of a chart, which begin with the day.
fn slots(hours: &[Hour], reach: Reach) -> Vec<Hour> {
    let millis = reach.slot() * 3_600_000;
    let mut slots: Vec<Hour> = Vec::new();
    for hour in hours {
        let at = Timestamp::from_millis(hour.at.as_millis().div_euclid(millis) * millis);
        match slots.last_mut() {
            Some(last) if last.at == at => last.absorb(hour),
            _ => {
                let mut slot = Hour::empty(at);
                slot.absorb(hour);
                slots.push(slot);
            }
        }
    }
    slots
}

/// All four.
pub(crate) fn charts(hours: &[Hour], reach: Reach, now: Timestamp) -> Vec<Chart> {
    let slots = slots(hours, reach);
    let mut whole = Hour::empty(now);
    hours.iter().for_each(|hour| whole.absorb(hour));
    [
        sign_ins(&slots, &whole, reach),
        tokens(&slots, &whole, reach),
        sessions(&slots),
        speed(&slots, &whole, reach),
    ]
    .map(|told| Chart::of(told, now))
    .into()
}

/// Counts of kinds, for bars.
fn counts(slots: &[Hour], measure: Measure, labels: &[&str]) -> Vec<(Timestamp, Vec<Option<f64>>)> {
    let of = |slot: &Hour| {
        let count = |label: &&str| Some(float(slot.count(measure, label)));
        (slot.at, labels.iter().map(count).collect())
    };
    slots.iter().map(of).collect()
}

#[expect(clippy::cast_precision_loss, reason = "for a picture")]
fn float(count: u64) -> f64 {
    count as f64
}

fn sign_ins(slots: &[Hour], whole: &Hour, reach: Reach) -> Told {
    let outcomes = ["success", "refused", "overloaded"];
    let [success, refused, overloaded] = outcomes.map(|label| whole.count(Measure::Logins, label));
    let mut sentence = format!(
        "{} and {} refused in {}.",
        counted(success, "sign-in"),
        number(refused),
        reach.title()
    );
    if overloaded > 0 {
        sentence.push_str(&format!(
            " {} not looked at, for want of time.",
            number(overloaded)
        ));
    }
    Told {
        title: "Sign-ins",
        sentence,
        kinds: vec!["signed in", "refused", "not looked at"],
        slots: counts(slots, Measure::Logins, &outcomes),
        shape: Shape::Bars,
        unit: "",
    }
}

fn tokens(slots: &[Hour], whole: &Hour, reach: Reach) -> Told {
    let grants = GrantType::ALL.map(GrantType::as_str);
    let issued = whole.total(Measure::Tokens);
    Told {
        title: "Access tokens",
        sentence: format!(
            "{} issued in {}, by grant.",
            counted(issued, "token"),
            reach.title()
        ),
        kinds: vec!["code", "refresh", "client credentials"],
        slots: counts(slots, Measure::Tokens, &grants),
        shape: Shape::Bars,
        unit: "",
    }
}

fn sessions(slots: &[Hour]) -> Told {
    let known = slots.iter().rev().find_map(Hour::sessions);
    Told {
        title: "Active sessions",
        sentence: match known {
            Some(sessions) => format!(
                "{} when last counted; counted once an hour.",
                counted(sessions, "session")
            ),
            None => "Not counted yet; that happens once an hour.".to_owned(),
        },
        kinds: vec!["sessions"],
        slots: slots
            .iter()
            .map(|slot| (slot.at, vec![slot.sessions().map(float)]))
            .collect(),
        shape: Shape::Line,
        unit: "",
    }
}

fn speed(slots: &[Hour], whole: &Hour, reach: Reach) -> Told {
    let millis = |hour: &Hour| hour.p95().map(|took| took.as_secs_f64() * 1000.0);
    Told {
        title: "Time to answer",
        sentence: match millis(whole) {
            Some(took) => format!("95 of 100 answers within {took:.0} ms in {}.", reach.title()),
            None => format!("No answers counted in {}.", reach.title()),
        },
        kinds: vec!["95th percentile"],
        slots: slots.iter().map(|slot| (slot.at, vec![millis(slot)])).collect(),
        shape: Shape::Line,
        unit: " ms",
    }
}

#[cfg(test)]
mod tests {
    use admin::statistics::Sample;

    use super::*;

    #[test]
    fn hours_of_a_slot_are_put_together_and_slots_begin_with_the_day() {
        let hours: Vec<Hour> = (4..12)
            .map(|hour| {
                let mut it = Hour::empty(Timestamp::from_secs(hour * 3600));
                it.take(Sample {
                    measure: Measure::Logins,
                    label: "success".to_owned(),
                    value: 1,
                });
                it
            })
            .collect();
        let slots = slots(&hours, Reach::Week);
        let seen: Vec<_> = slots
            .iter()
            .map(|slot| (slot.at.as_secs() / 3600, slot.total(Measure::Logins)))
            .collect();
        assert_eq!(seen, [(0, 2), (6, 6)]);
        let charts = charts(&hours, Reach::Day, Timestamp::from_secs(12 * 3600));
        assert_eq!(charts[0].sentence, "8 sign-ins and 0 refused in 24 hours.");
        assert_eq!(charts[3].sentence, "No answers counted in 24 hours.");
    }

    #[test]
    fn reaches_read_back() {
        for reach in Reach::ALL {
            assert_eq!(Reach::parse(Some(reach.as_str())), reach);
        }
        assert_eq!(Reach::parse(Some("century")), Reach::Day);
    }
}
