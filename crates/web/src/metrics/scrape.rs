//! What is looked up when somebody asks for the metrics: keys, the revocation list, the process. And the page itself.

use kernel::{Clock, Timestamp};
use prometheus::{Gauge, GaugeVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder};
use session::RevocationList;
use token::SigningAlg;
use token::keys::{KeyState, StoredKey};

use super::{Metrics, MetricsFault, kept};

/// Gauges that are set when they are asked for.
pub(super) struct Scraped {
    key_state: IntGaugeVec,
    next_rotation: GaugeVec,
    lag: Gauge,
    clock_offset: Gauge,
    entries: IntGauge,
    resident: IntGauge,
    started: Gauge,
    certificate: GaugeVec,
}

/// What storage knows of keys.
pub(crate) struct KeysSeen {
    /// All of them.
    pub(crate) keys: Vec<StoredKey>,
    /// When the active key of an algorithm is replaced by itself.
    pub(crate) rotations: Vec<(SigningAlg, Timestamp)>,
}

impl Scraped {
    pub(super) fn new(it: &Registry) -> Result<Self, prometheus::Error> {
        let gauge = |name, help| kept(it, Gauge::new(name, help)?);
        let count = |name, help| kept(it, IntGauge::new(name, help)?);
        let build = Opts::new(
            "signet_build_info",
            "Always 1; the label says which version runs.",
        );
        let build = kept(it, IntGaugeVec::new(build, &["version"])?)?;
        build.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        let states = Opts::new("signet_key_state", "Signing keys, by algorithm and state.");
        let rotations = Opts::new(
            "signet_key_next_rotation_timestamp_seconds",
            "When the active key of an algorithm is replaced by itself.",
        );
        let certificate = Opts::new(
            "signet_tls_certificate_expiry_timestamp_seconds",
            "When the certificate of this process ends.",
        );
        Ok(Self {
            certificate: kept(it, GaugeVec::new(certificate, &[])?)?,
            key_state: kept(it, IntGaugeVec::new(states, &["alg", "state"])?)?,
            next_rotation: kept(it, GaugeVec::new(rotations, &["alg"])?)?,
            lag: gauge(
                "signet_revocation_lag_seconds",
                "How long ago this process last had news of revocations.",
            )?,
            clock_offset: gauge(
                "signet_clock_offset_seconds",
                "How far this machine's clock is behind the database's, whose time is used.",
            )?,
            entries: count(
                "signet_revocation_entries",
                "Revocations this process keeps in memory.",
            )?,
            resident: count("process_resident_memory_bytes", "Memory the process holds.")?,
            started: gauge("process_start_time_seconds", "When the process started.")?,
        })
    }

    fn set_keys(&self, seen: Option<&KeysSeen>) {
        self.key_state.reset();
        self.next_rotation.reset();
        let Some(KeysSeen { keys, rotations }) = seen else {
            return;
        };
        for key in keys {
            // Every state of an algorithm is there, so that a count of none is a zero and not a gap.
            for state in KeyState::ALL {
                let here = i64::from(state == key.state);
                self.key_state
                    .with_label_values(&[key.alg.as_str(), state.as_str()])
                    .add(here);
            }
        }
        for (alg, at) in rotations {
            self.next_rotation
                .with_label_values(&[alg.as_str()])
                .set(seconds(*at));
        }
    }
}

impl Metrics {
    /// The process began to serve.
    pub(crate) fn started(&self, now: Timestamp) {
        self.scraped.started.set(seconds(now));
    }

    /// The process shows a certificate that is good until then. Before it is told of one, there is no line about it.
    pub fn certificate_ends(&self, at: Timestamp) {
        let of_none: [&str; 0] = [];
        self.scraped
            .certificate
            .with_label_values(&of_none)
            .set(seconds(at));
    }

    /// All of it, in Prometheus' text format. Without keys, because storage did not answer, there is no line about keys.
    pub(crate) fn page(
        &self,
        keys: Option<&KeysSeen>,
        revocations: &RevocationList,
        clock: &dyn Clock,
    ) -> Result<String, MetricsFault> {
        let (it, now) = (&self.scraped, clock.now());
        it.set_keys(keys);
        let lag = revocations.as_of().map(|as_of| now.since(as_of).as_secs_f64());
        // Never filled: no lag is long enough.
        it.lag.set(lag.unwrap_or(f64::INFINITY));
        it.clock_offset
            .set(clock.machine_behind().unwrap_or_default() as f64 / 1000.0);
        it.entries
            .set(i64::try_from(revocations.len()).unwrap_or(i64::MAX));
        it.resident.set(resident_bytes().unwrap_or_default());
        Ok(TextEncoder::new().encode_to_string(&self.registry.gather())?)
    }
}

fn seconds(at: Timestamp) -> f64 {
    std::time::Duration::from_millis(u64::try_from(at.as_millis()).unwrap_or_default()).as_secs_f64()
}

/// `VmRSS` of proc(5), which is in kibibytes. Nothing where there is no such file.
fn resident_bytes() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: i64 = line.split_whitespace().next()?.parse().ok()?;
    kibibytes.checked_mul(1024)
}
