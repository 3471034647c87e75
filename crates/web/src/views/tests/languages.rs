//! That every page can be read in every language, and that no word on it is in one only.

use i18n::{Language, Words};

use super::gallery::{in_words, usual};
use super::{HOSTILE, hostile, tags};

/// Pages whose words come from whoever asks for them: the console, which is in English.
const IN_ONE_LANGUAGE: &str = "error-other";

#[test]
fn every_page_says_its_language_and_direction() {
    for language in Language::ALL {
        let begins = format!(
            "<!doctype html>\n<html lang=\"{}\" dir=\"{}\">",
            language.tag(),
            language.direction().as_str()
        );
        for (name, html) in in_words(Words::of(language), usual) {
            assert!(html.starts_with(&begins), "{name}: {}", &html[..60]);
        }
    }
}

/// In every language as in English: values are escaped where they stand, whatever stands around them.
#[test]
fn hostile_text_stays_text_in_every_language() {
    for language in Language::ALL {
        for (name, html) in in_words(Words::of(language), hostile) {
            assert!(!html.contains(HOSTILE), "{name} in {language:?}");
            let scripts = if name == "form-post" { 1 } else { 0 };
            assert_eq!(html.matches("<script").count(), scripts, "{name} in {language:?}");
            // Escaped twice it would be safe, and unreadable.
            for twice in ["&#38;#", "&amp;#", "&#38;lt;"] {
                assert!(!html.contains(twice), "{name} in {language:?}: {twice}");
            }
            for (tag, attributes) in tags(&html) {
                for (key, value) in attributes {
                    assert!(
                        !value.contains('<'),
                        "{name} in {language:?}: <{tag} {key}={value}>"
                    );
                }
            }
        }
    }
}

#[test]
fn the_foot_offers_every_language_and_says_which_one_this_is() {
    for (name, html) in in_words(Words::of(Language::German), usual) {
        let offered = html.matches(" href=\"/language/").count();
        // Whoever left this page could not come back to it.
        let expected = if name == "form-post" {
            0
        } else {
            Language::ALL.len()
        };
        assert_eq!(offered, expected, "{name}");
        if offered > 0 {
            let here =
                "href=\"/language/de\" lang=\"de\" hreflang=\"de\" rel=\"nofollow\" aria-current=\"true\"";
            assert!(html.contains(here), "{name}");
        }
    }
}

/// What is not in brackets was not said by a message: it would be in English in every language.
#[test]
fn nothing_is_hard_coded() {
    let mut looked_at = 0;
    for (name, html) in in_words(Words::pseudo(), usual) {
        if name == IN_ONE_LANGUAGE {
            continue;
        }
        let spoken = outside_brackets(&without_values(&html));
        assert_eq!(spoken, "", "{name}");
        for (tag, attributes) in tags(&html) {
            let read = |key: &str| ["title", "aria-label", "placeholder", "alt"].contains(&key);
            for (key, value) in attributes.into_iter().filter(|(key, _)| read(key)) {
                // The exact time is put together by a message of its own, within another.
                let left = if tag == "time" {
                    String::new()
                } else {
                    outside_brackets(value)
                };
                assert_eq!(left, "", "{name}: <{tag} {key}=\"{value}\">");
            }
        }
        looked_at += 1;
    }
    assert!(looked_at > 60, "{looked_at}");
}

/// The text of a page without names and other values, which are the same in all languages: those are isolated, or a
/// letter somebody wrote.
fn without_values(html: &str) -> String {
    let mut rest = html.split_once("<title>").map_or(html, |(_, after)| after);
    let mut text = String::new();
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        let (tag, inside) = after.split_once('>').unwrap_or((after, ""));
        let ends = match tag {
            _ if tag.starts_with("bdi") => Some("</bdi>"),
            _ if tag.starts_with("div class=\"letter\"") => Some("</div>"),
            _ => None,
        };
        rest = match ends.and_then(|end| inside.split_once(end)) {
            Some((_, behind)) => behind,
            None => inside,
        };
    }
    text
}

/// The letters outside of brackets, but for our own name and the sample values a title or a label repeats.
fn outside_brackets(text: &str) -> String {
    let mut outside = String::new();
    let mut depth = 0_u32;
    for c in text.chars() {
        match c {
            '\u{27e6}' => depth += 1,
            '\u{27e7}' => depth -= 1,
            _ if depth == 0 => outside.push(c),
            _ => {}
        }
    }
    for value in [
        "Signet",
        "id.example.com",
        "Alice Example",
        "Choose a new password ()",
    ] {
        outside = outside.replace(value, "");
    }
    outside.retain(char::is_alphabetic);
    outside
}
