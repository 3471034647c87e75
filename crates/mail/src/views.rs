//! What a letter needs to be written. The words live in `templates/mail`; askama escapes every value of the HTML part, and
//! nothing in either part is interpreted twice.

use askama::Template;
use identity::notice::{ChangedBy, Notice};

use crate::words;

/// What the templates say, decided.
#[derive(Debug)]
pub(crate) enum Words<'a> {
    PasswordReset { link: &'a str, valid_for: String },
    PasswordChanged { at: String, by: ChangedBy },
    TokenReused { at: String, app: Option<&'a str> },
}

impl<'a> Words<'a> {
    /// Of a notice.
    pub(crate) fn of(notice: &'a Notice) -> Self {
        match notice {
            Notice::PasswordReset { link, valid_for } => Words::PasswordReset {
                link: link.expose(),
                valid_for: words::lasting(*valid_for),
            },
            Notice::PasswordChanged { at, by } => Words::PasswordChanged {
                at: words::moment(*at),
                by: *by,
            },
            Notice::TokenReused { at, client } => Words::TokenReused {
                at: words::moment(*at),
                app: words::spoken(client),
            },
        }
    }

    /// What happened, in a line. Nothing of it comes from outside.
    pub(crate) fn headline(&self) -> &'static str {
        match self {
            Words::PasswordReset { .. } => "Choose a new password",
            Words::PasswordChanged { .. } => "Your password was changed",
            Words::TokenReused { .. } => "An app was signed out",
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
    pub(crate) words: &'a Words<'a>,
}

/// The part for everybody else; the same words.
#[derive(Template)]
#[template(path = "letter.html")]
pub(crate) struct Html<'a> {
    /// The subject, again as the document's title.
    pub(crate) subject: &'a str,
    pub(crate) name: Option<&'a str>,
    pub(crate) place: &'a str,
    pub(crate) issuer: &'a str,
    pub(crate) words: &'a Words<'a>,
}
