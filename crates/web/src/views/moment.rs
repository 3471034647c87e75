//! A point in time as people read it: how long ago, with the exact time behind it.

use kernel::Timestamp;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const MONTH: u64 = 30 * DAY;

/// For a `<time>` element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// "2 hours ago".
    pub ago: String,
    /// "2026-03-04 14:05 UTC".
    pub exact: String,
    /// RFC 3339.
    pub machine: String,
}

impl Moment {
    /// `at`, seen from `now`.
    pub fn new(at: Timestamp, now: Timestamp) -> Self {
        let machine = at.to_rfc3339();
        let to_the_minute = machine.get(..16).unwrap_or(&machine);
        Self {
            ago: ago(now.since(at).as_secs()),
            exact: format!("{} UTC", to_the_minute.replace('T', " ")),
            machine,
        }
    }
}

fn ago(seconds: u64) -> String {
    let (count, unit) = match seconds {
        0..MINUTE => return "just now".to_owned(),
        MINUTE..HOUR => (seconds / MINUTE, "minute"),
        HOUR..DAY => (seconds / HOUR, "hour"),
        // Up to two months days are what people count in.
        _ if seconds < 2 * MONTH => (seconds / DAY, "day"),
        _ => (seconds / MONTH, "month"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural} ago")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_told_in_the_unit_people_count_in() {
        for (seconds, words) in [
            (0, "just now"),
            (59, "just now"),
            (60, "1 minute ago"),
            (59 * MINUTE, "59 minutes ago"),
            (HOUR, "1 hour ago"),
            (47 * HOUR, "1 day ago"),
            (48 * HOUR, "2 days ago"),
            (59 * DAY, "59 days ago"),
            (60 * DAY, "2 months ago"),
        ] {
            assert_eq!(ago(seconds), words);
        }
    }

    #[test]
    fn the_exact_time_is_behind_it() {
        let at = Timestamp::from_secs(1_709_210_096);
        let moment = Moment::new(at, at);
        assert_eq!(moment.exact, "2024-02-29 12:34 UTC");
        assert_eq!(moment.machine, "2024-02-29T12:34:56Z");
        assert_eq!(Moment::new(at, Timestamp::from_secs(0)).ago, "just now");
    }
}
