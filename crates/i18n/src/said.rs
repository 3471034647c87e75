//! What may stand in a gap: names, numbers, lists, dates. Other crates add what they alone know.

use fluent_bundle::{FluentArgs, FluentValue};

use crate::gap::{Form, Markup, isolated};
use crate::words::{Words, WordsFault};

/// What a gap is filled with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filled {
    /// Words.
    Text(String),
    /// A number, which may choose between forms of a word.
    Number(u64),
}

impl From<Filled> for FluentValue<'static> {
    fn from(filled: Filled) -> Self {
        match filled {
            Filled::Text(text) => text.into(),
            Filled::Number(number) => number.into(),
        }
    }
}

/// A value for a gap of a message.
pub trait Said {
    /// The value as this language says it. Text for [`Form::Html`] must be HTML already.
    ///
    /// # Errors
    /// [`WordsFault`] where the value is put into words by messages of its own.
    fn said(&self, words: &Words, form: Form, markup: Markup) -> Result<Filled, WordsFault>;
}

impl Said for str {
    fn said(&self, words: &Words, form: Form, markup: Markup) -> Result<Filled, WordsFault> {
        Ok(Filled::Text(isolated(self, form, words.direction(), markup)))
    }
}

impl Said for String {
    fn said(&self, words: &Words, form: Form, markup: Markup) -> Result<Filled, WordsFault> {
        self.as_str().said(words, form, markup)
    }
}

impl<T: Said + ?Sized> Said for &T {
    fn said(&self, words: &Words, form: Form, markup: Markup) -> Result<Filled, WordsFault> {
        (**self).said(words, form, markup)
    }
}

/// Numbers choose plurals.
impl Said for u64 {
    fn said(&self, _: &Words, _: Form, _: Markup) -> Result<Filled, WordsFault> {
        Ok(Filled::Number(*self))
    }
}

impl Said for usize {
    fn said(&self, _: &Words, _: Form, _: Markup) -> Result<Filled, WordsFault> {
        Ok(Filled::Number(*self as u64))
    }
}

/// "Calendar, Notes and Tasks".
impl<T: Said> Said for [T] {
    fn said(&self, words: &Words, form: Form, markup: Markup) -> Result<Filled, WordsFault> {
        let mut all = Filled::Text(String::new());
        for (at, item) in self.iter().enumerate() {
            let item = item.said(words, form, markup)?;
            if at == 0 {
                all = item;
                continue;
            }
            let key = if at + 1 == self.len() {
                "list-last"
            } else {
                "list-next"
            };
            let args: FluentArgs<'_> = [("list", all), ("item", item)].into_iter().collect();
            all = Filled::Text(words.fill(key, &args)?);
        }
        Ok(all)
    }
}

impl<T: Said> Said for Vec<T> {
    fn said(&self, words: &Words, form: Form, markup: Markup) -> Result<Filled, WordsFault> {
        self.as_slice().said(words, form, markup)
    }
}

/// A minute of a day, in Coordinated Universal Time, by the Gregorian calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dated {
    rfc3339: String,
}

impl Dated {
    /// Of a time as RFC 3339 writes it, in UTC.
    pub fn new(rfc3339: impl Into<String>) -> Self {
        Self {
            rfc3339: rfc3339.into(),
        }
    }
}

/// "4 March 2026, 08:40 UTC". Nothing in it comes from outside, so it needs neither escaping nor isolation.
impl Said for Dated {
    fn said(&self, words: &Words, _: Form, _: Markup) -> Result<Filled, WordsFault> {
        let part = |from: usize, to: usize| self.rfc3339.get(from..to).unwrap_or_default();
        let number = |text: &str| Filled::Number(text.parse().unwrap_or_default());
        let args: FluentArgs<'_> = [
            ("year", Filled::Text(part(0, 4).to_owned())),
            ("month", number(part(5, 7))),
            ("day", number(part(8, 10))),
            ("time", Filled::Text(part(11, 16).to_owned())),
        ]
        .into_iter()
        .collect();
        Ok(Filled::Text(words.fill("date", &args)?))
    }
}
