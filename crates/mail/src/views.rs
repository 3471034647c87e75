//! What a letter needs to be written. Letters are built in `templates/mail`, where askama escapes every value of the HTML
//! part; the words are `i18n`'s, and nothing in either part is interpreted twice.

use askama::Template;
use i18n::{Dated, With as _, filters};
use identity::notice::{ChangedBy, Notice};

use crate::words::{self, Lasting};

/// What the templates say, decided.
#[derive(Debug)]
pub(crate) enum Told<'a> {
    PasswordReset { link: &'a str, lasting: Lasting },
    PasswordChanged { at: Dated, by: ChangedBy },
    TokenReused { at: Dated, app: Option<&'a str> },
}

impl<'a> Told<'a> {
    /// Of a notice.
    pub(crate) fn of(notice: &'a Notice) -> Self {
        match notice {
            Notice::PasswordReset { link, valid_for } => Told::PasswordReset {
                link: link.expose(),
                lasting: Lasting::of(*valid_for),
            },
            Notice::PasswordChanged { at, by } => Told::PasswordChanged {
                at: Dated::new(at.to_rfc3339()),
                by: *by,
            },
            Notice::TokenReused { at, client } => Told::TokenReused {
                at: Dated::new(at.to_rfc3339()),
                app: words::spoken(client),
            },
        }
    }

    /// The message that says what happened, in a line. Nothing of it comes from outside.
    pub(crate) fn headline(&self) -> &'static str {
        match self {
            Told::PasswordReset { .. } => "letter-reset",
            Told::PasswordChanged { .. } => "letter-changed",
            Told::TokenReused { .. } => "letter-reused",
        }
    }
}

/// The part for readers of plain text.
#[derive(Template)]
#[template(path = "letter.txt")]
pub(crate) struct Text<'a> {
    /// How the letter addresses its reader.
    pub(crate) name: Option<&'a str>,
    /// The issuer's host: where the account is.
    pub(crate) place: &'a str,
    /// The issuer.
    pub(crate) issuer: &'a str,
    /// What it says.
    pub(crate) told: &'a Told<'a>,
}

/// The part for everybody else; the same words.
#[derive(Template)]
#[template(path = "letter.html")]
pub(crate) struct Html<'a> {
    /// The language's tag (RFC 5646).
    pub(crate) tag: &'static str,
    /// Where its lines begin, as `dir` says it.
    pub(crate) direction: &'static str,
    /// The subject, again as the document's title.
    pub(crate) subject: &'a str,
    pub(crate) name: Option<&'a str>,
    pub(crate) place: &'a str,
    pub(crate) issuer: &'a str,
    pub(crate) told: &'a Told<'a>,
}
