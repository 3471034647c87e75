//! The account chooser: who is signed in here, and a way to be somebody else.

use askama::Template;
use i18n::With as _;

use super::Account;
use super::reading::said as filters;

/// Asks which account to go on with. The form sends `csrf` and `account`: one of [`Choosable::value`], or `another`.
#[derive(Debug, Clone, Template)]
#[template(path = "choose.html")]
pub struct Choose<'a> {
    /// Where the form goes.
    pub action: &'a str,
    /// The token that ties the form to the browser it was given to.
    pub csrf: &'a str,
    /// The app that sent the person here, by name.
    pub app: &'a str,
    /// Whose accounts these are: the issuer's host.
    pub place: &'a str,
    /// The accounts used last.
    pub accounts: &'a [Choosable<'a>],
    /// Those beyond what fits a page.
    pub more: &'a [Choosable<'a>],
}

/// An account that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choosable<'a> {
    /// What the form sends for it.
    pub value: String,
    /// What people see.
    pub account: Account<'a>,
}
