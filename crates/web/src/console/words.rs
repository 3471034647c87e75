//! Times and numbers as the console says them.

use std::time::Duration;

use i18n::{Filled, Form, Language, Markup, Said as _, Words};
use kernel::Timestamp;

use crate::views::DeviceName;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// A point in time: short to read, exact for machines and for who points at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct When {
    /// "25 Nov", with the year where it is another.
    pub(crate) day: String,
    /// "25 Nov 14:05".
    pub(crate) minute: String,
    /// RFC 3339.
    pub(crate) machine: String,
}

impl When {
    /// `at`, told at `now`.
    pub(crate) fn new(at: Timestamp, now: Timestamp) -> Self {
        let machine = at.to_rfc3339();
        let day = day(&machine, &now.to_rfc3339());
        let clock = machine.get(11..16).unwrap_or_default();
        Self {
            minute: format!("{day} {clock}"),
            day,
            machine,
        }
    }

    /// Where there is a time at all.
    pub(crate) fn of(at: Option<Timestamp>, now: Timestamp) -> Option<Self> {
        at.map(|at| Self::new(at, now))
    }
}

fn day(machine: &str, now: &str) -> String {
    let part = |from: usize, to: usize| machine.get(from..to).unwrap_or_default();
    let month: usize = part(5, 7).parse().unwrap_or(1);
    let month = MONTHS.get(month.saturating_sub(1)).unwrap_or(&"");
    let day = part(8, 10).trim_start_matches('0');
    if now.get(..4) == machine.get(..4) {
        format!("{day} {month}")
    } else {
        format!("{day} {month} {}", part(0, 4))
    }
}

/// "3 days", "6 h 12 min", "40 s": in two units where one would be too coarse.
pub(crate) fn span(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..MINUTE => format!("{seconds} s"),
        MINUTE..HOUR => format!("{} min", seconds / MINUTE),
        HOUR..DAY => match (seconds / HOUR, seconds % HOUR / MINUTE) {
            (hours, 0) => format!("{hours} h"),
            (hours, minutes) => format!("{hours} h {minutes} min"),
        },
        _ => counted(seconds / DAY, "day"),
    }
}

/// "in 3 days", "now".
pub(crate) fn ahead(at: Timestamp, now: Timestamp) -> String {
    if at <= now {
        "now".to_owned()
    } else {
        format!("in {}", span(at.since(now)))
    }
}

/// "1 day", "8,014 tokens".
pub(crate) fn counted(count: u64, thing: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {thing}{plural}", number(count))
}

/// "8,014".
pub(crate) fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The words for a `User-Agent` header: "Firefox on Linux".
pub(crate) fn device(user_agent: Option<&str>) -> String {
    let said = DeviceName::of(user_agent).said(Words::of(Language::English), Form::Text, Markup::Bare);
    match said {
        Ok(Filled::Text(text)) => text,
        Ok(Filled::Number(number)) => number.to_string(),
        Err(_) => "An unknown device".to_owned(),
    }
}

/// A name as one segment of a path (RFC 3986 3.3).
pub(crate) fn segment(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    let mut out = String::with_capacity(name.len());
    for byte in name.bytes() {
        if plain(byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    // A dot segment would be removed by the browser (RFC 3986 5.2.4).
    match out.as_str() {
        "." => "%2E".to_owned(),
        ".." => "%2E%2E".to_owned(),
        _ => out,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_one_segment() {
        assert_eq!(segment("web-1.x"), "web-1.x");
        assert_eq!(segment("https://a/b?c#d"), "https%3A%2F%2Fa%2Fb%3Fc%23d");
        assert_eq!(segment("é"), "%C3%A9");
    }

    #[test]
    fn numbers_are_grouped_and_counted() {
        assert_eq!(number(7), "7");
        assert_eq!(number(8_014), "8,014");
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(counted(1, "app"), "1 app");
        assert_eq!(counted(0, "app"), "0 apps");
    }

    #[test]
    fn spans_are_told_in_what_people_count_in() {
        let told = |seconds| span(Duration::from_secs(seconds));
        assert_eq!(told(40), "40 s");
        assert_eq!(told(22_320), "6 h 12 min");
        assert_eq!(told(3 * 3600), "3 h");
        assert_eq!(told(86_400), "1 day");
        assert_eq!(told(90 * 86_400), "90 days");
    }

    #[test]
    fn days_name_the_year_only_where_it_is_another() {
        let at = Timestamp::from_secs(1_709_210_096);
        assert_eq!(When::new(at, at).minute, "29 Feb 12:34");
        assert_eq!(When::new(at, Timestamp::from_secs(0)).day, "29 Feb 2024");
        assert_eq!(ahead(at, at), "now");
    }
}
