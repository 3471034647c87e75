//! `signet token inspect`: what is written in a JWT. The signature is neither verified nor shown: without it, what is
//! printed is no token any more.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::{Clock as _, SystemClock, Timestamp};
use serde_json::{Map, Value, json};

use crate::cli::output::{Answer, cell, lines};
use crate::exit::{Exit, Failure};

/// Claims that are moments (RFC 7519 4.1, OpenID Connect Core 2).
const MOMENTS: [&str; 5] = ["iat", "nbf", "exp", "auth_time", "updated_at"];

/// Takes a token apart.
///
/// # Errors
/// When it is no signed JWT. The token is not repeated.
pub(super) fn inspect(token: &str) -> Result<Answer, Failure> {
    let parts: Vec<&str> = token.split('.').collect();
    let (&[header, claims, _], true) = (parts.as_slice(), token.is_ascii()) else {
        return Err(refusal(&parts));
    };
    let (Some(header), Some(claims)) = (object(header), object(claims)) else {
        return Err(refusal(&parts));
    };
    eprintln!("note: the signature was not looked at");
    Ok(answer(&header, &claims, SystemClock.now()))
}

fn refusal(parts: &[&str]) -> Failure {
    let reason = match parts.len() {
        5 => "this is encrypted (RFC 7516 3); only who has the key can look into it",
        1 => "this is not a JWT; `signet token introspect` says what a refresh token is worth",
        _ => "this is not a signed JWT (RFC 7519 3)",
    };
    Failure::new(Exit::Failed, reason)
}

fn object(part: &str) -> Option<Map<String, Value>> {
    let json = URL_SAFE_NO_PAD.decode(part).ok()?;
    serde_json::from_slice(&json).ok()
}

fn answer(header: &Map<String, Value>, claims: &Map<String, Value>, now: Timestamp) -> Answer {
    let moments = MOMENTS
        .iter()
        .filter_map(|name| Some((*name, moment(claims.get(*name)?)?)));
    let times: Map<String, Value> = moments
        .map(|(name, at)| (name.to_owned(), json!(at.to_rfc3339())))
        .collect();
    let row = |(name, value): (&String, &Value)| {
        let told = times.get(name).and_then(Value::as_str).map(|time| {
            let past = if name == "exp" { expiry(value, now) } else { "" };
            format!("  {time}{past}")
        });
        vec![format!("  {name}"), cell(Some(value)) + &told.unwrap_or_default()]
    };
    let text = format!(
        "header\n{}claims\n{}",
        lines(header.iter().map(row).collect()),
        lines(claims.iter().map(row).collect())
    );
    Answer::Text(
        text,
        json!({ "header": header, "claims": claims, "times": times }),
    )
}

/// A `NumericDate`, which may have a fraction (RFC 7519 2). What no calendar has is no moment.
fn moment(value: &Value) -> Option<Timestamp> {
    const YEAR_9999: f64 = 253_402_300_799.0;
    let seconds = value
        .as_f64()
        .filter(|seconds| (0.0..=YEAR_9999).contains(seconds))?;
    // Within the bounds above nothing is lost but the fraction.
    #[expect(clippy::cast_possible_truncation, reason = "bounded above")]
    Some(Timestamp::from_secs(seconds as i64))
}

fn expiry(value: &Value, now: Timestamp) -> &'static str {
    match moment(value) {
        Some(at) if at <= now => ", expired",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str, claims: &str) -> String {
        let part = |json: &str| URL_SAFE_NO_PAD.encode(json);
        format!("{}.{}.c2lnbmF0dXJl", part(header), part(claims))
    }

    #[test]
    fn a_token_is_shown_with_its_times_and_without_its_signature() {
        let claims = r#"{"sub":"a\u001b[0m","iat":1,"exp":1.5,"nbf":"x","auth_time":1e300}"#;
        let Ok(Answer::Text(text, value)) = inspect(&token(r#"{"alg":"ES256"}"#, claims)) else {
            panic!("no answer");
        };
        assert!(text.contains("1970-01-01T00:00:01Z, expired"), "{text}");
        assert!(
            !text.contains('\u{1b}') && !text.contains("c2lnbmF0dXJl"),
            "{text}"
        );
        assert!(!value.to_string().contains("c2lnbmF0dXJl"));
        let times = json!({ "iat": "1970-01-01T00:00:01Z", "exp": "1970-01-01T00:00:01Z" });
        assert_eq!(value["times"], times);
    }

    #[test]
    fn what_is_no_signed_token_is_refused_without_being_repeated() {
        let good = token("{}", "{}");
        for (text, word) in [
            ("", "not a JWT"),
            ("s3cret", "not a JWT"),
            ("a.b.c", "not a signed JWT"),
            ("a.b", "not a signed JWT"),
            ("a.b.c.d.e", "encrypted"),
            (&format!("{good}.x"), "not a signed JWT"),
            (&token("[]", "{}"), "not a signed JWT"),
        ] {
            let failure = inspect(text).unwrap_err();
            assert!(failure.to_string().contains(word), "{text}: {failure}");
            assert!(!failure.to_string().contains("s3cret"));
        }
        assert!(inspect(&good).is_ok());
    }
}
