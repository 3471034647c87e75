//! How templates say things. A view is rendered with a [`Reading`]; its template says `{{ "sign-in"|t }}`, or
//! `{{ "sign-in-to".with("app", app)|rich }}` where values get markup of their own.

#![expect(
    missing_docs,
    reason = "the macro turns each filter into a type and writes nothing about it"
)]

use std::any::Any;

use askama::Values;
use askama::filters::Safe;

use crate::gap::{Form, Markup};
use crate::said::{Filled, Said};
use crate::say::Sayable;
use crate::words::Words;

const WORDS: &str = "words";

/// What a template has to be rendered with to be in a language.
pub struct Reading {
    words: &'static Words,
}

impl Reading {
    /// In these words.
    pub fn new(words: &'static Words) -> Self {
        Self { words }
    }
}

impl Values for Reading {
    fn get_value<'a>(&'a self, key: &str) -> Option<&'a dyn Any> {
        (key == WORDS).then_some(&self.words as &dyn Any)
    }
}

/// The words a template is rendered with.
///
/// # Errors
/// When it is rendered without.
pub fn words(values: &dyn Values) -> askama::Result<&'static Words> {
    askama::get_value::<&'static Words>(values, WORDS).copied()
}

/// Says a message as plain text; the template escapes it whole.
///
/// # Errors
/// When the message does not exist or a gap is not filled.
#[askama::filter_fn]
pub fn t<M: Sayable>(message: M, values: &dyn Values) -> askama::Result<String> {
    message
        .say(words(values)?, Form::Text)
        .map_err(askama::Error::custom)
}

/// Says a message as HTML, with every value escaped and isolated. For text between tags, not for attributes.
///
/// # Errors
/// When the message does not exist or a gap is not filled.
#[askama::filter_fn]
pub fn rich<M: Sayable>(message: M, values: &dyn Values) -> askama::Result<Safe<String>> {
    let html = message
        .say(words(values)?, Form::Html)
        .map_err(askama::Error::custom)?;
    Ok(Safe(html))
}

/// Shows a value by itself as HTML, escaped and isolated. For text between tags, not for attributes.
///
/// # Errors
/// When a message that puts it into words does not exist.
#[askama::filter_fn]
pub fn shown<S: Said>(value: S, values: &dyn Values) -> askama::Result<Safe<String>> {
    let words = words(values)?;
    let filled = value
        .said(words, Form::Html, Markup::Bare)
        .map_err(askama::Error::custom)?;
    Ok(Safe(match filled {
        Filled::Text(html) => words.framed(html),
        Filled::Number(number) => number.to_string(),
    }))
}
