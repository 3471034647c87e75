//! Connected apps: what may use an account.

use askama::Template;
use i18n::With as _;

use super::reading::said as filters;
use super::{Account, Moment, ScopeTitle};

/// Lists the apps that may use an account. The form sends `csrf` and `withdraw`, a client's id.
#[derive(Debug, Clone, Template)]
#[template(path = "account_apps.html")]
pub struct ConnectedApps<'a> {
    /// Where the form goes.
    pub action: &'a str,
    /// The token that ties the form to the browser it was given to.
    pub csrf: &'a str,
    /// Whose apps.
    pub account: Account<'a>,
    /// By name.
    pub apps: &'a [AppLine],
    /// Back to the account.
    pub back: &'a str,
}

/// One app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppLine {
    /// Names it in the form.
    pub client_id: String,
    /// What it is called.
    pub name: String,
    /// Where it answers, for an app whose name is its own claim.
    pub host: Option<String>,
    /// What it may see and do, in plain words.
    pub may: Vec<ScopeTitle>,
    /// When the person allowed that; none for an app that needs not ask.
    pub allowed: Option<Moment>,
    /// When it last made use of it.
    pub used: Option<Moment>,
}
