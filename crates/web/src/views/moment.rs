//! A point in time as people read it: how long ago, with the exact time behind it.

use i18n::{Dated, Filled, Form, Markup, Said, Say, Words, WordsFault};
use kernel::Timestamp;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const MONTH: u64 = 30 * DAY;

/// For a `<time>` element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// How long ago, in seconds.
    seconds: u64,
    /// RFC 3339.
    machine: String,
}

impl Moment {
    /// `at`, seen from `now`.
    pub fn new(at: Timestamp, now: Timestamp) -> Self {
        Self {
            seconds: now.since(at).as_secs(),
            machine: at.to_rfc3339(),
        }
    }
}

/// How many of the unit people count in, and the message that says so. Less than a minute is not counted.
fn ago(seconds: u64) -> Option<(&'static str, u64)> {
    Some(match seconds {
        0..MINUTE => return None,
        MINUTE..HOUR => ("ago-minutes", seconds / MINUTE),
        HOUR..DAY => ("ago-hours", seconds / HOUR),
        // Up to two months days are what people count in.
        _ if seconds < 2 * MONTH => ("ago-days", seconds / DAY),
        _ => ("ago-months", seconds / MONTH),
    })
}

/// "2 hours ago"; in HTML an element that knows the exact time, too. Nothing in it comes from outside.
impl Said for Moment {
    fn said(&self, words: &Words, form: Form, markup: Markup) -> Result<Filled, WordsFault> {
        let ago = match ago(self.seconds) {
            None => Say::new("ago-now").said(words, form, markup)?,
            Some((key, count)) => Say::new(key).with("count", &count).said(words, form, markup)?,
        };
        let (Form::Html, Filled::Text(ago)) = (form, &ago) else {
            return Ok(ago);
        };
        let machine = &self.machine;
        let exact = match Dated::new(machine.as_str()).said(words, Form::Text, markup)? {
            Filled::Text(exact) => exact,
            Filled::Number(number) => number.to_string(),
        };
        Ok(Filled::Text(format!(
            "<time datetime=\"{machine}\" title=\"{exact}\">{ago}</time>"
        )))
    }
}

#[cfg(test)]
mod tests {
    use i18n::Language;

    use super::*;

    fn told(seconds: u64, language: Language, form: Form) -> Filled {
        let now = Timestamp::from_secs(1_709_210_096);
        let moment = Moment {
            seconds,
            machine: now.to_rfc3339(),
        };
        moment
            .said(Words::of(language), form, Markup::Bare)
            .expect("said")
    }

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
            assert_eq!(
                told(seconds, Language::English, Form::Text),
                Filled::Text(words.to_owned())
            );
        }
        let german = told(60 * DAY, Language::German, Form::Text);
        assert_eq!(german, Filled::Text("vor 2 Monaten".to_owned()));
    }

    #[test]
    fn the_exact_time_is_behind_it() {
        let html =
            "<time datetime=\"2024-02-29T12:34:56Z\" title=\"29 February 2024, 12:34 UTC\">just now</time>";
        assert_eq!(
            told(0, Language::English, Form::Html),
            Filled::Text(html.to_owned())
        );
    }

    #[test]
    fn what_is_still_to_come_is_now() {
        let at = Timestamp::from_secs(1_709_210_096);
        assert_eq!(Moment::new(at, Timestamp::from_secs(0)).seconds, 0);
    }
}
