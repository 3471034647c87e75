//! The sign-in page, and the same page when somebody who is here already is asked again.

use askama::Template;
use i18n::With as _;

use super::Account;
use super::reading::said as filters;

/// Asks for a username and a password. Its inputs are `username`, `password` and the hidden `csrf`.
#[derive(Debug, Clone, Copy, Template)]
#[template(path = "sign_in.html")]
pub struct SignIn<'a> {
    /// Where the form goes.
    pub action: &'a str,
    /// The token that ties the form to the browser it was given to.
    pub csrf: &'a str,
    /// Where the forgotten password is dealt with.
    pub forgot: &'a str,
    /// The app that sent the person here, by name.
    pub app: Option<&'a str>,
    /// Whose accounts these are: the issuer's host.
    pub place: &'a str,
    /// What the username field starts with: a login hint, or what was typed before. Empty for none. It is shown as
    /// given whether or not such an account exists.
    pub username: &'a str,
    /// Present when the person has a session already and is asked to prove it is them.
    pub again: Option<Again<'a>>,
    /// Why the last attempt did not succeed.
    pub problem: Option<SignInProblem>,
    /// The id that finds this request in the log, for passing on when the problem is ours.
    pub correlation: &'a str,
}

/// A request to sign in again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Again<'a> {
    /// The account that is signed in.
    pub account: Account<'a>,
    /// Why the page asks.
    pub reason: Reason,
}

/// Why somebody who is signed in is asked again (OpenID Connect Core 3.1.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The app sent `prompt=login`.
    AppAsks,
    /// The sign-in is older than the app's `max_age`.
    LongAgo,
}

/// Why a sign-in did not succeed, in the few kinds a person may be told apart. Unknown, locked and disabled accounts
/// are all `NoMatch`: the page must not tell which accounts exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInProblem {
    /// The username and the password do not belong together.
    NoMatch,
    /// Attempts are throttled for now.
    TooManyTries,
    /// The form's token is too old or was given to another browser.
    FormTooOld,
    /// The pool that checks passwords is full.
    Busy,
}
