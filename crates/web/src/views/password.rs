//! Setting a password: by who knows the old one, and by who came through a link from a letter.

use askama::Template;
use i18n::With as _;

use super::Account;
use super::reading::said as filters;

/// Asks for the present password and a new one. Its inputs are `password`, `new_password` and the hidden `csrf`.
#[derive(Debug, Clone, Copy, Template)]
#[template(path = "account_password.html")]
pub struct ChangePassword<'a> {
    /// Where the form goes.
    pub action: &'a str,
    /// The token that ties the form to the browser it was given to.
    pub csrf: &'a str,
    /// Whose password.
    pub account: Account<'a>,
    /// What happened to the form that was sent last.
    pub outcome: Option<PasswordOutcome>,
    /// Where the forgotten password is dealt with.
    pub forgot: &'a str,
    /// Back to the account.
    pub back: &'a str,
    /// The id that finds this request in the log, for passing on when the problem is ours.
    pub correlation: &'a str,
}

/// What became of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordOutcome {
    /// The password is changed.
    Changed,
    /// It is not.
    Refused(PasswordProblem),
}

/// Asks for a new password alone. Its inputs are `password` and the hidden `csrf`.
#[derive(Debug, Clone, Copy, Template)]
#[template(path = "reset_password.html")]
pub struct NewPassword<'a> {
    /// Where the form goes.
    pub action: &'a str,
    /// The token that ties the form to the browser it was given to.
    pub csrf: &'a str,
    /// Whose password.
    pub account: Account<'a>,
    /// Why the last try did not succeed.
    pub problem: Option<PasswordProblem>,
    /// The id that finds this request in the log, for passing on when the problem is ours.
    pub correlation: &'a str,
}

/// Why a password was not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordProblem {
    /// The present one is another.
    WrongCurrent,
    /// Too many wrong ones lately.
    TooManyTries,
    /// The new one has too few characters.
    TooShort,
    /// The new one has more than can be taken.
    TooLong,
    /// The form's token is too old or was given to another browser.
    FormTooOld,
    /// The pool that hashes passwords is full.
    Busy,
}
