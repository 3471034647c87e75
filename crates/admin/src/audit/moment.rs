//! Moments as people write them: a time (RFC 3339), a date, or how long ago.

use std::time::Duration;

use kernel::Timestamp;

/// `2026-11-22T10:15:00Z` with any offset, `2026-11-22` (midnight, UTC), or an age before `now`: `90s`, `15m`, `24h`, `7d`.
pub fn parse(text: &str, now: Timestamp) -> Option<Timestamp> {
    match text.split_once(['T', 't', ' ']) {
        Some((date, time)) => Some(Timestamp::from_millis(days(date)? * DAY + time_of_day(time)?)),
        None if text.len() == 10 => Some(Timestamp::from_millis(days(text)? * DAY)),
        None => Some(now.minus(age(text)?)),
    }
}

const DAY: i64 = 86_400_000;

fn age(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return None,
    };
    Some(Duration::from_secs(digits(number, 9)?.unsigned_abs() * seconds))
}

/// Days since the epoch of a Gregorian date, by eras of 400 years that begin in March.
fn days(date: &str) -> Option<i64> {
    let [year, month, day] = date.split('-').collect::<Vec<_>>().try_into().ok()?;
    if (year.len(), month.len(), day.len()) != (4, 2, 2) {
        return None;
    }
    let (year, month, day) = (digits(year, 4)?, digits(month, 2)?, digits(day, 2)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    let year = year - i64::from(month <= 2);
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

/// Milliseconds since midnight in UTC: `10:15:00Z`, `10:15:00.250+02:00`. A leap second is the one after it.
fn time_of_day(time: &str) -> Option<i64> {
    let (clock, offset) = match time.strip_suffix(['Z', 'z']) {
        Some(clock) => (clock, 0),
        None => {
            let at = time.rfind(['+', '-'])?;
            let (clock, offset) = time.split_at_checked(at)?;
            let (hours, minutes) = offset.get(1..)?.split_once(':')?;
            let minutes = two(hours, 23)? * 60 + two(minutes, 59)?;
            (
                clock,
                if offset.starts_with('-') {
                    -minutes
                } else {
                    minutes
                },
            )
        }
    };
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let [hours, minutes, seconds] = clock.split(':').collect::<Vec<_>>().try_into().ok()?;
    let seconds = (two(hours, 23)? * 60 + two(minutes, 59)? - offset) * 60 + two(seconds, 60)?;
    digits(fraction, 9)?;
    let millis: String = fraction.chars().chain("000".chars()).take(3).collect();
    Some(seconds * 1000 + digits(&millis, 3)?)
}

fn two(text: &str, at_most: i64) -> Option<i64> {
    (text.len() == 2)
        .then(|| digits(text, 2))?
        .filter(|value| *value <= at_most)
}

/// Digits and nothing else, at least one and not too many.
fn digits(text: &str, at_most: usize) -> Option<i64> {
    let fine = !text.is_empty() && text.len() <= at_most && text.bytes().all(|byte| byte.is_ascii_digit());
    fine.then(|| text.parse().ok())?
}

/// As [`parse`] reads it back, to the millisecond.
pub fn write(moment: Timestamp) -> String {
    let whole = moment.to_rfc3339();
    match moment.as_millis().rem_euclid(1000) {
        0 => whole,
        millis => whole.replace('Z', &format!(".{millis:03}Z")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

    #[test]
    fn times_dates_and_ages_are_read() {
        let read = |text| parse(text, NOW).map(|moment| moment.as_millis());
        assert_eq!(read("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(read("2000-02-29"), Some(951_782_400_000));
        assert_eq!(read("2026-11-22T10:15:00+02:00"), read("2026-11-22T08:15:00Z"));
        assert_eq!(read("2026-11-22 10:15:00.25-00:30"), Some(1_795_344_300_250));
        assert_eq!(read("24h"), Some(1_799_913_600_000));
        assert_eq!(read("7d"), Some(1_799_395_200_000));
    }

    #[test]
    fn what_is_written_is_read_back() {
        for millis in [0, 1, 951_782_400_000, 1_799_999_999_999, 4_102_444_799_000] {
            let moment = Timestamp::from_millis(millis);
            assert_eq!(parse(&write(moment), NOW), Some(moment), "{}", write(moment));
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "",
            "h",
            "24",
            "24x",
            "-1h",
            "2026-13-01",
            "2026-02-29",
            "2026-11-31",
            "20261122",
            "2026-11-22T10:15Z",
            "2026-11-22T10:15:00",
            "2026-11-22T25:15:00Z",
            "2026-11-22T10:15:00.Z",
            "2026-11-22T10:15:00+2:00",
            "٢٤h",
            "2026-11-2é",
            "9999999999d",
        ] {
            assert_eq!(parse(text, NOW), None, "{text}");
        }
    }
}
