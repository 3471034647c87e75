//! What is put into the gaps of a message: escaped once for HTML, and kept from turning the letters around it.
//!
//! A name in Arabic inside an English sentence, or the other way round, would drag the punctuation beside it along
//! (Unicode Standard Annex 9). So a value is isolated: by an element in HTML, by two invisible characters in plain text.

use std::fmt::Write as _;

use crate::language::Direction;

/// What a message is filled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Plain text, which whoever shows it escapes as a whole.
    Text,
    /// HTML, with a little markup of our own around values that are escaped here.
    Html,
}

/// The markup around a value in HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Markup {
    /// None but what isolates it.
    Bare,
    /// A name that matters.
    Strong,
    /// Something to be read letter by letter.
    Code,
}

/// A value from outside, fit for a gap.
pub(crate) fn isolated(text: &str, form: Form, around: Direction, markup: Markup) -> String {
    match form {
        Form::Text if turns(text, around) => format!("\u{2068}{text}\u{2069}"),
        Form::Text => text.to_owned(),
        Form::Html => {
            let text = escaped(text);
            match markup {
                Markup::Bare => format!("<bdi>{text}</bdi>"),
                Markup::Strong => format!("<strong><bdi>{text}</bdi></strong>"),
                Markup::Code => format!("<bdi class=\"code\">{text}</bdi>"),
            }
        }
    }
}

/// Whether a text might be read in another direction than what stands around it. Among letters that run from left to
/// right most names do not, and stay as they were typed: kind to whoever copies a title or searches a letter.
fn turns(text: &str, around: Direction) -> bool {
    around == Direction::RightToLeft || text.chars().any(runs_left)
}

/// Characters of the scripts that run from right to left, and those that only say so (Unicode Standard Annex 9, 3.2).
fn runs_left(c: char) -> bool {
    matches!(
        c,
        '\u{0590}'..='\u{08FF}'
            | '\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2066}'..='\u{2069}'
            | '\u{FB1D}'..='\u{FDFF}'
            | '\u{FE70}'..='\u{FEFF}'
            | '\u{10800}'..='\u{10FFF}'
            | '\u{1E800}'..='\u{1EFFF}'
    )
}

/// The characters that mean something in HTML, as askama escapes them.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '"' | '&' | '\'' | '<' | '>' => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_escaped_once_and_marked_up_around() {
        let filled = |markup| isolated("<script>&amp;", Form::Html, Direction::LeftToRight, markup);
        let safe = "&#60;script&#62;&#38;amp;";
        assert_eq!(filled(Markup::Bare), format!("<bdi>{safe}</bdi>"));
        assert_eq!(
            filled(Markup::Strong),
            format!("<strong><bdi>{safe}</bdi></strong>")
        );
        assert_eq!(filled(Markup::Code), format!("<bdi class=\"code\">{safe}</bdi>"));
    }

    #[test]
    fn text_is_isolated_where_it_could_turn() {
        let filled = |text, around| isolated(text, Form::Text, around, Markup::Strong);
        assert_eq!(filled("Zoë 李 & <b>", Direction::LeftToRight), "Zoë 李 & <b>");
        assert_eq!(
            filled("a\u{202E}b", Direction::LeftToRight),
            "\u{2068}a\u{202E}b\u{2069}"
        );
        assert_eq!(filled("ليلى", Direction::LeftToRight), "\u{2068}ليلى\u{2069}");
        assert_eq!(filled("Alice", Direction::RightToLeft), "\u{2068}Alice\u{2069}");
    }
}
