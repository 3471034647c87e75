//! A message and what goes into its gaps, put together before it is known in which language it will be said.

use fluent_bundle::FluentArgs;

use crate::gap::{Form, Markup};
use crate::said::{Filled, Said};
use crate::words::{Words, WordsFault};

/// A message with its gaps filled: `"sign-in-to".with("app", name)`.
#[derive(Clone)]
pub struct Say<'a> {
    key: &'static str,
    gaps: Vec<Gap<'a>>,
}

#[derive(Clone, Copy)]
struct Gap<'a> {
    name: &'static str,
    value: &'a dyn Said,
    markup: Markup,
}

/// What can be said in any language.
pub trait Sayable {
    /// Says it. In [`Form::Html`] the answer is HTML, with every value escaped.
    ///
    /// # Errors
    /// [`WordsFault`].
    fn say(&self, words: &Words, form: Form) -> Result<String, WordsFault>;
}

/// Begins to fill the gaps of the message a literal names.
pub trait With {
    /// Fills a gap.
    fn with<'a>(self, name: &'static str, value: &'a dyn Said) -> Say<'a>;
    /// Fills a gap with a name that matters.
    fn strong<'a>(self, name: &'static str, value: &'a dyn Said) -> Say<'a>;
    /// Fills a gap with something to be read letter by letter.
    fn code<'a>(self, name: &'static str, value: &'a dyn Said) -> Say<'a>;
}

impl With for &'static str {
    fn with<'a>(self, name: &'static str, value: &'a dyn Said) -> Say<'a> {
        Say::new(self).with(name, value)
    }
    fn strong<'a>(self, name: &'static str, value: &'a dyn Said) -> Say<'a> {
        Say::new(self).strong(name, value)
    }
    fn code<'a>(self, name: &'static str, value: &'a dyn Said) -> Say<'a> {
        Say::new(self).code(name, value)
    }
}

impl<'a> Say<'a> {
    /// A message without gaps, so far.
    pub fn new(key: &'static str) -> Self {
        Self {
            key,
            gaps: Vec::new(),
        }
    }

    /// Fills one more gap.
    pub fn with(self, name: &'static str, value: &'a dyn Said) -> Self {
        self.fill(name, value, Markup::Bare)
    }

    /// Fills one more gap with a name that matters.
    pub fn strong(self, name: &'static str, value: &'a dyn Said) -> Self {
        self.fill(name, value, Markup::Strong)
    }

    /// Fills one more gap with something to be read letter by letter.
    pub fn code(self, name: &'static str, value: &'a dyn Said) -> Self {
        self.fill(name, value, Markup::Code)
    }

    fn fill_in(&self, words: &Words, form: Form) -> Result<String, WordsFault> {
        let mut args = FluentArgs::with_capacity(self.gaps.len());
        for gap in &self.gaps {
            args.set(gap.name, gap.value.said(words, form, gap.markup)?);
        }
        words.fill(self.key, &args)
    }

    fn fill(mut self, name: &'static str, value: &'a dyn Said, markup: Markup) -> Self {
        self.gaps.push(Gap { name, value, markup });
        self
    }
}

impl Sayable for Say<'_> {
    fn say(&self, words: &Words, form: Form) -> Result<String, WordsFault> {
        Ok(words.framed(self.fill_in(words, form)?))
    }
}

/// A message may be part of another.
impl Said for Say<'_> {
    fn said(&self, words: &Words, form: Form, _: Markup) -> Result<Filled, WordsFault> {
        self.fill_in(words, form).map(Filled::Text)
    }
}

/// A message without gaps.
impl Sayable for str {
    fn say(&self, words: &Words, _: Form) -> Result<String, WordsFault> {
        Ok(words.framed(words.fill(self, &FluentArgs::new())?))
    }
}

impl<T: Sayable + ?Sized> Sayable for &T {
    fn say(&self, words: &Words, form: Form) -> Result<String, WordsFault> {
        (**self).say(words, form)
    }
}
