//! The front page: who is signed in here.

use askama::Template;
use i18n::With as _;

use super::Account;
use super::reading::said as filters;

/// Shows who is signed in, with a way out, or a way in.
#[derive(Debug, Clone, Copy, Template)]
#[template(path = "home.html")]
pub struct Home<'a> {
    /// Where this is: the issuer's host.
    pub place: &'a str,
    /// Who is looking.
    pub visitor: Visitor<'a>,
}

/// Who looks at the front page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visitor<'a> {
    /// Somebody with a session. The form for leaving sends `csrf`.
    SignedIn {
        /// Their account.
        account: Account<'a>,
        /// Their e-mail address, if they have one.
        email: Option<&'a str>,
        /// Where the account page is.
        manage: &'a str,
        /// How many others are signed in at this browser. With any, signing out is asked about, by name of everybody.
        others: usize,
        /// Where the form for signing out goes, or the link to the question.
        sign_out: &'a str,
        /// The token that ties the form to the browser it was given to.
        csrf: &'a str,
    },
    /// Somebody without one.
    Unknown {
        /// Where "Sign in" leads.
        sign_in: &'a str,
    },
}
