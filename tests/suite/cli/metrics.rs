//! What the management port tells: health, and numbers in Prometheus' text format.

use super::installation::Installation;
use super::{alice, client};
use crate::actors::attacker::basic;
use crate::actors::browser::{encode, http};
use crate::actors::{Browser, RelyingParty};
use crate::cast::CALLBACK;

/// The metrics as they stand.
struct Numbers(String);

impl Numbers {
    fn of(installation: &Installation) -> Self {
        let answer = http().get(installation.management("/metrics")).send().unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(
            answer.headers()["content-type"],
            "text/plain; version=0.0.4; charset=utf-8"
        );
        Self(answer.text().unwrap())
    }

    /// The value of one series, as it is written.
    #[track_caller]
    fn get(&self, series: &str) -> f64 {
        let line = self
            .0
            .lines()
            .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {series} in {}", self.0))
            .parse()
            .unwrap()
    }
}

#[test]
fn what_happens_is_counted() {
    let installation = Installation::new();
    let secret = client(&installation, "web")["client_secret"].clone();
    let secret = secret.as_str().unwrap();
    alice(&installation);
    let _serving = installation.serve();
    let web = RelyingParty::at(&installation.issuer, "web", Some(secret), CALLBACK);
    let mut browser = Browser::at(&installation.issuer);
    let door = browser.open(&format!("{}/login", installation.issuer)).page();
    let wrong = [("username", "alice"), ("password", "wrong and wrong again")];
    browser.submit(&door, &wrong).page();
    let first = web.sign_in(&mut browser, "alice", "offline_access");
    let first = first.refresh.unwrap();
    let second = web.refresh(&first).unwrap().refresh.unwrap();
    web.refresh(&second).unwrap();
    web.refresh(&first).unwrap_err();
    let unauthorized = http()
        .post(format!("{}/token", installation.issuer))
        .header("authorization", basic("web", "wrong"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(encode(&[("grant_type", "client_credentials")]));
    assert_eq!(unauthorized.send().unwrap().status(), 401);
    for path in ["/nowhere/a", "/nowhere/b"] {
        browser.open(&format!("{}{path}", installation.issuer)).page();
    }

    let numbers = Numbers::of(&installation);
    for (series, value) in [
        (r#"signet_logins_total{method="password",outcome="success"}"#, 1.0),
        (r#"signet_logins_total{method="password",outcome="refused"}"#, 1.0),
        (
            r#"signet_logins_total{method="password",outcome="overloaded"}"#,
            0.0,
        ),
        (
            r#"signet_tokens_issued_total{grant="authorization_code",token="id_token"}"#,
            1.0,
        ),
        (
            r#"signet_tokens_issued_total{grant="refresh_token",token="refresh_token"}"#,
            2.0,
        ),
        (
            r#"signet_token_errors_total{error="invalid_grant",grant="refresh_token"}"#,
            1.0,
        ),
        (
            r#"signet_token_errors_total{error="invalid_client",grant="none"}"#,
            1.0,
        ),
        ("signet_refresh_reuse_total", 1.0),
        ("signet_password_hash_seconds_count", 2.0),
        (r#"signet_key_state{alg="ES256",state="active"}"#, 1.0),
        (r#"signet_key_state{alg="ES256",state="revoked"}"#, 0.0),
        (r#"signet_logout_notices_total{outcome="delivered"}"#, 0.0),
        ("http_server_active_requests", 0.0),
        (
            r#"http_server_request_duration_seconds_count{http_request_method="GET",http_response_status_code="404",http_route="none"}"#,
            2.0,
        ),
        (
            concat!(
                r#"signet_build_info{version=""#,
                env!("CARGO_PKG_VERSION"),
                r#""}"#
            ),
            1.0,
        ),
    ] {
        assert!(
            (numbers.get(series) - value).abs() < f64::EPSILON,
            "{series}: {}",
            numbers.0
        );
    }
    assert!(numbers.get("signet_revocation_lag_seconds") < 5.0);
    assert!(numbers.get("signet_revocation_entries") >= 1.0);
    assert!(numbers.get("process_resident_memory_bytes") > 1e6);
    let rotates = numbers.get(r#"signet_key_next_rotation_timestamp_seconds{alg="EdDSA"}"#);
    assert!(rotates > numbers.get("process_start_time_seconds"));
    for text in ["alice", "nowhere", "\"web\""] {
        assert!(!numbers.0.contains(text), "{text}: {}", numbers.0);
    }
}

#[test]
fn numbers_and_health_are_not_for_the_public() {
    let installation = Installation::new();
    let _serving = installation.serve();
    for path in ["/metrics", "/health/live", "/health/ready", "/health/started"] {
        let public = http()
            .get(format!("{}{path}", installation.issuer))
            .send()
            .unwrap();
        assert_eq!(public.status(), 404, "{path}");
        let inside = http().get(installation.management(path)).send().unwrap();
        assert_eq!(inside.status(), 200, "{path}");
    }
}
