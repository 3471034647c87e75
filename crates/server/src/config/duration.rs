//! Durations as people write them in a configuration: a number and one of `s`, `m`, `h`, `d`.

use std::time::Duration;

/// Units, longest first, with their seconds.
const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3600), ('m', 60), ('s', 1)];

/// A hundred years. Longer means a typing error, and would not fit the arithmetic of timestamps for ever.
const LONGEST: u64 = 36_500 * 86_400;

/// Reads `10m`, `24h`, `90d`, `60s`, `0s`.
///
/// # Errors
/// A sentence that says what is wrong.
pub(crate) fn parse(text: &str) -> Result<Duration, &'static str> {
    let unit = text
        .chars()
        .last()
        .and_then(|last| UNITS.iter().find(|(letter, _)| *letter == last));
    let Some((letter, seconds)) = unit else {
        return Err("has no unit");
    };
    let digits = text.strip_suffix(*letter).unwrap_or_default();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("is not a whole number and a unit");
    }
    let total = digits
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(*seconds));
    match total {
        Some(total) if total <= LONGEST => Ok(Duration::from_secs(total)),
        _ => Err("is longer than a hundred years"),
    }
}

/// The shortest way to write whole seconds back.
pub(crate) fn show(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let fits = |(_, size): &&(char, u64)| seconds > 0 && seconds.is_multiple_of(*size);
    match UNITS.iter().find(fits) {
        Some((letter, size)) => format!("{}{letter}", seconds / size),
        None => format!("{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_the_documented_forms() {
        for (text, seconds) in [
            ("10m", 600),
            ("24h", 86_400),
            ("90d", 7_776_000),
            ("60s", 60),
            ("0s", 0),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        assert_eq!(show(Duration::from_secs(86_400)), "1d");
        assert_eq!(show(Duration::from_secs(90)), "90s");
        assert_eq!(show(Duration::ZERO), "0s");
    }

    #[test]
    fn refuses_the_rest() {
        for text in [
            "",
            "10",
            "m",
            "-5m",
            "1.5h",
            "10 m",
            "10ms",
            "1w",
            "99999999999999999999s",
            "36501d",
            "١m",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
