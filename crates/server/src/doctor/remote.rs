//! The provider as the world sees it: discovery, keys, time and TLS through the issuer's own URL.
//!
//! Whether the proxy sends `X-Forwarded-*` cannot be seen from outside: no answer repeats them, and none of ours depends on
//! the scheme, since cookies are `Secure` whenever the issuer is `https`. So that is not looked at.

mod document;
mod fetch;

use kernel::Timestamp;
use url::Url;

use super::Finding;
use crate::config::Config;
use crate::installation::context;
use fetch::{Answer, Fetcher};

const PROXY: &str = "pass every path of the issuer's host on to server.listen, with its Host header";

/// Looks from outside. `known` are the key ids that the database publishes.
pub(super) fn look(config: &Config, known: Option<&[String]>) -> Vec<Finding> {
    let ctx = context(config);
    let issuer = config.issuer.as_str();
    let fetcher = match Fetcher::new(config) {
        Ok(fetcher) => fetcher,
        Err(reason) => return vec![Finding::fail("discovery", reason, "mend TLS on this machine")],
    };
    let url = format!("{issuer}/.well-known/openid-configuration");
    let began = ctx.now();
    let answer = match fetcher.get(&url) {
        Ok(answer) => answer,
        Err(reason) => {
            let message = format!("{url} cannot be fetched: {reason}");
            return vec![Finding::fail(
                "discovery",
                message,
                format!("start the server, and {PROXY}"),
            )];
        }
    };
    let ended = ctx.now();
    let mut findings = Vec::new();
    let (of_document, jwks_uri) = document::discovery(issuer, &answer);
    findings.extend(of_document);
    if let (Some(jwks_uri), Some(known)) = (jwks_uri, known) {
        findings.push(match fetcher.get(&jwks_uri) {
            Ok(answer) => document::key_set(&answer, known),
            Err(reason) => Finding::fail("jwks", format!("{jwks_uri} cannot be fetched: {reason}"), PROXY),
        });
    }
    findings.push(clock(&answer, began, ended, ctx.policy.leeway));
    findings.extend(transport(issuer, &answer));
    findings
}

/// Our clock against the `Date` of the answer (RFC 9110 6.6.1), which counts whole seconds.
fn clock(answer: &Answer, began: Timestamp, ended: Timestamp, leeway: std::time::Duration) -> Finding {
    const SECOND: std::time::Duration = std::time::Duration::from_secs(1);
    let Some(date) = answer.date else {
        return Finding::warn(
            "clock",
            "the answer has no Date header to compare with",
            "let the proxy pass it on",
        );
    };
    let ahead = began.since(date.plus(SECOND));
    let behind = date.since(ended);
    let off = ahead.max(behind);
    if off <= SECOND {
        return Finding::pass("clock", "agrees with the Date header to the second");
    }
    let side = if ahead > behind { "ahead of" } else { "behind" };
    let message = format!("is {} s {side} the Date header of the answer", off.as_secs());
    let remedy = "keep both machines' clocks set with NTP";
    if off > leeway {
        Finding::fail("clock", message, remedy)
    } else {
        Finding::warn("clock", message, remedy)
    }
}

/// That the certificate is good was shown by the answer; that browsers insist on TLS is for HSTS to say (RFC 6797).
fn transport(issuer: &str, answer: &Answer) -> Vec<Finding> {
    if !Url::parse(issuer).is_ok_and(|url| url.scheme() == "https") {
        return Vec::new();
    }
    let hsts = match answer.header("strict-transport-security") {
        Some(value) => Finding::pass("tls", format!("Strict-Transport-Security: {value}")),
        None => Finding::warn(
            "tls",
            "the Strict-Transport-Security header did not arrive",
            "let the proxy pass it on",
        ),
    };
    vec![
        Finding::pass("tls", "the certificate is good for the issuer's host"),
        hsts,
    ]
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::Verdict;
    use super::*;

    fn at(date: Option<i64>) -> Answer {
        Answer {
            status: 200,
            headers: Vec::new(),
            body: Vec::new(),
            date: date.map(Timestamp::from_secs),
        }
    }

    #[test]
    fn clocks_may_differ_a_little() {
        let now = Timestamp::from_secs(1000);
        for (date, verdict) in [
            (Some(1000), Verdict::Pass),
            (Some(999), Verdict::Pass),
            (Some(1001), Verdict::Pass),
            (Some(990), Verdict::Warn),
            (Some(1020), Verdict::Warn),
            (Some(1100), Verdict::Fail),
            (Some(900), Verdict::Fail),
            (None, Verdict::Warn),
        ] {
            let finding = clock(&at(date), now, now, Duration::from_secs(30));
            assert_eq!(finding.verdict, verdict, "{date:?}: {finding:?}");
        }
    }

    #[test]
    fn a_proxy_that_drops_hsts_is_told() {
        let seen = transport("https://id.example.com", &at(None));
        assert_eq!(seen[1].verdict, Verdict::Warn);
        assert!(transport("http://localhost:8080", &at(None)).is_empty());
    }
}
