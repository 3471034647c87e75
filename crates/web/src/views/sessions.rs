//! Devices and sessions: where an account is signed in.

use askama::Template;
use i18n::With as _;

use super::reading::said as filters;
use super::{Account, DeviceName, Moment};

/// Lists the sessions of an account. The form sends `csrf` and `end`: a session's id, `others` or `everywhere`.
#[derive(Debug, Clone, Template)]
#[template(path = "account_sessions.html")]
pub struct Sessions<'a> {
    /// Where the form goes.
    pub action: &'a str,
    /// The token that ties the form to the browser it was given to.
    pub csrf: &'a str,
    /// Whose sessions.
    pub account: Account<'a>,
    /// This browser's first, then the last used.
    pub sessions: &'a [SessionLine],
    /// Back to the account.
    pub back: &'a str,
}

/// One session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionLine {
    /// Names it in the form.
    pub sid: String,
    /// "Firefox on Linux".
    pub device: DeviceName,
    /// The network address it came from, if known.
    pub address: Option<String>,
    /// Whether the page is shown in it.
    pub place: SessionPlace,
    /// When the person last proved who they are.
    pub signed_in: Moment,
    /// When it was last used.
    pub seen: Moment,
    /// The apps that take part.
    pub apps: Vec<String>,
}

/// Where a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionPlace {
    /// At the browser the page is shown in.
    Here,
    /// At another.
    Elsewhere,
}
