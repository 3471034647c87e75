//! The two pages of leaving: the question, and the answer. Which apps hear of it is not decided here.

use askama::Template;
use i18n::With as _;

use super::reading::said as filters;
use super::{Account, Link};

/// Asks before signing out, as RP-initiated logout requires when nothing proves who asks (OpenID Connect RP-Initiated
/// Logout 1.0, 2). The form sends `csrf`.
#[derive(Debug, Clone, Copy, Template)]
#[template(path = "sign_out.html")]
pub struct SignOut<'a> {
    /// Where the form goes.
    pub action: &'a str,
    /// The token that ties the form to the browser it was given to.
    pub csrf: &'a str,
    /// The accounts that would be signed out.
    pub accounts: &'a [Account<'a>],
    /// Names of the apps that will hear of it and sign the person out too.
    pub apps: &'a [String],
    /// The app that asked, by name; none when the person came by themselves.
    pub app: Option<&'a str>,
    /// What the person is signed out of: the issuer's host.
    pub place: &'a str,
    /// Where "Stay signed in" leads.
    pub stay: &'a str,
}

/// Says that the session has ended.
#[derive(Debug, Clone, Copy, Template)]
#[template(path = "signed_out.html")]
pub struct SignedOut<'a> {
    /// What the person is signed out of: the issuer's host.
    pub place: &'a str,
    /// The way back to the app that asked, if it named a registered address.
    pub back: Option<Link<'a>>,
}
