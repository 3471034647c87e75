//! The discovery document and the JWK Set, as they arrived.

use serde_json::Value;

use super::fetch::Answer;
use super::{Finding, PROXY};

/// Judges the discovery document; where its JWK Set is.
pub(super) fn discovery(issuer: &str, answer: &Answer) -> (Vec<Finding>, Option<String>) {
    const CHECK: &str = "discovery";
    if answer.status == 421 {
        let message = "answered 421: the host name it was asked for did not reach it, or is none of its own";
        let remedy = "let the proxy pass the Host header on, or name the host in server.hosts";
        return (
            vec![Finding::fail(CHECK, message, remedy).docs("configuration.md")],
            None,
        );
    }
    let document = match object(answer) {
        Ok(document) => document,
        Err(reason) => return (vec![Finding::fail(CHECK, reason, PROXY)], None),
    };
    let told = document.get("issuer").and_then(Value::as_str).unwrap_or_default();
    if told != issuer {
        let message = format!("names the issuer \"{}\", not {issuer}", told.escape_debug());
        let remedy = "another provider answers there: look where the name and the proxy lead";
        return (vec![Finding::fail(CHECK, message, remedy)], None);
    }
    let jwks_uri = document.get("jwks_uri").and_then(Value::as_str);
    // Nothing but the issuer is vouched for, and nothing of ours is elsewhere.
    let ours = jwks_uri.filter(|uri| uri.strip_prefix(issuer).is_some_and(|rest| rest.starts_with('/')));
    let mut findings = vec![Finding::pass(
        CHECK,
        "the issuer is, byte for byte, the URL it was fetched from",
    )];
    if ours.is_none() {
        findings.push(Finding::fail(CHECK, "jwks_uri is not at the issuer", PROXY));
    }
    (findings, ours.map(str::to_owned))
}

/// Judges the JWK Set: exactly the keys the database publishes.
pub(super) fn key_set(answer: &Answer, known: &[String]) -> Finding {
    const CHECK: &str = "jwks";
    let set = match object(answer) {
        Ok(set) => set,
        Err(reason) => return Finding::fail(CHECK, reason, PROXY),
    };
    let keys = set.get("keys").and_then(Value::as_array);
    let told: Vec<&str> = keys
        .into_iter()
        .flatten()
        .filter_map(|key| key.get("kid")?.as_str())
        .collect();
    let missing: Vec<&str> = known
        .iter()
        .map(String::as_str)
        .filter(|kid| !told.contains(kid))
        .collect();
    let strange = told
        .iter()
        .filter(|kid| !known.iter().any(|own| own == *kid))
        .count();
    if told.is_empty() || missing.len() == known.len() {
        let remedy = "another database is behind this issuer: look where the name and the proxy lead";
        return Finding::fail(CHECK, "holds none of the keys of this database", remedy);
    }
    if !missing.is_empty() || strange > 0 {
        let message = format!(
            "lacks {} of this database's keys, has {strange} others",
            missing.len()
        );
        let remedy = "a cache on the way may be older than its 15 minutes, or a node does not hear the news";
        return Finding::fail(CHECK, message, remedy).docs("operate/keys.md");
    }
    Finding::pass(CHECK, format!("holds the {} keys of this database", known.len()))
}

fn object(answer: &Answer) -> Result<Value, String> {
    if answer.status != 200 {
        return Err(format!("answered {}", answer.status));
    }
    let value: Result<Value, _> = serde_json::from_slice(&answer.body);
    value
        .ok()
        .filter(Value::is_object)
        .ok_or_else(|| "answered something that is not a JSON object".to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::super::Verdict;
    use super::*;

    const ISSUER: &str = "https://id.example.com";

    fn answer(status: u16, body: &str) -> Answer {
        Answer {
            status,
            headers: Vec::new(),
            body: body.as_bytes().to_vec(),
            date: None,
        }
    }

    #[test]
    fn only_the_very_issuer_will_do() {
        let good = format!(r#"{{"issuer":"{ISSUER}","jwks_uri":"{ISSUER}/jwks"}}"#);
        let (findings, jwks_uri) = discovery(ISSUER, &answer(200, &good));
        assert_eq!(findings[0].verdict, Verdict::Pass);
        assert_eq!(jwks_uri.as_deref(), Some("https://id.example.com/jwks"));
        for (status, body) in [
            (200, r#"{"issuer":"https://id.example.com/"}"#),
            (200, r#"{"issuer":"http://id.example.com"}"#),
            (200, "<html>"),
            (200, "[]"),
            (421, ""),
            (502, "{}"),
        ] {
            let (findings, jwks_uri) = discovery(ISSUER, &answer(status, body));
            assert_eq!(
                (findings[0].verdict, jwks_uri),
                (Verdict::Fail, None),
                "{status} {body}"
            );
        }
        let elsewhere = good.replace("com/jwks", "com.evil.example/jwks");
        assert_eq!(discovery(ISSUER, &answer(200, &elsewhere)).1, None);
    }

    #[test]
    fn a_key_set_is_that_of_the_database() {
        let known = ["k-1".to_owned(), "k-2".to_owned()];
        for (body, verdict) in [
            (r#"{"keys":[{"kid":"k-2"},{"kid":"k-1"}]}"#, Verdict::Pass),
            (r#"{"keys":[{"kid":"k-1"}]}"#, Verdict::Fail),
            (
                r#"{"keys":[{"kid":"k-1"},{"kid":"k-2"},{"kid":"k-3"}]}"#,
                Verdict::Fail,
            ),
            (r#"{"keys":[{"kid":"k-9"}]}"#, Verdict::Fail),
            (r#"{"keys":[]}"#, Verdict::Fail),
        ] {
            assert_eq!(key_set(&answer(200, body), &known).verdict, verdict, "{body}");
        }
    }
}
