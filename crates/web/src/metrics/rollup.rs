//! What the counters say, for the numbers by the hour: the same counters Prometheus reads, added up over what the console
//! does not tell apart. Counting costs nothing more for it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use admin::statistics::{BEYOND, Measure, Sample, WHOLE};
use kernel::Timestamp;
use prometheus::core::Collector;
use prometheus::proto::{Metric, MetricFamily};
use token::endpoint::GrantType;

use super::{LoginOutcome, Metrics, NO_ROUTE};

/// Where files are that never change; see `assets`.
const FILES: &str = "/static/";

/// How far the counters had come when they were last stored.
#[derive(Debug, Default)]
pub(crate) struct Rollup(Mutex<Stored>);

#[derive(Debug, Default)]
struct Stored {
    totals: HashMap<(Measure, String), u64>,
    /// The last hour in which sessions were counted.
    sessions: Option<Timestamp>,
}

impl Rollup {
    /// What was counted since the last time; nothing that did not move.
    pub(crate) fn counted(&self, metrics: &Metrics) -> Vec<Sample> {
        let stored = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut counted = metrics.totals();
        for sample in &mut counted {
            let before = stored.totals.get(&(sample.measure, sample.label.clone()));
            sample.value = sample.value.saturating_sub(before.copied().unwrap_or(0));
        }
        counted.retain(|sample| sample.value > 0);
        counted
    }

    /// These were stored.
    pub(crate) fn stored(&self, counted: &[Sample]) {
        let mut stored = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for sample in counted {
            let total = stored.totals.entry((sample.measure, sample.label.clone()));
            *total.or_default() += sample.value;
        }
    }

    /// Whether sessions were not yet counted in this hour.
    pub(crate) fn begins(&self, hour: Timestamp) -> bool {
        let stored = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        stored.sessions != Some(hour)
    }

    /// Now they were.
    pub(crate) fn has_sessions(&self, hour: Timestamp) {
        let mut stored = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        stored.sessions = Some(hour);
    }
}

impl Metrics {
    /// All that the console shows, since the process began.
    fn totals(&self) -> Vec<Sample> {
        let mut totals = Vec::new();
        let mut add = |measure, label: &str, value| {
            totals.push(Sample {
                measure,
                label: label.to_owned(),
                value,
            });
        };
        for outcome in LoginOutcome::ALL.map(LoginOutcome::as_str) {
            add(
                Measure::Logins,
                outcome,
                self.logins.with_label_values(&["password", outcome]).get(),
            );
        }
        for grant in GrantType::ALL.map(GrantType::as_str) {
            let issued = self.tokens.with_label_values(&[grant, "access_token"]).get();
            add(Measure::Tokens, grant, issued);
        }
        add(Measure::RefreshReuse, WHOLE, self.refresh_reuse.get());
        for (outcome, count) in by_label(&self.mail.collect(), "outcome") {
            add(Measure::Letters, &outcome, count);
        }
        for (bound, count) in answers(&self.durations.collect()) {
            add(Measure::Answers, &bound, count);
        }
        totals
    }
}

fn metrics_of(families: &[MetricFamily]) -> impl Iterator<Item = &Metric> {
    families.iter().flat_map(MetricFamily::get_metric)
}

fn label<'a>(metric: &'a Metric, name: &str) -> &'a str {
    let pairs = metric.get_label().iter();
    pairs
        .filter(|pair| pair.name() == name)
        .map(|pair| pair.value())
        .next()
        .unwrap_or_default()
}

/// A counter added up by one of its labels.
fn by_label(families: &[MetricFamily], name: &str) -> HashMap<String, u64> {
    let mut sums = HashMap::new();
    for metric in metrics_of(families) {
        // Counts are whole; this many are never reached.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a counter of whole things"
        )]
        let count = metric.get_counter().get_value() as u64;
        *sums.entry(label(metric, name).to_owned()).or_default() += count;
    }
    sums
}

/// How many answers came within which bound and not within the one below. Files that never change would flatter us.
fn answers(families: &[MetricFamily]) -> HashMap<String, u64> {
    let mut sums = HashMap::new();
    for metric in metrics_of(families) {
        let route = label(metric, "http_route");
        if route == NO_ROUTE || route.starts_with(FILES) {
            continue;
        }
        let histogram = metric.get_histogram();
        let mut below = 0;
        for bucket in histogram.get_bucket() {
            let within = bucket.cumulative_count();
            let bound = bucket.upper_bound();
            if bound.is_finite() {
                let millis = (bound * 1000.0).round();
                *sums.entry(millis.to_string()).or_default() += within - below;
                below = within;
            }
        }
        *sums.entry(BEYOND.to_owned()).or_default() += histogram.get_sample_count() - below;
    }
    sums
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use actix_web::http::{Method, StatusCode};

    use super::*;

    fn value(samples: &[Sample], measure: Measure, label: &str) -> Option<u64> {
        let found = samples
            .iter()
            .find(|sample| sample.measure == measure && sample.label == label);
        found.map(|sample| sample.value)
    }

    #[test]
    fn only_what_moved_is_stored_and_only_once() {
        let (metrics, rollup) = (Metrics::new().unwrap(), Rollup::default());
        assert_eq!(rollup.counted(&metrics), []);
        metrics.login(LoginOutcome::Refused);
        metrics.letter("password_changed", crate::metrics::MailOutcome::Lost);
        metrics.letter("token_reused", crate::metrics::MailOutcome::Lost);
        let counted = rollup.counted(&metrics);
        assert_eq!(value(&counted, Measure::Logins, "refused"), Some(1));
        assert_eq!(value(&counted, Measure::Letters, "lost"), Some(2));
        assert_eq!(counted.len(), 2);
        // Storage was away: the same once more.
        metrics.login(LoginOutcome::Refused);
        let counted = rollup.counted(&metrics);
        assert_eq!(value(&counted, Measure::Logins, "refused"), Some(2));
        rollup.stored(&counted);
        assert_eq!(rollup.counted(&metrics), []);
    }

    #[test]
    fn answers_are_told_by_the_bound_they_came_within() {
        let (metrics, rollup) = (Metrics::new().unwrap(), Rollup::default());
        let asset = format!("{}{{name}}", FILES);
        let answered = [
            (Some("/token"), 3),
            (Some("/token"), 3),
            (Some("/authorize"), 7),
            (Some("/token"), 30_000),
            (Some(&*asset), 1),
            (None, 1),
        ];
        for (route, millis) in answered {
            metrics.answered(&Method::GET, route, StatusCode::OK, Duration::from_millis(millis));
        }
        let counted = rollup.counted(&metrics);
        let told = ["5", "10", "25", BEYOND].map(|bound| value(&counted, Measure::Answers, bound));
        assert_eq!(told, [Some(2), Some(1), None, Some(1)]);
    }
}
