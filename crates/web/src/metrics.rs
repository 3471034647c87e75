//! What is counted for operators, in OpenTelemetry's names and Prometheus' form. `docs/operate/metrics.md` lists all of it.
//!
//! Owns the counters and their labels; [`scrape`] adds what is only looked up when somebody asks. Labels come from enums and
//! route patterns, so that nothing a request says can add a series, and none names a person or a client.

mod rollup;
mod scrape;

use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use prometheus::core::Collector;
use prometheus::{
    Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry,
};
use protocol::{ErrorCode, TokenResponse};
use token::endpoint::GrantType;

pub(crate) use rollup::Rollup;
pub(crate) use scrape::KeysSeen;
use scrape::Scraped;

/// The boundaries that OpenTelemetry's semantic conventions advise for the duration of requests, in seconds.
const SECONDS: [f64; 14] = [
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];

/// Stands for every path that is not ours.
const NO_ROUTE: &str = "none";

/// Counters that cannot be made: two of one name. A mistake in this file, found when the first test starts.
#[derive(Debug, thiserror::Error)]
#[error("metrics cannot be registered: {0}")]
pub struct MetricsFault(#[from] prometheus::Error);

/// Everything that is counted in one provider. Counting is a few atomic additions.
pub struct Metrics {
    registry: Registry,
    durations: HistogramVec,
    active: IntGauge,
    tokens: IntCounterVec,
    token_errors: IntCounterVec,
    logins: IntCounterVec,
    refresh_reuse: IntCounter,
    hashes: Histogram,
    mail: IntCounterVec,
    notices: IntCounterVec,
    flows: IntCounterVec,
    scraped: Scraped,
}

/// How a sign-in ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LoginOutcome {
    /// The person is in.
    Success,
    /// Wrong, unknown, locked or guessed too often: nobody outside may tell these apart, and no counter does.
    Refused,
    /// Too many passwords waited; this one was not looked at.
    Overloaded,
}

impl LoginOutcome {
    const ALL: [LoginOutcome; 3] = [Self::Success, Self::Refused, Self::Overloaded];

    fn as_str(self) -> &'static str {
        match self {
            LoginOutcome::Success => "success",
            LoginOutcome::Refused => "refused",
            LoginOutcome::Overloaded => "overloaded",
        }
    }
}

/// What became of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailOutcome {
    /// A mail server took it.
    Sent,
    /// Nobody did, and it is not tried again.
    Lost,
}

impl MailOutcome {
    fn as_str(self) -> &'static str {
        match self {
            MailOutcome::Sent => "sent",
            MailOutcome::Lost => "lost",
        }
    }
}

/// What became of one attempt to tell a client that somebody signed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeOutcome {
    /// The client has heard.
    Delivered,
    /// It has not, and is told again.
    Retried,
    /// It has not, often enough.
    GivenUp,
}

impl NoticeOutcome {
    const ALL: [NoticeOutcome; 3] = [Self::Delivered, Self::Retried, Self::GivenUp];

    fn as_str(self) -> &'static str {
        match self {
            NoticeOutcome::Delivered => "delivered",
            NoticeOutcome::Retried => "retried",
            NoticeOutcome::GivenUp => "given_up",
        }
    }
}

/// What became of the record of a refused request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FlowOutcome {
    /// It can be opened in the console.
    Recorded,
    /// There were too many, or storage was away.
    Dropped,
}

impl FlowOutcome {
    const ALL: [FlowOutcome; 2] = [Self::Recorded, Self::Dropped];

    fn as_str(self) -> &'static str {
        match self {
            FlowOutcome::Recorded => "recorded",
            FlowOutcome::Dropped => "dropped",
        }
    }
}

/// A request that is being answered. Dropping it ends that, also when the browser hung up.
pub(crate) struct Active<'a>(&'a IntGauge);

impl Drop for Active<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Metrics {
    /// All counters, at zero.
    ///
    /// # Errors
    /// [`MetricsFault`].
    pub fn new() -> Result<Self, MetricsFault> {
        let it = Registry::new();
        let metrics = Self {
            durations: kept(&it, durations()?)?,
            active: kept(
                &it,
                IntGauge::new("http_server_active_requests", "Requests being answered.")?,
            )?,
            tokens: kept(&it, tokens()?)?,
            token_errors: kept(&it, token_errors()?)?,
            logins: kept(&it, logins()?)?,
            refresh_reuse: kept(&it, refresh_reuse()?)?,
            hashes: kept(&it, hashes()?)?,
            mail: kept(&it, mail()?)?,
            notices: kept(&it, notices()?)?,
            flows: kept(&it, flows()?)?,
            scraped: Scraped::new(&it)?,
            registry: it,
        };
        metrics.begin_at_zero();
        Ok(metrics)
    }

    /// A series that appears with its first event hides that event from `rate()`; those that are sure to come begin now.
    fn begin_at_zero(&self) {
        for outcome in LoginOutcome::ALL {
            self.logins.with_label_values(&["password", outcome.as_str()]);
        }
        for outcome in NoticeOutcome::ALL {
            self.notices.with_label_values(&[outcome.as_str()]);
        }
        for outcome in FlowOutcome::ALL {
            self.flows.with_label_values(&[outcome.as_str()]);
        }
        for grant in GrantType::ALL {
            self.tokens.with_label_values(&[grant.as_str(), "access_token"]);
        }
    }

    /// A request has come in.
    pub(crate) fn began(&self) -> Active<'_> {
        self.active.inc();
        Active(&self.active)
    }

    /// A request was answered; `route` is the pattern that matched, if any did.
    pub(crate) fn answered(
        &self,
        method: &Method,
        route: Option<&str>,
        status: StatusCode,
        duration: Duration,
    ) {
        self.durations
            .with_label_values(&[method_label(method), route.unwrap_or(NO_ROUTE), status.as_str()])
            .observe(duration.as_secs_f64());
    }

    /// A token request was granted.
    pub(crate) fn issued(&self, grant: GrantType, tokens: &TokenResponse) {
        let count = |token| self.tokens.with_label_values(&[grant.as_str(), token]).inc();
        count("access_token");
        if tokens.refresh_token.is_some() {
            count("refresh_token");
        }
        if tokens.id_token.is_some() {
            count("id_token");
        }
    }

    /// A token request was not granted; `grant` where it got so far as to have one.
    pub(crate) fn token_refused(&self, grant: Option<GrantType>, error: ErrorCode) {
        let grant = grant.map_or("none", GrantType::as_str);
        self.token_errors
            .with_label_values(&[grant, error.as_str()])
            .inc();
    }

    /// A refresh token was presented that should no longer have been anywhere.
    pub(crate) fn refresh_reused(&self) {
        self.refresh_reuse.inc();
    }

    /// Somebody tried to sign in with a password.
    pub(crate) fn login(&self, outcome: LoginOutcome) {
        self.logins
            .with_label_values(&["password", outcome.as_str()])
            .inc();
    }

    /// A password was hashed, waiting for its turn included.
    pub(crate) fn hashed(&self, duration: Duration) {
        self.hashes.observe(duration.as_secs_f64());
    }

    /// A letter is dealt with; `template` is [`identity::notice::Notice::kind`].
    pub fn letter(&self, template: &'static str, outcome: MailOutcome) {
        self.mail.with_label_values(&[template, outcome.as_str()]).inc();
    }

    /// Records of refused requests were kept, or not.
    pub(crate) fn flows(&self, outcome: FlowOutcome, count: usize) {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        self.flows.with_label_values(&[outcome.as_str()]).inc_by(count);
    }

    /// A logout notice was tried.
    pub fn logout_notice(&self, outcome: NoticeOutcome) {
        self.notices.with_label_values(&[outcome.as_str()]).inc();
    }
}

/// Methods as OpenTelemetry bounds them: what no specification knows is one label.
pub(crate) fn method_label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "PATCH" => "PATCH",
        "CONNECT" => "CONNECT",
        "TRACE" => "TRACE",
        _ => "_OTHER",
    }
}

/// Puts it into the registry as well.
fn kept<C: Collector + Clone + 'static>(registry: &Registry, collector: C) -> Result<C, prometheus::Error> {
    registry.register(Box::new(collector.clone()))?;
    Ok(collector)
}

fn durations() -> Result<HistogramVec, prometheus::Error> {
    let opts = HistogramOpts::new(
        "http_server_request_duration_seconds",
        "Time to answer a request.",
    );
    HistogramVec::new(
        opts.buckets(SECONDS.to_vec()),
        &["http_request_method", "http_route", "http_response_status_code"],
    )
}

fn tokens() -> Result<IntCounterVec, prometheus::Error> {
    let opts = Opts::new(
        "signet_tokens_issued_total",
        "Tokens handed out at the token endpoint.",
    );
    IntCounterVec::new(opts, &["grant", "token"])
}

fn token_errors() -> Result<IntCounterVec, prometheus::Error> {
    let opts = Opts::new(
        "signet_token_errors_total",
        "Token requests refused, by the error the client was told.",
    );
    IntCounterVec::new(opts, &["grant", "error"])
}

fn logins() -> Result<IntCounterVec, prometheus::Error> {
    let opts = Opts::new("signet_logins_total", "Attempts to sign in.");
    IntCounterVec::new(opts, &["method", "outcome"])
}

fn refresh_reuse() -> Result<IntCounter, prometheus::Error> {
    IntCounter::new(
        "signet_refresh_reuse_total",
        "Refresh tokens presented after their successor was used; each revoked its family.",
    )
}

fn hashes() -> Result<Histogram, prometheus::Error> {
    let opts = HistogramOpts::new(
        "signet_password_hash_seconds",
        "Time to hash a password, waiting included.",
    );
    Histogram::with_opts(opts.buckets(SECONDS.to_vec()))
}

fn mail() -> Result<IntCounterVec, prometheus::Error> {
    let opts = Opts::new(
        "signet_mail_total",
        "Letters a mail server took, or that were lost.",
    );
    IntCounterVec::new(opts, &["template", "outcome"])
}

fn notices() -> Result<IntCounterVec, prometheus::Error> {
    let opts = Opts::new(
        "signet_logout_notices_total",
        "Attempts to tell clients that somebody signed out.",
    );
    IntCounterVec::new(opts, &["outcome"])
}

fn flows() -> Result<IntCounterVec, prometheus::Error> {
    let opts = Opts::new(
        "signet_flows_total",
        "Records of refused requests, kept for the console or dropped.",
    );
    IntCounterVec::new(opts, &["outcome"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_outside_can_invent_a_label() {
        assert_eq!(method_label(&Method::from_bytes(b"SECRETS").unwrap()), "_OTHER");
        assert_eq!(method_label(&Method::GET), "GET");
    }

    #[test]
    fn a_request_is_active_until_it_is_dropped() {
        let metrics = Metrics::new().unwrap();
        let one = metrics.began();
        assert_eq!(metrics.active.get(), 1);
        drop(one);
        assert_eq!(metrics.active.get(), 0);
    }
}
