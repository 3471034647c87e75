//! What may be called by name in a letter, and in which unit people count how long something lasts.

use std::time::Duration;

/// The longest name a letter repeats, in characters.
const MAX_NAME: usize = 64;

/// A name that a letter may say; nothing when it could be read as anything but a name.
///
/// People and apps choose their names, and readers of mail turn `evil.example` into a link by themselves. A stranger who
/// names an account "Call +1 555 0100" or "visit evil.example" and asks for a letter would otherwise write to somebody
/// else in our name. So a name is letters, spaces and a little punctuation, and a dot ends a word.
pub(crate) fn spoken(name: &str) -> Option<&str> {
    let name = name.trim();
    let plain = |c: char| c.is_alphanumeric() || is_mark(c) || " '\u{2019}-.,()".contains(c);
    let digits = name.chars().filter(|c| c.is_numeric()).count();
    let dots_end_words = name
        .split('.')
        .skip(1)
        .all(|after| after.is_empty() || after.starts_with([' ', ',', ')']));
    let said = (1..=MAX_NAME).contains(&name.chars().count())
        && name.chars().all(plain)
        && digits < 5
        && dots_end_words;
    said.then_some(name)
}

/// Combining marks that letters of some scripts cannot do without: Latin diacritics, and the vowel signs and viramas of
/// the Indic scripts, which `is_alphanumeric` leaves out in part.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}' | '\u{0900}'..='\u{0DFF}' | '\u{0E31}'..='\u{0E4E}')
}

/// How long something lasts. Rounded down, so that nobody is promised more than there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lasting {
    /// At least one.
    Minutes(u64),
    /// Whole ones.
    Hours(u64),
}

impl Lasting {
    /// In the largest unit that fits.
    pub(crate) fn of(duration: Duration) -> Self {
        let minutes = (duration.as_secs() / 60).max(1);
        if minutes.is_multiple_of(60) {
            Lasting::Hours(minutes / 60)
        } else {
            Lasting::Minutes(minutes)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_said() {
        for name in [
            "Alice Example",
            "Jean-Luc O'Brien",
            "J. R. R. Tolkien",
            "Müller, Ute (Werk 2)",
            "李雷",
            "Zoe\u{0308}",
            "अनिता",
            "Sammy Davis Jr.",
        ] {
            assert_eq!(spoken(name), Some(name));
        }
        assert_eq!(spoken("  Alice "), Some("Alice"));
    }

    #[test]
    fn what_could_be_more_than_a_name_is_not() {
        let long = "x".repeat(65);
        for name in [
            "",
            "   ",
            "<a href=https://evil.example>Alice</a>",
            "{{7*7}}",
            "${7*7}",
            "Alice%0aBcc: eve@evil.example",
            "Alice\r\nBcc: eve@evil.example",
            "visit evil.example",
            "https://evil.example",
            "eve@evil.example",
            "Call 555 0100 99",
            "Alice\u{202E}ecilA",
            "Alice\u{200B}",
            &long,
        ] {
            assert_eq!(spoken(name), None, "{name:?}");
        }
    }

    #[test]
    fn durations_are_not_rounded_up() {
        for (seconds, lasting) in [
            (1800, Lasting::Minutes(30)),
            (3600, Lasting::Hours(1)),
            (7200, Lasting::Hours(2)),
            (5400, Lasting::Minutes(90)),
            (119, Lasting::Minutes(1)),
            (0, Lasting::Minutes(1)),
        ] {
            assert_eq!(Lasting::of(Duration::from_secs(seconds)), lasting);
        }
    }
}
