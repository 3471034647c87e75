//! Letters that were caught instead of sent. Only a provider that is being tried out has such a page.

use askama::Template;
use i18n::{Dated, With as _};

use super::reading::said as filters;

/// One letter in full, and the way to the others.
#[derive(Debug, Clone, Template)]
#[template(path = "caught_mail.html")]
pub struct CaughtMail<'a> {
    /// Where this is: the issuer's host.
    pub place: &'a str,
    /// The letter to read; none while nothing was sent.
    pub open: Option<OpenLetter<'a>>,
    /// All others, the latest first.
    pub others: Vec<LetterLine<'a>>,
}

/// A letter to read.
#[derive(Debug, Clone)]
pub struct OpenLetter<'a> {
    /// Its subject.
    pub subject: &'a str,
    /// Name and address.
    pub from: &'a str,
    /// Name and address.
    pub to: &'a str,
    /// When it would have been sent.
    pub at: Dated,
    /// Its text part.
    pub text: Vec<Piece<'a>>,
    /// Where its HTML part is.
    pub html_url: String,
}

/// A letter among others.
#[derive(Debug, Clone)]
pub struct LetterLine<'a> {
    /// Its subject.
    pub subject: &'a str,
    /// Name and address.
    pub to: &'a str,
    /// When it would have been sent.
    pub at: Dated,
    /// Where it is.
    pub url: String,
}

/// A stretch of a letter's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Words, spaces, line ends.
    Words(&'a str),
    /// An address to follow.
    Link(&'a str),
}

/// Finds the addresses in a text, as a reader of mail does. Those of http and https only: nothing else is a link here.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut words = 0;
    for (at, _) in text.match_indices("http") {
        let rest = &text[at..];
        let begins = rest.starts_with("https://") || rest.starts_with("http://");
        if !begins || at < words {
            continue;
        }
        let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
        if at > words {
            found.push(Piece::Words(&text[words..at]));
        }
        found.push(Piece::Link(&rest[..length]));
        words = at + length;
    }
    if words < text.len() {
        found.push(Piece::Words(&text[words..]));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::Piece::{Link, Words};
    use super::*;

    #[test]
    fn addresses_become_links_and_nothing_is_lost() {
        assert_eq!(
            pieces("Open\n\nhttp://localhost/reset/x?y=http://z\n\nor https://a"),
            [
                Words("Open\n\n"),
                Link("http://localhost/reset/x?y=http://z"),
                Words("\n\nor "),
                Link("https://a"),
            ]
        );
        assert_eq!(
            pieces("http is no link, javascript:alert(1) neither"),
            [Words("http is no link, javascript:alert(1) neither")]
        );
        assert!(pieces("").is_empty());
    }
}
