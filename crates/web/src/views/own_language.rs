//! The page where somebody chooses the language of their account.

use askama::Template;
use i18n::Language;

use super::Account;
use super::reading::said as filters;

/// Asks for a language. The form sends `csrf` and `language`, a tag, or nothing for what the browser says.
#[derive(Debug, Clone, Copy, Template)]
#[template(path = "account_language.html")]
pub struct OwnLanguage<'a> {
    /// Where the form goes.
    pub action: &'a str,
    /// The token that ties the form to the browser it was given to.
    pub csrf: &'a str,
    /// Whose language.
    pub account: Account<'a>,
    /// What they chose before.
    pub chosen: Option<Language>,
    /// Back to the account.
    pub back: &'a str,
}
