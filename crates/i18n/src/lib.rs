//! The words people read on pages and in letters, in every language there is, and the choice between languages.
//!
//! Owns the messages (`locales/`, in Fluent's format, compiled in), what is put into their gaps, and how that is escaped.
//! Where wishes for a language come from, and what is said when, is not known here.

pub mod filters;
mod gap;
mod language;
mod said;
mod say;
mod wishes;
mod words;

pub use gap::{Form, Markup};
pub use language::{Direction, Language};
pub use said::{Dated, Filled, Said};
pub use say::{Say, Sayable, With};
pub use wishes::{Wishes, accepted, first_known};
pub use words::{Words, WordsFault};

#[cfg(test)]
mod tests;
