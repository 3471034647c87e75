//! What every page is drawn with beside its view: the words of a language, and the way to the others. Owns the filters its
//! template says them by.

use std::any::Any;

use askama::Values;
use i18n::{Language, Wishes, Words, filters};

/// The words of a page, and whether its foot offers others.
pub(crate) struct Reading {
    words: filters::Reading,
    others: Others,
}

/// Whether a page offers other languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Others {
    /// At its foot.
    Offered,
    /// The person's own language decides; they change it on their account page.
    Settled,
}

/// The key of [`Others`] among a template's values.
const OTHERS: &str = "others";

impl Reading {
    /// In these words.
    pub(crate) fn new(words: &'static Words, others: Others) -> Self {
        Self {
            words: filters::Reading::new(words),
            others,
        }
    }

    /// As these wishes want it.
    pub(crate) fn of(wishes: Wishes) -> Self {
        let others = match wishes.person {
            Some(_) => Others::Settled,
            None => Others::Offered,
        };
        Self::new(Words::of(wishes.settle()), others)
    }
}

impl Values for Reading {
    fn get_value<'a>(&'a self, key: &str) -> Option<&'a dyn Any> {
        match key {
            OTHERS => Some(&self.others),
            _ => self.words.get_value(key),
        }
    }
}

/// The filters of our templates: those that say things, and what `base.html` alone asks.
pub(crate) mod said {
    use askama::Values;
    pub(crate) use i18n::filters::{rich, shown, t};

    use super::{LanguageLink, OTHERS, Others};
    use i18n::Language;
    use i18n::filters::words;

    /// The page's language, as `lang` says it.
    #[askama::filter_fn]
    pub(crate) fn tag(_: &str, values: &dyn Values) -> askama::Result<&'static str> {
        Ok(words(values)?.tag())
    }

    /// Where its lines begin, as `dir` says it.
    #[askama::filter_fn]
    pub(crate) fn direction(_: &str, values: &dyn Values) -> askama::Result<&'static str> {
        Ok(words(values)?.direction().as_str())
    }

    /// The languages its foot offers.
    #[askama::filter_fn]
    pub(crate) fn offered(_: &str, values: &dyn Values) -> askama::Result<Vec<LanguageLink>> {
        let here = words(values)?.tag();
        Ok(match askama::get_value::<Others>(values, OTHERS)? {
            Others::Settled => Vec::new(),
            Others::Offered => Language::ALL
                .map(|language| LanguageLink::new(language, here))
                .into(),
        })
    }
}

/// A language at the foot of a page.
pub(crate) struct LanguageLink {
    /// Its tag.
    pub(crate) tag: &'static str,
    /// What its speakers call it.
    pub(crate) name: &'static str,
    /// Whether the page is in it.
    pub(crate) is_here: bool,
}

impl LanguageLink {
    fn new(language: Language, here: &str) -> Self {
        Self {
            tag: language.tag(),
            name: language.name(),
            is_here: language.tag() == here,
        }
    }
}
