//! Which language a page is written in: whose wish counts most, and which of ours fits a wish.

use crate::language::Language;

/// Languages of an `Accept-Language` header that are looked at.
const MOST_RANGES: usize = 20;

/// What is known about the language somebody wants. Each is the best of ours for what was said, if there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wishes {
    /// The app's, for this request (`ui_locales`, OpenID Connect Core 3.1.2.1).
    pub app: Option<Language>,
    /// The person's own, from their account.
    pub person: Option<Language>,
    /// What was chosen at this browser.
    pub chosen: Option<Language>,
    /// What the browser asks for (`Accept-Language`, RFC 9110 12.5.4).
    pub browser: Option<Language>,
}

impl Wishes {
    /// The language that follows: the nearer somebody was to this very page, the more their wish counts.
    pub fn settle(self) -> Language {
        self.app
            .or(self.person)
            .or(self.chosen)
            .or(self.browser)
            .unwrap_or(Language::English)
    }
}

/// The first of these tags that fits a language of ours, by lookup (RFC 4647 3.4): `de-CH-1996` is answered by `de-CH`,
/// or else by `de`.
pub fn first_known<'a>(tags: impl IntoIterator<Item = &'a str>) -> Option<Language> {
    tags.into_iter().find_map(lookup)
}

fn lookup(tag: &str) -> Option<Language> {
    let mut range = tag.trim();
    loop {
        if let Some(language) = Language::of_tag(range) {
            return Some(language);
        }
        range = range.rsplit_once(['-', '_'])?.0;
    }
}

/// The best of ours for an `Accept-Language` header: by weight, and by order where weights are the same. A weight of
/// nought says "not this one" (RFC 9110 12.4.2).
pub fn accepted(header: &str) -> Option<Language> {
    let mut ranges: Vec<(&str, u16)> = header.split(',').take(MOST_RANGES).filter_map(weighed).collect();
    ranges.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
    first_known(ranges.into_iter().map(|(tag, _)| tag))
}

/// A range with its weight in thousandths.
fn weighed(range: &str) -> Option<(&str, u16)> {
    let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
    let weight = match parameters.trim().split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("q") => thousandths(value.trim())?,
        _ => 1000,
    };
    (weight > 0).then_some((tag.trim(), weight))
}

/// `0.85` as 850. At most three digits after the point (RFC 9110 12.4.2).
fn thousandths(value: &str) -> Option<u16> {
    let (whole, rest) = value.split_once('.').unwrap_or((value, ""));
    let digits = rest.len() <= 3 && rest.bytes().all(|byte| byte.is_ascii_digit());
    let fraction: u16 = format!("{rest:0<3}").parse().ok().filter(|_| digits)?;
    match whole {
        "0" => Some(fraction),
        "1" => (fraction == 0).then_some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Language::{Arabic, English, German};
    use super::*;

    #[test]
    fn the_nearest_wish_counts() {
        let mut wishes = Wishes::default();
        assert_eq!(wishes.settle(), English);
        wishes.browser = Some(German);
        assert_eq!(wishes.settle(), German);
        wishes.chosen = Some(Arabic);
        assert_eq!(wishes.settle(), Arabic);
        wishes.person = Some(German);
        assert_eq!(wishes.settle(), German);
        wishes.app = Some(Arabic);
        assert_eq!(wishes.settle(), Arabic);
    }

    #[test]
    fn a_wish_for_a_region_is_a_wish_for_the_language() {
        for (tags, language) in [
            (&["de-CH-1996"][..], Some(German)),
            (&["DE_at"], Some(German)),
            (&["fr", "ar-EG", "en"], Some(Arabic)),
            (&["deutsch", "d", "-de", ""], None),
            (&[], None),
        ] {
            assert_eq!(first_known(tags.iter().copied()), language, "{tags:?}");
        }
    }

    #[test]
    fn browsers_weigh_their_wishes() {
        for (header, language) in [
            ("de", Some(German)),
            ("fr;q=0.9, en;q=0.2, de;q=0.35", Some(German)),
            ("en, de", Some(English)),
            ("en;q=0.5,ar-EG,ar;q=0.9", Some(Arabic)),
            ("de;q=0, en;q=0.1", Some(English)),
            ("de ; q = 0.3 , en ; Q=0.4", Some(English)),
            ("de;q=2, en;q=0.001", Some(English)),
            ("de;q=0.0001, de;q=-1, de;q=x, de;q=1.5", None),
            ("*", None),
            ("", None),
            (",,;;q=,de", Some(German)),
        ] {
            assert_eq!(accepted(header), language, "{header}");
        }
        let long = format!("{}de", "xx,".repeat(MOST_RANGES));
        assert_eq!(accepted(&long), None);
    }
}
