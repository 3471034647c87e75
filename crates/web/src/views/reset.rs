//! The forgotten password, apart from the page that sets a new one ([`super::NewPassword`]).

use askama::Template;
use i18n::With as _;

use super::Onward;
use super::reading::said as filters;

/// Asks who forgot their password. Its inputs are `username` and the hidden `csrf` and `interaction`.
#[derive(Debug, Clone, Copy, Template)]
#[template(path = "reset_ask.html")]
pub struct ForgotPassword<'a> {
    /// Where this is: the issuer's host.
    pub place: &'a str,
    /// How somebody who forgot their password gets a new one.
    pub help: Help<'a>,
    /// Back to signing in.
    pub sign_in: &'a str,
}

/// What can be done about a forgotten password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Help<'a> {
    /// A link can be sent.
    Letter {
        /// Where the form goes.
        action: &'a str,
        /// The token that ties the form to the browser it was given to.
        csrf: &'a str,
        /// The request the person was on their way with.
        interaction: Option<&'a str>,
        /// Whether the form was sent before and could not be taken.
        freshness: Freshness,
    },
    /// Nothing can be sent from here.
    Administrator,
}

/// Whether a form could be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// It is shown for the first time.
    First,
    /// Its token was too old or another browser's.
    TooOld,
}

/// Says the same to everybody who asked.
#[derive(Debug, Clone, Copy, Template)]
#[template(path = "reset_sent.html")]
pub struct LetterSent<'a> {
    /// How long the link is good for, in minutes.
    pub minutes: u64,
    /// Where to ask once more.
    pub again: &'a str,
}

/// A new password is set; nobody is signed in by it.
#[derive(Debug, Clone, Copy, Template)]
#[template(path = "reset_done.html")]
pub struct PasswordSet<'a> {
    /// Where to sign in.
    pub next: Onward<'a>,
}

/// A link that sets no password: used, replaced, too old, or never sent.
#[derive(Debug, Clone, Copy, Template)]
#[template(path = "reset_dead.html")]
pub struct DeadLink<'a> {
    /// Where a new one can be asked for.
    pub again: &'a str,
    /// The id that finds this request in the log, for passing on.
    pub correlation: &'a str,
}
