//! The account page: who one is here, and the ways to its other pages.

use askama::Template;
use i18n::{Language, With as _};

use super::Link;
use super::reading::said as filters;

/// Shows an account to its person. The form for leaving is that of [`super::Sessions`]: it sends `csrf` and `end`.
#[derive(Debug, Clone, Template)]
#[template(path = "account_overview.html")]
pub struct Overview<'a> {
    /// Whose accounts these are: the issuer's host.
    pub place: &'a str,
    /// The display name.
    pub name: &'a str,
    /// The name they sign in with.
    pub username: &'a str,
    /// Their address.
    pub email: Option<Email<'a>>,
    /// The groups they are in.
    pub groups: &'a [String],
    /// How many sessions live.
    pub sessions: usize,
    /// How many apps use the account.
    pub apps: usize,
    /// The language the person chose for themselves.
    pub language: Option<Language>,
    /// Where the account's other pages are.
    pub ways: Ways<'a>,
    /// The other accounts signed in at this browser.
    pub others: &'a [Link<'a>],
    /// Where the form for signing out goes.
    pub sign_out: &'a str,
    /// The token that ties the form to the browser it was given to.
    pub csrf: &'a str,
    /// The session that is left.
    pub sid: &'a str,
}

/// An e-mail address of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Email<'a> {
    /// The address.
    pub address: &'a str,
    /// Whether it was proven to be theirs.
    pub proof: Proof,
}

/// Whether something was proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// It was.
    Proven,
    /// Not yet.
    Missing,
}

/// The addresses of an account's pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ways<'a> {
    /// Changing the password.
    pub password: &'a str,
    /// Devices and sessions.
    pub sessions: &'a str,
    /// Connected apps.
    pub apps: &'a str,
    /// Choosing a language.
    pub language: &'a str,
}
