//! The certificate, where the server speaks TLS itself: whether it can be served, and for how long it is good.

use std::time::Duration;

use kernel::{Clock as _, SystemClock, Timestamp};

use super::Finding;
use crate::config::Config;
use crate::tls::Validity;

const CHECK: &str = "tls";
const DOCS: &str = "operate/tls.md";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Enough to notice and to mend a renewal that has stopped working.
const SOON: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// Looks at certificate, key and authority.
pub(super) fn look(config: &Config) -> Vec<Finding> {
    match config.read_tls() {
        Ok(None) => Vec::new(),
        Ok(Some(prepared)) => vec![judge(prepared.validity(), SystemClock.now())],
        Err(problems) => {
            let failed = |problem: &crate::config::Problem| {
                Finding::fail(CHECK, &problem.reason, &problem.remedy).docs(DOCS)
            };
            problems.list.iter().map(failed).collect()
        }
    }
}

/// A certificate that lives for days only is late in its last quarter.
fn judge(Validity { begins, ends }: Validity, now: Timestamp) -> Finding {
    let until = ends.to_rfc3339();
    if now < begins {
        let message = format!("the certificate is not good before {}", begins.to_rfc3339());
        return Finding::fail(CHECK, message, "set this machine's clock, or wait").docs(DOCS);
    }
    if now > ends {
        let message = format!("the certificate ended at {until}");
        return Finding::fail(CHECK, message, "renew it; new files are taken without a restart").docs(DOCS);
    }
    let left = ends.since(now);
    let days = left.as_secs() / DAY.as_secs();
    let message = format!("the certificate is good until {until}, {days} days from now");
    if left < SOON.min(ends.since(begins) / 4) {
        Finding::warn(CHECK, message, "see why it was not renewed yet").docs(DOCS)
    } else {
        Finding::pass(CHECK, message)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn the_end_is_seen_coming() {
        let day = |day: i64| Timestamp::from_secs(day * 86_400);
        for (life, now, verdict) in [
            (90, 10, Verdict::Pass),
            (90, 76, Verdict::Pass),
            (90, 77, Verdict::Warn),
            (90, 91, Verdict::Fail),
            (8, 5, Verdict::Pass),
            (8, 7, Verdict::Warn),
            (90, -1, Verdict::Fail),
        ] {
            let validity = Validity {
                begins: day(0),
                ends: day(life),
            };
            let finding = judge(validity, day(now));
            assert_eq!(finding.verdict, verdict, "{life} {now}: {finding:?}");
        }
    }
}
